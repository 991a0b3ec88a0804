"""The records of a file, from CSV in any dress or from a workbook, with the lines they begin in (pure)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl

from . import blocks, header, text
from .sniff import Source
from .tables import Table
from .types import Limits

BATCH = 50_000
FIRST = 200  # records among which the header is looked for
LONGEST = 1 << 24
DELIMITERS = ",\t;|"


@contextmanager
def long_cells() -> Iterator[None]:
    """The csv module's limit is the process's, and others count on it."""
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


class Stopped(Exception):
    """The file cannot be read on; the message says why, for a person."""


@dataclass
class Batch:
    """Records, and the line of the file (or row of the sheet) in which each begins."""

    lines: list[int]
    rows: list[list[str]]


def delimiter_of(sample: str) -> str:
    """The sign that cuts most lines into the same number of cells, more than one."""
    best, found = (0.0, 0), ","
    for sign in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if row)
        except csv.Error:
            continue
        many = {width: count for width, count in widths.items() if width > 1}
        if not many:
            continue
        width = max(many, key=lambda each: (many[each], each))
        points = (many[width] / sum(widths.values()), width)
        if points > best:
            best, found = points, sign
    return found


@dataclass
class Part:
    """The records of a block that have the header's width, as a frame of clean texts and their lines, and the others."""

    frame: pl.DataFrame
    odd: Batch


@dataclass
class Layout:
    """What the header's columns are called in a frame: known once it is found among the first records."""

    names: list[str] | None = None


def records(
    source: Source, delimiter: str, layout: Layout, tick: Callable[[int], None], defect: text.OnDefect
) -> Iterator[Batch | Part]:
    """The records of a text file, blank ones too: first a Batch of the first ones, in which the header is looked for.

    After it come parts, or batches where only the slower reader knows what is meant. Raises Stopped for a file that cannot
    be read.
    """
    line, rest = 1, b""
    for block in text.blocks(source, tick, defect):
        rest += block
        if layout.names is None:
            batch, used = _first(rest, delimiter)
            yield batch
            line += blocks.count_lines(rest[:used])
            rest = rest[used:]
            if layout.names is None:
                return
        if rest:
            item, used, feeds = _part(rest, delimiter, layout.names, line, last=False)
            if item:
                yield item
            line += feeds
            rest = rest[used:]
        if len(rest) > LONGEST:
            raise Stopped(f"The file cannot be read from line {line} on: a quotation mark may not be closed.")
    if rest and layout.names is not None:
        item, _, _ = _part(rest, delimiter, layout.names, line, last=True)
        if item:
            yield item


def _first(block: bytes, delimiter: str) -> tuple[Batch, int]:
    """The first records, and how many bytes they take."""
    reader = csv.reader(io.StringIO(block.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    batch, before = Batch([], []), 0
    try:
        with long_cells():
            for row in islice(reader, FIRST):
                batch.lines.append(before + 1)
                batch.rows.append(row)
                before = reader.line_num
    except csv.Error as error:
        raise Stopped(f"The file cannot be read from line {before + 1} on: {error}.") from error
    at = 0
    for _ in range(before):
        at = block.find(b"\n", at) + 1
        if not at:
            return batch, len(block)
    return batch, at


def _part(
    block: bytes, delimiter: str, names: Sequence[str], line: int, last: bool
) -> tuple[Batch | Part | None, int, int]:
    """The whole records of a block, and how many bytes and lines they take."""
    cut = blocks.cut(block, delimiter, last)
    if cut is None:
        return _slowly(block, delimiter, line), len(block), blocks.count_lines(block)
    found, used = cut
    if not used:
        return None, 0, 0
    frame, odd = blocks.frame(block[:used], found, names, delimiter, line)
    if frame is None:  # the two readers do not agree: the slower one is right
        return _slowly(block[:used], delimiter, line), used, found.feeds
    return Part(frame, Batch([each for each, _ in odd], [cells for _, cells in odd])), used, found.feeds


def _slowly(block: bytes, delimiter: str, line: int) -> Batch:
    """A block whose quotation marks need the reader that takes them as people write them."""
    reader = csv.reader(io.StringIO(block.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    batch, before = Batch([], []), line - 1
    try:
        with long_cells():
            for row in reader:
                batch.lines.append(before + 1)
                batch.rows.append(row)
                before = line - 1 + reader.line_num
    except csv.Error as error:
        raise Stopped(
            f"The file cannot be read from line {before + 1} on: {error}. A quotation mark may not be closed."
        ) from error
    return batch


def workbook(
    source: Source, limits: Limits, table: Table | None = None, sheet: str | None = None
) -> tuple[str, Iterator[Batch], list[str]]:
    """The sheet whose header knows most fields of the table (else the first with rows), its rows, and the other sheets that
    are shown and know as many. Raises Stopped.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(source.path))
        names = [sheet] if sheet else list(book.sheet_names)
        hidden, known = _hidden(book), {}
        best, rows, most = "", None, (-1, False, False)
        for name in names:
            found = book.get_sheet_by_name(name)
            if found.total_height and found.total_height * max(found.total_width, 1) > limits.rows * 20:
                raise Stopped(
                    f"The sheet {name} claims {found.total_height:,} rows of {found.total_width:,} columns: too many."
                )
            points = (_fields(found, table), name not in hidden, found.total_height > 3)
            known[name] = points[0] if points[1] and found.total_height else 0  # the last row, from 0
            if points > most:
                best, rows, most = name, found, points
    except (CalamineError, OSError, ValueError) as error:
        raise Stopped(
            f"This workbook cannot be opened: {error}. It may be damaged, or protected by a password."
        ) from error
    if rows is None:
        raise Stopped("This workbook has no sheet.")
    alike = [name for name, fields in known.items() if name != best and fields > 1 and fields == known[best]]
    return best, _sheet(rows), alike


def tops(source: Source) -> Iterator[list[list[str]]]:
    """The first rows of each sheet that is shown; none of a workbook that cannot be opened."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(source.path))
        hidden = _hidden(book)
        for name in book.sheet_names:
            if name not in hidden:
                yield _top(book.get_sheet_by_name(name))
    except (CalamineError, OSError, ValueError):
        return


def _hidden(book: Any) -> set[str]:
    return {each.name for each in book.sheets_metadata if not str(each.visible).endswith("Visible")}


def _top(found: Any) -> list[list[str]]:
    return [[cell(value) for value in row] for row in islice(found.iter_rows(), header.LOOK)]


def _fields(found: Any, table: Table | None) -> int:
    """How many fields of the table the sheet has a column for."""
    top = _top(found) if table else []
    place = header.find(top, table)
    if place is None:
        return 0
    return sum(1 for column in header.columns(top[place], table, {}) if column.field)


def _sheet(found: Any) -> Iterator[Batch]:
    batch = Batch([], [])
    for place, row in enumerate(found.iter_rows(), 1):
        batch.lines.append(place)
        batch.rows.append([cell(value) for value in row])
        if len(batch.rows) >= BATCH:
            yield batch
            batch = Batch([], [])
    if batch.rows:
        yield batch


def cell(value: Any) -> str:
    """A workbook's cell as text."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)
