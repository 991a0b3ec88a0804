"""Orders the stages: fetch, read, compare, guard; apply. Maps what goes wrong to a run's outcome, once."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from datetime import timedelta

from ckan import model

from .. import config
from ..model import now
from . import control, fetch, lane, parting, quarantine, store, telling, undo
from .apply import Applier
from .planner import SECONDS_BETWEEN_HEARTBEATS, Planner, Progress, policy_of, remember_feed, summary
from .record import FeedError

log = logging.getLogger(__name__)


class Stale(Exception):
    """This plan cannot be applied (any more); the text says why."""


def plan(node: store.Row, user: str, progress: Progress = lambda _line: None) -> str:
    """Make a plan and leave it waiting; the run's id. Plans that wait are superseded.

    :raises lane.Busy: a harvest of this node is under way.
    """
    with lane.lane(node["id"]):
        _supersede(node["id"])
        return _plan(node, user, progress)


def harvest(node: store.Row, user: str, approve: bool = False, progress: Progress = lambda _line: None) -> str:
    """Finish what a dead process left, make a plan, and apply it unless the guard holds it; the run's id.

    :raises lane.Busy: a harvest of this node is under way.
    """
    with lane.lane(node["id"]):
        for left in store.open_runs(node["id"]):
            if left["status"] == "applying":
                progress(f"Resuming the run of {left['started']:%Y-%m-%d %H:%M} that did not end")
                _apply(node, left["id"], progress, fetched=False)
        _supersede(node["id"])
        run_id = _plan(node, user, progress)
        run = store.run(run_id) or {}
        if run.get("status") == "planned" or (approve and run.get("status") == "held"):
            if run["status"] == "held":
                store.change_run(run_id, approved_by=user)
            _apply(node, run_id, progress)
        return run_id


def apply_plan(run_id: str, user: str, approve: bool, progress: Progress = lambda _line: None) -> None:
    """Apply a plan that waits; a held one only with ``approve``.

    :raises Stale: it waits no longer, or is held and not approved.
    :raises lane.Busy: a harvest of this node is under way.
    """
    run = store.run(run_id)
    node = store.node(run["node_id"]) if run else None
    if not run or not node:
        raise Stale("There is no such plan.")
    with lane.lane(node["id"]):
        run = store.run(run_id) or run
        if run["status"] == "held" and not approve:
            raise Stale("The guard holds this plan: " + " ".join(run["held"]))
        if run["status"] not in ("planned", "held", "applying", "paused"):
            raise Stale(f"This plan cannot be applied: it is {run['status']}.")
        if run["status"] == "held":
            store.change_run(run_id, approved_by=user)
        store.change_run(run_id, ordered="")
        _apply(node, run_id, progress, fetched=False)


def roll_back(run_id: str, user: str, progress: Progress = lambda _line: None) -> str:
    """Undo what a run did, where nobody changed it since; the id of the run that does it.

    :raises control.NotPossible: the run changed nothing, has not ended, or was rolled back already.
    :raises lane.Busy: a harvest of this node is under way.
    """
    run = store.run(run_id)
    node = store.node(run["node_id"]) if run else None
    if not run or not node:
        raise control.NotPossible("There is no such run.")
    with lane.lane(node["id"]):
        _supersede(node["id"])
        undoing = undo.prepare(run_id, user)
        _apply(node, undoing, progress)
    return undoing


def retry(node: store.Row, upstream_ids: list[str], user: str, progress: Progress = lambda _line: None) -> str:
    """Try quarantined records again (all when none is named); the id of the run that does it.

    :raises control.NotPossible: none of them is quarantined.
    :raises lane.Busy: a harvest of this node is under way.
    """
    with lane.lane(node["id"]):
        run_id = quarantine.prepare(node, upstream_ids, policy_of(node), user)
        _apply(node, run_id, progress)
    return run_id


def split(package_id: str, node: store.Row, user: str, progress: Progress = lambda _line: None) -> str:
    """Give the node's record of a dataset that others have one of its own; the id of the run that does it.

    :raises control.NotPossible: the node has none, or nobody else has.
    :raises lane.Busy: a harvest of this node is under way.
    """
    with lane.lane(node["id"]):
        run_id = parting.prepare(node["id"], parting.splitting(package_id, node), user)
        _apply(node, run_id, progress)
    return run_id


def join(package_id: str, other_id: str, user: str, progress: Progress = lambda _line: None) -> list[str]:
    """Make one dataset of two: the records of ``other_id`` become those of ``package_id``; the ids of the runs, one a node.

    :raises control.NotPossible: they are one, were not harvested, or one node has both.
    :raises lane.Busy: a harvest of one of the nodes is under way.
    """
    runs: list[str] = []
    for node_id in parting.joining(package_id, other_id):
        node = store.node(node_id)
        assert node is not None
        with lane.lane(node_id):
            step = parting.joining(package_id, other_id)[node_id]
            runs.append(parting.prepare(node_id, step, user))
            _apply(node, runs[-1], progress)
    return runs


def _supersede(node_id: str) -> None:
    for left in store.open_runs(node_id):
        store.change_run(left["id"], status="superseded", finished=now())
    model.Session.commit()


def _plan(node: store.Row, user: str, progress: Progress) -> str:
    policy = policy_of(node)
    run_id = store.add_run(node["id"], "planning", user_id=user, url=node["feed_url"], policy_digest=policy.digest())
    store.change_node(node["id"], due=now() + timedelta(hours=node["interval_hours"]))
    model.Session.commit()
    try:
        Planner(node, run_id, policy, progress).make()
    except (fetch.FetchError, FeedError) as error:
        _failed(run_id, str(error))
    except control.Stop:
        model.Session.rollback()
        control.stop(run_id, control.CANCEL)
    except Exception as error:
        log.exception("The harvest of %s failed", node["name"])
        _failed(run_id, f"The portal failed on it ({type(error).__name__}: {str(error)[:300]}).")
    return run_id


def _failed(run_id: str, reason: str) -> None:
    model.Session.rollback()
    store.change_run(run_id, status="failed", error=reason, finished=now())
    model.Session.commit()


def _apply(node: store.Row, run_id: str, progress: Progress, fetched: bool = True) -> None:
    """``fetched``: it was this process that read the feed, and told of it."""
    store.change_run(run_id, status="applying")
    model.Session.commit()
    applier = Applier(node, run_id)
    if not fetched:
        telling.fetched(node, store.run(run_id) or {})
    try:
        applier.steps.tell_again()
        applier.indexing.catch_up()
        control.check(run_id)
        _all_steps(applier, run_id, progress)
    except control.Stop as stop:
        applier.end()
        control.stop(run_id, stop.order)
        progress(summary(store.run(run_id) or {}))
        return
    results = store.outcome_counts(run_id)
    store.change_run(run_id, status="done", results=results, finished=now())
    store.prune(node["id"], config.keep_runs())
    model.Session.commit()
    run = store.run(run_id) or {}
    if not results.get("failed") and store.kind(run) == "harvest":
        remember_feed(node, run)
    progress(summary(run))


def _all_steps(applier: Applier, run_id: str, progress: Progress) -> None:
    """:raises control.Stop: somebody asked for it; what is done is done."""
    beat = time.monotonic()
    with closing(applier.apply()) as statuses:
        for _status in statuses:
            if time.monotonic() - beat > SECONDS_BETWEEN_HEARTBEATS:
                beat = time.monotonic()
                results = store.outcome_counts(run_id)
                store.change_run(run_id, results=results)
                model.Session.commit()
                progress(f"{sum(results.values()) - results.get('planned', 0)} of {sum(results.values())} done")
                control.check(run_id)
