"""The registry of nodes that the portal knows by name; data, one YAML file each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def known() -> list[dict[str, Any]]:
    """Registrations (dicts for ``federation_node_create``) by name."""
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return sorted(found, key=lambda one: one["name"])
