"""The other nodes that have a dataset, with what they say of it otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import links, store
from .compare import changes

MOST = 100
_SHOWN = ("node_name", "node_title", "node_url", "upstream_id", "upstream_page", "upstream_issued", "upstream_modified")


def of(record: store.Row) -> list[dict[str, Any]]:
    """Each with its node, upstream id, page and dates, ``harvested``, ``first_harvested`` and ``differences``: ``{"field", "here",
    "there"}`` against the record that governs."""
    others = [row for row in links.of(record["package_id"]) if row["id"] != record["id"]]
    return [_shown(row) | {"differences": _differences(record["dataset"], row["dataset"])} for row in others]


def _shown(row: store.Row) -> dict[str, Any]:
    found = {key: row[key] for key in (*_SHOWN, "harvested", "first_harvested")}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in found.items()}


def _differences(here: dict[str, Any], there: dict[str, Any]) -> list[dict[str, Any]]:
    found = changes(here, there)[:MOST]
    return [{"field": one["field"], "here": one["old"], "there": one["new"]} for one in found]
