"""Plans and runs: made, applied, paused, cancelled, rolled back, shown."""

from __future__ import annotations

from typing import Any

from ckan.logic import validate
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ... import jobs
from ...harvest import control, run, store
from .. import schema
from .shared import find_node, find_run, in_lane, plain, progress_of, shown_run, user_of, with_kind


@validate(schema.node_id)
def federation_plan(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Fetch a node's feed and make a plan of what a harvest would do, without doing it.

    :param id: the node's name or id
    :returns: the run with its outcomes, as ``federation_run_show``
    """
    toolkit.check_access("federation_plan", context, data_dict)
    made = in_lane(lambda: run.plan(find_node(data_dict["id"]), user_of(context), progress_of(context)))
    return shown_run(made, 1000, 0)


@validate(schema.run_node)
def federation_run(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Harvest a node: make a plan, and apply it unless the guard holds it for a steward.

    :param id: the node's name or id
    :param approve: apply the plan though the guard holds it
    :returns: the run with its outcomes, as ``federation_run_show``
    """
    toolkit.check_access("federation_run", context, data_dict)
    node, approve = find_node(data_dict["id"]), data_dict["approve"]
    made = in_lane(lambda: run.harvest(node, user_of(context), approve, progress_of(context)))
    return shown_run(made, 1000, 0)


@validate(schema.plan_apply)
def federation_plan_apply(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Apply a plan that waits.

    :param id: the run's id
    :param approve: needed where the guard holds it
    :param background: let the job worker do it, and return at once
    """
    toolkit.check_access("federation_plan_apply", context, data_dict)
    if data_dict["background"]:
        _queue(
            jobs.apply_plan, [data_dict["id"], user_of(context), data_dict["approve"]], f"Apply plan {data_dict['id']}"
        )
    else:
        in_lane(lambda: run.apply_plan(data_dict["id"], user_of(context), data_dict["approve"], progress_of(context)))
    return shown_run(data_dict["id"], 1000, 0)


@toolkit.side_effect_free
@validate(schema.run_show)
def federation_run_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A run: ``kind`` (harvest, roll-back, retry, by-hand), status, counts, why it is held or failed, and its outcomes with
    their reasons, notes and differences.

    :param id: the run's id
    :param status: only outcomes of this status (planned, created, updated, restored, withdrawn, refused, quarantined, failed)
    :param action: only outcomes of this action (create, update, restore, withdraw, refuse)
    :param limit: most outcomes (100; up to 1,000)
    :param offset: outcomes to pass over
    """
    toolkit.check_access("federation_run_show", context, data_dict)
    window = data_dict["limit"], data_dict["offset"]
    return shown_run(data_dict["id"], *window, status=data_dict["status"], action=data_dict["action"])


@toolkit.side_effect_free
@validate(schema.run_list)
def federation_run_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """A node's runs, the latest first.

    :param id: the node's name or id
    :param limit: most runs (20; up to 200)
    :param offset: runs to pass over
    """
    toolkit.check_access("federation_run_list", context, data_dict)
    return [with_kind(row) for row in store.runs(data_dict["id"], data_dict["limit"], data_dict["offset"])]


@toolkit.side_effect_free
@validate(schema.run_show)
def federation_outcome_show(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Outcomes of a run with their raw records, for looking into what was refused or quarantined.

    See ``federation_run_show`` for the parameters.
    """
    toolkit.check_access("federation_outcome_show", context, data_dict)
    rows = store.outcomes(
        data_dict["id"], data_dict["status"], data_dict["action"], data_dict["limit"], data_dict["offset"]
    )
    return [plain(row) for row in rows]


@validate(schema.run_id)
def federation_run_pause(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Lay a run aside; within seconds it stops after the step it is at. While the feed is read, once the plan is made.

    :param id: the run's id
    :returns: the run, as ``federation_run_show`` without outcomes
    """
    toolkit.check_access("federation_run_pause", context, data_dict)
    found = find_run(data_dict["id"])
    if found["status"] not in ("planning", "applying"):
        raise toolkit.ValidationError({"id": [toolkit._("Only a run that is under way can be paused.")]})
    in_lane(lambda: control.order(found, control.PAUSE))
    return shown_run(data_dict["id"], 0, 0)


@validate(schema.run_id)
def federation_run_cancel(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Cancel a run or a plan that waits. What is done stays done (and can be rolled back); the rest is not done.

    :param id: the run's id
    :returns: the run, as ``federation_run_show`` without outcomes
    """
    toolkit.check_access("federation_run_cancel", context, data_dict)
    in_lane(lambda: control.order(find_run(data_dict["id"]), control.CANCEL))
    return shown_run(data_dict["id"], 0, 0)


@validate(schema.run_background)
def federation_run_resume(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Go on with a run that was paused or interrupted, where it was.

    :param id: the run's id
    :param background: let the job worker do it, and return at once
    :returns: the run, as ``federation_run_show`` without outcomes
    """
    toolkit.check_access("federation_run_resume", context, data_dict)
    run_id = data_dict["id"]
    if find_run(run_id)["status"] not in ("paused", "applying"):
        raise toolkit.ValidationError({"id": [toolkit._("Only a run that is paused can go on.")]})
    if data_dict["background"]:
        _queue(jobs.apply_plan, [run_id, user_of(context), True], f"Resume run {run_id}")
    else:
        in_lane(lambda: run.apply_plan(run_id, user_of(context), True, progress_of(context)))
    return shown_run(run_id, 0, 0)


@validate(schema.run_background)
def federation_run_roll_back(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Undo what a run did: earlier values come back, what it created is deleted, what it withdrew is published again.

    What was changed here since stays, and is named. The node's schedule is paused, lest the next harvest does it again.

    :param id: the run's id
    :param background: let the job worker do it, and return at once
    :returns: the run that does it, with its outcomes (undone or kept, and why); in the background the run itself
    """
    toolkit.check_access("federation_run_roll_back", context, data_dict)
    run_id = data_dict["id"]
    if data_dict["background"]:
        _queue(jobs.roll_back, [run_id, user_of(context)], f"Roll back run {run_id}")
        return shown_run(run_id, 0, 0)
    return shown_run(in_lane(lambda: run.roll_back(run_id, user_of(context), progress_of(context))), 1000, 0)


def _queue(job: Any, arguments: list[Any], title: str) -> None:
    jobs.enqueue(find_run(arguments[0])["node_id"], job, arguments, title)
