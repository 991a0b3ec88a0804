"""Simplified outlines of councils, combined authorities, regions and countries, by GSS code (pure).

``vocabularies/outlines.json`` says what they were made from, when, and under which licence.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from . import vocabularies

FILE = vocabularies.FOLDER / "outlines.json"


@dataclass(frozen=True)
class Outline:
    """An area as GeoJSON texts (WGS 84): its outline, the box around it, and a point within it."""

    geom: str
    bbox: str
    centroid: str


def about() -> dict[str, str]:
    """Title, source, date, licence and the attribution that the licence asks for."""
    return dict(_read()["about"])


@cache
def every() -> dict[str, Outline]:
    return {code: _outline(found) for code, found in _read()["areas"].items()}


def point(longitude: float, latitude: float) -> str:
    return _text({"type": "Point", "coordinates": [longitude, latitude]})


def _outline(found: dict[str, Any]) -> Outline:
    west, south, east, north = found["bbox"]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Outline(_text(found["outline"]), _text({"type": "Polygon", "coordinates": [ring]}), point(*found["centre"]))


def _text(geometry: dict[str, Any]) -> str:
    return json.dumps(geometry, separators=(", ", ": ") if geometry["type"] == "Point" else (",", ":"))


def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))
