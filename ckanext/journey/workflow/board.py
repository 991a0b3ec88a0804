"""How many datasets stand where, and for how long (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Any

from .stages import STATES


def days(since: datetime, now: datetime) -> int:
    """Whole days from a moment to now, never below 0."""
    return max((now - since).days, 0)


def columns(rows: Iterable[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The columns of the board, every state in its order: `state`, `label`, `count`, `median_days`, `longest_days`, `items`.

    `rows` are dicts with `state` and `since`; items are those rows with `days` and `overdue`, the longest first. Of a
    state in which nothing stands, the days are None: nothing is not the same as no time.
    """
    by_state: dict[str, list[dict[str, Any]]] = {state.code: [] for state in STATES}
    for row in rows:
        late = row.get("due") is not None and row["due"] < now.date() and row["state"] not in ("published", "in-use")
        by_state.setdefault(row["state"], []).append(row | {"days": days(row["since"], now), "overdue": late})
    return [_column(state.code, state.label, state.help, by_state[state.code]) for state in STATES]


def _column(code: str, label: str, about: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    items = sorted(items, key=lambda item: (-item["days"], item["name"]))
    lengths = [item["days"] for item in items]
    return {
        "state": code,
        "label": label,
        "help": about,
        "count": len(items),
        "median_days": median(lengths) if lengths else None,
        "longest_days": max(lengths, default=None),
        "items": items,
    }
