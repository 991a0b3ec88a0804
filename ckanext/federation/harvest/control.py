"""What a person asks of a run that is under way: pause, cancel, go on; and how long it will take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model

from ..model import now, outcome_table, run_table
from . import lane, store

PAUSE, CANCEL = "pause", "cancel"
WINDOW = timedelta(seconds=60)  # the pace of the last minute tells how long the rest takes
CANCELLED = "The run was cancelled before this was done."


class Stop(Exception):
    """A person asked the run to stop; ``order`` says how."""

    def __init__(self, order: str):
        super().__init__(order)
        self.order = order


class NotPossible(Exception):
    """The run is not in a state for it; the text says why."""


def check(run_id: str) -> None:
    """:raises Stop: somebody asked for it."""
    order = model.Session.execute(sa.select(run_table.c.ordered).where(run_table.c.id == run_id)).scalar()
    if order:
        raise Stop(order)


def order(run: store.Row, what: str) -> str:
    """Ask a run to pause or to be cancelled; one that is not running is at once. Commits; the run's status now.

    :raises NotPossible: it has ended, or (to pause) is not under way.
    """
    if run["status"] in store.ENDED:
        raise NotPossible(f"This run has ended: it is {run['status']}.")
    try:
        with lane.lane(run["node_id"]):
            stop(run["id"], what)
    except lane.Busy:
        store.change_run(run["id"], ordered=what)
        model.Session.commit()
    return (store.run(run["id"]) or run)["status"]


def stop(run_id: str, what: str) -> None:
    """Put an end to a run, or lay it aside. Commits."""
    status = (store.run(run_id) or {}).get("status")
    if status in store.ENDED:
        return
    if what == PAUSE:
        if status == "applying":
            store.change_run(run_id, status="paused", ordered="", results=store.outcome_counts(run_id))
        else:
            store.change_run(run_id, ordered="")
    else:
        waiting = sa.and_(outcome_table.c.run_id == run_id, outcome_table.c.status == "planned")
        values = {"status": "cancelled", "reason": CANCELLED, "settled": now()}
        model.Session.execute(sa.update(outcome_table).where(waiting).values(**values))
        counts = store.outcome_counts(run_id)
        store.change_run(run_id, status="cancelled", ordered="", results=counts, finished=now())
    model.Session.commit()


def pace(run: store.Row, node: store.Row) -> dict[str, Any]:
    """How far a run is: ``done`` and ``total`` (steps, or records while the feed is read), ``per_second``,
    ``seconds_left``, ``ends`` (UTC); None for what cannot be told."""
    if run["status"] == "planning":
        done, total = run["counts"].get("records", 0), node["last_records"] or None
        elapsed = (now() - run["started"]).total_seconds()
        rate = done / elapsed if elapsed > 0 else 0.0
    else:
        counts = store.outcome_counts(run["id"])
        total = sum(counts.values()) - counts.get("refused", 0)
        done = total - counts.get("planned", 0)
        rate = _recent(run["id"])
    left = round((total - done) / rate) if rate and total and total >= done else None
    ends = now() + timedelta(seconds=left) if left is not None else None
    return {"done": done, "total": total, "per_second": round(rate, 2), "seconds_left": left, "ends": ends}


def _recent(run_id: str) -> float:
    """Steps a second, of the last minute in which any was done."""
    settled = outcome_table.c.settled
    of_run = sa.and_(outcome_table.c.run_id == run_id, outcome_table.c.status != "planned")
    last = model.Session.execute(sa.select(sa.func.max(settled)).where(of_run)).scalar()
    if last is None:
        return 0.0
    query = sa.select(sa.func.count(), sa.func.min(settled)).where(of_run, settled > last - WINDOW)
    number, first = model.Session.execute(query).one()
    return number / max(1.0, (last - first).total_seconds())
