"""Whether what is stored is what a reader must get now, and the number of that state: one cheap query when nothing happened.

PostgreSQL's snapshot (``pg_current_snapshot``) names the transactions whose work is visible. While it is the same,
nothing at all was committed, so what was true at the last look is true now. Otherwise datasets and fragments are
compared, which takes milliseconds for ten thousand of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from . import config, numbering, store, sync
from .model import LIVE, package, row, shown
from .render import recipe


@dataclass(frozen=True)
class Version:
    """State of the whole feed: number and time (UTC) of its last change, how many datasets, and a text that no other state has."""

    number: int
    modified: datetime | None
    count: int
    token: str


@dataclass
class _Seen:
    """What the last look found, and under which snapshot and settings."""

    key: tuple[Any, ...] = ()
    version: Version | None = None


_seen = _Seen()
_guard = threading.Lock()


def verified() -> Version | None:
    """The feed's state, everything rendered that must be; None when datasets are missing and there is no time to render them."""
    key = _key()
    with _guard:
        if _seen.version is not None and _seen.key == key:
            return _seen.version
    whole = sync.catch_up(config.catch_up_seconds())
    if not whole and store.missing():
        return None
    numbering.number_changes()
    found = version(model.Session.connection())
    if whole:
        with _guard:
            # ``key`` is from before the look: what was committed since makes the next reader look again.
            _seen.key, _seen.version = key, found
    return found


def _key() -> tuple[Any, ...]:
    snapshot = model.Session.execute(sa.text("SELECT pg_current_snapshot()::text")).scalar_one()
    return (str(model.meta.engine and model.meta.engine.url), snapshot, recipe(), *config.excluded_types())


def version(connection: sa.Connection) -> Version:
    """The state that a connection's transaction sees."""
    loose = sa.select(_hash(row.c.package_id + row.c.digest)).where(row.c.change.is_(None)).scalar_subquery()
    last, newest = sa.func.max(row.c.change), sa.func.max(row.c.modified)
    number, modified, held = connection.execute(sa.select(last, newest, loose)).one()
    here = sa.func.coalesce(shown(), sa.false())
    live = row.outerjoin(package, package.c.id == row.c.package_id)
    count, hidden = sa.func.count().filter(here), _hash(sa.case((here, None), else_=row.c.package_id))
    found = connection.execute(sa.select(count, hidden).select_from(live).where(row.c.state == LIVE)).one()
    # What another writer holds has no number yet, and what has just been hidden by hand has its old one.
    return Version(number or 0, modified, found[0], f"{number}.{modified}.{found[0]}.{held or ''}.{found[1] or ''}")


def _hash(text: sa.ColumnElement[str]) -> Any:
    return sa.func.md5(sa.func.string_agg(text, sa.text("',' ORDER BY package_id")))


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """A connection whose queries all see one state of the database."""
    engine = model.meta.engine
    assert engine is not None
    with engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
