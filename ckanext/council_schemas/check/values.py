"""From texts to values, a column at a time: numbers and dates as councils write them (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache

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
    "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d-%b-%y", "%d %b %y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%d/%b/%Y", "%d/%b/%y", "%d-%B-%y",
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
    return _rest(texts, _read(texts, _PLAIN), lambda left: _once(left, lambda each: _read(each, _dressed())))


def _read(texts: pl.Series, how: pl.Expr) -> pl.Series:
    return texts.to_frame("text").select(how).to_series()


def _rest(texts: pl.Series, found: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """``found``, with what is null in it, though its text is not, read by a slower reader."""
    if found.null_count() > texts.null_count():
        left = (found.is_null() & texts.is_not_null()).arg_true()
        found = found.scatter(left, read(texts.gather(left)))
    return found.alias(texts.name)


def _once(texts: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What a reader makes of texts; each is read once where they repeat, as days do."""
    once = texts.unique()
    if len(once) * 3 >= len(texts):
        return read(texts)
    pairs = pl.DataFrame({"text": once, "value": read(once)})
    return texts.to_frame("text").join(pairs, on="text", how="left", nulls_equal=True, maintain_order="left")["value"]


_TEXT = pl.col("text")
# nan and inf are numbers to polars, and to nobody who writes an amount.
_PLAIN = pl.when(~_TEXT.str.contains("[A-Za-z]")).then(_TEXT.cast(pl.Float64, strict=False))


@cache
def _dressed() -> pl.Expr:
    """Numbers in the form of an account."""
    # A minus sign that is none on a keyboard, and the wide pound sign of East Asia.
    upper = _TEXT.str.to_uppercase().str.replace_many(["−", "–", "￡"], ["-", "-", "£"]).str.strip_chars()
    digits = upper.str.replace_all(r"[^\d.]", "").cast(pl.Float64, strict=False)
    signed = pl.when(upper.str.contains(_NEGATIVE)).then(-digits).otherwise(digits)
    power = pl.when(upper.str.contains(_POWER)).then(_TEXT.cast(pl.Float64, strict=False))
    return pl.when(upper.str.contains(NUMBER)).then(signed).otherwise(power)


def integers(texts: pl.Series) -> pl.Series:
    """Int64; null where a text is no whole number."""
    found = numbers(texts)
    whole = (found == found.floor()) & (found.abs() < 2**53)
    return pl.select(pl.when(whole).then(found)).to_series().cast(pl.Int64, strict=False).alias(texts.name)


def dates(texts: pl.Series) -> pl.Series:
    """Date; null where a text is no date of the years 1900 to 2199. A time of day behind it is passed over."""
    return _rest(texts, _read(texts, _day(_TEXT, DATES[0])), _loose)


def _day(text: pl.Expr, form: str) -> pl.Expr:
    read = text.str.to_date(form, strict=False, exact=True)
    return pl.when(read.dt.year().is_between(1900, 2199)).then(read)


@cache
def _in_forms() -> pl.Expr:
    """A text in the first form that fits."""
    return pl.coalesce(_day(_TEXT, form) for form in DATES)


def _loose(texts: pl.Series) -> pl.Series:
    """Days in any form, with a time behind them, in words, or as a workbook counts them."""
    cut = _read(texts, _TEXT.str.replace(_TIME, "").str.strip_chars())
    return _once(cut, lambda each: _rest(each, _read(each, _in_forms()), _in_words))


def _in_words(texts: pl.Series) -> pl.Series:
    words = _TEXT.str.replace(_WEEKDAY, "").str.replace_all(_ORDINAL, "$1").str.replace(r"(?i)\bsept\b", "Sep")
    plain = _read(texts, words.str.replace_all(r"\s*([/.-])\s*", "$1").str.replace_all(r",?\s+", " "))
    return _rest(texts, _read(plain, _in_forms()), lambda left: _read(left, _serial()))


def _serial() -> pl.Expr:
    days = pl.when(_TEXT.str.contains(_SERIAL)).then(_TEXT).cast(pl.Int32, strict=False)
    return (days - 25569).cast(pl.Date)


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


def reader(kind: str, spellings: Mapping[str, str]) -> Callable[[pl.Series], pl.Series] | None:
    """What reads the texts of a field; None where its type is text. ``spellings``: what a pattern stands for ("free": "0")."""
    read = READERS.get(kind)
    if read is None or not spellings:
        return read

    def spelled(texts: pl.Series) -> pl.Series:
        plain = texts
        for pattern, meant in spellings.items():
            plain = plain.str.replace(pattern, meant)
        return read(plain)

    return spelled


def plain_number(value: float | None) -> str:
    """A number as it should be written, to its last digit."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
