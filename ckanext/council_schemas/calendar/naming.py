"""The period that a file's name, or a sentence about it, tells (pure)."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from ..vocabularies import MONTHS
from . import periods
from .periods import Period

LONGEST = 2000  # characters that are read: names are short, descriptions may be anything
NUMBERS = {name.lower(): n for names in MONTHS.values() for n, name in enumerate(names, 1)}
NUMBERS |= {name[:3].lower(): n for n, name in enumerate(MONTHS["en"], 1)} | {"sept": 9}
NAME = "(?<![a-z])(" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")(?![a-z])\.?"
SPAN = r"\s*(?:to|until|through|and|i|hyd|-|–|—|_)\s*"
YEAR = r"(?<!\d)(20\d\d)(?!\d)"
FISCAL = r"(?<!\d)(20\d\d)\s?[-/–_]\s?(?:20)?(\d\d)(?!\d)(?![-/_.]\d)"
QUARTER = r"(?<![a-z])(?:q|qtr|quarter|chwarter|ch)[\s_.-]*([1-4])(?!\d)"
GAP = r"[\s,_.()/:–-]*(?:of\s+|fy\s*)?"
ISO_DAY = r"(?<!\d)(20\d\d-[01]\d-[0-3]\d)(?!\d)"
UK_DAY = r"(?<!\d)([0-3]?\d)[./]([01]?\d)[./](20\d\d)(?!\d)"
LONG_DAY = r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th)?\s+" + NAME + r"\s+" + YEAR

Reader = Callable[[str], Iterator[Period]]


def find(text: str) -> list[Period]:
    """The readings of a text, likeliest first; none where it tells no period.

    "Q1 2025" has two: a quarter of the financial year 2025-26, and one of the calendar year 2025.
    """
    text = re.sub(r"%20|\+", " ", text[:LONGEST]).lower()
    for reader in (_days, _quarters, _months, _years):
        if found := list(dict.fromkeys(reader(text))):
            return found
    return []


def _days(text: str) -> Iterator[Period]:
    """One day, or from the first to the second of two."""
    found: list[tuple[int, date]] = []
    readers = ((ISO_DAY, _iso), (UK_DAY, _uk), (LONG_DAY, _long))
    for pattern, reader in readers:
        for match in re.finditer(pattern, text):
            if day := reader(match):
                found.append((match.start(), day))
    days = [day for _, day in sorted(found)]
    if len(days) == 1 or (len(days) == 2 and days[0] <= days[1]):
        yield Period(days[0], days[-1])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(match: re.Match[str]) -> date | None:
    return _day(*(int(part) for part in match[1].split("-")))


def _uk(match: re.Match[str]) -> date | None:
    return _day(int(match[3]), int(match[2]), int(match[1]))


def _long(match: re.Match[str]) -> date | None:
    return _day(int(match[3]), NUMBERS[match[2]], int(match[1]))


def _quarters(text: str) -> Iterator[Period]:
    fiscal = re.search(QUARTER + GAP + FISCAL, text) or re.search(FISCAL + GAP + QUARTER, text)
    if fiscal:
        first, second, third = (int(part) for part in fiscal.groups())
        number, start, end = (first, second, third) if first < 5 else (third, first, second)
        if end == (start + 1) % 100:
            yield periods.quarter(start, number)
        return
    if _named(text):
        return  # "Q1 April to June 2025": the months say which
    plain = re.search(QUARTER + GAP + YEAR, text) or re.search(YEAR + GAP + QUARTER, text)
    if plain:
        number, year = sorted(int(part) for part in plain.groups())
        yield periods.quarter(year, number)
        yield periods.quarter_at(date(year, 3 * number - 1, 1))


def _named(text: str) -> bool:
    return bool(re.search(NAME, text)) and bool(re.search(YEAR, text))


def _months(text: str) -> Iterator[Period]:
    if span := re.search(NAME + r"\s*(20\d\d)?" + SPAN + NAME + r"[\s,]*" + YEAR, text):
        end = periods.month(int(span[4]), NUMBERS[span[3]])
        first = NUMBERS[span[1]]
        year = int(span[2]) if span[2] else end.start.year - (first > NUMBERS[span[3]])
        start = periods.month(year, first).start
        if start <= end.end:
            yield Period(start, end.end)
        return
    if single := re.search(NAME + r"[\s,_'-]*" + YEAR, text):
        yield periods.month(int(single[2]), NUMBERS[single[1]])
    elif turned := re.search(YEAR + r"[\s,_-]*" + NAME, text):
        yield periods.month(int(turned[1]), NUMBERS[turned[2]])
    elif short := re.search(NAME + r"['_-](\d\d)(?!\d)", text):
        yield periods.month(2000 + int(short[2]), NUMBERS[short[1]])
    elif numbers := re.search(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?![\d])(?![-_/]\d)", text):
        year, number = int(numbers[1]), int(numbers[2])
        if number == (year + 1) % 100:  # 2011-12: a month, and a financial year as well
            yield periods.financial_year(year)
        yield periods.month(year, number)


def _years(text: str) -> Iterator[Period]:
    found = [int(m[1]) for m in re.finditer(FISCAL, text) if int(m[2]) == (int(m[1]) + 1) % 100]
    if found and found[0] <= found[-1]:
        first, last = periods.financial_year(found[0]), periods.financial_year(found[-1])
        yield first if first == last else Period(first.start, last.end)


def is_open(text: str) -> bool:
    """Whether a text tells a first day only: "since April 2023"."""
    return bool(re.search(r"(?<![a-z])(?:since|ers|onwards|ymlaen)(?![a-z])", text[:LONGEST].lower()))
