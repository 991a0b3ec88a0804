"""Cells of CSV files that no spreadsheet program takes for formulas (OWASP, CSV injection). Pure."""

from __future__ import annotations

from typing import overload

#: What begins a formula, also as the signs of full width that East Asian keyboards type.
SIGNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
# Older ways to call a program; and what programs pass over before they look.
_ALSO = "|%"
_BLANKS = " \n\r\u00a0"


def runs(text: str) -> bool:
    """Whether some spreadsheet program would run it."""
    return text[:1] in tuple(SIGNS) or text.lstrip(_BLANKS)[:1] in tuple(SIGNS + _ALSO)


@overload
def safe(value: str | None) -> str: ...
@overload
def safe(value: object) -> str | int | float: ...
def safe(value: object) -> str | int | float:
    """A cell with an apostrophe before what would run; numbers stay numbers, nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value)
    return f"'{text}" if runs(text) else text
