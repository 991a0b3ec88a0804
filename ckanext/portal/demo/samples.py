"""The files that a sample node's datasets link to, from the columns its seed describes (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from .dice import Dice
from .geojson import feature_collection
from .table import Table

Seed = Mapping[str, Any]


@dataclass(frozen=True)
class Served:
    """What the server has at a path."""

    body: bytes
    content_type: str


def table(name: str, rows: int, columns: Mapping[str, Seed], box: Sequence[float]) -> Table:
    """``columns`` says for each what it holds: ``serial``, ``pick``, ``whole``, ``sum`` or ``day``; coordinates in ``box`` come last."""
    dice = Dice("sample", name)
    made = Table([*columns, "LONGITUDE", "LATITUDE"])
    west, east, south, north = box
    for number in range(1, rows + 1):
        values = [_value(dice, how, number) for how in columns.values()]
        made.add(*values, f"{west + (east - west) * dice.unit():.5f}", f"{south + (north - south) * dice.unit():.5f}")
    return made


def _value(dice: Dice, how: Seed, number: int) -> object:
    kind, setting = next(iter(how.items()))
    match kind:
        case "serial":
            return f"{setting}{number:04d}"
        case "pick":
            return dice.pick(setting)
        case "whole":
            return dice.whole(*setting)
        case "sum":
            low, high = setting
            return f"{low + (high - low) * dice.unit():.2f}"
        case "day":
            return dice.day(*setting)
    raise ValueError(f"no kind of column {kind!r}")


def csv(made: Table) -> Served:
    return Served(made.csv(), "text/csv; charset=utf-8")


def geojson(made: Table) -> Served:
    return Served(feature_collection(made, "LONGITUDE", "LATITUDE"), "application/geo+json")


def kml(title: str, made: Table) -> Served:
    """Points with their first column as name (OGC KML 2.2)."""
    x, y = made.at("LONGITUDE"), made.at("LATITUDE")
    marks = "\n".join(
        f"<Placemark><name>{escape(row[0])}</name><Point><coordinates>{row[x]},{row[y]}</coordinates></Point></Placemark>"
        for row in made.rows
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    body = f"{head}<name>{escape(title)}</name>\n{marks}\n</Document></kml>\n"
    return Served(body.encode(), "application/vnd.google-earth.kml+xml")


def page(title: str, paragraphs: Sequence[str], links: Mapping[str, str]) -> Served:
    """A plain page; ``paragraphs`` are escaped, ``links`` maps an address to its text."""
    items = "".join(
        f'<li><a href="{escape(url, {chr(34): "&quot;"})}">{escape(text)}</a></li>' for url, text in links.items()
    )
    body = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>"
        f"{''.join(f'<p>{escape(text)}</p>' for text in paragraphs)}<ul>{items}</ul></main></body></html>\n"
    )
    return Served(body.encode(), "text/html; charset=utf-8")
