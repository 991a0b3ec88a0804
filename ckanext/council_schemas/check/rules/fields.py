"""What each field asks of its cells: there, of its type, in its usual form, within its limits (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from .. import values
from ..tables import Field
from . import Context, Test, rule, value_key

KINDS = {
    "number": ("a number", "Write digits with a point, like 1234.50."),
    "integer": ("a whole number", "Write digits alone, like 1234."),
    "date": ("a date", "Write it like 2026-03-31. Day first is understood, month first is not."),
    "datetime": ("a date", "Write it like 2026-03-31T14:30."),
    "boolean": ("yes or no", "Write Yes or No."),
    "year": ("a year", "Write it like 2026 or 2025/26."),
}
WITHHELD = (
    r"(?i)^\W*(?:redact(?:ed|ion)?\b|withheld\b|personal (?:data|information)\b|(?:confidential|x{3,})\W*$)|^\*+\W*$"
)


@rule("required", "error", "An empty cell", "The set asks for it in every row.")
def required(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.required:
            message = f'"{field.label}" is empty; it must be there in every row.'
            yield Test(
                field.name,
                pl.col(field.name).is_null(),
                message,
                "Fill it in, or write REDACTED if it may not be told.",
            )


@rule("recommended", "warning", "An empty cell that would help")
def recommended(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.recommended and not field.required:
            yield Test(
                field.name, pl.col(field.name).is_null(), f'"{field.label}" is empty.', "Fill it in if it is known."
            )


def withheld(key: str) -> pl.Expr:
    """A cell that says that it may not be told."""
    return pl.col(key).str.contains(WITHHELD)


def _swapped(value: str, _row: Mapping[str, Any]) -> str:
    parts = value.replace("-", "/").replace(".", "/").split("/")
    day, month = (int(part) if part.isdigit() else 0 for part in parts[:2]) if len(parts) == 3 else (0, 0)
    if 1 <= day <= 12 < month <= 31:
        return f'"{value}" has its month first: dates here have the day first.'
    return f'"{value}" is no date.'


@rule("type", "error", "Not what the column holds", "Software cannot add up or sort what it cannot read.", "type-error")
def type_(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type not in KINDS:
            continue
        what, fix = KINDS[field.type]
        bad = pl.col(field.name).is_not_null() & pl.col(value_key(field.name)).is_null() & ~withheld(field.name)
        message: Any = _swapped if field.type == "date" else f'"{{value}}" is not {what}.'
        yield Test(field.name, bad, message, fix)


def _number_fix(value: str, _row: Mapping[str, Any]) -> str:
    read = values.numbers(pl.Series([value]))[0]
    return f"Write {values.plain_number(read)}."


@rule(
    "number-format",
    "warning",
    "A number in the form of an account",
    "Signs for pounds, thousands and brackets stop software.",
)
def number_format(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type in ("number", "integer"):
            odd = pl.col(value_key(field.name)).is_not_null() & ~pl.col(field.name).str.contains(values.PLAIN_NUMBER)
            yield Test(field.name, odd, '"{value}" is a number in the form of an account.', _number_fix)


def _date_fix(key: str) -> Any:
    return lambda _value, row: f"Write {row[value_key(key)].isoformat()}."


@rule("date-format", "warning", "A date in another form", "2026-03-31 is read alike everywhere; 03/04/2026 is not.")
def date_format(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type in ("date", "datetime"):
            odd = pl.col(value_key(field.name)).is_not_null() & ~pl.col(field.name).str.contains(values.ISO_DATE)
            yield Test(field.name, odd, '"{value}" is not in the form 2026-03-31.', _date_fix(field.name))


@rule("future-date", "warning", "A date that is yet to come")
def future_date(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.type == "date" and field.descriptor.get("past") and context.today:
            late = context.value(field.name) > context.today
            yield Test(field.name, late, '"{value}" is yet to come.', "Look whether day, month and year are right.")


def _limits(field: Field) -> Iterator[tuple[str, pl.Expr, str]]:
    value, text, limits = pl.col(value_key(field.name)), pl.col(field.name), field.constraints
    if field.type in ("number", "integer", "year"):
        if "minimum" in limits:
            yield "least", value < limits["minimum"], f"at least {limits['minimum']}"
        if "maximum" in limits:
            yield "most", value > limits["maximum"], f"at most {limits['maximum']}"
    if "minLength" in limits:
        yield "shortest", text.str.len_chars() < limits["minLength"], f"at least {limits['minLength']} signs"
    if "maxLength" in limits:
        yield "longest", text.str.len_chars() > limits["maxLength"], f"at most {limits['maxLength']} signs"


@rule("range", "error", "Outside its limits")
def range_(context: Context) -> Iterator[Test]:
    for field in context.fields():
        for _, where, wanted in _limits(field):
            yield Test(
                field.name,
                where,
                f'"{{value}}" is outside the limits: it must be {wanted}.',
                "Look whether it is right.",
            )


@rule("enum", "error", "Not one of the values")
def enum(context: Context) -> Iterator[Test]:
    for field in context.fields():
        given = [str(each) for each in field.constraints.get("enum", [])]
        if given:
            unknown = ~pl.col(field.name).str.to_lowercase().is_in([each.lower() for each in given]) & ~withheld(
                field.name
            )
            yield Test(
                field.name,
                unknown,
                '"{value}" is not one of the values of this column.',
                f"Write one of: {'; '.join(given)}.",
            )


@rule("pattern", "error", "Not in its form")
def pattern(context: Context) -> Iterator[Test]:
    for field in context.fields():
        shape = field.constraints.get("pattern")
        if shape:
            bad = ~pl.col(field.name).str.contains(f"^(?:{shape})$") & ~withheld(field.name)
            example = field.descriptor.get("example")
            yield Test(field.name, bad, '"{value}" is not in the form of this column.', f"Write it like {example}." if example else "Look at the column's description.")  # fmt: skip


@rule(
    "withheld",
    "warning",
    "A cell that was blacked out",
    "The Code lets a council leave out what it may not tell; say why in the notes.",
)
def withheld_(context: Context) -> Iterator[Test]:
    for field in context.fields():
        message, fix = '"{value}": this was left out.', "Leave it, if it may not be told."
        yield Test(field.name, withheld(field.name), message, fix, screen=WITHHELD)
