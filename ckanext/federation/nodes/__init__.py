"""The registry of nodes that the portal knows by name; data, one YAML file each.

Beside what a registration has, a file says ``labels`` (networks that the node belongs to: ODI Nodes), ``licence_policy``,
``organization_map`` (a publisher as the node writes it, to the organisation's title) and ``earlier`` (platforms and
feeds that the node had before, or has beside this one).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
ABOUT = ("labels", "licence_policy", "organization_map", "earlier")


@cache
def _files() -> dict[str, dict[str, Any]]:
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return {one["name"]: one for one in found}


def known() -> list[dict[str, Any]]:
    """Registrations (dicts for ``federation_node_create``) by name."""
    return [{key: value for key, value in one.items() if key not in ABOUT} for _name, one in sorted(_files().items())]


def about(name: str) -> dict[str, Any]:
    """Labels, licence policy, organisation map and earlier feeds of a node; empty ones of a node that is not known."""
    stated = _files().get(name, {})
    return {
        "labels": list(stated.get("labels") or []),
        "licence_policy": stated.get("licence_policy") or "",
        "organization_map": dict(stated.get("organization_map") or {}),
        "earlier": list(stated.get("earlier") or []),
    }
