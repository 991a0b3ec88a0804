"""Spatial coverage of every shape a feed has; pure.

Text, addresses, "west,south,east,north" boxes, Esri extents and GeoJSON come in; spatial_coverage entries
(uri / text / bbox / geom) go out. A geometry too large for the search index (Solr takes 32,766 bytes a
field) gives its bounding box.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .text import clean, plain

LARGEST_GEOMETRY = 8_000
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_BOX = re.compile(rf"\s*({_NUMBER})[,\s]+({_NUMBER})[,\s]+({_NUMBER})[,\s]+({_NUMBER})\s*")
_PAIR = re.compile(rf"({_NUMBER})\s+({_NUMBER})")
_WKT = re.compile(r"(?:<[^>]*>\s*)?(?:SRID=\d+;)?\s*(POINT|(?:MULTI)?POLYGON|ENVELOPE)\b", re.I)
Box = tuple[float, float, float, float]


def coverage(value: Any) -> dict[str, str]:
    """One spatial_coverage entry of a feed's value; {} when it says nothing that can be told."""
    if isinstance(value, bool | int | float):
        return {}
    if isinstance(value, dict):
        return _of_object(value)
    if isinstance(value, list) and value and isinstance(value[0], str) and not re.fullmatch(_NUMBER, value[0]):
        return next((found for one in value if isinstance(one, str) and (found := coverage(one))), {})
    if isinstance(value, list):
        return _entry(_numbers_box(value))
    text = clean(value)
    if not text:
        return {}
    if text[:2] == "[[":
        try:
            return coverage(json.loads(text))
        except (ValueError, RecursionError):
            return {}
    if text[0] == "{":
        try:
            return _of_object(json.loads(text))
        except (ValueError, RecursionError):
            return {}
    if _BOX.fullmatch(text):
        return _entry(_checked([float(part) for part in _BOX.fullmatch(text).groups()]))  # type: ignore[union-attr]
    if _WKT.match(text):
        return _of_wkt(text)
    if re.match(r"https?://", text):
        return {"uri": text} if len(text) < 1000 else {}
    words = plain(text)[:500]
    return {"text": words} if re.search(r"[^\W\d_]{2}", words) and not re.match(r"nan\b", words, re.I) else {}


def _of_object(value: dict[str, Any]) -> dict[str, str]:
    if {"xmin", "ymin", "xmax", "ymax"} <= value.keys():
        return _entry(_numbers_box([value[key] for key in ("xmin", "ymin", "xmax", "ymax")]))
    inner = value.get("geometry")
    if isinstance(inner, dict):
        return _of_object(inner)
    parts = value.get("geometries")
    coordinates = (
        [part.get("coordinates") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else None
    )
    corners = _corners(value.get("coordinates", value.get("rings", coordinates)))
    if not corners:
        return _labelled(value)
    # Easting and northing, or degrees the wrong way round: no index takes them.
    inside = _checked(list(corners))
    if inside != tuple(corners):
        return _entry(inside)
    geometry = json.dumps(value, separators=(",", ":"))
    if (
        value.get("type") in {"Point", "Polygon", "MultiPolygon"}
        and _closed(value)
        and len(geometry) <= LARGEST_GEOMETRY
    ):
        return {"geom": geometry}
    return _entry(_checked(list(corners)))


def _closed(geometry: dict[str, Any]) -> bool:
    """Are all rings of a polygon rings? (A point is.)"""
    rings = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}.get(geometry["type"], [])
    return all(
        isinstance(ring, list) and len(ring) >= 4 and ring[0] == ring[-1]
        for polygon in rings
        for ring in (polygon if isinstance(polygon, list) else [None])
    )


def boxed(values: list[Any]) -> list[Any]:
    """A list that is one box (four numbers, or two corners) as the one value it is; other lists as they are."""
    flat = [one for corner in values for one in (corner if isinstance(corner, list) else [corner])]
    numbers = all(isinstance(one, int | float | str) and re.fullmatch(_NUMBER, str(one).strip()) for one in flat)
    if len(values) not in (2, 4) or len(flat) != 4 or not numbers:
        return values
    return [",".join(str(one).strip() for one in flat)]


def _labelled(value: dict[str, Any]) -> dict[str, str]:
    entry = _shapes(value)
    uri = clean(value.get("@id") or value.get("uri"))
    if re.match(r"https?://", uri):
        entry["uri"] = uri
    label = plain(
        clean(
            value.get("prefLabel")
            or value.get("preflabel")
            or value.get("label")
            or value.get("name")
            or value.get("text")
        )
    )
    if label:
        entry["text"] = label[:500]
    return entry


def _shapes(value: dict[str, Any]) -> dict[str, str]:
    """The geometry of a labelled place; its box and its middle, too, where each is stated."""
    entry: dict[str, str] = {}
    for key, name in (("geom", "geom"), ("bbox", "bbox"), ("centroid", "centroid"), ("geometry", ""), ("aswkt", "")):
        if not isinstance(value.get(key), str | list | dict) or (not name and entry):
            continue
        found = coverage(value[key])
        if "geom" in found:
            entry[name or "geom"] = found["geom"]
        elif "bbox" in found:
            entry.setdefault("bbox", found["bbox"])
    return entry


def _corners(coordinates: Any) -> Box | None:
    """West, south, east, north of nested coordinates; walks without recursion, whatever their depth."""
    xs: list[float] = []
    ys: list[float] = []
    pending = [coordinates]
    while pending:
        part = pending.pop()
        if not isinstance(part, list) or not part:
            continue
        if isinstance(part[0], int | float) and len(part) >= 2 and isinstance(part[1], int | float):
            xs.append(float(part[0]))
            ys.append(float(part[1]))
        else:
            pending.extend(part)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def _of_wkt(text: str) -> dict[str, str]:
    pairs = [(float(x), float(y)) for x, y in _PAIR.findall(text[text.index("(") :])] if "(" in text else []
    if not pairs:
        return {}
    if len(pairs) == 1 and (point := _checked([*pairs[0], *pairs[0]])):
        return {"geom": json.dumps({"type": "Point", "coordinates": list(point[:2])}, separators=(",", ":"))}
    xs, ys = zip(*pairs, strict=True)
    return _entry(_checked([min(xs), min(ys), max(xs), max(ys)]))


def _numbers_box(values: list[Any]) -> Box | None:
    try:
        return _checked([float(value) for value in values])
    except (TypeError, ValueError):
        corners = _corners(values)
        return _checked(list(corners)) if corners else None


def _checked(box: list[float]) -> Box | None:
    if len(box) != 4:
        return None
    west, south, east, north = box
    if max(abs(south), abs(north)) > 90 and max(abs(west), abs(east)) <= 90:
        west, south, east, north = south, west, north, east  # latitude came first
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if inside else None


def _entry(box: Box | None) -> dict[str, str]:
    if not box:
        return {}
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"bbox": json.dumps({"type": "Polygon", "coordinates": [ring]}, separators=(",", ":"))}
