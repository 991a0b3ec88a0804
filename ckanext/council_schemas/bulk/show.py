"""Plans and steps as actions give them."""

from __future__ import annotations

from typing import Any

from ..calendar.words import person
from . import store, words
from .kit import Kit
from .model import AT_WORK, CHANGED, NEW, READY, STEP_DONE, STEP_FAILED, STEP_REFUSED, WAITING, Plan, Step

Dict = dict[str, Any]


def plan(of: Plan) -> Dict:
    """Without its steps. ``counts``: steps by action; ``outcomes``: steps to run, by what became of them."""
    actions, states = store.counts(of.id)
    total = sum(actions.values())
    return {
        "id": of.id,
        "organization_id": of.organization_id,
        "type": of.dataset_type,
        "file_name": of.file_name,
        "state": of.state,
        "at_work": of.state in AT_WORK,
        "made": of.made.isoformat(),
        "made_by": of.made_by,
        "made_by_name": person(of.made_by),
        "run_by": of.run_by,
        "ended": of.ended.isoformat() if of.ended else None,
        "message": of.message,
        **{key: of.about.get(key, "") for key in ("format", "encoding", "sha256", "bytes")},
        "columns": of.about.get("columns", []),
        "file_columns": of.about.get("file_columns", []),
        "problems": [{**one, "message": words.say(one)} for one in of.problems],
        "total": total,
        "looked_at": total - states.get(WAITING, 0),
        "counts": {key: actions.get(key, 0) for key in words.actions() if key},
        "to_run": actions.get(NEW, 0) + actions.get(CHANGED, 0),
        "outcomes": {key: states.get(key, 0) for key in (READY, STEP_DONE, STEP_REFUSED, STEP_FAILED)},
    }


def step(of: Step, kit: Kit) -> Dict:
    """A step with its changes and problems in words."""
    return {
        "number": of.number,
        "dataset_id": of.dataset_id,
        "name": of.name,
        "action": of.action,
        "state": of.state,
        "line": of.rows.get("line"),
        "base": of.base,
        "changes": [
            {**one, "label": words.label(kit, one["field"], "file" in one)} for one in of.changes
        ],
        "problems": [_problem(one, kit) for one in of.problems],
        "result": of.result,
    }  # fmt: skip


def _problem(one: Dict, kit: Kit) -> Dict:
    label = words.label(kit, one["field"], "file" in one) if one.get("field") else ""
    return {**one, "label": label, "message": words.say(one).removeprefix(f"{label}: ")}  # some of CKAN's say it
