"""Codes: membership of a list, and the shape and check of identifiers (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl

from ... import vocabularies
from ..phrases import N_, say
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
_FORM = N_('"{value}" has not the form of a {identifier}.')
_FORMS = {
    "postcode": N_('"{value}" has not the form of a postcode.'),
    "sector": N_('"{value}" has not the form of a postal sector.'),
    "company": N_('"{value}" has not the form of a company number.'),
    "charity": N_('"{value}" has not the form of a charity number.'),
}


@cache
def _codes(name: str) -> tuple[str, ...]:
    return tuple(vocabularies.get(name).terms)


@cache
def _labels(name: str) -> tuple[str, ...]:
    terms = vocabularies.get(name).terms.values()
    return tuple({text.lower() for term in terms for text in (term.code, term.label) if text})


@rule("code-list", "error", N_("In no list of codes"), N_("A code that is in no list means nothing to others."))
def code_list(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.code_list:
            unknown = ~pl.col(field.name).str.to_lowercase().is_in(_labels(field.code_list)) & ~withheld(field.name)
            title = vocabularies.get(field.code_list).about.get("title", field.code_list)
            fix = say(N_("Take a code of: {list}."), list=title)
            yield Test(field.name, unknown, say(N_('"{value}" is not in the list.')), fix)


@rule("identifier", "error", N_("Not in the form of its identifier"))
def identifier(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.identifier in IDENTIFIERS:
            shape, example = IDENTIFIERS[field.identifier]
            bad = ~pl.col(field.name).str.contains(shape) & ~withheld(field.name)
            message = say(_FORMS.get(field.identifier, _FORM), identifier=field.identifier.upper())
            cut = N_("Zeros in front may have been lost in a spreadsheet. One looks like {example}.")
            fix = say(
                cut if field.identifier in ("gss", "company") else N_("One looks like {example}."), example=example
            )
            yield Test(field.name, bad, message, fix)


@rule("gss-unknown", "warning", N_("A GSS code that is in no list"), N_("Codes are retired when councils are merged."))
def gss_unknown(context: Context) -> Iterator[Test]:
    for field in context.fields():
        if field.identifier == "gss" and not field.code_list:
            odd = pl.col(field.name).str.contains(IDENTIFIERS["gss"][0]) & ~pl.col(field.name).is_in(_codes("gss"))
            message = say(N_("{value} is the code of no council, current or retired."))
            yield Test(field.name, odd, message, say(N_("Look it up in the Code History Database.")))
