"""Jobs: an uploaded file is checked, and checks that nobody works on are queued again."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model

from ..check import Progress, Report
from . import copies, reading, release, retention, store, watch
from .model import FAILED, RUNNING, UNREADABLE, WAITING, Check, now

log = logging.getLogger(__name__)
BEAT = 5  # seconds between two signs of life
QUIET = timedelta(minutes=3)  # without a sign of life a check is taken for broken off
ATTEMPTS = 3


class Superseded(Exception):
    """Somebody asked for another check meanwhile: this one's result is not wanted."""


def run(check_id: str) -> None:
    """Check one uploaded file. A second job for the same check does nothing while the first is at work."""
    started = _claim(check_id)
    if started is None:
        return
    try:
        found, table = _look(check_id, started)
    except Superseded:
        model.Session.rollback()
        return
    except Exception as error:  # also RQ's time limit: the file stays held, and its editors read why
        log.exception("The check %s failed", check_id)
        model.Session.rollback()
        _fail(check_id, started, f"{type(error).__name__}: {error}"[:500])
        return
    _finish(check_id, started, found, table)


def check_pending() -> int:
    """Queue again the checks that wait or run and show no sign of life. Returns how many."""
    found = store.unfinished(now() - QUIET)
    lost = [check for check in found if check.report.get("attempts", 0) >= ATTEMPTS]
    again = [check.id for check in found if check not in lost]
    for check in found:
        check.beat = now()
    for check in lost:
        check.state, check.ended, check.message = FAILED, now(), f"The check was broken off {ATTEMPTS} times."
    model.repo.commit()
    watch.enqueue(again)
    if found:
        log.info("Checks without a sign of life: %d queued again, %d given up", len(again), len(lost))
    return len(again)


def remove_originals() -> int:
    """Daily: originals that are older than the setting says go. Returns how many."""
    done = retention.remove()
    if done:
        log.info("%d originals of tidied or redacted files removed", done)
    return done


def _claim(check_id: str) -> Any:
    """Take the check on, for this job alone; None where there is nothing to do."""
    table, moment = store.table, now()
    free = sa.or_(
        table.c.state == WAITING,
        sa.and_(table.c.state == RUNNING, sa.func.coalesce(table.c.beat, table.c.uploaded) < moment - QUIET),
    )
    asked = sa.select(table.c.report).where(table.c.id == check_id, table.c.current, free).with_for_update()
    row = model.Session.execute(asked).first()
    if row:
        attempts = {"attempts": (row.report or {}).get("attempts", 0) + 1}
        values = {"state": RUNNING, "started": moment, "beat": moment, "report": attempts, "progress": 0, "message": ""}
        model.Session.execute(sa.update(table).where(table.c.id == check_id).values(**values))
    model.Session.commit()
    return moment if row else None


def _mine(check_id: str, started: Any) -> Any:
    of = store.table.c
    return sa.and_(of.id == check_id, of.state == RUNNING, of.started == started, of.current)


def _look(check_id: str, started: Any) -> tuple[Report, str]:
    check = store.get(check_id)
    resource: Any = model.Resource.get(check.resource_id) if check else None
    if check is None or resource is None:
        raise Superseded
    package, name = resource.package, check.name or resource.url
    table, own = reading.table_of(check, package), dict(check.mapping)
    owner_org = package.owner_org
    with reading.uploaded(resource) as path:
        model.Session.commit()  # no transaction stays open while the file is read
        mapping = own or reading.kept_mapping(path, name, table, owner_org)
        model.Session.commit()
        return reading.report(path, name, table, mapping, _beats(check_id, started)), table.code if table else ""


def _beats(check_id: str, started: Any) -> Any:
    last = [time.monotonic()]

    def beat(progress: Progress) -> None:
        if time.monotonic() - last[0] < BEAT:
            return
        last[0] = time.monotonic()
        values = {"beat": now(), "progress": progress.done, "total": progress.total, "rows": progress.rows}
        told: Any = model.Session.execute(sa.update(store.table).where(_mine(check_id, started)).values(**values))
        model.Session.commit()
        if not told.rowcount:
            raise Superseded

    return beat


def _fail(check_id: str, started: Any, message: str) -> None:
    values = {"state": FAILED, "message": message, "ended": now()}
    model.Session.execute(sa.update(store.table).where(_mine(check_id, started)).values(**values))
    model.Session.commit()


def _finish(check_id: str, started: Any, found: Report, table: str) -> None:
    """The result into the row, and the file to the public if nothing holds it."""
    check = model.Session.execute(sa.select(Check).where(_mine(check_id, started)).with_for_update()).scalar()
    if check is None:
        model.Session.rollback()
        return
    if check.sha256 and check.sha256 != found.sha256:
        check.problems_waived = check.personal_decided = False  # another file than the one decided on
    check.sha256, check.bytes, check.rows = found.sha256, found.bytes, found.rows
    check.problems, check.warnings, check.personal = found.errors, found.warnings, found.personal
    check.report, check.message = found.to_dict(), found.stopped or ""
    check.ended = check.beat = now()
    check.progress = check.total = found.bytes
    if not check.table_chosen:
        check.table = table
    check.state = UNREADABLE if found.stopped else release.judged(check)
    copies.lapse(check)
    release.settle(check, "file_checked")


def queue_again(check: Check) -> None:
    """Have a check done anew; the caller commits, and then calls ``watch.enqueue``."""
    check.state, check.started, check.beat, check.message = WAITING, None, now(), ""
    check.report = {}
