"""Where the stations of a path stand in its drawing, wide and narrow (pure). Units are SVG user units."""

from __future__ import annotations

import itertools
from typing import Any

WIDE = 900
_MARGIN = 56
_UPPER, _LOWER, _HEIGHT = 80, 136, 214
_NARROW, _ROW = 300, 78


def wide(stations: list[dict[str, Any]]) -> dict[str, Any]:
    """A water's way from left to right, winding between two heights; labels stand on its outer side.

    Gives `width`, `height`, `stations` (each with x, y, `text_y` of its first line, `room` in characters) and
    `reaches`, the stretches between them with `d` and `known`.
    """
    cell = (WIDE - 2 * _MARGIN) / max(len(stations), 1)
    # Two cells, as the neighbours' labels stand on the other side; at the ends no more than the drawing has.
    room = int(min(cell * 2, 2 * _MARGIN + cell) / 8)
    placed = []
    for number, station in enumerate(stations):
        is_upper = number % 2 == 0
        x, y = round(_MARGIN + cell * (number + 0.5)), _UPPER if is_upper else _LOWER
        placed.append(station | {"x": x, "y": y, "text_y": y - 54 if is_upper else y + 44, "room": room})
    return {"width": WIDE, "height": _HEIGHT, "stations": placed, "reaches": _reaches(placed, _bend)}


def narrow(stations: list[dict[str, Any]]) -> dict[str, Any]:
    """The same from top to bottom, labels on the right."""
    placed = []
    for number, station in enumerate(stations):
        x, y = 30 if number % 2 else 42, 40 + number * _ROW
        placed.append(station | {"x": x, "y": y, "text_y": y - 4, "room": 26})
    height = 80 + _ROW * max(len(stations) - 1, 0)
    return {"width": _NARROW, "height": height, "stations": placed, "reaches": _reaches(placed, _drop)}


def _reaches(placed: list[dict[str, Any]], curve: Any) -> list[dict[str, Any]]:
    return [
        {"d": curve(here, there), "known": "unknown" not in (here["state"], there["state"])}
        for here, there in itertools.pairwise(placed)
    ]


def _bend(here: dict[str, Any], there: dict[str, Any]) -> str:
    middle = round((here["x"] + there["x"]) / 2)
    return f"M{here['x']} {here['y']}C{middle} {here['y']} {middle} {there['y']} {there['x']} {there['y']}"


def _drop(here: dict[str, Any], there: dict[str, Any]) -> str:
    middle = round((here["y"] + there["y"]) / 2)
    return f"M{here['x']} {here['y']}C{here['x']} {middle} {there['x']} {middle} {there['x']} {there['y']}"


def fit(text: str, room: int) -> str:
    """Text cut to `room` characters, with an ellipsis if it was cut."""
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
