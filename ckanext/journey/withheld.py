"""Leaves out of a dataset's rows what speaks of files that their check holds back (pure).

A step is shown if one of the files it made may be seen; the others, and counts of rows on their side, are left out of it.
A step whose files are all held, or that made none, is about the held file: it is left out as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Of a hold: the dataset and its organisation. May the reader edit it?
May = Callable[[str, str | None], bool]
_ROWS = {"input": ("rows_in", "rows_rejected", "rows_merged", "rows_split"), "output": ("rows_out",)}


def seen(rows: list[dict[str, Any]], may: May) -> list[dict[str, Any]]:
    """The rows as a reader may see them; those where nothing is held are the same objects."""
    found = (_seen(row, may) for row in rows)
    return [row for row in found if row is not None]


def is_held(row: dict[str, Any]) -> bool:
    """Whether a step speaks of a file that is held back."""
    return bool(row.get("replaces_held") or any(item.get("held") for item in row["io"] or ()))


def _seen(row: dict[str, Any], may: May) -> dict[str, Any] | None:
    if not is_held(row):
        return row
    if _hides(row.get("replaces_held"), may):
        row = row | {"detail": row["detail"] | {"replaces": True}}  # the checksum of a file that never was public
    sides = row["io"] or []
    kept = [item for item in sides if not _hides(item.get("held"), may)]
    if len(kept) == len(sides):
        return row
    if not any(item["direction"] == "output" for item in kept):
        return None
    gone = {item["direction"] for item in sides if item not in kept}
    return row | {"io": kept} | {name: None for side in gone for name in _ROWS[side]}


def _hides(holds: list[list[Any]] | None, may: May) -> bool:
    return any(not may(package, organisation) for package, organisation in holds or ())
