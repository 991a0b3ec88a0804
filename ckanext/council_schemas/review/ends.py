"""Why a file could not be read, or not to its end, in the reader's language. The check itself speaks English, and is kept so."""

from __future__ import annotations

import re
from functools import cache

from ckan.plugins import toolkit as tk


def N_(text: str) -> str:
    return text


ENDS = (
    N_("The file is empty: it has no bytes at all."),
    N_("This is a PDF, not a table."),
    N_("This is a gzip archive, not a table."),
    N_("This is a 7-Zip archive, not a table."),
    N_("This is a RAR archive, not a table."),
    N_("This is a picture (PNG), not a table."),
    N_("This is a picture (JPEG), not a table."),
    N_("This is a picture (GIF), not a table."),
    N_("This is a Parquet file, not a table."),
    N_("This is an SQLite database, not a table."),
    N_("This is a web page or XML, not a table. A download that asks for a log-in often ends so."),
    N_("This is JSON, not a table."),
    N_("These are not letters: the file is binary, not a table."),
    N_("This is a binary workbook (XLSB): save it as XLSX."),
    N_("This is an office document, not a table."),
    N_("This is a Word document, not a table."),
    N_("This is a damaged archive or workbook: it cannot be opened."),
    N_("This is a ZIP archive, not a table. Upload the file that is inside."),
    N_("This is not a table."),
    N_("The file holds no rows."),
    N_("No row near the top looks like a header. Without one the rest cannot be checked."),
    N_("The header has {number} columns; at most {most} are checked."),
    N_("The file has {number} bytes; at most {most} are checked."),
    N_("The file has more than {most} rows; no more are checked."),
    N_("The file cannot be read from line {line} on: a quotation mark may not be closed."),
    N_("The file cannot be read from line {line} on: {error}."),
    N_("The file cannot be read from line {line} on: {error}. A quotation mark may not be closed."),
    N_("The sheet {sheet} claims {rows} rows of {columns} columns: too many."),
    N_("This workbook cannot be opened: {error}. It may be damaged, or protected by a password."),
    N_("This workbook has no sheet."),
    N_("The workbook unpacks to more than the {most} bytes that are read."),
    N_(
        "The cells of a sheet lie {columns} columns and {rows} rows apart: too far. "
        "Delete what stands alone far to the right or below, and save it again."
    ),
    N_(
        "The sheets {sheets} have the same columns as {sheet}, the only one that is read. "
        "Put their rows on one sheet, or make a file of each."
    ),
    N_("More than {most} cells would be redacted: leave the whole column out instead."),
    N_("Some rows have more cells than the header (lines {lines}): nobody but you can say where they belong."),
)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Each text as a pattern of what the check says, those with most words of their own first."""
    found = []
    for text in ENDS:
        words = re.split(r"\{(\w+)\}", text)
        shape = "".join(f"(?P<{word}>.+)" if at % 2 else re.escape(word) for at, word in enumerate(words))
        found.append((sum(map(len, words[::2])), text, re.compile(shape, re.DOTALL)))
    return [(text, shape) for _, text, shape in sorted(found, key=lambda each: -each[0])]


def known(message: str) -> tuple[str, dict[str, str]] | None:
    """The text that a message was made from, and what was filled in."""
    for text, shape in _patterns():
        if match := shape.fullmatch(message):
            return text, match.groupdict()
    return None


def why(message: str) -> str:
    """What a check says of its end, translated; as it is, where it is none of ours."""
    found = known(message)
    return tk._(found[0]).format(**found[1]) if found else message
