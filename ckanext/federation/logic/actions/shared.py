"""What the actions share: how nodes, runs and their outcomes are shown, and who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ... import nodes, phrases
from ...harvest import control, lane, run, store

PUBLIC = (
    "labels",
    "licence_policy",
    "name",
    "title",
    "description",
    "url",
    "dialect",
    "state",
    "records",
    "health",
    "last_success",
)


def find_node(name_or_id: str) -> dict[str, Any]:
    node = store.node(name_or_id)
    if not node:
        raise toolkit.ObjectNotFound(toolkit._("There is no node “{name}”.").format(name=name_or_id))
    return node


def find_run(run_id: str) -> dict[str, Any]:
    """:raises toolkit.ObjectNotFound: there is none."""
    found = store.run(run_id)
    if not found:
        raise toolkit.ObjectNotFound(toolkit._("There is no such run."))
    return found


def shown_nodes(context: Context, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    counts, latest, busy = store.record_counts(ids), store.latest_runs(ids), lane.taken(ids)
    return [_shown_node(context, row, counts, latest, busy) for row in rows]


def _shown_node(context: Context, row: Any, counts: Any, latest: Any, busy: Any) -> dict[str, Any]:
    last = latest.get(row["id"])
    node = {**row, **nodes.about(row["name"]), "records": counts.get(row["id"], {}), "running": row["id"] in busy}
    node["health"] = _health(row, last, node["running"])
    node["last_success"] = store.last_success(row["id"])
    if not may("federation_run_list", context, {"id": row["id"]}):
        return plain({key: node[key] for key in PUBLIC} | {"records": {"active": node["records"].get("active", 0)}})
    hidden = ("etag", "last_modified", "feed_sha256", "feed_token", "policy_digest")
    node = {key: value for key, value in node.items() if key not in hidden}
    return plain({**node, "last_run": with_kind(last) if last else None})


def _health(node: dict[str, Any], last: dict[str, Any] | None, running: bool) -> str:
    """``new``, ``running``, ``ok``, ``waiting`` (a plan waits for a steward), ``paused``, ``cancelled``, ``failed`` or
    ``interrupted``."""
    if running:
        return "running"
    if last is None:
        return "new"
    kinds = {"done": "ok", "unchanged": "ok", "planned": "waiting", "held": "waiting", "failed": "failed"}
    kinds |= {"paused": "paused", "cancelled": "cancelled"}
    return kinds.get(last["status"], "interrupted")


def shown_run(run_id: str, limit: int, offset: int, status: str = "", action: str = "") -> dict[str, Any]:
    found = find_run(run_id)
    node = find_node(found["node_id"])
    rows = store.outcomes(run_id, status, action, limit, offset)
    outcomes = [{key: value for key, value in plain(row).items() if key not in ("raw", "signature")} for row in rows]
    under_way = found["status"] in ("planning", "applying", "paused")
    results = store.outcome_counts(run_id) if found["status"] in ("applying", "paused") else found["results"]
    return {
        **with_kind(found),
        "progress": plain(control.pace(found, node)) if under_way else None,
        "results": results,
        "node": node["name"],
        "node_title": node["title"],
        "outcomes": outcomes,
    }


def with_kind(run: dict[str, Any]) -> dict[str, Any]:
    """A run as it is shown: ``kind`` says whether it is a harvest, a roll back, a retry, or what a steward said."""
    return plain({**run, "kind": store.kind(run)})


def plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}


def may(action: str, context: Context, data_dict: DataDict) -> bool:
    if context.get("ignore_auth"):
        return True
    try:
        return toolkit.check_access(action, {"user": context.get("user", "")}, data_dict)
    except toolkit.NotAuthorized:
        return False


def user_of(context: Context) -> str:
    return context.get("user") or ""


def trusted(context: Context) -> Context:
    """As the same user, once this action's own check has passed."""
    return {"user": user_of(context), "ignore_auth": True}


def progress_of(context: Context) -> Any:
    return context.get("federation_progress") or (lambda _line: None)


def in_lane(work: Any) -> Any:
    try:
        return work()
    except (lane.Busy, run.Stale, control.NotPossible) as error:
        raise toolkit.ValidationError({"id": [phrases.told(str(error), toolkit._)]}) from None
