"""PROV-JSON, PROV-N, PROV-XML and PROV-JSONLD, as the Python package `prov` reads them (pure)."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

from prov.identifier import Identifier
from prov.model import Literal, ProvActivity, ProvAgent, ProvBundle, ProvDocument, ProvEntity, ProvRecord

from ..vocab import N_
from .told import Told, tail

FORMATS = {"prov-json": "json", "prov-n": "provn", "prov-xml": "xml", "prov-jsonld": "jsonld"}
_KINDS: tuple[tuple[type, str], ...] = ((ProvEntity, "entity"), (ProvActivity, "activity"), (ProvAgent, "agent"))
_OTHER = re.compile(r"<(?:[\w.-]+:)?other[\s/>]")
OTHER = N_("What stands in prov:other is not PROV")


def read(text: str, form: str) -> Told:
    """What the text says. Raises what the library raises."""
    given: Any = io.BytesIO(text.encode()) if form == "prov-xml" else io.StringIO(text)
    document = ProvDocument.deserialize(given, format=FORMATS[form])
    told = Told(form)
    if form == "prov-xml":
        for _ in _OTHER.finditer(text):
            told.notes.add(OTHER)
    _bundle(told, document, None)
    for bundle in document.bundles:
        _bundle(told, bundle, bundle.identifier.uri if bundle.identifier else None)
    return told


def _bundle(told: Told, bundle: ProvBundle, name: str | None) -> None:
    for record in bundle.get_records():
        kind = next((code for cls, code in _KINDS if isinstance(record, cls)), None)
        if kind:
            _thing(told, record, kind, name)
        else:
            _relation(told, record)


def _thing(told: Told, record: ProvRecord, kind: str, bundle: str | None) -> None:
    thing = told.thing(record.identifier.uri, kind, bundle)  # type: ignore[union-attr]
    for name, value in (*record.formal_attributes, *record.extra_attributes):
        if value is not None:
            thing.add(name.uri, plain(value))


def _relation(told: Told, record: ProvRecord) -> None:
    args = {tail(name.uri): plain(value) for name, value in record.formal_attributes if value is not None}
    attributes: dict[str, list[str]] = {}
    for name, value in record.extra_attributes:
        attributes.setdefault(name.uri, []).append(plain(value))
    told.relate(tail(_kind(record)), args, attributes)


_NAMES = {
    "Usage": "used", "Generation": "wasGeneratedBy", "Derivation": "wasDerivedFrom", "Association": "wasAssociatedWith",
    "Delegation": "actedOnBehalfOf", "Attribution": "wasAttributedTo", "Communication": "wasInformedBy",
    "Start": "wasStartedBy", "End": "wasEndedBy", "Invalidation": "wasInvalidatedBy", "Influence": "wasInfluencedBy",
    "Membership": "hadMember", "Specialization": "specializationOf", "Alternate": "alternateOf", "Mention": "mentionOf",
}  # fmt: skip


def _kind(record: ProvRecord) -> str:
    name = tail(record.get_type().uri)
    return _NAMES.get(name, name)


def plain(value: Any) -> str:
    """A value as text: names and addresses as IRIs, times in ISO 8601."""
    if isinstance(value, Identifier):
        return value.uri
    if isinstance(value, Literal):
        return plain(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
