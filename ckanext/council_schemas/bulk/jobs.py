"""Jobs: plans are made and run by the worker, and taken up again where a worker was lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from . import settings, store, work
from .kit import Kit, kit
from .model import DONE, FAILED, PLANNED, PLANNING, QUEUED, READY, RUNNING, WAITING, Plan, now

log = logging.getLogger(__name__)
QUIET = timedelta(minutes=3)  # without a sign of life a plan is taken for broken off
ATTEMPTS = 10
SPARE = 600  # seconds more that the queue allows than a job allows itself


def plan(plan_id: str) -> None:
    """Look at each row of an uploaded sheet. Nothing but the plan is written."""
    _each(plan_id, (PLANNING,), PLANNING, WAITING, _look, PLANNED)


def run(plan_id: str) -> None:
    """Run what is left of a plan."""
    _each(plan_id, (QUEUED, RUNNING), RUNNING, READY, _do, DONE)


def pick_up() -> int:
    """Queue again the plans that show no sign of life. Returns how many."""
    found = store.unattended(now() - QUIET)
    lost = [each for each in found if each.about.get("attempts", 0) >= ATTEMPTS]
    for each in lost:
        each.state, each.ended, each.message = FAILED, now(), f"The work was broken off {ATTEMPTS} times."
    again = [(each.id, each.state) for each in found if each not in lost]
    for each in found:
        each.started = now()
    model.repo.commit()
    for plan_id, state in again:
        enqueue(plan_id, plan if state == PLANNING else run)
    return len(again)


def enqueue(plan_id: str, job: Callable[[str], None]) -> None:
    """Without a queue the plan waits, until the scheduled ``pick_up`` finds it."""
    title = f"Spreadsheet {plan_id}: {'preview' if job is plan else 'changes'}"
    try:
        tk.enqueue_job(job, [plan_id], title=title, rq_kwargs={"timeout": settings.timeout() + SPARE})
    except Exception:
        log.exception("The plan %s could not be queued", plan_id)


def _look(of: Plan, number: int, columns: Kit) -> None:
    step = store.step(of.id, number)
    if step.state != WAITING:
        model.Session.rollback()
        return
    try:
        work.look(of, step, columns)
        model.Session.commit()
    except Exception as error:
        log.exception("Row %d of the plan %s could not be looked at", number, of.id)
        model.Session.rollback()
        said = [{"code": "said", "said": [f"{type(error).__name__}: {error}"[:500]]}]
        store.take(of.id, number, WAITING, action="refused", state="closed", problems=said)
        model.Session.commit()


def _do(of: Plan, number: int, columns: Kit) -> None:
    work.do(of, number, columns)


def _each(plan_id: str, states: tuple[str, ...], running: str, open_: str, job: Any, ended: str) -> None:
    """Do the steps that are open, one after the other, while the plan is this job's and nobody stops it."""
    claimed: datetime | None = store.claim(plan_id, states, running, now() - QUIET)
    if claimed is None:
        return
    until = time.monotonic() + settings.timeout()
    columns = kit(store.plans_type(plan_id))
    while (number := store.next_step(plan_id, open_)) is not None:
        claimed = store.beat(plan_id, running, claimed)
        model.Session.commit()
        if claimed is None:
            return
        if time.monotonic() > until:
            _later(plan_id, running)
            return
        of = store.get(plan_id)
        assert of is not None
        job(of, number, columns)
    _end(plan_id, running, claimed, ended)


def _later(plan_id: str, running: str) -> None:
    of = store.locked(plan_id)
    if of is not None and of.state == running:
        of.beat, of.about = None, of.about | {"attempts": 0}
        model.Session.commit()
        enqueue(plan_id, plan if running == PLANNING else run)


def _end(plan_id: str, running: str, claimed: datetime, ended: str) -> None:
    of = store.locked(plan_id)
    if of is not None and of.state == running and of.beat == claimed:
        of.state, of.ended, of.beat = ended, now(), None
    model.Session.commit()
