"""The next period in a title: from "Spend, Q4 2025/26" to "Spend, Q1 2026/27" (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable

from babel import Locale

_MONTHS = tuple(list(Locale("en").months["format"][width].values()) for width in ("wide", "abbreviated"))
_MONTH = "|".join(name for names in _MONTHS for name in names)
_YEAR = r"(?:19|20)\d\d"
# Word ends where an underscore is none: names of files are full of them.
_B, _E = r"(?<![^\W_])", r"(?![^\W_])"


def _financial(start: int, sign: str, end: str) -> str:
    """The financial year from April of `start`, its second half in as many digits as before."""
    following = str(start + 1)
    return f"{start}{sign}{following if len(end) == len(following) else following[2:]}"


def _quarter_of_financial_year(found: re.Match[str]) -> str:
    quarter, year = int(found["q"]), int(found["y"])
    number, year = (1, year + 1) if quarter == 4 else (quarter + 1, year)
    return f"{found['word']}{number}{found['between']}{_financial(year, found['sign'], found['end'])}"


def _quarter(found: re.Match[str]) -> str:
    quarter, year = int(found["q"]), int(found["y"])
    number, year = (1, year + 1) if quarter == 4 else (quarter + 1, year)
    return f"{found['word']}{number}{found['between']}{year}"


def _year_then_quarter(found: re.Match[str]) -> str:
    quarter, year = int(found["q"]), int(found["y"])
    number, year = (1, year + 1) if quarter == 4 else (quarter + 1, year)
    return f"{year}{found['between']}{number}"


def _later(name: str, months: int) -> tuple[str, int]:
    """A month's name some months later, in the same spelling, and how many years on that is."""
    for names in _MONTHS:
        lowered = [each.lower() for each in names]
        if name.lower() in lowered:
            place = lowered.index(name.lower()) + months
            found = names[place % 12]
            return found.lower() if name.islower() else found, place // 12
    raise ValueError(name)


def _span(found: re.Match[str]) -> str:
    """From one month to another of one year: the same length again."""
    first, last = (_number(found[side]) for side in ("a", "b"))
    length = (last - first) % 12 + 1
    start, _ = _later(found["a"], length)
    end, end_years = _later(found["b"], length)
    year = int(found["y"]) + end_years  # a span is named by the year in which it ends
    return f"{start}{found['to']}{end}{found['between']}{year}"


def _number(name: str) -> int:
    return next(i for names in _MONTHS for i, each in enumerate(names) if each.lower() == name.lower())


def _month(found: re.Match[str]) -> str:
    name, years = _later(found["m"], 1)
    return f"{name}{found['between']}{int(found['y']) + years}"


def _iso_month(found: re.Match[str]) -> str:
    place = int(found["m"])
    return f"{int(found['y']) + place // 12}-{place % 12 + 1:02}"


def _financial_year(found: re.Match[str]) -> str:
    return _financial(int(found["y"]) + 1, found["sign"], found["end"])


def _year(found: re.Match[str]) -> str:
    return str(int(found["y"]) + 1)


_SPLIT = rf"(?P<y>{_YEAR})(?P<sign>\s?[/–-]\s?)(?P<end>{_YEAR}|\d\d)(?![\d-])"
_WORD = rf"(?P<word>{_B}(?:Q|Qtr|Quarter)\s?)(?P<q>[1-4])"
# The first that fits is the period; a finer one goes before a coarser one.
_FORMS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (rf"{_WORD}(?P<between>[\s,:_-]*){_SPLIT}", _quarter_of_financial_year),
    (rf"{_WORD}(?P<between>[\s,:_-]*)(?P<y>{_YEAR}){_E}", _quarter),
    (rf"{_B}(?P<y>{_YEAR})(?P<between>[\s_-]*(?:Q|Qtr|Quarter)\s?)(?P<q>[1-4]){_E}", _year_then_quarter),
    (
        rf"{_B}(?P<a>{_MONTH})(?P<to>\s?(?:to|and|[–-])\s?)(?P<b>{_MONTH}){_E}(?P<between>[\s,_-]*)(?P<y>{_YEAR}){_E}",
        _span,
    ),
    (rf"{_B}(?P<m>{_MONTH}){_E}(?P<between>[\s,_-]*)(?P<y>{_YEAR}){_E}", _month),
    (rf"{_B}(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2]){_E}(?!-)", _iso_month),
    (rf"{_B}{_SPLIT}", _financial_year),
    (rf"{_B}(?P<y>{_YEAR}){_E}", _year),
)


def following(text: str) -> str | None:
    """`text` with its period moved on by one: a quarter, a month, a span of months, a financial or a calendar year.

    None if it names no period. A title with one period in two places has only the first moved.
    """
    for form, moved in _FORMS:
        found = re.search(form, text, re.IGNORECASE)
        if found:
            return text[: found.start()] + moved(found) + text[found.end() :]
    return None
