"""Validators of the council's fields.

A code that is in no list is refused, with the field and the value named. A harvest puts ``harvested`` in the
context: then such a value is dropped, logged, and the rest of the record is kept.
"""

from difflib import get_close_matches
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.scheming.validation import scheming_validator

from .. import dates, vocabularies
from .links import council_address, council_dataset_ids, council_places, council_series_ids
from .refusal import as_list, is_address, label, refuse

Validator = Any

__all__ = [
    "council_address",
    "council_code",
    "council_codes",
    "council_dataset_ids",
    "council_date",
    "council_drop_empty_groups",
    "council_email",
    "council_licence",
    "council_places",
    "council_required",
    "council_series_ids",
]


@scheming_validator
def council_required(field: dict[str, Any], schema: Any) -> Validator:
    """Text that is not blank; numbers become text (harvested titles are sometimes numbers)."""

    def validator(value: Any) -> str:
        text = "" if value is None or value is tk.missing else str(value).strip()
        if not text:
            raise tk.Invalid(tk._("Missing value"))
        return text

    return validator


@scheming_validator
def council_code(field: dict[str, Any], schema: Any) -> Validator:
    """A code of ``field["vocabulary"]``; its label or an alias becomes the code.

    ``also_allowed: uri`` keeps other web addresses and ``also_allowed: text`` anything, for the fields that
    other catalogues fill from lists of their own.
    """

    def validator(value: Any, context: Any) -> str | None:
        code = str(value).strip()
        if not code:
            return None
        return _member(field, code, context)

    return validator


@scheming_validator
def council_codes(field: dict[str, Any], schema: Any) -> Validator:
    """Like council_code for a list, a JSON list or one string. Blanks and repeats are left out."""

    def validator(value: Any, context: Any) -> list[str]:
        codes = [_member(field, str(v).strip(), context) for v in as_list(value) if str(v).strip()]
        return list(dict.fromkeys(code for code in codes if code))

    return validator


def _member(field: dict[str, Any], value: str, context: Any) -> str | None:
    vocabulary = vocabularies.get(field["vocabulary"])
    code = vocabulary.match(value)
    if code:
        return code
    allowed = field.get("also_allowed")
    if allowed == "text" or (allowed == "uri" and is_address(value)):
        return value
    refuse(context, _unknown(field, vocabulary, value))
    return None


def _unknown(field: dict[str, Any], vocabulary: vocabularies.Vocabulary, value: str) -> str:
    names = {"field": label(field), "value": value}
    if vocabulary.name == "gss" and not vocabularies.GSS_PATTERN.fullmatch(value):
        return tk._('{field}: "{value}" is not a GSS code of a council. One looks like E08000035.').format(**names)
    if vocabulary.name == "gss":
        return tk._('{field}: no council or combined authority has the GSS code "{value}".').format(**names)
    near = get_close_matches(value.lower(), list(vocabulary.terms), n=1)
    if near:
        return tk._('{field}: "{value}" is not in the list. Did you mean "{near}"?').format(near=near[0], **names)
    return tk._('{field}: "{value}" is not in the list.').format(**names)


@scheming_validator
def council_licence(field: dict[str, Any], schema: Any) -> Validator:
    """A licence has to be chosen. What a harvest or the portal's own site user brings without one says so.

    Licences that are in no list are kept as they were told.
    """

    def validator(value: Any, context: Any) -> str:
        text = "" if value is None or value is tk.missing else str(value).strip()
        portal = context.get("harvested") or context.get("user") == tk.config.get("ckan.site_id")
        if not text and not portal:
            raise tk.Invalid(tk._("Missing value"))
        return vocabularies.get("licence").match(text or "notspecified") or text

    return validator


def council_date(value: Any, context: Any) -> Any:
    """A date as ISO 8601 text; day-first dates (31/12/2025) are read the British way."""
    if not isinstance(value, str):
        return value
    text = dates.iso(value)
    if value.strip() and not text:
        refuse(context, tk._('"{value}" is not a date. Write it like 2026-03-31.').format(value=value))
    return text


def council_email(value: Any, context: Any) -> str | None:
    """An email address without ``mailto:``."""
    text = str(value).strip()
    text = text[7:].strip() if text.lower().startswith("mailto:") else text
    if not text:
        return None
    try:
        check: Any = tk.get_validator("email_validator")
        return check(text, context)
    except tk.Invalid:
        refuse(context, tk._('"{value}" is not an email address.').format(value=text))
        return None


@scheming_validator
def council_drop_empty_groups(field: Any, schema: dict[str, Any]) -> Validator:
    """After validation: leave out the groups of repeating fields that nobody filled in.

    The form always offers an empty group, so that it works without JavaScript.
    """
    names = {f["field_name"] for f in schema["dataset_fields"] if "repeating_subfields" in f}

    def validator(key: Any, data: dict[Any, Any], errors: dict[Any, Any], context: Any) -> None:
        groups: dict[tuple[Any, ...], list[Any]] = {}
        for path in data:
            if len(path) > 2 and path[0] in names:
                groups.setdefault(path[:2], []).append(path)
        for paths in groups.values():
            if not any(data[path] and data[path] is not tk.missing for path in paths):
                for path in paths:
                    del data[path]
                    errors.pop(path, None)

    return validator
