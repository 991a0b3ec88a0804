"""Quarters, financial years and due dates (pure).

A council's financial year runs from 1 April to 31 March; its quarters end on the same days as those of the
calendar year. "One month after" is read by the corresponding date rule (Dodds v Walker, [1981] 1 WLR 1027): a month after
30 June ends on 30 July, a month after 31 January on the last day of February.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ..vocabularies import MONTHS

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """Whole days, first and last. ``key`` names it in addresses: 2025-26-Q1, 2025-26, 2025-04-01 or once."""

    start: date
    end: date
    key: str = ""

    def holds(self, other: "Period") -> bool:
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Period") -> bool:
        """Whether they have a day in common."""
        return self.start <= other.end and other.start <= self.end


def add_months(day: date, months: int) -> date:
    """The corresponding day of a later month, or its last day where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month(year: int, number: int) -> Period:
    return Period(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def year_name(start: int) -> str:
    """2025 as 2025-26, 1999 as 1999-00."""
    return f"{start}-{(start + 1) % 100:02}"


def financial_year(start: int) -> Period:
    """The year from 1 April ``start``."""
    return Period(date(start, 4, 1), date(start + 1, 3, 31), year_name(start))


def quarter(start: int, number: int) -> Period:
    """Quarter 1 (April to June) to 4 (January to March) of the financial year that begins in ``start``."""
    first = add_months(date(start, 4, 1), 3 * (number - 1))
    return Period(first, add_months(first, 3) - DAY, f"{year_name(start)}-Q{number}")


def year_at(day: date) -> Period:
    return financial_year(day.year if day.month > 3 else day.year - 1)


def quarter_at(day: date) -> Period:
    return quarter(year_at(day).start.year, (day.month - 4) % 12 // 3 + 1)


def before(period: Period) -> Period:
    """The quarter or financial year before one."""
    last = period.start - DAY
    return quarter_at(last) if "Q" in period.key else year_at(last)


def parse(key: str) -> Period:
    """The period of a key. Raises ValueError."""
    if key == "once":
        return Period(date(2014, 10, 1), date(2014, 12, 31), key)
    if found := re.fullmatch(r"(\d{4})-(\d{2})(?:-Q([1-4]))?", key):
        start, number = int(found[1]), found[3]
        if year_name(start) == f"{found[1]}-{found[2]}":
            return quarter(start, int(number)) if number else financial_year(start)
    elif re.fullmatch(r"\d{4}-04-01", key):
        return Period(date.fromisoformat(key), date.fromisoformat(key), key)
    raise ValueError(key)


def missing_days(whole: Period, parts: Iterable[Period]) -> list[Period]:
    """What of a period no part covers."""
    gaps, day = [], whole.start
    for part in sorted(p for p in parts if p.meets(whole)):
        if part.start > day:
            gaps.append(Period(day, part.start - DAY))
        day = max(day, part.end + DAY) if part.end < whole.end else whole.end + DAY
    if day <= whole.end:
        gaps.append(Period(day, whole.end))
    return gaps


def label(period: Period, lang: str = "en") -> str:
    """``Quarter 1, April to June 2025``; a year as ``2025-26``; a day as ``1 April 2025``; in Welsh as well."""
    names = MONTHS[lang]
    if period.start == period.end:
        return f"{period.start.day} {names[period.start.month - 1]} {period.start.year}"
    if "Q" not in period.key:
        return period.key
    word, to = ("Chwarter", "i") if lang == "cy" else ("Quarter", "to")
    first, last = names[period.start.month - 1], names[period.end.month - 1]
    return f"{word} {period.key[-1]}, {first} {to} {last} {period.end.year}"
