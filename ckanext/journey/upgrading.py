"""After an upgrade that makes other rows of the same events, the tables are made again: by a job, once.

`projection.VERSION` says which rows this code makes, `journey_projected` by which the tables were made.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model as ckan_model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import insert

from . import held, model, reindexing, store
from .lineage import project
from .projection import VERSION

log = logging.getLogger(__name__)
HOURS = 12 * 3600  # what a ledger of millions of events may take
SIGN_OF_LIFE = 300  # seconds; without one a job is taken for broken off
_EVENTS = sa.text("SELECT count(*) FROM journey_event")
_DATASETS = sa.text("SELECT DISTINCT package_id FROM journey_step WHERE package_id IS NOT NULL")


def made_by(conn: sa.Connection) -> int:
    """The version by which the tables were made; 0 where that was before versions were noted."""
    version = conn.execute(sa.select(model.projected.c.version)).scalar()
    if version is None and not conn.execute(sa.text("SELECT EXISTS (SELECT 1 FROM journey_event)")).scalar():
        _mark(conn)  # a new portal
        return VERSION
    return version or 0


def _mark(conn: sa.Connection) -> None:
    values = {"version": VERSION, "made": datetime.now(UTC)}
    statement = insert(model.projected).values(id=1, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def rebuild(conn: sa.Connection, if_needed: bool = False, tell: Callable[[int, int], None] | None = None) -> int | None:
    """Make the tables again in the caller's transaction; the number of events, None where it was not needed.

    `tell` hears of the progress: events done, and all. Others that rebuild are waited for.
    """
    project.stop_others(conn)
    if if_needed and made_by(conn) == VERSION:
        return None
    total = conn.execute(_EVENTS).scalar_one()
    tell = tell or _note
    tell(0, total)
    count = store.rebuild(conn, lambda done: tell(done, total))
    project.everything(conn)
    _mark(conn)
    return count


def ask() -> bool:
    """Have the tables made again by the worker if they are of another version; whether that was asked for now."""
    conn = ckan_model.Session.connection()
    needed = made_by(conn) != VERSION
    ckan_model.Session.commit()
    if not needed or progress():
        return False
    _note(0, 0)
    tk.enqueue_job(work, [], title="Journey: tables made anew after an upgrade", rq_kwargs={"timeout": HOURS})
    return True


def work() -> None:
    """The job. Readers see the rows of before until it is done; who writes to the ledger waits."""
    try:
        held.settle()
        done = tk.get_action("journey_rebuild")({"ignore_auth": True}, {"if_needed": True})
        if done["needed"]:
            reindexing.soon(ckan_model.Session.execute(_DATASETS).scalars())
            log.info("Journey: the tables were made anew from %d events", done["events"])
    finally:
        connect_to_redis().delete(_key())


def progress() -> dict[str, Any] | None:
    """`done` and `total` of a rebuild that is asked for or at work, None if there is none. Told by a sign of life."""
    found: Any = connect_to_redis().get(_key())
    return json.loads(found) if found else None


def _note(done: int, total: int) -> None:
    connect_to_redis().set(_key(), json.dumps({"done": done, "total": total, "at": time.time()}), ex=SIGN_OF_LIFE)


def _key() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:journey:rebuild"
