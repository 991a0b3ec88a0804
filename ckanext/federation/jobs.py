"""Background jobs: harvest what is due, one job a node, in a queue of their own that the lanes (``lanes``) work off."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ckan import model
from ckan.lib import jobs as queues
from ckan.plugins import toolkit

from . import config
from .harvest import control, lane, portal, run, store
from .model import now

log = logging.getLogger(__name__)
LONGEST = 6 * 3600


def enqueue(_node_id: str, job: Callable[..., None], arguments: list[Any], title: str) -> None:
    """Leave work on a node to a worker."""
    toolkit.enqueue_job(job, arguments, title=title, queue=config.queue(), rq_kwargs={"timeout": LONGEST})


def harvest_due() -> None:
    """Enqueue a harvest of each active node that is due, or whose last one was interrupted; and unfinished roll backs."""
    due = {node["id"]: node for node in [*store.due_nodes(), *store.interrupted_nodes()]}
    undoing = store.interrupted_roll_backs()
    busy = lane.taken([*due, *(one["node_id"] for one in undoing)])
    waiting = {(job.func_name, tuple(job.args)) for job in queues.get_queue(config.queue()).get_jobs()}
    for node in due.values():
        if node["id"] in busy or (f"{__name__}.{harvest_node.__name__}", (node["name"],)) in waiting:
            continue
        store.change_node(node["id"], due=now() + timedelta(hours=node["interval_hours"]))
        model.Session.commit()
        enqueue(node["id"], harvest_node, [node["name"]], f"Harvest {node['name']}")
    for one in undoing:
        if one["node_id"] not in busy:
            enqueue(one["node_id"], apply_plan, [one["id"], one["user_id"], True], f"Go on with roll back {one['id']}")


def harvest_node(name: str) -> None:
    """Harvest one node; a busy lane is left alone."""
    node = store.node(name)
    if not node or node["state"] != "active":
        return
    _quietly(lambda: run.harvest(node, portal.user()), name)


def plan_node(name: str, user: str) -> None:
    """Make a plan for a steward to read."""
    node = store.node(name)
    if node:
        _quietly(lambda: run.plan(node, user), name)


def apply_plan(run_id: str, user: str, approve: bool) -> None:
    """Apply a plan that a steward let go, or go on with a run."""
    _quietly(lambda: run.apply_plan(run_id, user, approve), run_id)


def roll_back(run_id: str, user: str) -> None:
    """Undo what a run did."""
    _quietly(lambda: run.roll_back(run_id, user), run_id)


def retry(name: str, upstream_ids: list[str], user: str) -> None:
    """Try quarantined records again."""
    node = store.node(name)
    if node:
        _quietly(lambda: run.retry(node, upstream_ids, user), name)


def _quietly(work: Callable[[], Any], what: str) -> None:
    try:
        work()
    except (lane.Busy, run.Stale, control.NotPossible) as error:
        log.warning("%s: %s", what, error)
