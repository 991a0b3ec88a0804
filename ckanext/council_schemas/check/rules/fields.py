"""What each field asks of its cells: there, of its type, in its usual form, within its limits (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from .. import values
from ..phrases import N_, Phrase, say
from ..tables import Field
from . import Context, Test, rule, value_key

KINDS = {
    "number": (say(N_('"{value}" is not a number.')), say(N_("Write digits with a point, like 1234.50."))),
    "integer": (say(N_('"{value}" is not a whole number.')), say(N_("Write digits alone, like 1234."))),
    "date": (None, say(N_("Write it like 2026-03-31. Day first is understood, month first is not."))),
    "datetime": (say(N_('"{value}" is not a date.')), say(N_("Write it like 2026-03-31T14:30."))),
    "boolean": (say(N_('"{value}" is not yes or no.')), say(N_("Write Yes or No."))),
    "year": (say(N_('"{value}" is not a year.')), say(N_("Write it like 2026 or 2025/26."))),
}
WITHHELD = (
    r"(?i)^\W*(?:redact(?:ed|ion)?\b|withheld\b|personal (?:data|information)\b|(?:confidential|x{3,})\W*$)|^\*+\W*$"
)


@rule("required", "error", N_("An empty cell"), N_("The set asks for it in every row."))
def required(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.required:
            message = say(N_('"{field}" is empty; it must be there in every row.'), field=field.label)
            fix = say(N_("Fill it in, or write REDACTED if it may not be told."))
            yield Test(field.name, pl.col(field.name).is_null(), message, fix)


@rule("recommended", "warning", N_("An empty cell that would help"))
def recommended(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.recommended and not field.required:
            message = say(N_('"{field}" is empty.'), field=field.label)
            yield Test(field.name, pl.col(field.name).is_null(), message, say(N_("Fill it in if it is known.")))


def withheld(key: str) -> pl.Expr:
    """A cell that says that it may not be told."""
    return pl.col(key).str.contains(WITHHELD)


def _swapped(value: str, _row: Mapping[str, Any]) -> Phrase:
    parts = value.replace("-", "/").replace(".", "/").split("/")
    day, month = (int(part) if part.isdigit() else 0 for part in parts[:2]) if len(parts) == 3 else (0, 0)
    if 1 <= day <= 12 < month <= 31:
        return say(N_('"{value}" has its month first: dates here have the day first.'))
    return say(N_('"{value}" is no date.'))


@rule(
    "type",
    "error",
    N_("Not what the column holds"),
    N_("Software cannot add up or sort what it cannot read."),
    "type-error",
)
def type_(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type not in KINDS:
            continue
        message, fix = KINDS[field.type]
        bad = pl.col(field.name).is_not_null() & pl.col(value_key(field.name)).is_null() & ~withheld(field.name)
        yield Test(field.name, bad, message or _swapped, fix)


def _number_fix(key: str) -> Any:
    return lambda _value, row: say(N_("Write {wanted}."), wanted=values.plain_number(row[value_key(key)]))


@rule(
    "number-format",
    "warning",
    N_("A number in the form of an account"),
    N_("Signs for pounds, thousands and brackets stop software."),
)
def number_format(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type in ("number", "integer"):
            odd = pl.col(value_key(field.name)).is_not_null() & ~pl.col(field.name).str.contains(values.PLAIN_NUMBER)
            text = (
                N_('"{value}" is a number in words.')
                if field.spellings
                else N_('"{value}" is a number in the form of an account.')
            )
            yield Test(field.name, odd, say(text), _number_fix(field.name))


def _date_fix(key: str) -> Any:
    return lambda _value, row: say(N_("Write {wanted}."), wanted=row[value_key(key)].isoformat())


@rule(
    "date-format",
    "warning",
    N_("A date in another form"),
    N_("2026-03-31 is read alike everywhere; 03/04/2026 is not."),
)
def date_format(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type in ("date", "datetime"):
            odd = pl.col(value_key(field.name)).is_not_null() & ~pl.col(field.name).str.contains(values.ISO_DATE)
            yield Test(field.name, odd, say(N_('"{value}" is not in the form 2026-03-31.')), _date_fix(field.name))


@rule("future-date", "warning", N_("A date that is yet to come"))
def future_date(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type == "date" and field.descriptor.get("past") and context.today:
            late = context.value(field.name) > context.today
            message, fix = say(N_('"{value}" is yet to come.')), say(N_("Look whether day, month and year are right."))
            yield Test(field.name, late, message, fix)


_LIMITS = {
    "minimum": N_('"{value}" is outside the limits: it must be at least {limit}.'),
    "maximum": N_('"{value}" is outside the limits: it must be at most {limit}.'),
    "minLength": N_('"{value}" is outside the limits: it must be at least {limit} signs.'),
    "maxLength": N_('"{value}" is outside the limits: it must be at most {limit} signs.'),
}


def _limits(field: Field) -> Iterator[tuple[str, pl.Expr]]:
    """Each limit that a field has, and where its cells are outside of it."""
    value, text, limits = pl.col(value_key(field.name)), pl.col(field.name), field.constraints
    if field.type in ("number", "integer", "year"):
        if "minimum" in limits:
            yield "minimum", value < limits["minimum"]
        if "maximum" in limits:
            yield "maximum", value > limits["maximum"]
    if "minLength" in limits:
        yield "minLength", text.str.len_chars() < limits["minLength"]
    if "maxLength" in limits:
        yield "maxLength", text.str.len_chars() > limits["maxLength"]


@rule("range", "error", N_("Outside its limits"))
def range_(context: Context) -> Iterator[Test]:
    for field in context.fields():
        for limit, where in _limits(field):
            message = say(_LIMITS[limit], limit=field.constraints[limit])
            yield Test(field.name, where, message, say(N_("Look whether it is right.")))


@rule("enum", "error", N_("Not one of the values"))
def enum(context: Context) -> Iterator[Test]:
    for field in context.fields():
        given = [str(each) for each in field.constraints.get("enum", [])]
        if given:
            unknown = ~pl.col(field.name).str.to_lowercase().is_in([each.lower() for each in given]) & ~withheld(
                field.name
            )
            message = say(N_('"{value}" is not one of the values of this column.'))
            fix = say(N_("Write one of: {choices}."), choices="; ".join(given))
            yield Test(field.name, unknown, message, fix)


@rule("pattern", "error", N_("Not in its form"))
def pattern(context: Context) -> Iterator[Test]:
    for field in context.fields():
        shape = field.constraints.get("pattern")
        if shape:
            bad = ~pl.col(field.name).str.contains(f"^(?:{shape})$") & ~withheld(field.name)
            example = field.descriptor.get("example")
            like = N_("Write it like {example}.") if example else N_("Look at the column's description.")
            message = say(N_('"{value}" is not in the form of this column.'))
            yield Test(field.name, bad, message, say(like, example=example or ""))


@rule(
    "withheld",
    "warning",
    N_("A cell that was blacked out"),
    N_("The Code lets a council leave out what it may not tell; say why in the notes."),
)
def withheld_(context: Context) -> Iterator[Test]:
    for field in context.fields():
        message, fix = say(N_('"{value}": this was left out.')), say(N_("Leave it, if it may not be told."))
        yield Test(field.name, withheld(field.name), message, fix, screen=WITHHELD)
