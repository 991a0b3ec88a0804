"""From texts to values, a column at a time: numbers and dates as councils write them (pure)."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

# Pounds, thousands in threes, brackets or a trailing sign for what is negative.
_DIGITS = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)"
_POUND = r"(?:£|GBP)?\s*"
NUMBER = (
    rf"^(?:[-+]?\s*{_POUND}{_DIGITS}|{_POUND}[-+]\s*{_DIGITS}|\(\s*{_POUND}{_DIGITS}\s*\)"
    rf"|{_POUND}{_DIGITS}\s*(?:-|CR|DR|GBP))$"
)
PLAIN_NUMBER = r"^-?(?:\d+(?:\.\d+)?|\.\d+)$"
# As a spreadsheet shows what is too long for its column, or what is left of a sum of fractions.
_POWER = r"^-?\d(?:\.\d+)?E[-+]?\d{1,2}$"
_NEGATIVE = r"^\(|^(?:£|GBP)?\s*-|-$|CR$"
ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"
# Day first, as in the United Kingdom; a month first is refused, not guessed.
DATES = (
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%d-%B-%Y",
    "%Y/%m/%d", "%Y%m%d", "%d-%b-%y", "%d %b %y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%d/%b/%Y", "%d/%b/%y", "%d-%B-%y",
    "%d %B %y", "%B %d %Y", "%b %d %Y",
)  # fmt: skip
_TIME = r"(?i)[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:Z|[AP]M|[+-]\d{2}:?\d{2})?$"
_WEEKDAY = r"(?i)^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+"
_ORDINAL = r"(?i)\b(\d{1,2})(?:st|nd|rd|th)\b"
# A workbook saved as text may show the days since 1899-12-30: from 1982 to 2064 for what councils publish.
_SERIAL = r"^[34-5]\d{4}$"
TRUE, FALSE = ("y", "yes", "true", "t", "1"), ("n", "no", "false", "f", "0")


def numbers(texts: pl.Series) -> pl.Series:
    """Float64; null where a text is no number."""
    plain = texts.cast(pl.Float64, strict=False)
    # nan and inf are numbers to polars, and to nobody who writes an amount.
    if plain.null_count() == texts.null_count() and not texts.str.contains("[A-Za-z]").any():
        return plain
    # A minus sign that is none on a keyboard, and the wide pound sign of East Asia.
    upper = texts.str.to_uppercase().str.replace_many(["−", "–", "￡"], ["-", "-", "£"]).str.strip_chars()
    fits = upper.str.contains(NUMBER)
    digits = upper.str.replace_all(r"[^\d.]", "").cast(pl.Float64, strict=False)
    signed = pl.select(pl.when(upper.str.contains(_NEGATIVE)).then(-digits).otherwise(digits)).to_series()
    power = upper.str.contains(_POWER)
    return pl.select(pl.when(fits).then(signed).when(power).then(plain)).to_series().alias(texts.name)


def integers(texts: pl.Series) -> pl.Series:
    """Int64; null where a text is no whole number."""
    found = numbers(texts)
    whole = (found == found.floor()) & (found.abs() < 2**53)
    return pl.select(pl.when(whole).then(found)).to_series().cast(pl.Int64, strict=False).alias(texts.name)


def dates(texts: pl.Series) -> pl.Series:
    """Date; null where a text is no date of the years 1900 to 2199. A time of day behind it is passed over."""
    cut = texts.str.replace(_TIME, "").str.strip_chars()
    found = _dates(cut, pl.Series(texts.name, [None] * len(texts), dtype=pl.Date))
    if found.null_count() > texts.null_count():
        words = cut.str.replace(_WEEKDAY, "").str.replace_all(_ORDINAL, "$1").str.replace(r"(?i)\bsept\b", "Sep")
        found = _dates(words.str.replace_all(r"\s*([/.-])\s*", "$1").str.replace_all(r",?\s+", " "), found)
    if found.null_count() > texts.null_count():
        serials = pl.select(pl.when(cut.str.contains(_SERIAL)).then(cut)).to_series().cast(pl.Int32, strict=False)
        found = found.zip_with(found.is_not_null(), (serials - 25569).cast(pl.Date))
    return found.alias(texts.name)


def _dates(texts: pl.Series, found: pl.Series) -> pl.Series:
    """``found``, with what is null in it read in the first form that fits."""
    missing = texts.null_count()
    for form in DATES:
        if found.null_count() <= missing:
            break
        read = texts.str.to_date(form, strict=False, exact=True)
        found = found.zip_with(found.is_not_null(), read)
        found = found.set(~found.dt.year().is_between(1900, 2199).fill_null(True), None)
    return found


def booleans(texts: pl.Series) -> pl.Series:
    """Boolean from yes and no in their usual spellings."""
    lower = texts.str.to_lowercase()
    told = pl.when(lower.is_in(TRUE)).then(True).when(lower.is_in(FALSE)).then(False)
    return pl.select(told).to_series().cast(pl.Boolean).alias(texts.name)


def years(texts: pl.Series) -> pl.Series:
    """The year of "2025", or the first of "2025/26"; Int64."""
    return texts.str.extract(r"^((?:19|20)\d{2})(?:\s?[/–-]\s?(?:\d{2}|\d{4}))?$", 1).cast(pl.Int64, strict=False)


READERS = {
    "number": numbers,
    "integer": integers,
    "date": dates,
    "datetime": dates,
    "boolean": booleans,
    "year": years,
}


def plain_number(value: float | None) -> str:
    """A number as it should be written, to its last digit."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
