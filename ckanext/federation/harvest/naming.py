"""Names of new datasets, from their titles."""

from __future__ import annotations

from collections.abc import Set

from . import store
from .record import canonical, sha256
from .text import slug

# Names that CKAN refuses, or that are pages below /dataset.
RESERVED = {
    "new",
    "edit",
    "search",
    "activity",
    "journey",
    "groups",
    "resource",
    "follow",
    "followers",
    "collaborators",
}


def names(node_id: str, steps: list[store.Row], given: Set[str] = frozenset()) -> dict[int, str]:
    """Free dataset names of these steps, by the step's id; one query. ``given``: names that other steps have."""
    wanted = {step["id"]: slug(step["title"]) for step in steps}
    taken = store.taken_names(list(wanted.values())) | RESERVED | given
    found: dict[int, str] = {}
    for step in steps:
        name = wanted[step["id"]]
        if len(name) < 2 or name in taken:
            name = suffixed(name, node_id, step["upstream_id"])
        taken.add(name)
        found[step["id"]] = name
    return found


def suffixed(name: str, node_id: str, upstream_id: str) -> str:
    """A name that no other record has."""
    return f"{name[:90] or 'dataset'}-{sha256(canonical([node_id, upstream_id]))[:8]}"
