"""The picture of a journey as a drawing that stands alone: SVG, and PNG made from it (pure)."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import resvg_py

from .. import glyphs, picture
from . import gemini
from .document import Document, clean

PNG_WIDTH = 1800
_HEAD, _FOOT = 44, 62
_STYLE = """
text { font-family: "DejaVu Sans", Verdana, Arial, sans-serif; fill: #0b3440; }
.name { font-size: 13px; font-weight: 700; } .note, .key { font-size: 11.5px; fill: #4a5b62; }
.title { font-size: 17px; font-weight: 700; } .ask { font-size: 13px; font-weight: 700; fill: #4a5b62; }
.reach { fill: none; stroke: #8cc7d6; stroke-width: 16; stroke-linecap: round; }
.reach.unknown { stroke: #8fa1a8; stroke-width: 3; stroke-dasharray: 1 9; }
.shape { fill: #ffffff; stroke: #0b5a70; stroke-width: 3; } .evidenced .shape { fill: #0b5a70; }
.unknown .shape { stroke: #6c7f87; stroke-width: 2; stroke-dasharray: 4 5; }
.glyph { fill: none; stroke: #0b5a70; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.evidenced .glyph { stroke: #ffffff; } .unknown .glyph { stroke: #6c7f87; }
.seal circle { fill: #175d39; stroke: #ffffff; stroke-width: 2; }
.seal path { fill: none; stroke: #ffffff; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.mark { fill: #ffffff; stroke: #6c7f87; stroke-width: 1.5; }
"""


class NoFontError(RuntimeError):
    """The server has no font, so a PNG would show no words."""


def svg(doc: Document) -> bytes:
    return _svg(doc).encode()


def png(doc: Document) -> bytes:
    """Twice as wide as the SVG; raises NoFontError."""
    if not has_font():
        raise NoFontError("no font is installed on the server (fonts-dejavu-core is enough)")
    return bytes(resvg_py.svg_to_bytes(svg_string=_svg(doc), width=PNG_WIDTH, background="#ffffff"))


def has_font() -> bool:
    """Does a letter leave any ink?"""
    frame = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'
    letter = '<text y="18" font-size="20" font-family="DejaVu Sans, sans-serif">M</text>'
    with_letter, without = (bytes(resvg_py.svg_to_bytes(svg_string=frame.format(each))) for each in (letter, ""))
    return with_letter != without


def _svg(doc: Document) -> str:
    placed = picture.wide(doc.journey["path"])
    width, height = placed["width"], placed["height"] + _HEAD + _FOOT
    title = _text(picture.fit(f"Journey of {doc.about.title}", 88))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="t d">',
        f'<title id="t">{_text(f"Journey of {doc.about.title}")}</title>',
        f'<desc id="d">{_text(" ".join(f"{_words(station)}." for station in placed["stations"]))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text class="title" x="24" y="30">{title}</text>',
        f'<g transform="translate(0 {_HEAD})">',
        *(
            f'<path class="reach{"" if reach["known"] else " unknown"}" d="{reach["d"]}"/>'
            for reach in placed["reaches"]
        ),
        *(_station(station) for station in placed["stations"]),
        "</g>",
        _key(doc, height),
        "</svg>",
    ]
    return "\n".join(lines)


def _text(value: Any) -> str:
    return escape(clean(value), {'"': "&quot;"})


def _station(station: dict[str, Any]) -> str:
    x, y, state = station["x"], station["y"], station["state"]
    if station["kind"] == "system":
        shape = '<rect class="shape" x="-25" y="-25" width="50" height="50" rx="12"/>'
    elif station["kind"] == "portal":
        shape = '<path class="shape" d="M-13 -25h26l14 25-14 25h-26l-14-25z"/>'
    else:
        shape = f'<circle class="shape" r="{20 if station["kind"] == "gap" else 25}"/>'
    badge = ""
    if state == "evidenced":
        badge = '<g class="seal" transform="translate(18 -19)"><circle r="9.5"/><path d="M-4 .2l2.8 2.8L4-3"/></g>'
    elif state == "unknown":
        badge = (
            '<g transform="translate(18 -19)"><circle class="mark" r="9.5"/>'
            '<text class="ask" y="4.5" text-anchor="middle">?</text></g>'
        )
    drawn = f'<g class="glyph" transform="translate(-14.4 -14.4) scale(1.2)">{glyphs.glyph(station["code"])}</g>'
    return (
        f'<g class="{state}" transform="translate({x} {y})">{shape}{drawn}{badge}</g>'
        f'<text class="name" x="{x}" y="{station["text_y"]}" text-anchor="middle">{_text(station["label"])}</text>'
        f'<text class="note" x="{x}" y="{station["text_y"] + 18}" text-anchor="middle">{_text(_note(station))}</text>'
    )


def _note(station: dict[str, Any]) -> str:
    if station["state"] == "unknown":
        return "Not recorded"
    if station["detail"]:
        return picture.fit(station["detail"], station["room"])
    return _day(station["when"]) or "Date not recorded"


def _day(value: str | None) -> str:
    try:
        return gemini.day_of({"ended": value, "started": None})
    except ValueError:
        return value or ""


def _words(station: dict[str, Any]) -> str:
    told = station["label"] + (f": {station['detail']}" if station["detail"] else "")
    if station["state"] == "unknown":
        return f"{told}: not recorded"
    day = _day(station["when"])
    return f"{told}, {day}" if day else told


def _key(doc: Document, height: int) -> str:
    """What the signs mean, and where the picture comes from."""
    y = height - 34
    badge = (
        f'<g class="seal" transform="translate(33 {y - 4})"><circle r="9.5"/><path d="M-4 .2l2.8 2.8L4-3"/></g>'
        f'<text class="key" x="50" y="{y}">Recorded, with evidence</text>'
        f'<circle class="shape" cx="233" cy="{y - 4}" r="8"/><text class="key" x="250" y="{y}">Recorded</text>'
        f'<circle class="mark" cx="343" cy="{y - 4}" r="9.5"/><text class="ask" x="343" y="{y}" text-anchor="middle">?</text>'
        f'<text class="key" x="360" y="{y}">Not recorded</text>'
    )
    about = doc.about
    source = f"{about.site_title} · {about.site_url}/dataset/{about.name} · {_day(about.made)}"
    if doc.notice:
        source += " · drawn without what was cut"
    return badge + f'<text class="key" x="24" y="{height - 10}">{_text(picture.fit(source, 130))}</text>'
