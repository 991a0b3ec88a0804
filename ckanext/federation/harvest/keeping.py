"""What is kept of a record that became a dataset."""

from __future__ import annotations

from typing import Any

from . import hops, same, store
from .compare import CREATE, JOIN, LINK, RESTORE, SPLIT, UPDATE, WITHDRAW
from .record import sha256

DONE = {
    CREATE: "created",
    LINK: "linked",
    UPDATE: "updated",
    RESTORE: "restored",
    WITHDRAW: "withdrawn",
    SPLIT: "parted",
    JOIN: "joined",
}


def record_values(node: store.Row, step: store.Row, package_id: str, run_id: str) -> dict[str, Any]:
    """Columns of the record of a step's dataset."""
    dataset = step["dataset"]
    return {
        "package_id": package_id,
        "state": "active",
        "reason": "",
        "raw": step["raw"],
        "raw_sha256": sha256(step["raw"]),
        "signature": step["signature"],
        "content_hash": step["content_hash"],
        "dataset": dataset,
        "notes": step["notes"],
        "upstream_page": hops.page(node, dataset),
        "upstream_issued": dataset.get("issued", ""),
        "upstream_modified": dataset.get("modified", ""),
        "run_id": run_id,
        "unindexed": True,
        "overrides": step.get("overrides", []),
        "hops": step["hops"],
        "known_by": same.stored_keys(step["upstream_id"], dataset),
    }


def quarantined_values(step: store.Row, reason: str, run_id: str) -> dict[str, Any]:
    """Columns of the record of a step that the portal's form refused."""
    return {
        "package_id": "",
        "state": "quarantined",
        "reason": reason,
        "raw": step["raw"],
        "raw_sha256": sha256(step["raw"]),
        "signature": step["signature"],
        "content_hash": "",
        "notes": step["notes"],
        "run_id": run_id,
    }
