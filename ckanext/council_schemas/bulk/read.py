"""The rows of an uploaded sheet: CSV in any encoding that file checks read, or an XLSX workbook (pure).

Workbooks are read row by row by openpyxl: what a sheet claims to hold, and cells far outside, cost nothing.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..check import archive, reading, sniff, text
from ..check.reading import Stopped
from ..check.types import Limits

COLUMNS = 300
WIDEST = 1000  # columns that are looked at for more than that
UNPACKED = 100_000_000
SHEETS = 20
FORMULA, ERROR, MERGED, LONG, LOST = "formula", "error", "merged", "long", "lost"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")


@dataclass
class Row:
    """A record: its line in the file (row of the sheet), its cells, and what is wrong with some, by position from 0."""

    line: int
    cells: list[str]
    flaws: dict[int, str] = field(default_factory=dict)


@dataclass
class Grid:
    name: str
    rows: list[Row]


@dataclass
class Book:
    """What was read. ``encoding``: of a text file, else empty."""

    format: str
    bytes: int
    sha256: str
    encoding: str
    grids: list[Grid]


@dataclass(frozen=True)
class Caps:
    """Bytes of the file, records of one sheet (blank ones aside), signs of a cell."""

    bytes: int = 20_000_000
    rows: int = 20_000
    cell: int = 100_000


def read(path: Path, caps: Caps) -> Book:
    """Read a file. Raises Stopped, with a sentence for a person, for what is no such sheet or breaks a cap."""
    if path.stat().st_size > caps.bytes:
        raise Stopped(f"The file has more than the {caps.bytes:,} bytes that are read.")
    source = sniff.look(path, caps.bytes, lambda _done: None)
    if source.reason:
        raise Stopped(source.reason)
    if source.format == "csv":
        grids = [Grid("", list(_capped(_text(source), caps, "the file")))]
    elif source.format == "xlsx":
        archive.refuse_bomb(source, Limits(decompressed=UNPACKED))
        grids = _workbook(path, caps)
    else:
        raise Stopped(
            "This kind of workbook is not read here, or it is protected by a password: save it as an Excel workbook "
            "(.xlsx) without one, or as CSV."
        )
    return Book(source.format, source.bytes, source.sha256, source.encoding or "", grids)


def _capped(rows: Iterator[Row], caps: Caps, where: str) -> Iterator[Row]:
    kept = 0
    for row in rows:
        if len(row.cells) > COLUMNS and any(row.cells[COLUMNS:]):
            raise Stopped(f"Row {row.line:,} of {where} has more than {COLUMNS} columns.")
        if not any(cell.strip() for cell in row.cells) and not row.flaws:
            continue
        kept += 1
        if kept > caps.rows:
            raise Stopped(f"There are more than {caps.rows:,} rows in {where}: divide it.")
        row.flaws |= {at: LONG for at, cell in enumerate(row.cells) if len(cell) > caps.cell}
        yield row


def _text(source: sniff.Source) -> Iterator[Row]:
    lost: set[int] = set()
    pieces = text.blocks(source, lambda _done: None, lambda what, line: lost.add(line) if what == "lost" else None)
    whole = b"".join(pieces).decode("utf-8", "replace")
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=reading.delimiter_of(whole[:65536]))
    before = 0
    try:
        with reading.long_cells():
            for cells in reader:
                row = Row(before + 1, cells)
                if lost and not lost.isdisjoint(range(before + 1, reader.line_num + 1)):
                    row.flaws |= {at: LOST for at, cell in enumerate(cells) if "\ufffd" in cell}
                before = reader.line_num
                yield row
    except csv.Error as error:
        raise Stopped(f"The file cannot be read from line {before + 1} on: {error}.") from error


def _workbook(path: Path, caps: Caps) -> list[Grid]:
    from openpyxl import load_workbook

    try:
        with path.open("rb") as handle:  # by its name openpyxl goes only where the ending is right
            book: Any = load_workbook(handle, read_only=True, keep_links=False)
            sheets = [each for each in book.worksheets if hasattr(each, "reset_dimensions")]
            if len(sheets) > SHEETS:
                raise Stopped(f"The workbook has more than {SHEETS} sheets.")
            return [Grid(each.title, _sheet(book, each, caps)) for each in sheets]
    except Stopped:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise Stopped(
            f"This workbook cannot be opened: {str(error)[:200]}. It may be damaged, or protected by a password."
        ) from error


def _sheet(book: Any, sheet: Any, caps: Caps) -> list[Row]:
    sheet.reset_dimensions()  # what it claims may be a lie
    rows = sheet.iter_rows(max_col=WIDEST)
    kept = list(_capped(_rows(rows), caps, f"the sheet {sheet.title}"))
    merged = _merged(book, sheet)
    for row in kept:
        for top, bottom, left, right in merged:
            if top <= row.line <= bottom:
                row.flaws |= dict.fromkeys(range(left, min(right, COLUMNS) + 1), MERGED)
    return kept


def _rows(rows: Any) -> Iterator[Row]:
    empty = None
    for line, cells in enumerate(rows, 1):
        if cells is empty:  # openpyxl gives the same for each row that is not there: there may be a million
            continue
        if all(cell.value is None for cell in cells):
            empty = cells
            continue
        row = Row(line, [])
        for at, cell in enumerate(cells):
            if cell.value is None:
                row.cells.append("")
                continue
            if cell.data_type == "f":
                row.flaws[at] = FORMULA
            elif cell.data_type == "e":
                row.flaws[at] = ERROR
            row.cells.append(_unescaped(reading.cell(cell.value)))
        while row.cells and not row.cells[-1]:
            row.cells.pop()
        yield row


def _unescaped(value: str) -> str:
    """Excel writes signs that XML cannot hold as ``_x000D_``; what no text can hold is left out."""
    return _ESCAPED.sub(lambda match: _sign(int(match[1], 16)), value) if "_x" in value else value


def _sign(code: int) -> str:
    return "" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _merged(book: Any, sheet: Any) -> list[tuple[int, int, int, int]]:
    """Merged ranges as (first row, last row, first column, last column); rows from 1, columns from 0."""
    found, rest = [], b""
    archive_: zipfile.ZipFile = book._archive
    with archive_.open(sheet._worksheet_path) as part:
        while piece := part.read(1 << 20):
            block = rest + piece
            at = 0
            for match in _MERGE.finditer(block):
                left, top, right, bottom = match.groups()
                found.append((int(top), int(bottom), _column(left), _column(right)))
                at = match.end()
            rest = block[max(at, len(block) - 200) :]
    return found[:10_000]


def _column(letters: bytes) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + sign - 64
    return number - 1
