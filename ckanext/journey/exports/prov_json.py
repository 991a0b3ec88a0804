"""PROV-JSON (W3C member submission of 24 April 2013): what the Python package `prov` reads and writes (pure)."""

from __future__ import annotations

import json
from typing import Any

from . import provenance
from .document import Document
from .prov_statements import FLAG, INTEGER, NAME, STRING, TIME, Attribute, attributes_of

_TYPES = {INTEGER: "xsd:long", FLAG: "xsd:boolean", TIME: "xsd:dateTime", "anyURI": "xsd:anyURI"}
_FORMAL = {"startTime", "endTime"}


def render(doc: Document) -> bytes:
    told = provenance.statements(doc)
    out: dict[str, Any] = {"prefix": {p: ns for p, ns in told.prefixes.items() if p not in ("prov", "xsd")}}
    for kind in ("entity", "activity", "agent"):
        things = {name: _values(values) for name, values in attributes_of(told, kind)}
        if things:
            out[kind] = things
    for number, (kind, arguments, attributes) in enumerate(told.relations, 1):
        values = {f"prov:{name}": value for name, value in arguments.items()} | _values(attributes)
        out.setdefault(kind, {})[f"_:r{number}"] = values
    return json.dumps(out, ensure_ascii=False, indent=1).encode()


def _values(attributes: list[Attribute]) -> dict[str, Any]:
    """A name used twice has a list."""
    found: dict[str, Any] = {}
    for name, value, kind in attributes:
        key = f"prov:{name}" if name in _FORMAL else name
        item = value if kind == STRING or name in _FORMAL else _typed(value, kind)
        if key in found:
            found[key] = [*(found[key] if isinstance(found[key], list) else [found[key]]), item]
        else:
            found[key] = item
    return found


def _typed(value: Any, kind: str) -> dict[str, str]:
    if kind == NAME:
        return {"$": value, "type": "prov:QUALIFIED_NAME"}
    return {"$": str(value).lower() if kind == FLAG else str(value), "type": _TYPES[kind]}
