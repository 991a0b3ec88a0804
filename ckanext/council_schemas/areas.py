"""Areas by name: GSS code, address in linked data and, where known, a point for the map (pure).

Councils and combined authorities come from the list ``gss``, countries, regions and metropolitan counties from
``region``. Outlines are not shipped: the geometry is the centre of the area where the list has one, and none
otherwise. A ward or another area is known by its code alone.
"""

import json
import re
from dataclasses import dataclass
from functools import cache

from . import vocabularies

STATISTICAL_GEOGRAPHY = "http://statistics.data.gov.uk/id/statistical-geography/"
# One letter for the country (K: more than one), two digits for the kind of area, six for the area.
CODE = re.compile(r"[EWSNKJ]\d{8}")
LISTS = ("gss", "region")
_NAMED = re.compile(r"(?P<name>.*\S)\s+\((?P<code>[EWSNKJ]\d{8})(?:,[^)]*)?\)")


@dataclass(frozen=True)
class Area:
    """``centroid`` is GeoJSON text of a Point (longitude, latitude; WGS 84), or empty."""

    code: str
    name: str
    name_cy: str = ""
    centroid: str = ""
    retired: bool = False

    @property
    def uri(self) -> str:
        return STATISTICAL_GEOGRAPHY + self.code

    def text(self, lang: str = "en") -> str:
        return self.name_cy if lang == "cy" and self.name_cy else self.name

    def choice(self, lang: str = "en") -> str:
        """What the picker offers: two areas can share a name, so the code goes with it."""
        return f"{self.text(lang)} ({self.code})"


@cache
def every() -> dict[str, Area]:
    """All areas by code: countries, regions, then councils, the retired last."""
    found = [_area(term) for name in ("region", "gss") for term in vocabularies.get(name)]
    return {area.code: area for area in sorted(found, key=lambda a: a.retired)}


def _area(term: vocabularies.Term) -> Area:
    lat, long = term.extra.get("lat"), term.extra.get("long")
    point = json.dumps({"type": "Point", "coordinates": [float(long), float(lat)]}) if lat and long else ""
    return Area(term.code, term.label, term.label_cy, point, term.retired)


def find(text: str) -> Area | None:
    """The area meant by a name in either language, ``Name (CODE)``, a GSS code or its address; None if unknown.

    A code of the right shape that is in no list (a ward's) is an area without a geometry.
    """
    text = text.strip()
    if text.startswith(STATISTICAL_GEOGRAPHY):
        text = text.removeprefix(STATISTICAL_GEOGRAPHY)
    named = _NAMED.fullmatch(text)
    if named:
        known = every().get(named["code"])
        return known or Area(named["code"], named["name"])
    if CODE.fullmatch(text):
        return every().get(text) or Area(text, text)
    for name in LISTS:
        code = vocabularies.get(name).match(text)
        if code:
            return every()[code]
    return None


def complete(place: dict[str, str], default: bool = True) -> dict[str, str]:
    """A ``spatial_coverage`` group with what its area's name or code implies; what was given is kept.

    A group without any field, or whose name is in no list, comes back as it is.
    """
    given = {key: value for key, value in place.items() if value}
    area = find(given.get("uri", "")) or (None if given.get("uri") else find(given.get("text", "")))
    if not area:
        return place
    filled = {"uri": area.uri, "text": area.name}
    if area.centroid and default and not any(given.get(key) for key in ("geom", "bbox", "centroid")):
        filled["centroid"] = area.centroid
    kept = {k: v for k, v in given.items() if not (k == "text" and find(v))}
    return {**place, **filled, **kept}
