"""The way of a dataset as a few stations: legacy system, stages, portals, here (pure)."""

from __future__ import annotations

from typing import Any

from .vocab import N_, STAGES

# Every dataset of a council passes these, whether or not anybody recorded it.
_EXPECTED = ("extract", "clean", "privacy", "check", "approve", "receive", "publish")
_BEFORE_PORTALS = _EXPECTED[:5]
_PORTALS_DRAWN = 3
_LABELS = {stage.code: stage.label for stage in STAGES}


def stations(journey: dict[str, Any]) -> list[dict[str, Any]]:
    """The stations of a journey as `timeline.build` gives it.

    Each has `code`, `kind` (system, stage, gap, portal), `label`, `detail` (a name, if it has one), `when` (ISO
    8601 or None), `state` (evidenced, recorded or unknown), `steps`, `evidence` (how many), `step` (the id of the
    latest step there).
    """
    by_stage: dict[str, list[dict[str, Any]]] = {}
    for step in journey["steps"]:
        by_stage.setdefault(step["stage"], []).append(step)
    way = [_system(journey)]
    hops = journey["hops"]
    if hops:
        told = [code for code in _BEFORE_PORTALS if code in by_stage]
        way += [_stage(code, by_stage) for code in told] or [_station("gap", "gap", N_("Earlier steps"))]
        way += _portals(hops)
        way.append(_stage("publish", {"publish": by_stage.get("publish") or by_stage.get("hop") or []}))
    else:
        way += [_stage(code, by_stage) for code in _EXPECTED]
    return way + [_stage(code, by_stage) for code in ("use", "end") if code in by_stage]


def _station(code: str, kind: str, label: str, **values: Any) -> dict[str, Any]:
    blank = {"detail": None, "when": None, "state": "unknown", "steps": 0, "evidence": 0, "step": None}
    return {"code": code, "kind": kind, "label": label, **blank, **values}


def _system(journey: dict[str, Any]) -> dict[str, Any]:
    systems = journey["systems"]
    if not systems:
        return _station("system", "system", N_("Source system"))
    names = ", ".join(system["name"] for system in systems)
    return _station("system", "system", N_("Source system"), detail=names, state="recorded", steps=len(systems))


def _stage(code: str, by_stage: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    steps = by_stage.get(code) or []
    if not steps:
        return _station(code, "stage", _LABELS[code])
    # A later correction does not move the day of publication.
    last = next((step for step in reversed(steps) if step["type"] == code), steps[-1])
    proofs = sum(proof(step) for step in steps)
    return _station(
        code,
        "stage",
        _LABELS[code],
        when=last["ended"] or last["started"],
        state="evidenced" if proofs else "recorded",
        steps=len(steps),
        evidence=proofs,
        step=last["id"],
    )


def proof(step: dict[str, Any]) -> int:
    """How many pieces of evidence a step has: those told, checksums, rows that add up."""
    checksums = sum(1 for item in (*step["inputs"], *step["outputs"]) if item["sha256"])
    return len(step["evidence"]) + checksums + (step["rows"]["state"] == "balanced")


def _portals(hops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The portals in their order; of a long chain the first and the last ones, and how many lie between."""
    drawn = [_portal(hop) for hop in hops]
    if len(drawn) <= _PORTALS_DRAWN:
        return drawn
    between = len(drawn) - 2
    return [drawn[0], _station("gap", "gap", N_("More portals"), detail=str(between), state="recorded"), drawn[-1]]


def _portal(hop: dict[str, Any]) -> dict[str, Any]:
    proofs = sum(1 for name in ("content_hash", "remote_id") if hop[name]) if hop["observed"] else 0
    return _station(
        "portal",
        "portal",
        N_("Portal"),
        detail=hop["portal"],
        when=hop["remote_modified"],
        state="evidenced" if proofs else "recorded",
        steps=1,
        evidence=proofs,
        step=hop["step_id"],
    )
