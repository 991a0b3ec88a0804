"""Runs of a node, from plan to end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model

from ...model import new_id, now, outcome_table, run_table
from .query import Row, every, one

ENDED = ("done", "unchanged", "failed", "superseded", "cancelled")


def kind(run: Row) -> str:
    """What a run is: ``harvest``, ``roll-back``, ``retry`` (of quarantined records) or ``by-hand`` (a steward said which
    datasets are one)."""
    if run["undoes"]:
        return "roll-back"
    return "retry" if "retried" in run["counts"] else "by-hand" if "by_hand" in run["counts"] else "harvest"


def add_run(node_id: str, status: str, **values: Any) -> str:
    """Insert a run; its id."""
    run_id = new_id()
    model.Session.execute(sa.insert(run_table).values(id=run_id, node_id=node_id, status=status, **values))
    return run_id


def change_run(run_id: str, **values: Any) -> None:
    """Update columns of a run, and its heartbeat."""
    model.Session.execute(sa.update(run_table).where(run_table.c.id == run_id).values(heartbeat=now(), **values))


def run(run_id: str) -> Row | None:
    """A run by id."""
    return one(sa.select(run_table).where(run_table.c.id == run_id))


def runs(node_id: str, limit: int, offset: int = 0) -> list[Row]:
    """A node's runs, the latest first."""
    query = sa.select(run_table).where(run_table.c.node_id == node_id).order_by(run_table.c.started.desc())
    return every(query.limit(limit).offset(offset))


def latest_runs(node_ids: Iterable[str]) -> dict[str, Row]:
    """The latest run of each node that has one."""
    query = (
        sa.select(run_table)
        .where(run_table.c.node_id.in_(list(node_ids)))
        .distinct(run_table.c.node_id)
        .order_by(run_table.c.node_id, run_table.c.started.desc())
    )
    return {row["node_id"]: row for row in every(query)}


def last_success(node_id: str) -> Any:
    """When a harvest of the node last went through, or None."""
    query = sa.select(sa.func.max(run_table.c.finished)).where(run_table.c.node_id == node_id)
    return model.Session.execute(query.where(run_table.c.status.in_(("done", "unchanged")))).scalar()


def interrupted_roll_backs() -> list[Row]:
    """Roll backs that did not end; their nodes are paused."""
    query = sa.select(run_table).where(run_table.c.status == "applying", run_table.c.undoes != "")
    return every(query)


def open_runs(node_id: str) -> list[Row]:
    """Runs that have not ended, the oldest first."""
    query = sa.select(run_table).where(run_table.c.node_id == node_id, run_table.c.status.not_in(ENDED))
    return every(query.order_by(run_table.c.started))


def prune(node_id: str, keep: int) -> None:
    """Drop the outcomes of all but a node's latest runs that ended."""
    latest = (
        sa.select(run_table.c.id).where(run_table.c.node_id == node_id).order_by(run_table.c.started.desc()).limit(keep)
    )
    old = sa.select(run_table.c.id).where(run_table.c.node_id == node_id, run_table.c.id.not_in(latest))
    model.Session.execute(
        sa.delete(outcome_table).where(outcome_table.c.run_id.in_(old.where(run_table.c.status.in_(ENDED))))
    )
