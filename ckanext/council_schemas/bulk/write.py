"""Sheets as files: an XLSX workbook with lists to choose from, or CSV (pure)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .fields import GROUPS, LIST, TAGS, Field
from .notation import KEEP, LONGEST, guard

_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
HEAD = PatternFill("solid", fgColor="FFDDE7F0")
LOCKED = PatternFill("solid", fgColor="FFEEEEEE")
TOP = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True)
class Sheet:
    """``titles``: headers by field; ``rows``: cells by field, as ``notation.cell`` gives them."""

    name: str
    fields: Sequence[Field]
    titles: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Guide:
    """The words of the sheet that explains the others. ``how``: of a field, how its cells are written."""

    name: str
    lists: str
    lines: Sequence[str]
    headers: Sequence[str]
    help: Mapping[Field, str]
    how: Mapping[Field, str]
    choices: Mapping[str, Sequence[str]]
    needed: str


def to_csv(sheet: Sheet, by_name: bool = False) -> bytes:
    """UTF-8 with a mark, which Excel needs. Cells that would run as formulas begin with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([each.name if by_name else guard(sheet.titles[each.name], csv=True) for each in sheet.fields])
    for row in sheet.rows:
        writer.writerow([_short(guard(row.get(each.name, ""), csv=True)) for each in sheet.fields])
    return out.getvalue().encode("utf-8-sig")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else KEEP


def to_xlsx(sheets: Sequence[Sheet], guide: Guide) -> bytes:
    """A workbook: the sheets, then the guide to their columns, then the lists that cells choose from."""
    book = Workbook(write_only=True)
    lists = _lists(sheets, guide)
    for sheet in sheets:
        _sheet(book, sheet, lists, guide)
    _guide(book, sheets, guide)
    if lists:
        _list_sheet(book, lists, guide)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(place: Any, text: str, bold: bool = False, fill: Any = None) -> Any:
    """Always a text: what looks like a formula, a number or a date stays what it is. An empty one has its column's form."""
    if not text and not fill:
        return None
    made: Any = WriteOnlyCell(place, _LOOKS_ESCAPED.sub("_x005F_", text))
    made.data_type = "s"
    made.number_format = "@"
    made.alignment = TOP
    if bold:
        made.font = Font(bold=True)
    if fill:
        made.fill = fill
    return made


def _sheet(book: Any, sheet: Sheet, lists: Mapping[str, int], guide: Guide) -> None:
    place = book.create_sheet(sheet.name)
    place.freeze_panes = "C2"
    for at, field in enumerate(sheet.fields, 1):
        wide = field.kind in (LIST, GROUPS, TAGS) or field.name in ("title", "notes", "description")
        column = place.column_dimensions[get_column_letter(at)]
        column.width = 40 if wide else 22
        column.number_format = "@"  # what is typed into an empty cell is a text too
        column.alignment = TOP
    last = max(len(sheet.rows) + 500, 1000)
    for at, field in enumerate(sheet.fields, 1):
        if field.name in lists:
            place.data_validations.append(_validation(field, at, last, lists[field.name], guide))
    place.append([_cell(place, sheet.titles[each.name], True, HEAD) for each in sheet.fields])
    for row in sheet.rows:
        place.append(
            [
                _cell(place, _short(guard(row.get(each.name, ""), csv=False)), fill=LOCKED if each.fixed else None)
                for each in sheet.fields
            ]
        )


def _validation(field: Field, at: int, last: int, column: int, guide: Guide) -> Any:
    """The list offers; it refuses nothing, as some fields take what is in no list, and the portal looks again."""
    letter, source = get_column_letter(at), get_column_letter(column)
    many = len(guide.choices[field.name]) + 1
    made = DataValidation(type="list", formula1=f"'{guide.lists}'!${source}$2:${source}${many}", allow_blank=True)
    made.showErrorMessage = False
    made.sqref = f"{letter}2:{letter}{last}"  # type: ignore[assignment]
    return made


def _lists(sheets: Iterable[Sheet], guide: Guide) -> dict[str, int]:
    """The column of the sheet of lists in which each field with choices has its own."""
    names = dict.fromkeys(f.name for sheet in sheets for f in sheet.fields if guide.choices.get(f.name))
    return {name: at for at, name in enumerate(names, 1)}


def _list_sheet(book: Any, lists: Mapping[str, int], guide: Guide) -> None:
    place = book.create_sheet(guide.lists)
    columns = [guide.choices[name] for name in lists]
    place.append([_cell(place, name, True, HEAD) for name in lists])
    for at in range(max(map(len, columns))):
        place.append([_cell(place, guard(column[at], csv=False) if at < len(column) else "") for column in columns])


def _guide(book: Any, sheets: Sequence[Sheet], guide: Guide) -> None:
    place = book.create_sheet(guide.name)
    for letter, width in zip("ABCDEF", (14, 30, 24, 10, 60, 60), strict=True):
        place.column_dimensions[letter].width = width
    for line in guide.lines:
        place.append([_cell(place, line)])
    place.append([])
    place.append([_cell(place, each, True, HEAD) for each in guide.headers])
    for sheet in sheets:
        for each in sheet.fields:
            needed = guide.needed if each.required else ""
            texts = (
                sheet.name,
                sheet.titles[each.name],
                each.name,
                needed,
                guide.help[each],
                guide.how[each],
            )
            place.append([_cell(place, text) for text in texts])
