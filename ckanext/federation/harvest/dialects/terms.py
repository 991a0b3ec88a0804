"""Finds terms in JSON whatever their prefix and case; pure.

Feeds write ``dct:title``, ``dcterms:title``, ``title``, the whole IRI, or ``dcat:accessUrl`` for
``dcat:accessURL``. A term is looked up by its local name, without case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..record import as_list

_LOCAL = re.compile(r".*[/#:]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?", re.I)
_PREFERRED = ("en", "en-gb", "en-us", "cy")


def fold(item: Any) -> dict[str, Any]:
    """The terms of an object by local name in lower case; the first that has a value wins."""
    folded: dict[str, Any] = {}
    if not isinstance(item, dict):
        return folded
    # DKAN wraps what it keeps apart, as {"identifier": ..., "data": {...}}.
    if isinstance(item.get("data"), dict) and item.keys() <= {"identifier", "data"}:
        item = {**item["data"], "@id": item["data"].get("@id", "")}
    for key, value in item.items():
        name = key if key[:1] == "@" else _LOCAL.sub("", key).lower()
        if name not in folded or folded[name] in (None, "", [], {}):
            folded[name] = value
    return folded


def first(terms: dict[str, Any], *names: str) -> Any:
    """The value of the first of the terms that has one; of a list its first value."""
    for name in names:
        value = terms.get(name)
        if isinstance(value, list):
            value = next((one for one in value if one not in (None, "")), None)
        if value not in (None, "", {}):
            return value
    return ""


def values(terms: dict[str, Any], *names: str) -> list[Any]:
    """All values of the first of the terms that has any."""
    for name in names:
        found = [value for value in as_list(terms.get(name)) if value not in (None, "", {})]
        if found:
            return found
    return []


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in what may be a list, an object or a dict of objects keyed by id."""
    if isinstance(value, dict):
        inside = list(value.values())
        keyed = (
            bool(inside) and all(isinstance(one, dict) for one in inside) and not any(key[:1] == "@" for key in value)
        )
        yield from (inside if keyed else [value])
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def mapping(value: Any) -> dict[str, Any]:
    """The object, or an empty one where the feed has something else."""
    return value if isinstance(value, dict) else {}


def label(value: Any) -> Any:
    """A label of what may be text or an object: its value, label, title or name, else its address.

    Of texts by language (``{"en": ..., "cy": ...}``) the one that the portal's readers know best.
    """
    if not isinstance(value, dict):
        return value
    if value and all(_LANGUAGE.fullmatch(key) for key in value):
        by_tongue = {key.lower(): one for key, one in value.items() if one and isinstance(one, str)}
        return next((by_tongue[tongue] for tongue in (*_PREFERRED, *sorted(by_tongue)) if tongue in by_tongue), "")
    terms = fold(value)
    return first(terms, "@value", "preflabel", "label", "title", "name", "fn") or terms.get("@id") or ""
