"""From a dataset's rows to what a timeline, a table or a picture shows (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from . import vocab

_COUNTS = ("in", "out", "rejected", "merged", "split")
_AS_IS = [
    "id",
    "type",
    "resource_id",
    "run_id",
    "agent_role",
    "on_behalf_of",
    "tool",
    "tool_version",
    "rationale",
    "capture",
    "confidence",
    "visibility",
    "day_only",
    "detail",
    "state",
]


def build(about: dict[str, Any], rows: list[dict[str, Any]], allowed: frozenset[str]) -> dict[str, Any]:
    """A journey as plain data: times are ISO 8601 in UTC, what nobody recorded is None."""
    steps = order([_step(row, allowed) for row in rows if row["visibility"] in allowed])
    _mark_meetings(steps)
    return {
        "stage": about.get("stage"),
        "since": _iso(about.get("since")),
        "total": about.get("total") or 0,
        "withheld": len(rows) - len(steps),
        "systems": _systems(about, steps),
        "steps": steps,
        "hops": [_hop(hop) for hop in about.get("hops") or []],
        "failures": about.get("failures") or [],
    }


def all_seen(rows: list[dict[str, Any]], allowed: frozenset[str]) -> bool:
    """Whether nothing of the steps and their evidence is kept from a reader."""
    return all(
        row["visibility"] in allowed and all(item["visibility"] in allowed for item in row["evidence"] or ())
        for row in rows
    )


def _iso(value: datetime | date | str | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _step(row: dict[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    evidence = row["evidence"] or []
    shown = [item for item in evidence if item["visibility"] in allowed]
    sides = row["io"] or []
    step = {name: row[name] for name in _AS_IS}
    step |= {name: _iso(row[name]) for name in ("started", "ended", "recorded")}
    if row["day_only"]:
        step |= {name: step[name] and step[name][:10] for name in ("started", "ended")}
    return step | {
        "stage": vocab.stage_of(row["type"]),
        "system": {"id": row["system_id"], "name": row["system_name"]} if row["system_id"] else None,
        "plan": _plan(row),
        "rows": balance(*(row[f"rows_{name}"] for name in _COUNTS)),
        "inputs": [_side(item) for item in sides if item["direction"] == "input"],
        "outputs": [_side(item) for item in sides if item["direction"] == "output"],
        "held": any(item.get("held") for item in sides),
        "evidence": shown,
        "evidence_withheld": len(evidence) - len(shown),
    }


def _side(item: dict[str, Any]) -> dict[str, Any]:
    """`artefact` is the id of the file as it was then; `invalidated`, when another took its place, stands in ISO 8601."""
    names = (
        "name",
        "sha256",
        "bytes",
        "rows",
        "artefact",
        "kind",
        "format",
        "resource_id",
        "package_id",
        "invalidated",
    )
    return {name: item.get(name) for name in names} | {"meets": False}


def _plan(row: dict[str, Any]) -> dict[str, Any] | None:
    if not row["plan_id"]:
        return None
    return {name: row[f"plan_{name}"] for name in ("name", "version", "repository", "commit")}


def _hop(hop: dict[str, Any]) -> dict[str, Any]:
    names = [
        "position",
        "portal",
        "node",
        "url",
        "remote_id",
        "source_type",
        "remote_modified",
        "content_hash",
        "observed",
        "step_id",
    ]
    return {name: hop[name] for name in names} | {"harvested": hop["harvested"]}


def balance(
    rows_in: int | None,
    rows_out: int | None,
    rejected: int | None = None,
    merged: int | None = None,
    split: int | None = None,
) -> dict[str, Any]:
    """Do the rows add up? in = out + rejected + merged - split; a part that nobody recorded counts as none.

    `state` is unknown (in or out not recorded), balanced or unbalanced; `difference` is in minus the rest.
    """
    counts = dict(zip(_COUNTS, (rows_in, rows_out, rejected, merged, split), strict=True))
    if rows_in is None or rows_out is None:
        return counts | {"state": "unknown", "difference": None}
    difference = rows_in - (rows_out + (rejected or 0) + (merged or 0) - (split or 0))
    return counts | {"state": "unbalanced" if difference else "balanced", "difference": difference}


def order(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps in the order of the way: by time; one without a time stands before the first of a later stage."""
    timed = sorted((s for s in steps if s["started"] or s["ended"]), key=_by_time)
    placed, next_timed = [], 0
    for step in sorted((s for s in steps if not (s["started"] or s["ended"])), key=_by_stage):
        while next_timed < len(timed) and _rank(timed[next_timed]) <= _rank(step):
            placed.append(timed[next_timed])
            next_timed += 1
        placed.append(step)
    return placed + timed[next_timed:]


def _rank(step: dict[str, Any]) -> int:
    return vocab.TYPE_RANK.get(step["type"], len(vocab.TYPE_RANK))


def _by_time(step: dict[str, Any]) -> tuple[Any, ...]:
    when = str(step["started"] or step["ended"])
    # A day alone stands before the times of that day; steps of one day follow the order of the way.
    return (when[:10], "" if step["day_only"] else when[10:], _rank(step) if step["day_only"] else 0, *_told(step))


def _by_stage(step: dict[str, Any]) -> tuple[Any, ...]:
    return (_rank(step), *_told(step))


def _told(step: dict[str, Any]) -> tuple[str, int, str]:
    """Two steps of one event, such as a fetch and its import, follow the order of the way."""
    return (step["recorded"] or "", _rank(step), step["id"])


def _mark_meetings(steps: Iterable[dict[str, Any]]) -> None:
    """An input meets if an earlier step gave out the very same bytes: nothing changed on the way between them."""
    given: set[str] = set()
    for step in steps:
        for item in step["inputs"]:
            item["meets"] = item["sha256"] in given
        given.update(item["sha256"] for item in step["outputs"] if item["sha256"])


def _systems(about: dict[str, Any], steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The legacy systems, the dataset's own source first, each once."""
    found: dict[str, dict[str, Any]] = {}
    if about.get("system_id"):
        found[about["system_id"]] = {"id": about["system_id"], "name": about["system_name"]}
    for step in steps:
        if step["system"]:
            found.setdefault(step["system"]["id"], step["system"])
    return list(found.values())
