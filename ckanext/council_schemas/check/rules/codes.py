"""Codes: membership of a list, and the shape and check of identifiers (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl

from ... import vocabularies
from . import Context, Test, rule
from .fields import withheld

# Shapes of identifiers, an example, and what to do. Lengths of UPRN and USRN: OS and GeoPlace; CPV: Regulation (EC) 213/2008.
IDENTIFIERS = {
    "gss": (r"^(?:E0[6-9]|E1[0-9]|E47|E61|W06|S12|N09)\d{6}$", "E08000035"),
    "uprn": (r"^\d{1,12}$", "100051234567"),
    "usrn": (r"^\d{1,8}$", "45602132"),
    "cpv": (r"^\d{8}(?:-\d)?$", "72000000-5"),
    "postcode": (r"(?i)^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$", "LS1 1UR"),
    "sector": (r"(?i)^[A-Z]{1,2}\d[A-Z\d]?\s*\d$", "LS1 1"),
    "company": (r"(?i)^(?:\d{1,8}|(?:SC|NI|OC|SO|NC|CE|CS|IP|RS|LP|FC|BR)\d{6})$", "01234567"),
    "charity": (r"(?i)^(?:\d{6,7}(?:-\d+)?|SC\d{6}|NIC?\d{6})$", "1234567"),
}


@cache
def _codes(name: str) -> tuple[str, ...]:
    return tuple(vocabularies.get(name).terms)


@cache
def _labels(name: str) -> tuple[str, ...]:
    terms = vocabularies.get(name).terms.values()
    return tuple({text.lower() for term in terms for text in (term.code, term.label) if text})


@rule("code-list", "error", "In no list of codes", "A code that is in no list means nothing to others.")
def code_list(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.code_list:
            unknown = ~pl.col(field.name).str.to_lowercase().is_in(_labels(field.code_list)) & ~withheld(field.name)
            title = vocabularies.get(field.code_list).about.get("title", field.code_list)
            yield Test(field.name, unknown, '"{value}" is not in the list.', f"Take a code of: {title}.")


@rule("identifier", "error", "Not in the form of its identifier")
def identifier(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.identifier in IDENTIFIERS:
            shape, example = IDENTIFIERS[field.identifier]
            bad = ~pl.col(field.name).str.contains(shape) & ~withheld(field.name)
            name = field.identifier.upper() if len(field.identifier) < 5 else field.identifier
            cut = (
                "Zeros in front may have been lost in a spreadsheet. " if field.identifier in ("gss", "company") else ""
            )
            yield Test(field.name, bad, f'"{{value}}" has not the form of a {name}.', f"{cut}One looks like {example}.")


@rule("gss-unknown", "warning", "A GSS code that is in no list", "Codes are retired when councils are merged.")
def gss_unknown(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.identifier == "gss" and not field.code_list:
            odd = pl.col(field.name).str.contains(IDENTIFIERS["gss"][0]) & ~pl.col(field.name).is_in(_codes("gss"))
            yield Test(
                field.name,
                odd,
                "{value} is the code of no council, current or retired.",
                "Look it up in the Code History Database.",
            )
