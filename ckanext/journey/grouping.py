"""Steps that the portal recorded by itself, one soon after another, as entries a reader takes in at once (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from . import timeline, vocab

# A pause as long as this ends a piece of work.
PAUSE = timedelta(hours=1)
_COUNTS = ("in", "out", "rejected", "merged", "split")


def entries(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of `timeline.build` as entries: each step is in one of them.

    Steps that may be grouped (`vocab.GROUPS`) and follow each other without a pause are one run. Within a run those of
    one type and role make an entry, in their order, also where an upload and its table load took turns; entries stand
    in the order of their first steps. Every other step is an entry of its own.
    """
    found: list[list[dict[str, Any]]] = []
    run: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    last = None
    for step in steps:
        if not _may_group(step):
            found.append([step])
            run, last = {}, None
            continue
        if last and _moment(step, "started") - _moment(last, "ended") >= PAUSE:
            run = {}
        key = (step["type"], step["agent_role"], step["visibility"], step.get("held"))
        if key not in run:
            run[key] = []
            found.append(run[key])
        run[key].append(step)
        last = step
    return [_entry(members) for members in found]


def _may_group(step: dict[str, Any]) -> bool:
    if step["capture"] != "auto" or step["type"] not in vocab.GROUPS or step["day_only"]:
        return False
    told = step["rationale"] or step["evidence"] or step["evidence_withheld"] or step["system"] or step["plan"]
    return bool((step["started"] or step["ended"]) and not told)


def _moment(step: dict[str, Any], which: str) -> datetime:
    return datetime.fromisoformat(step[which] or step["started"] or step["ended"])


def _entry(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """`type`, `stage`, `steps`, `started`, `ended`; of what the last step on each file told: `files` and `rows`.

    `changes` sums up what changed of the dataset, in the shape of a step's `detail`.
    """
    first = steps[0]
    latest = {step["resource_id"] or step["id"]: step for step in steps}
    ends = [moment for step in steps if (moment := step["ended"] or step["started"])]
    return {
        "type": first["type"],
        "stage": first["stage"],
        "agent_role": first["agent_role"],
        "day_only": first["day_only"],
        "steps": steps,
        "started": first["started"] or first["ended"],
        "ended": max(ends, default=None),
        "files": tally(side for step in latest.values() for side in (*step["inputs"], *step["outputs"])),
        "rows": timeline.balance(*(total(step["rows"][name] for step in latest.values()) for name in _COUNTS)),
        "changes": _changes(steps),
    }


def _changes(steps: list[dict[str, Any]]) -> dict[str, Any]:
    details = [step["detail"] or {} for step in steps]
    summed = {name: sum(detail.get(name) or 0 for detail in details) for name in ("added", "removed", "altered")}
    return {"fields": sorted({name for detail in details for name in detail.get("fields") or []}), **summed}


def tally(sides: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What can be said of several files together.

    `count`; `rows` and `bytes`, None unless known of every file; how many have a checksum (`sha256`) and how many are
    what an earlier step gave out (`meets`).
    """
    files = list(sides)
    return {
        "count": len(files),
        "rows": total(file["rows"] for file in files),
        "bytes": total(file["bytes"] for file in files),
        "sha256": sum(1 for file in files if file["sha256"]),
        "meets": sum(1 for file in files if file["meets"]),
    }


def total(numbers: Iterable[int | None]) -> int | None:
    """The sum, None if there is nothing to add or a part is not known."""
    known = list(numbers)
    return None if not known or None in known else sum(number or 0 for number in known)


def by_kind(evidence: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Evidence sorted into its kinds, in the order of each kind's first piece."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for item in evidence:
        kinds.setdefault(item["kind"], []).append(item)
    return list(kinds.values())
