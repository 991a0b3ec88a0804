"""The two kinds of work on a plan, one step at a time: look at what it would do, and do it.

A step is marked in the transaction in which its dataset is saved: whoever is killed has done a step, or has not.
"""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.lib.search import SearchError
from ckan.plugins import toolkit as tk

from . import people, propose, store, validate
from .kit import Kit
from .model import (
    CHANGED,
    CLOSED,
    NEW,
    READY,
    REFUSED,
    STEP_DONE,
    STEP_FAILED,
    STEP_REFUSED,
    WAITING,
    Plan,
    Step,
    now,
)  # fmt: skip

log = logging.getLogger(__name__)
Dict = dict[str, Any]


def look(plan: Plan, step: Step, kit: Kit) -> None:
    """Find out what a step would do, and keep that; nothing else is written. The caller commits."""
    user = people.active(plan.made_by)
    found = _proposal(plan, step, kit, user)
    step.action, step.changes, step.problems = found.action, found.changes, found.problems
    step.state = READY if found.action in (NEW, CHANGED) else CLOSED
    if found.action == NEW:
        step.name = found.data["name"]


def _proposal(plan: Plan, step: Step, kit: Kit, user: Any) -> propose.Proposal:
    refused, flaws = propose.Proposal.refused, step.rows["flaws"]
    if flaws:
        return refused(*flaws)
    if user is None:
        return refused({"code": "no_person"})
    if not step.dataset_id:
        return _new(plan, step, kit, user)
    try:
        current = people.show(user, step.dataset_id)
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return refused({"code": "unknown_id", "value": step.rows["cells"].get("id") or step.name})
    step.name, step.base = current["name"], propose.base(kit, step.rows, current)
    if problem := _barred(plan, current, user) or _fixed(step.rows, current):
        return refused(problem)
    found = propose.changed(kit, step.rows, current, user, plan.about["lang"])
    moves = [one for one in found.changes if one["field"] == "owner_org"]
    return refused({"code": "moves", "field": "owner_org"}) if plan.organization_id and moves else found


def _new(plan: Plan, step: Step, kit: Kit, user: Any) -> propose.Proposal:
    found = propose.new(kit, step.rows, plan.organization_id, user, plan.about["lang"])
    if found.action != NEW:
        return found
    owner: Any = model.Group.get(found.data.get("owner_org") or "")
    if plan.organization_id and (owner is None or owner.id != plan.organization_id):
        return found.refused({"code": "other_organisation", "field": "owner_org"})
    if not people.may(user, "package_create", {"owner_org": owner.id if owner else None, "type": kit.dataset_type}):
        return found.refused({"code": "not_allowed"})
    return found


def _barred(plan: Plan, current: Dict, user: Any) -> Dict | None:
    """Why this plan may not change this dataset at all."""
    if current["state"] == "deleted":
        return {"code": "deleted"}
    if current["state"] != "active":
        return {"code": "draft"}
    if not people.may(user, "package_update", {"id": current["id"]}):
        return {"code": "not_allowed"}
    if plan.organization_id and current.get("owner_org") != plan.organization_id:
        return {"code": "other_organisation"}
    if current["type"] != plan.dataset_type:
        return {"code": "other_type", "value": current["type"]}
    return None


def _fixed(rows: Dict, current: Dict) -> Dict | None:
    said = rows["cells"].get("type", "").strip()
    if said and said != current["type"]:
        return {"code": "fixed", "field": "type"}
    there = {one["id"] for one in current["resources"]}
    gone = [each["id"] for each in rows["files"] if each["id"] not in there]
    return {"code": "unknown_file", "value": gone[0]} if gone else None


def do(plan: Plan, number: int, kit: Kit) -> None:
    """Run a step, in a transaction of its own, as the person who said that the plan is to run."""
    plan_id = plan.id
    try:
        if not store.take(plan_id, number, READY, state=STEP_DONE, result={"ended": now().isoformat()}):
            model.Session.rollback()
            return
        saved = _save(plan, store.step(plan_id, number), kit)
        store.take(plan_id, number, STEP_DONE, result=saved, dataset_id=saved["id"])
        model.Session.commit()
    except Refusal as refusal:
        _closed(plan_id, number, STEP_REFUSED, [refusal.problem])
    except tk.ValidationError as error:
        _closed(plan_id, number, STEP_REFUSED, _said(error.error_dict))
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        _closed(plan_id, number, STEP_REFUSED, [{"code": "said", "said": [str(error.message or error)[:500]]}])
    except SearchError:
        log.exception("Step %d of the plan %s could not be indexed", number, plan_id)
        _closed(plan_id, number, STEP_FAILED, [{"code": "search"}])
    except Exception as error:
        log.exception("Step %d of the plan %s failed", number, plan_id)
        _closed(plan_id, number, STEP_FAILED, [{"code": "said", "said": [f"{type(error).__name__}: {error}"[:500]]}])


class Refusal(Exception):
    def __init__(self, **problem: Any) -> None:
        super().__init__(problem["code"])
        self.problem = problem


def _said(errors: Dict) -> list[Dict]:
    return [
        {"code": "invalid", "field": name, "said": validate.sentences(each), "near": []}
        for name, each in errors.items()
    ]  # fmt: skip


def _save(plan: Plan, step: Step, kit: Kit) -> Dict:
    """The dataset as it was previewed: unless it was changed meanwhile, the same rows make the same changes."""
    user = people.active(plan.run_by)
    if user is None:
        raise Refusal(code="no_person")
    if step.action == NEW:
        found = propose.new(kit, step.rows, plan.organization_id, user, plan.about["lang"])
        if found.action == REFUSED:
            raise Refusal(**found.problems[0])
        made = tk.get_action("package_create")(people.context(user), found.data)
        return {"id": made["id"], "saved": made["metadata_modified"], "ended": now().isoformat()}
    current = people.show(user, step.dataset_id, for_update=True)
    if propose.base(kit, step.rows, current).split(" ")[1] != step.base.split(" ")[1]:
        raise Refusal(code="moved_since", saved=current["metadata_modified"])
    if problem := _barred(plan, current, user):
        raise Refusal(**problem)
    data, problems = propose.data_of(kit, step.rows, current, plan.about["lang"])
    if problems:
        raise Refusal(**problems[0])
    made = tk.get_action("package_patch")(people.context(user), {"id": current["id"], **data})
    return {"id": made["id"], "saved": made["metadata_modified"], "ended": now().isoformat()}


def _closed(plan_id: str, number: int, state: str, problems: list[Dict]) -> None:
    model.Session.rollback()
    store.take(plan_id, number, READY, state=state, problems=problems, result={"ended": now().isoformat()})
    model.Session.commit()


__all__ = ["WAITING", "do", "look"]
