"""Background jobs: harvest what is due, one job a node, so that workers take them side by side."""

from __future__ import annotations

import logging
from datetime import timedelta

from ckan import model
from ckan.plugins import toolkit

from .harvest import apply, lane, run, store
from .model import now

log = logging.getLogger(__name__)
LONGEST = 6 * 3600


def harvest_due() -> None:
    """Enqueue a harvest of each active node that is due, or whose last one was interrupted."""
    due = {node["id"]: node for node in [*store.due_nodes(), *store.interrupted_nodes()]}
    busy = lane.taken(due)
    for node in due.values():
        if node["id"] in busy:
            continue
        store.change_node(node["id"], due=now() + timedelta(hours=node["interval_hours"]))
        model.Session.commit()
        toolkit.enqueue_job(
            harvest_node, [node["name"]], title=f"Harvest {node['name']}", rq_kwargs={"timeout": LONGEST}
        )


def harvest_node(name: str) -> None:
    """Harvest one node; a busy lane is left alone."""
    node = store.node(name)
    if not node or node["state"] != "active":
        return
    try:
        run.harvest(node, apply.user())
    except lane.Busy:
        log.info("Node %s is being harvested already", name)


def plan_node(name: str, user: str) -> None:
    """Make a plan for a steward to read."""
    node = store.node(name)
    if node:
        try:
            run.plan(node, user)
        except lane.Busy:
            log.info("Node %s is being harvested already", name)


def apply_plan(run_id: str, user: str, approve: bool) -> None:
    """Apply a plan that a steward let go."""
    try:
        run.apply_plan(run_id, user, approve)
    except (lane.Busy, run.Stale) as error:
        log.warning("Plan %s was not applied: %s", run_id, error)
