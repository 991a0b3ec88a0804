"""Rows to an Excel workbook in constant memory: each row goes to disk as it comes, the file is read from there. Pure."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import xlsxwriter

from .tables import LONGEST, Value

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Excel's own limit; what is beyond goes to another sheet.
MOST_ROWS = 1_048_576
_CHUNK_BYTES = 65536
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def as_workbook(rows: Iterable[list[Value]], title: str, made: datetime, most_rows: int = MOST_ROWS) -> Iterator[bytes]:
    """The workbook's bytes: the same for the same rows. ``rows`` begin with the columns' names, repeated on each sheet."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, _OPTIONS)
        book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
        try:
            _fill(book, iter(rows), title, most_rows)
        finally:
            book.close()
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _fill(book: Any, rows: Iterator[list[Value]], title: str, most_rows: int) -> None:
    head, bold = next(rows, []), book.add_format({"bold": True})
    sheet, row, sheets = None, most_rows, 0
    for values in rows:
        if row >= most_rows:
            sheets += 1
            sheet, row = _sheet(book, title if sheets == 1 else f"{title} {sheets}", head, bold), 1
        _write(sheet, row, values)
        row += 1
    if sheet is None:
        _sheet(book, title, head, bold)


def _sheet(book: Any, title: str, head: list[Value], bold: Any) -> Any:
    sheet = book.add_worksheet(title)
    sheet.set_column(0, max(len(head) - 1, 0), 24)
    sheet.freeze_panes(1, 0)
    _write(sheet, 0, head, bold)
    return sheet


def _write(sheet: Any, row: int, values: list[Value], style: Any = None) -> None:
    """Texts as texts (never as formulas) and numbers as numbers."""
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(row, column, value, style)
        elif value:
            sheet.write_string(row, column, value[:LONGEST], style)
