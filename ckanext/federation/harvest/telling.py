"""Tells others of what was done, once it is in the database."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model

from .. import signals
from . import hops, store
from .record import sha256

log = logging.getLogger(__name__)


def tell(signal: Any, node: store.Row, run_id: str, **values: Any) -> None:
    """Send a signal of the node; a listener's failure is not the harvest's."""
    about = {key: node[key] for key in ("id", "name", "title", "url", "feed_url", "dialect")}
    try:
        signal.send(node["name"], run_id=run_id, node=about, **values)
    except Exception:
        model.Session.rollback()
        log.exception("A listener of %s failed", signal.name)


def fetched(node: store.Row, run: store.Row) -> None:
    """Send ``federation:fetched`` of a run whose feed another process read, or this one some time ago."""
    if not run.get("sha256") and not run.get("bytes"):
        return
    at = (run["planned"] or run["started"]).isoformat()
    signals.fetched.send(
        node["name"], run_id=run["id"], url=run["url"], sha256=run["sha256"], bytes=run["bytes"],
        records=run["counts"].get("records", 0), at=at,
    )  # fmt: skip


def imported(node: store.Row, step: store.Row, package_id: str, outcome: str) -> dict[str, Any]:
    """What ``federation:imported`` says of a step that is done."""
    dataset = step["dataset"]
    return {
        "package_id": package_id,
        "upstream_id": step["upstream_id"],
        "outcome": outcome,
        "content_hash": step["content_hash"],
        "upstream_modified": dataset.get("modified", ""),
        "url": hops.page(node, dataset),
        "raw_sha256": sha256(step["raw"]),
        "hops": step["hops"],
    }


def tell_imported(node: store.Row, run_id: str, values: dict[str, Any]) -> None:
    """Send ``federation:imported``."""
    tell(signals.imported, node, run_id, **values)
