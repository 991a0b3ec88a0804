"""What a table file holds, looked at quickly: its rows, and the dates in them (pure).

Not a check of the file, which is check/'s work: this only tells a file with data from one without.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineWorkbook

from .. import dates

TABLES = {"csv", "tsv", "txt"}
BOOKS = {"xlsx", "xls", "ods"}
LARGEST_BOOK = 20_000_000  # bytes; a larger one is not opened
HEAD = 200_000  # bytes of a text file that are read
ISO = r"\d{4}-\d\d-\d\d(?=T|$|\s)"
WRITTEN = r"\d{1,2}(?:[/.-]\d{1,2}[/.-]|[ -][A-Za-z]{3,9}[ -])(?:\d{4}|\d\d)(?=$|\s)"
DATE = re.compile(f"{ISO}|{WRITTEN}")
SHORT_YEAR = re.compile(r"(\D)(\d\d)$")
MOST_DATES = 2000  # different texts


@dataclass(frozen=True)
class Content:
    """Rows under the header that hold anything (of a long text file those of its beginning), and their dates by count."""

    rows: int
    days: Counter[date] = field(default_factory=Counter)

    def share(self, first: date, last: date) -> float | None:
        """Which part of the dates is from ``first`` to ``last``; None where no date was found."""
        total = sum(self.days.values())
        return sum(n for day, n in self.days.items() if first <= day <= last) / total if total else None


def read(path: str | Path, kind: str) -> Content | None:
    """Look at a file. None for a spreadsheet that is too large. What a damaged file raises is not caught."""
    return _book(Path(path)) if kind in BOOKS else _text(Path(path))


def _text(path: Path) -> Content:
    with path.open("rb") as file:
        head = file.read(HEAD)
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace")
    delimiter = "\t" if text.count("\t") > text.count(",") else ","
    return _content(csv.reader(text.splitlines(), delimiter=delimiter))


def _book(path: Path) -> Content | None:
    if path.stat().st_size > LARGEST_BOOK:
        return None
    book = CalamineWorkbook.from_path(path)
    sheets = [_content(book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names]
    return max(sheets, key=lambda sheet: sheet.rows, default=Content(0))


def _content(rows: Iterable[list]) -> Content:
    count, texts, days = 0, Counter[str](), Counter[date]()
    for row in rows:
        cells = [str(cell).strip() if cell is not None else "" for cell in row]
        count += any(cells)
        for cell, given in zip(cells, row, strict=True):
            if isinstance(given, (date, datetime)):
                days[given.date() if isinstance(given, datetime) else given] += 1
            elif (found := DATE.match(cell)) and (len(texts) < MOST_DATES or found[0] in texts):
                texts[found[0]] += 1
    for text, number in texts.items():
        if day := _day(text):
            days[day] += number
    return Content(max(0, count - 1), days)


def _day(text: str) -> date | None:
    iso = dates.iso(text if text[4:5] == "-" else SHORT_YEAR.sub(r"\g<1>20\2", text)) or ""
    return date.fromisoformat(iso[:10]) if len(iso) >= 10 else None
