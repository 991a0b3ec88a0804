"""Rules of the Transparency Code itself: thresholds, salary bands, small postal sectors (pure).

Source: Local Government Transparency Code 2015, DCLG, 27 February 2015. A table names those that it asks for in ``rules``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ..phrases import N_, Phrase, say
from . import LINE, Collector, Context, Found, Test, rule, value_key
from .fields import withheld

FIX = say(N_("Look whether it is right."))
# Two amounts; "k" stands for thousands, and pence behind the upper edge are passed over.
BAND = re.compile(r"(?i)£?\s*(\d[\d,]*)(?:\.\d+)?\s*(k?)\s*(?:-|–|—|to|and)\s*£?\s*(\d[\d,]*)(\.\d+)?\s*(k?)")


@rule(
    "below-threshold",
    "warning",
    N_("Below the threshold"),
    N_("A smaller amount need not be published; publishing it is welcome."),
)
def below_threshold(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.threshold is not None:
            value = pl.col(value_key(field.name)).abs()
            text = N_("{value} is not over £{threshold}, the threshold from which it must be published.")
            message = say(text, threshold=f"{field.threshold:,.0f}")
            yield Test(field.name, value <= field.threshold, message, say(N_("Leave it, or take it out.")))


@rule("zero-amount", "warning", N_("Nothing was paid"))
def zero_amount(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.descriptor.get("money") and field.type == "number":
            message, fix = say(N_("The amount is nothing.")), say(N_("Look whether the row belongs here."))
            yield Test(field.name, pl.col(value_key(field.name)) == 0, message, fix)


def _edges(value: str) -> tuple[int, int] | None:
    found = BAND.search(value)
    if not found:
        return None
    low, high = int(found[1].replace(",", "")), int(found[3].replace(",", ""))
    if not found[5]:
        return low * (1000 if found[2] else 1), high
    # "£50-55k" is of thousands on both sides, "£50k - £54.9k" ends before the next band.
    return low * 1000, high * 1000 + (999 if found[4] else 0)


def _band_fault(value: str, size: int, least: int) -> Phrase | None:
    edges = _edges(value)
    if edges is None:
        return say(N_('"{value}" is no band of salaries.'))
    low, high = edges
    if low < least:
        return say(N_('"{value}" begins below £{least}.'), least=f"{least:,}")
    # £50,000 to £54,999, or £50,001 to £55,000, or to the edge of the next.
    if low % size not in (0, 1) or high - low not in (size - 1, size):
        return say(N_('"{value}" is no band of £{size}.'), size=f"{size:,}")
    return None


@rule("salary-band", "error", N_("Not a band of £5,000"), N_("The Code asks for brackets of £5,000 from £50,000."))
def salary_band(context: Context) -> Iterator[Test]:
    given = context.table.rule("salary-band")
    if not given or not context.has(given["field"]):
        return
    name, size, least = given["field"], given.get("size", 5_000), given.get("least", 50_000)
    good = pl.col(name).map_elements(lambda text: _band_fault(text, size, least) is None, return_dtype=pl.Boolean)
    example = f"£{least:,} - £{least + size - 1:,}"
    fix = say(N_("Write a band of £{size} like {example}."), size=f"{size:,}", example=example)
    yield Test(name, ~good & ~withheld(name), lambda value, _row: _band_fault(value, size, least) or FIX, fix)


@rule("named-salary", "error", N_("A name is asked for"), N_("Employees paid £150,000 or more are named."))
def named_salary(context: Context) -> Iterator[Test]:
    given = context.table.rule("named-salary")
    if not given or not (context.has(given["salary"]) and context.has(given["name"])):
        return
    low = pl.col(given["salary"]).str.extract(r"([\d,]{5,})").str.replace_all(",", "").cast(pl.Float64, strict=False)
    where = (low >= given.get("least", 150_000)) & pl.col(given["name"]).is_null()
    message = say(N_("The salary is £150,000 or more, and nobody is named."))
    yield Test(given["name"], where, message, say(N_("Give the name.")))


@rule("small-sector", "error", N_("Fewer than ten homes"), N_("So few homes could tell what a single one is worth."))
def small_sector(context: Context) -> Iterator[Test]:
    given = context.table.rule("small-sector")
    if given and context.has(given["homes"]):
        homes = pl.col(value_key(given["homes"]))
        where = (homes > 0) & (homes < given.get("least", 10))
        message = say(N_("This row tells of {value} homes, fewer than ten."))
        yield Test(given["homes"], where, message, say(N_("Merge it into the next lower band.")))


_OUTSIDE = N_("{value} lies outside the {months} months of nearly all other rows.")
_MONTH = (pl.col("day").dt.year().cast(pl.Int32) * 12 + pl.col("day").dt.month()).alias("month")


class _OnePeriod:
    """The dates of a column, to see those that lie outside the months of nearly all others."""

    def __init__(self, name: str, months: int):
        self.name, self.months = name, months
        self.parts: list[pl.DataFrame] = []
        self.counts: Counter[int] = Counter()

    def add(self, frame: pl.DataFrame) -> None:
        part = frame.select(LINE, pl.col(value_key(self.name)).alias("day")).drop_nulls("day")
        self.parts.append(part)
        self.counts.update(dict(part.group_by(_MONTH).len().iter_rows()))

    def finish(self, limit: int) -> Iterator[Found]:
        counts, height = self.counts, self.counts.total()
        if height < 20:
            return
        best = max(sorted(counts), key=lambda first: sum(counts[first + after] for after in range(self.months)))
        stray = pl.concat(part.filter(~_MONTH.is_between(best, best + self.months - 1)) for part in self.parts)
        if not stray.height or stray.height * 20 > height:
            return  # a file of a year, or of no one period: nothing strays
        told: list[Any] = [
            (line, day.isoformat(), say(_OUTSIDE, months=self.months), FIX)
            for line, day in stray.sort(LINE).head(limit).iter_rows()
        ]
        yield Found(self.name, stray.height, told)


@rule("stray-date", "warning", N_("A date outside the period of the others"))
def stray_date(context: Context) -> Iterator[Collector]:
    given: Mapping[str, Any] | None = context.table.rule("stray-date")
    if given and context.has(given["field"]):
        yield _OnePeriod(given["field"], given.get("months", 3))
