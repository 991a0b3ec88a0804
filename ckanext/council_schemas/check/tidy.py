"""A cleaned copy of a file, and the list of what was changed; what cannot be put right by a machine is left (pure).

Title rows, blank rows, repeated headers, totals, notes and empty columns without a name go; dates become ISO 8601, amounts plain
numbers, the encoding UTF-8, the form CSV with commas. No record is taken out, and no cell that could not be read is altered.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import polars as pl

from ..formulas import safe
from . import engine, reading, rules, sniff, structure, values
from .judge import typed
from .phrases import N_
from .reading import Stopped
from .redact import Redactor
from .rules.apart import Apart
from .tables import Table
from .types import Column, Limits, OnProgress

EXAMPLES = 5
_SHOWN = ("title-rows", "total-row", "note-row")
_COUNTED = {
    "title-rows": N_("Rows above the header taken out"),
    "split-header": N_("Header of two rows made one"),
    "blank-row": N_("Blank rows taken out"),
    "repeated-header": N_("Repeated headers taken out"),
    "total-row": N_("Totals taken out"),
    "note-row": N_("Rows that are no record taken out"),
    "empty-column": N_("Empty columns without a name taken out"),
    "encoding": N_("Encoding changed to UTF-8"),
    "mixed-encoding": N_("Lines in another encoding brought to UTF-8"),
    "byte-order-mark": N_("Garbled byte order mark taken out"),
    "nul": N_("Zero bytes taken out"),
}


class TidyError(ValueError):
    """A file that a machine cannot put right; the message says why."""


@dataclass
class Change:
    """One kind of change: ``what`` in words that are marked for translators, how often, and some ``(before, after)``."""

    rule: str
    what: str
    count: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Tidied:
    """``rows`` were written; ``changes`` is empty when the file was tidy already."""

    rows: int
    changes: list[Change]


def tidy(
    path: str | Path,
    out: str | Path,
    table: Table | None = None,
    *,
    mapping: Mapping[str, str] | None = None,
    names: bool = False,
    redactor: Redactor | None = None,
    limits: Limits | None = None,
    progress: OnProgress | None = None,
) -> Tidied:
    """Write the cleaned copy to ``out``. ``names``: headers that are known become the table's names.

    With a ``redactor`` its cells are redacted and all others stay as they were written. Raises TidyError for what is
    not a table, for several sheets of one kind, for rows with more filled cells than the header, and for too many cells to redact; and OSError.
    """
    rules.load()
    state = engine.Run(Path(path), table, limits or Limits(), progress)
    source = sniff.look(Path(path), state.limits.bytes, lambda _done: None)
    with open(out, "w", encoding="utf-8", newline="") as target:
        try:
            rows, changes = _write(state, source, dict(mapping or {}), names, redactor, target)
        except Stopped as error:
            raise TidyError(str(error)) from error
    return Tidied(rows, [each for each in changes.values() if each.count])


def _write(
    state: engine.Run,
    source: sniff.Source,
    mapping: dict[str, str],
    names: bool,
    redactor: Redactor | None,
    target: TextIO,
) -> tuple[int, dict[str, Change]]:
    layout = reading.Layout()
    batches = engine.batches(state, source, layout)
    writer = csv.writer(target, lineterminator="\n")
    changes: dict[str, Change] = {}
    parts = []
    for frame in structure.frames(batches, layout, state.table, mapping, state.limits, state.found, state.shape):
        parts.append(
            redactor.take(frame, state.table, state.shape.columns)
            if redactor
            else _values(_records(frame, state), state, changes)
        )
    _refuse(state)
    kept = [column for column in state.shape.columns if column.header or column.position in state.shape.filled]
    writer.writerow(_headers(kept, state, names, changes))
    for part in parts:
        writer.writerows(part.select([column.key for column in kept]).fill_null("").iter_rows())
    for rule, what in _COUNTED.items():
        count = state.found.counts.get(rule, 0)
        if rule in _SHOWN and count:
            shown = [each for each in state.found.problems() if each.rule == rule][:EXAMPLES]
            changes[rule] = Change(rule, what, count, [(safe(each.value), "") for each in shown])
        elif count:
            changes[rule] = Change(rule, what, count)
    if source.format != "csv":
        told = [(safe(state.sheet), "")]
        changes["format"] = Change("format", N_("A sheet of the workbook written as CSV"), 1, told)
    elif state.delimiter != ",":
        changes["delimiter"] = Change("delimiter", N_("Cells divided by commas"), 1, [(state.delimiter or "", ",")])
    return state.shape.rows, changes


def _refuse(state: engine.Run) -> None:
    if state.found.counts.get("more-sheets"):
        told = next(each for each in state.found.problems() if each.rule == "more-sheets")
        raise TidyError(f"{told.message} {told.fix}")
    over = [each.line for each in state.found.problems() if each.rule == "extra-cell" and each.severity == "error"]
    if over:
        lines = ", ".join(str(line) for line in over[:5])
        raise TidyError(
            f"Some rows have more cells than the header (lines {lines}{' ...' if len(over) > 5 else ''}): "
            "nobody but you can say where they belong."
        )


def _headers(kept: list[Column], state: engine.Run, names: bool, changes: dict[str, Change]) -> list[str]:
    made: list[str] = []
    for column in kept:
        raw = column.header or f"column {column.position}"
        clean = column.field if names and column.field else " ".join(raw.replace("\ufeff", "").split())
        base, number = clean, 1
        while clean.lower() in (each.lower() for each in made):
            number += 1
            clean = f"{base} {number}"
        if clean != column.header:
            _note(changes, "header", N_("Headers put right"), 1, [(column.header, clean)])
        made.append(clean)
    return made


def _records(frame: pl.DataFrame, state: engine.Run) -> pl.DataFrame:
    """Without the totals and notes that a check finds, where a table says what a record is."""
    if state.table is None:
        return frame
    context = rules.Context(state.table, state.shape.columns)
    apart = Apart(context).take(typed(context, frame), state.found)[1]
    if apart is None:
        return frame
    state.shape.rows -= apart.height
    return frame.filter(~pl.col(rules.LINE).is_in(apart[rules.LINE].to_list()))


def _values(frame: pl.DataFrame, state: engine.Run, changes: dict[str, Change]) -> pl.DataFrame:
    """Dates and numbers in their plain form."""
    made: list[pl.Series] = []
    for column in state.shape.columns:
        known = state.table.field(column.field) if state.table and column.field else None
        if known is None or known.type not in ("date", "number", "integer") or column.key not in frame.columns:
            continue
        kind = known.type
        before = frame[column.key]
        reader = values.reader(kind, known.spellings)
        assert reader is not None
        read = reader(before)
        after = read.dt.to_string("%Y-%m-%d") if kind == "date" else _numbers(read, before)
        after = after.zip_with(after.is_not_null(), before)
        differs = (before != after).fill_null(False)
        if differs.any():
            pairs = pl.DataFrame({"before": before, "after": after}).filter(differs)
            what = N_("Dates written as year-month-day") if kind == "date" else N_("Numbers written plainly")
            rule = "dates" if kind == "date" else "numbers"
            _note(changes, rule, what, pairs.height, list(pairs.unique(maintain_order=True).head(EXAMPLES).iter_rows()))
            made.append(after.alias(column.key))
    return frame.with_columns(made) if made else frame


def _numbers(read: pl.Series, before: pl.Series) -> pl.Series:
    """Plain numbers; those that are plain already stay to the letter."""
    plain = before.str.contains(values.PLAIN_NUMBER).fill_null(False)
    written = pl.Series([None if value is None else values.plain_number(value) for value in read], dtype=pl.String)
    return before.zip_with(plain, written)


def _note(changes: dict[str, Change], rule: str, what: str, count: int, examples: list[Any]) -> None:
    change = changes.setdefault(rule, Change(rule, what))
    change.count += count
    change.examples += examples[: EXAMPLES - len(change.examples)]
