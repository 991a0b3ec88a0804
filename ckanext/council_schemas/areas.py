"""Areas by name: GSS code, address in linked data and, where known, their shape (pure).

Councils and combined authorities come from the list ``gss``, countries, regions and metropolitan counties from
``region``; those of today have an outline, a box and a centre. A retired one has those of its successor of the same
name, else the centre that the list may have. A ward or another area is known by its code alone.
"""

import re
from dataclasses import dataclass
from functools import cache

from . import outlines, vocabularies

STATISTICAL_GEOGRAPHY = "http://statistics.data.gov.uk/id/statistical-geography/"
# One letter for the country (K: more than one), two digits for the kind of area, six for the area.
CODE = re.compile(r"[EWSNKJ]\d{8}")
LISTS = ("gss", "region")
GEOMETRIES = ("geom", "bbox", "centroid")
_NO_OUTLINE = outlines.Outline("", "", "")
_NAMED = re.compile(r"(?P<name>.*\S)\s+\((?P<code>[EWSNKJ]\d{8})(?:,[^)]*)?\)")


@dataclass(frozen=True)
class Area:
    """``geom`` (the outline), ``bbox`` and ``centroid`` are GeoJSON texts (WGS 84), or empty."""

    code: str
    name: str
    name_cy: str = ""
    geom: str = ""
    bbox: str = ""
    centroid: str = ""
    retired: bool = False

    @property
    def uri(self) -> str:
        return STATISTICAL_GEOGRAPHY + self.code

    @property
    def shape(self) -> dict[str, str]:
        """What is known of its geometry, by the names of a ``spatial_coverage`` group."""
        return {name: getattr(self, name) for name in GEOMETRIES if getattr(self, name)}

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
    shape = _outline(term)
    point = outlines.point(float(long), float(lat)) if lat and long else shape.centroid
    return Area(term.code, term.label, term.label_cy, shape.geom, shape.bbox, point, term.retired)


def _outline(term: vocabularies.Term) -> outlines.Outline:
    """Its own, or for a council's code that was replaced by one other, of the same name, that one's: few of their borders
    moved, while combined authorities kept names and lost members.
    """
    known, code = outlines.every(), term.code
    if term.retired and term.extra.get("kind") != "Combined authority":
        successor = vocabularies.get("gss").terms.get(term.extra.get("replaced_by", ""))
        code = successor.code if successor and successor.label == term.label else code
    return known.get(code) or _NO_OUTLINE


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


def complete(place: dict[str, str]) -> dict[str, str]:
    """A ``spatial_coverage`` group with what its area's name or code implies; what was given is kept.

    A geometry that was filled in here before is no gift: it is completed, or goes with its area when another is picked.
    A group without any field, or whose name is in no list, comes back as it is.
    """
    given = {key: value for key, value in place.items() if value}
    area = find(given.get("uri", "")) or (None if given.get("uri") else find(given.get("text", "")))
    if not area:
        return place
    shape = {name: given[name] for name in GEOMETRIES if name in given}
    ours = shape.items() <= area.shape.items()
    picked = find(given.get("text", ""))
    if picked and picked.code != area.code and shape and ours:
        area, place, shape = picked, {**place, **dict.fromkeys(shape, "")}, {}
        given = {key: value for key, value in given.items() if key not in ("uri", *GEOMETRIES)}
    filled = {"uri": area.uri, "text": area.name, **(area.shape if ours else {})}
    kept = {k: v for k, v in given.items() if not (k == "text" and find(v))}
    return {**place, **filled, **kept}
