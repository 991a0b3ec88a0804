"""Plain values out of package dictionaries, whatever schema and harvester wrote them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from ...council_schemas import dates
from .. import iris
from .record import Box

Dict = Mapping[str, Any]
_MAIL = re.compile(r"[^\s@<>,;]+@[\w-]+(\.[\w-]+)+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?")
_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
_GROUPS = (
    "resources",
    "tags",
    "contact",
    "creator",
    "publisher",
    "qualified_relation",
    "temporal_coverage",
    "spatial_coverage",
)
_EMPTY = (None, "", [], {})


def merged(dataset: Dict) -> dict[str, Any]:
    """A dataset's fields and, under them, its extras (ckanext-dcat's old names lose their prefix)."""
    extras = {str(e.get("key") or ""): e.get("value") for e in dicts(dataset.get("extras"))}
    plain = {key.removeprefix("dcat_"): value for key, value in extras.items()}
    return plain | extras | {key: value for key, value in dataset.items() if value not in _EMPTY}


def plain(dataset: Dict) -> dict[str, Any]:
    """``merged``, for code that expects lists of dictionaries where a harvester or an extra may have put anything."""
    fields = merged(dataset)
    fields |= {name: dicts(fields.get(name)) for name in _GROUPS if name in fields}
    return fields | {"organization": next(iter(dicts(fields.get("organization"))), {})}


def text(value: Any) -> str:
    """One text, without characters that XML cannot carry; empty for lists and dictionaries."""
    if value is None or isinstance(value, list | dict | bool):
        return ""
    return iris.clean_text(str(value)).strip()


def texts(value: Any) -> tuple[str, ...]:
    """Every text of a list, a JSON list or a single value, once each."""
    value = _decoded(value)
    found = [text(item) for item in (value if isinstance(value, list) else [value])]
    return tuple(dict.fromkeys(item for item in found if item))


def dicts(value: Any) -> list[dict[str, Any]]:
    """Every dictionary of a list, a JSON list or a single one."""
    value = _decoded(value)
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def address(value: Any) -> str:
    """A web address with everything illegal percent-encoded, else empty."""
    found = iris.clean_iri(text(value)) or ""
    return found if found.startswith(("http://", "https://", "ftp://")) else ""


def addresses(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(address, texts(value)))))


def mail(value: Any) -> str:
    found = text(value).removeprefix("mailto:").strip()
    return found if _MAIL.fullmatch(found) else ""


def date(value: Any) -> str:
    """ISO 8601 as precise as it was written, else empty."""
    return _iso(text(value))


@lru_cache(maxsize=4096)
def _iso(written: str) -> str:
    """What is ISO 8601 already, which nearly all is, needs no parser of dates in words."""
    try:
        if _DAY.fullmatch(written):
            return datetime.fromisoformat(written).date().isoformat()
        if _TIME.fullmatch(written):
            return datetime.fromisoformat(written).isoformat()
    except ValueError:
        pass
    return dates.iso(written) or ""


def moment(value: Any) -> str:
    """CKAN's own times (UTC without zone) as ``2026-07-01T10:00:00Z``, else empty."""
    found = date(value)
    return found[:19] + "Z" if _NO_ZONE.fullmatch(found) else found


def checksum(value: Any, algorithm: Any) -> tuple[str, str] | None:
    """Algorithm and hex digits: from its own words, a prefix (``sha256:...``) or its length; None when unclear."""
    named, _, digits = text(value).rpartition(":")
    digits = digits.strip().lower()
    if not re.fullmatch(r"[0-9a-f]+", digits):
        return None
    said = re.sub(r"[^a-z0-9]", "", (named or text(algorithm).rsplit("_", 1)[-1]).lower())
    name = _ALGORITHMS.get(len(digits), "")
    return (name, digits) if name and said in ("", name) else None


def size(value: Any) -> int | None:
    digits = text(value)
    return int(digits) if digits.isdigit() and int(digits) > 0 else None


def box(value: Any) -> Box | None:
    """The box around a GeoJSON geometry (an object or its text); None when it is none or not on Earth."""
    shape = _decoded(value)
    points = list(_points(shape)) if isinstance(shape, dict) else []
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if inside else None


def _points(shape: Any, depth: int = 0) -> Iterator[tuple[float, float]]:
    if depth > 8:
        return
    if isinstance(shape, dict):
        for part in ("coordinates", "geometries", "geometry", "features"):
            yield from _points(shape.get(part), depth + 1)
    elif isinstance(shape, list) and len(shape) >= 2 and all(type(n) in (int, float) for n in shape[:2]):
        yield float(shape[0]), float(shape[1])
    elif isinstance(shape, list):
        for part in shape:
            yield from _points(part, depth + 1)
