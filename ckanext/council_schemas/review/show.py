"""A check as the actions answer it. Times are ISO 8601 in UTC without zone, as in CKAN."""

from __future__ import annotations

from typing import Any

from . import copies, decide, store
from .model import Check, Decision

COUNTS = ("bytes", "rows", "problems", "warnings", "personal", "progress", "total")


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def short(check: Check, resource_name: str | None = None) -> dict[str, Any]:
    return {
        "check_id": check.id,
        "resource_id": check.resource_id,
        "package_id": check.package_id,
        "name": resource_name or check.name,
        "file_name": check.name,
        "state": check.state,
        "held": check.held,
        "table": check.table,
        "table_chosen": check.table_chosen,
        **{name: getattr(check, name) for name in COUNTS},
        **{name: _iso(getattr(check, name)) for name in ("uploaded", "started", "beat", "ended", "released")},
    }


def full(check: Check) -> dict[str, Any]:
    report = check.report if "problems" in check.report else {}
    copy = copies.of(check)
    return {
        **short(check),
        "sha256": check.sha256,
        "message": check.message,
        "mapping": check.mapping,
        "problems_waived": check.problems_waived,
        "personal_decided": check.personal_decided,
        "waits_for": decide.kind_of(check),
        "report": report,
        "copy": copy and {"copy_id": copy.id, **decision(copy), **copy.detail},
        "decisions": [decision(one) for one in store.decisions(check.resource_id)],
    }


def decision(one: Decision) -> dict[str, Any]:
    return {
        "check_id": one.check_id,
        "kind": one.kind,
        "state": one.state,
        "reason": one.reason,
        "made": _iso(one.made),
        "made_by": one.made_by,
        "answered": _iso(one.answered),
        "answered_by": one.answered_by,
        "answer": one.answer,
    }
