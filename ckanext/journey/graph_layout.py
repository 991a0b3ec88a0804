"""Where the nodes of a graph stand in its drawing: in layers along the way, each layer in the order of its neighbours (pure).

Units are SVG user units.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

BOX = (200, 54)
_ALONG, _ACROSS, _EDGE = 262, 84, 12
_SWEEPS = 4
Pairs = list[tuple[str, str]]


def layout(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> dict[str, Any]:
    """`width`, `height`, `nodes` (each with x and y of its upper left corner, in the order of the way) and `edges` with `d`."""
    pairs = _forward([node["id"] for node in nodes], [(edge["source"], edge["target"]) for edge in edges])
    rows = _ordered(_layers([node["id"] for node in nodes], pairs), pairs)
    tallest = max((len(row) for row in rows), default=0)
    places: dict[str, tuple[int, int]] = {}
    for layer, row in enumerate(rows):
        for number, id in enumerate(row):
            places[id] = (_EDGE + layer * _ALONG, _EDGE + number * _ACROSS)
    by_id = {node["id"]: node for node in nodes}
    placed = [by_id[id] | {"x": places[id][0], "y": places[id][1]} for row in rows for id in row]
    drawn = [edge | {"d": _curve(places[edge["source"]], places[edge["target"]])} for edge in edges]
    width = 2 * _EDGE + max(len(rows) - 1, 0) * _ALONG + BOX[0]
    return {"width": width, "height": 2 * _EDGE + max(tallest, 1) * _ACROSS, "nodes": placed, "edges": drawn}


def _forward(ids: Iterable[str], pairs: Pairs) -> Pairs:
    """The edges without cycles: one that leads back to where the way came from is turned round."""
    after: dict[str, list[str]] = {id: [] for id in ids}
    for source, target in pairs:
        after[source].append(target)
    state: dict[str, int] = {}
    back: set[tuple[str, str]] = set()
    for start, first in after.items():
        stack = [] if state.get(start) else [(start, iter(first))]
        state.setdefault(start, 1)
        while stack:
            here, rest = stack[-1]
            target = next(rest, None)
            if target is None:
                state[here] = 2
                stack.pop()
            elif state.get(target) == 1:
                back.add((here, target))
            elif target not in state:
                state[target] = 1
                stack.append((target, iter(after[target])))
    return [(target, source) if (source, target) in back else (source, target) for source, target in pairs]


def _layers(ids: list[str], pairs: Pairs) -> list[list[str]]:
    """Each node one layer after the last of those that lead to it; what nothing leads to, right before what it leads to."""
    into, out = dict.fromkeys(ids, 0), {id: [] for id in ids}
    for source, target in pairs:
        into[target] += 1
        out[source].append(target)
    layer, ready = dict.fromkeys(ids, 0), [id for id in ids if not into[id]]
    sources = set(ready)
    for id in ready:  # grows while it is walked through
        for target in out[id]:
            layer[target] = max(layer[target], layer[id] + 1)
            into[target] -= 1
            if not into[target]:
                ready.append(target)
    for id in sources:
        if out[id]:
            layer[id] = min(layer[target] for target in out[id]) - 1
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for id in ids:
        rows[layer[id]].append(id)
    return rows


def _ordered(rows: list[list[str]], pairs: Pairs) -> list[list[str]]:
    """Within each layer by the mean place of the neighbours, so that few edges cross."""
    near: dict[str, list[str]] = {id: [] for row in rows for id in row}
    for source, target in pairs:
        near[source].append(target)
        near[target].append(source)
    place = {id: number - len(row) / 2 for row in rows for number, id in enumerate(row)}
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            mean = {id: sum(place[o] for o in near[id]) / len(near[id]) if near[id] else place[id] for id in row}
            row.sort(key=lambda id: mean[id])
            place |= {id: number - len(row) / 2 for number, id in enumerate(row)}
    return rows


def _curve(source: tuple[int, int], target: tuple[int, int]) -> str:
    """From the right side of a box to the left side of another."""
    x1, y1 = source[0] + BOX[0], source[1] + BOX[1] // 2
    x2, y2 = target[0], target[1] + BOX[1] // 2
    bend = max((x2 - x1) // 2, 30)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
