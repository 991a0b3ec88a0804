"""Which table a file is meant to be, from its headers, and from its name and title rows where headers leave it open (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from . import archive, engine, header, reading, sniff, tables, wording
from .reading import Stopped
from .tables import Table
from .types import Limits

# Of the columns that a set asks for, of those with the recommended ones, and of the file's own.
LEAST, LEAST_OF_ALL, LEAST_OWN, MOSTLY_OWN = 0.5, 0.4, 0.3, 0.7


def recognise(path: str | Path, name: str | None = None, limits: Limits | None = None) -> Table | None:
    """The shipped table that the file looks most like, or None where it looks like none. Raises OSError."""
    given = Path(path)
    found = [
        (points, table)
        for rows in _tops(given, limits or Limits())
        for points, table in likely(rows, wording.norm(Path(name or given.name).stem))
    ]
    return max(found, key=lambda each: each[0])[1] if found else None


def likely(rows: Sequence[Sequence[str]], called: str = "") -> Iterator[tuple[float, Table]]:
    """(points, table) of each table that the first rows of a file may be. ``called``: what the file is called."""
    for code in tables.codes():
        table = tables.get(code)
        place = header.find(rows, table)
        if place is None:
            continue
        labels = [cell for cell in rows[place] if cell.strip()]
        fields = {column.field for column in header.columns(rows[place], table, {}) if column.field}
        needed = [each.name for each in table if each.required]
        share = len(fields & set(needed)) / max(len(needed), 1)
        wanted = {each.name for each in table if each.required or each.recommended}
        own = len(fields) / len(labels)
        enough = own >= MOSTLY_OWN or len(fields & wanted) >= LEAST_OF_ALL * len(wanted)
        if not set(table.primary_key) <= fields:
            continue
        if share < LEAST or own < LEAST_OWN or len(fields) < 2 or not enough:
            continue
        above = " ".join(wording.norm(cell) for row in rows[:place] for cell in row)
        yield 2 * share + own + _said(table, f"{called} {above}", labels), table


def _said(table: Table, text: str, labels: Iterable[str]) -> float:
    """Points for what the file is called, and for words that only this table's headers have."""
    words = f" {text} "
    names = {wording.norm(each) for each in (*table.short_names, table.title)}
    hints = [wording.norm(each) for each in table.descriptor.get("hints", ())]
    headers = f" {' '.join(wording.norm(each) for each in labels)} "
    called = max((len(each.split()) for each in (*names, *hints) if f" {each} " in words), default=0)
    return (0.5 + 0.1 * called if called else 0.0) + 0.3 * any(f" {each} " in headers for each in hints)


def _tops(path: Path, limits: Limits) -> Iterator[list[list[str]]]:
    """The first rows of a text file, or of each sheet."""
    source = sniff.look(path, limits.bytes, lambda _done: None)
    try:
        if source.format == "csv":
            state = engine.Run(path, None, limits, None)
            first = next(engine.batches(state, source, reading.Layout()), None)
            if isinstance(first, reading.Batch):
                yield first.rows[: reading.FIRST]
        elif source.format:
            archive.refuse_bomb(source, limits)
            yield from reading.tops(source)
    except Stopped:
        return
