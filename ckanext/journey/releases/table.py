"""A kept file as a frame of texts: read as the file checks read it, in any of their formats and encodings."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ...council_schemas.check import Limits, engine, reading, rules, sniff, structure
from .difference import LINE

MOST_ROWS = 1_000_000


def read(path: Path) -> pl.DataFrame:
    """Raises ValueError for what is no table, or too long a one."""
    rules.load()
    state = engine.Run(path, None, Limits(rows=MOST_ROWS), None)
    layout = reading.Layout()
    try:
        source = sniff.look(path, state.limits.bytes, lambda _done: None)
        batches = engine.batches(state, source, layout)
        frames = list(structure.frames(batches, layout, None, {}, state.limits, state.found, state.shape))
    except reading.Stopped as error:
        raise ValueError(str(error)) from error
    names: dict[str, str] = {rules.LINE: LINE}
    for column in state.shape.columns:
        base = name = " ".join(column.header.split()) or f"column {column.position}"
        number = 1
        while name in names.values():
            number += 1
            name = f"{base} {number}"
        names[column.key] = name
    if not frames:
        return pl.DataFrame(schema={LINE: pl.Int64, **dict.fromkeys(list(names.values())[1:], pl.String)})
    return pl.concat(frames).select(list(names)).rename(names)
