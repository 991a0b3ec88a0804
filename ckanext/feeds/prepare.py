"""A dataset dictionary made safe for ckanext-dcat's profiles. Pure.

They change the dictionary they are given, and stop at some odd values (a year as a number, a contact as a list inside
an access service); so they get a copy with those made plain.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from . import iris

_TEXTS = ("issued", "modified", "created", "metadata_created", "metadata_modified", "temporal_start", "temporal_end")
_PERIOD = ("start", "end")
_ONE = ("contact", "publisher")
# Told by order.py: of a series, ckanext-dcat gives an address that may not be its own, or that nobody may read.
_SERIES = ("in_series", "series_navigation")
_REPEATING = ("contact", "publisher", "creator", "temporal_coverage", "spatial_coverage", "qualified_relation")


def prepare(dataset: Mapping[str, Any], organization: Mapping[str, Any] | None, publisher_uri: str) -> dict[str, Any]:
    """A copy that every profile can render. ``organization`` (its public dict) is the publisher unless one is named."""
    fields = copy.deepcopy(dict(dataset))
    for name in _SERIES:
        fields.pop(name, None)
    _own_uri(fields)
    _as_text(fields, _TEXTS)
    _languages(fields)
    for name in _REPEATING:
        if name in fields:
            fields[name] = _dicts(fields[name])
    for period in fields.get("temporal_coverage") or []:
        _as_text(period, _PERIOD)
    for resource in fields.get("resources") or []:
        _as_text(resource, _TEXTS)
        _languages(resource)
        _services(resource)
    if organization and not _names_publisher(fields):
        fields.update(_publisher(organization, publisher_uri))
    return fields


def _own_uri(fields: dict[str, Any]) -> None:
    """A ``uri`` that is no address would make every triple unreadable; the portal's own takes its place."""
    for thing in (fields, *(fields.get("resources") or [])):
        if "uri" in thing:
            thing["uri"] = iris.clean_iri(str(thing["uri"] or "")) or ""
    for extra in fields.get("extras") or []:
        if extra.get("key") == "uri":
            extra["value"] = iris.clean_iri(str(extra.get("value") or "")) or "None"


def _as_text(fields: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name in fields and not isinstance(fields[name], str):
            fields[name] = "" if fields[name] is None else str(fields[name])


def _languages(fields: dict[str, Any]) -> None:
    """Translations under legal language tags (``en_GB`` is CKAN's way), without empty ones."""
    for name, value in fields.items():
        if name.endswith("_translated") and isinstance(value, dict):
            tagged = {iris.clean_language(tag): text for tag, text in value.items() if text}
            fields[name] = {tag: text for tag, text in tagged.items() if tag}


def _dicts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict) and any(item.values())]


def _services(resource: dict[str, Any]) -> None:
    if not resource.get("access_services"):
        return
    services = _dicts(resource["access_services"])
    for service in services:
        for name in _ONE:
            if name in service:
                service[name] = next(iter(_dicts(service[name])), None)
        service["creator"] = _dicts(service.get("creator") or [])
    resource["access_services"] = services


def _names_publisher(fields: dict[str, Any]) -> bool:
    names = {"publisher", "publisher_uri", "publisher_name", "dcat_publisher_uri", "dcat_publisher_name"}
    extras = {e.get("key") for e in fields.get("extras") or [] if e.get("value")}
    return bool(extras & names) or any(fields.get(name) for name in names)


def _publisher(organization: Mapping[str, Any], uri: str) -> dict[str, Any]:
    return {
        "publisher_uri": uri,
        "publisher_name": organization.get("title") or organization.get("name"),
        "publisher_email": organization.get("email"),
        "publisher_url": organization.get("url"),
        "publisher_type": organization.get("dcat_type"),
        "publisher_identifier": organization.get("identifier"),
    }
