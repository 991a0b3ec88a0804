"""Fits a converted dataset to the dataset type of the portal; pure.

With ckanext-scheming the type's fields decide: what it has goes in as it is. Without it (stock CKAN)
everything that is no field of CKAN's own becomes an extra, named as ckanext-dcat's legacy profiles name it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

CORE = {"title", "notes", "url", "license_id", "version", "tags", "resources", "name", "owner_org", "private", "type"}
CORE_RESOURCE = {"id", "url", "name", "description", "format", "mimetype", "size", "hash"}
NO_DESCRIPTION = "The publisher gives no description."
# PostgreSQL and Solr take longer ones, but a search index field ends at 32,766 bytes.
LONGEST_EXTRA = 8_000


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of the dataset type, or ``None`` for each in stock CKAN."""

    dataset: frozenset[str] | None = None
    resource: frozenset[str] | None = None
    repeating: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


def fit(dataset: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """The dict for ``package_create``, without name and organisation."""
    fitted = {key: value for key, value in dataset.items() if key in CORE and key not in {"tags", "resources"}}
    fitted["tags"] = [{"name": tag} for tag in dataset.get("tags", [])]
    fitted["resources"] = [_resource(resource, shape) for resource in dataset.get("resources", [])]
    others = {key: value for key, value in dataset.items() if key not in CORE}
    if shape.dataset is None:
        fitted["extras"] = _extras(others)
    else:
        fitted.update({key: _value(key, value, shape) for key, value in others.items() if key in shape.dataset})
        if "notes" in shape.required and not fitted.get("notes"):
            fitted["notes"] = NO_DESCRIPTION
    return fitted


def _value(key: str, value: Any, shape: Shape) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict) and key not in shape.repeating:
        return json.dumps(value)
    return value


def _resource(resource: dict[str, Any], shape: Shape) -> dict[str, Any]:
    if shape.resource is None:
        return dict(resource)
    return {key: value for key, value in resource.items() if key in shape.resource or key in CORE_RESOURCE}


def _extras(fields: dict[str, Any]) -> list[dict[str, str]]:
    extras: dict[str, Any] = {
        key: value for key, value in fields.items() if isinstance(value, str) and key not in {"publisher", "contact"}
    }
    for key in ("theme", "language", "conforms_to", "documentation"):
        if fields.get(key):
            extras[key] = json.dumps(fields[key])
    for prefix in ("publisher", "contact"):
        for key, value in (fields.get(prefix) or [{}])[0].items():
            extras[f"{prefix}_{key}"] = value
    for period in fields.get("temporal_coverage", [])[:1]:
        extras.update({f"temporal_{key}": value for key, value in period.items()})
    for place in fields.get("spatial_coverage", [])[:1]:
        names = {"uri": "spatial_uri", "text": "spatial_text", "geom": "spatial", "bbox": "spatial"}
        extras.update({names[key]: value for key, value in place.items()})
    return [{"key": key, "value": value} for key, value in sorted(extras.items()) if len(value) <= LONGEST_EXTRA]
