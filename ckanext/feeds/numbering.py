"""Numbers of changes: given after the commit, in an order that no concurrent transaction can upset; and how long tombstones stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from . import config, store
from .model import WITHDRAWN, history, numbers, row

# Key of the advisory lock under which changes are numbered.
_NUMBERING = 0x746F7770_66656564
_BATCH = 1000


@dataclass(frozen=True)
class Known:
    """Which history the numbers belong to, its last number, and up to which number and time tombstones were dropped."""

    epoch: str
    last: int
    floor: int
    floor_time: datetime | None


def number_changes() -> None:
    """Give each committed change that has none a number; commits.

    Numbers are given one after the other under a lock, to what is visible, so whoever has read all up to a number
    will find everything else above it. (Numbers given by the writers would become visible out of order.)
    """
    unnumbered = sa.select(row.c.package_id).where(row.c.change.is_(None))
    if model.Session.execute(unnumbered.limit(1)).first() is None:
        return
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(_NUMBERING)))
    # What a writer holds gets its number after that writer's change.
    ids = model.Session.execute(
        unnumbered.order_by(row.c.modified, row.c.package_id).with_for_update(skip_locked=True)
    ).scalars()
    for some in _batched(ids):
        _number(some)
    model.Session.commit()
    drop_old_tombstones()


def _number(ids: list[str]) -> None:
    chosen = (
        sa.func.unnest(sa.cast(ids, sa.ARRAY(sa.UnicodeText)))
        .table_valued("id", with_ordinality="place")
        .render_derived(name="these")
    )
    ordered = sa.select(chosen.c.id).order_by(chosen.c.place).subquery()
    numbered = sa.select(ordered.c.id, numbers.next_value().label("number")).subquery()
    given = {"change": numbered.c.number, "numbered": _clock()}
    model.Session.execute(sa.update(row).where(row.c.package_id == numbered.c.id).values(given))


def _batched(items: Iterable[str]) -> Iterator[list[str]]:
    source = iter(items)
    while some := list(islice(source, _BATCH)):
        yield some


def _clock() -> sa.ColumnElement[Any]:
    """The database's time at the start of the statement, which is after the lock was got."""
    return sa.func.timezone("UTC", sa.func.statement_timestamp())


def known() -> Known:
    """What tokens are measured against. The first call in a new database begins its history; commits then."""
    last = sa.select(sa.func.coalesce(sa.func.max(row.c.change), 0)).scalar_subquery()
    query = sa.select(history.c.epoch, last.label("last"), history.c.floor, history.c.floor_time)
    found = model.Session.execute(query).first()
    if found is None:
        model.Session.execute(insert(history).values(_beginning()).on_conflict_do_nothing())
        model.Session.commit()
        found = model.Session.execute(query).one()
    return Known(found.epoch, max(found.last, found.floor), found.floor, found.floor_time)


def begin_anew() -> None:
    """Begin a new history, so that everybody reads the whole again: after a backup was put back. Commits."""
    first = _beginning()
    statement = insert(history).values(first)
    model.Session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=first))
    model.Session.commit()


def _beginning() -> dict[str, Any]:
    return {"id": 1, "epoch": uuid.uuid4().hex[:12], "floor": 0, "floor_time": None}


def drop_old_tombstones() -> int:
    """Forget what left longer ago than is kept (``ckanext.feeds.tombstone_days``); commits. Returns how many."""
    days = config.tombstone_days()
    if not days:
        return 0
    known()
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(_NUMBERING)))
    until = store.now() - timedelta(days=days)
    age = sa.func.coalesce(row.c.numbered, row.c.modified)
    old = sa.and_(row.c.state == WITHDRAWN, row.c.change.is_not(None), age < until)
    dropped = model.Session.execute(sa.delete(row).where(old).returning(row.c.change, row.c.numbered)).all()
    told = [found for found in dropped if found.change]
    if told:
        floor, time = max(found.change for found in told), max(found.numbered for found in told)
        values = {"floor": sa.func.greatest(history.c.floor, floor), "floor_time": time}
        model.Session.execute(sa.update(history).values(values))
    model.Session.commit()
    return len(dropped)


def number_at(moment: datetime) -> int:
    """The last number that was given before a time (UTC), 0 when there is none."""
    after = model.Session.execute(sa.select(sa.func.min(row.c.change)).where(row.c.numbered >= moment)).scalar_one()
    if after is not None:
        return after - 1
    return known().last
