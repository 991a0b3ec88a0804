"""Finds terms in JSON whatever their prefix and case; pure.

Feeds write ``dct:title``, ``dcterms:title``, ``title``, the whole IRI, or ``dcat:accessUrl`` for
``dcat:accessURL``. A term is looked up by its local name, without case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from ..record import as_list

_REFUSED = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_LOCAL = re.compile(r".*[/#:]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?", re.I)
_PREFERRED = ("en", "en-gb", "en-us", "cy")


class Watched(dict[str, Any]):
    """An object that remembers which of its terms were read, so that what nobody reads can be said."""

    def __init__(self, value: Any = ()):
        super().__init__(value if isinstance(value, dict) else ())
        self._read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a term, which counts as read from now on."""
        self._read.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._read.add(key)
        return super().__getitem__(key)

    def unread(self, within: str = "", but: frozenset[str] = frozenset()) -> list[str]:
        """Names of the terms that hold something and were not read, ``but`` those that say nothing of the dataset."""
        return [
            within + key
            for key, value in super().items()
            if value not in (None, "", [], {}, "null") and key not in self._read and key not in but and key[:1] != "@"
        ]


def left_over(names: list[str]) -> list[str]:
    """A note on terms that have no place in the portal's datasets; none when there are none."""
    shown = ", ".join(dict.fromkeys(names))
    return [f"not carried over, kept in the raw record: {shown[:1_500]}"] if shown else []


def tongues(item: dict[str, Any]) -> list[str]:
    """A note on texts in further languages, of which one is carried over."""
    found: dict[str, None] = {}
    for value in item.values():
        if isinstance(value, dict) and len(value) > 1 and all(_LANGUAGE.fullmatch(key) for key in value):
            found.update(dict.fromkeys(key.lower() for key in value))
    return (
        [f"texts come in several languages ({', '.join(found)}); one is shown, the raw record has all"] if found else []
    )


@lru_cache(maxsize=4096)
def _local(key: str) -> str:
    return _LOCAL.sub("", key).lower()


def fold(item: Any) -> Watched:
    """The terms of an object by local name in lower case; the first that has a value wins."""
    folded = Watched()
    if not isinstance(item, dict):
        return folded
    # DKAN wraps what it keeps apart, as {"identifier": ..., "data": {...}}.
    if isinstance(item.get("data"), dict) and item.keys() <= {"identifier", "data"}:
        item = {**item["data"], "@id": item["data"].get("@id", "")}
    for key, value in item.items():
        name = key if key[:1] == "@" else _local(key)
        before = dict.get(folded, name)
        if before in (None, "", [], {}):
            dict.__setitem__(folded, name, value)
        elif value not in (None, "", [], {}, before):
            # Two terms of one local name, such as dct:identifier and adms:identifier.
            dict.__setitem__(folded, key.lower(), value)
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
    # A RightsStatement or ProvenanceStatement may have nothing but a description.
    named = first(terms, "@value", "value", "preflabel", "label", "title", "name", "fn") or terms.get("@id")
    return named or first(terms, "description")


def code(value: Any) -> Any:
    """The address of an object, or the value itself."""
    if isinstance(value, dict):
        return value.get("@id") or label(value)
    return value


def iri(value: str) -> str:
    """An address with what RDF refuses in one percent-encoded."""
    return _REFUSED.sub(lambda found: quote(found[0]), value)
