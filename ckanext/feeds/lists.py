"""Changes of the feed in lists: newest first for who follows them, in their order for OAI-PMH."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model

from . import documents, source
from .forms import Entry
from .forms.oai import Asked
from .model import document, package, row, shown

_group: sa.Table = model.Group.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Listed:
    """A change. ``when`` (UTC) grows with ``number``; ``data`` is the stored form that was asked for, None for a dataset
    that left the feed; ``organization`` is its owner's name, empty without one."""

    number: int
    package_id: str
    uri: str
    when: datetime
    organization: str
    is_shown: bool
    data: bytes | None

    def entry(self) -> Entry | None:
        """What the public sees of the dataset; ``data`` must be the form ``source``."""
        if self.data is None:
            return None
        return Entry(self.package_id, self.uri, self.when, source.from_bytes(documents.unpack(self.data)))


def newest(before: int | None, limit: int) -> list[Listed]:
    """The last changes before a number, newest first, with the form ``source``."""
    query = _listed(documents.SOURCE).order_by(row.c.change.desc()).limit(limit)
    return _read(query.where(row.c.change < before) if before is not None else query)


def wanted(asked: Asked, form: str | None, limit: int) -> list[Listed]:
    """What an OAI-PMH list goes on with; without a form only what headers say."""
    return _read(_filtered(_listed(form), asked).order_by(row.c.change).limit(limit))


def count(asked: Asked) -> int:
    """How many records the whole list has."""
    query = _filtered(sa.select(sa.func.count()).select_from(_joined()), asked)
    return model.Session.execute(query.where(row.c.change > 0)).scalar_one()


def one(package_id: str, form: str | None) -> Listed | None:
    found = _read(_listed(form).where(row.c.package_id == package_id))
    return found[0] if found else None


def first() -> datetime | None:
    """The earliest time in the lists, None when they are empty."""
    return model.Session.execute(sa.select(sa.func.min(row.c.numbered)).where(row.c.change > 0)).scalar_one()


def organizations() -> list[tuple[str, str]]:
    """Name and title of those that have a dataset in the feed."""
    owners = (
        sa.select(package.c.owner_org).select_from(package.join(row, row.c.package_id == package.c.id)).where(shown())
    )
    query = sa.select(_group.c.name, _group.c.title).where(_group.c.id.in_(owners), _group.c.state == "active")
    return [(found.name, found.title) for found in model.Session.execute(query.order_by(_group.c.name))]


def _joined() -> Any:
    joined = row.outerjoin(package, package.c.id == row.c.package_id)
    return joined.outerjoin(_group, sa.and_(_group.c.id == package.c.owner_org, _group.c.state == "active"))


def _listed(form: str | None) -> sa.Select[Any]:
    joined, data = _joined(), sa.null()
    if form:
        there = sa.and_(document.c.package_id == row.c.package_id, document.c.form == form)
        joined, data = joined.outerjoin(document, there), document.c.data
    is_shown = sa.func.coalesce(shown(), sa.false())
    columns = [
        row.c.change,
        row.c.package_id,
        row.c.uri,
        sa.func.coalesce(row.c.numbered, row.c.modified),
        _group.c.name,
    ]
    return sa.select(*columns, is_shown, data).select_from(joined).where(row.c.change > 0)


def _filtered(query: sa.Select[Any], asked: Asked) -> sa.Select[Any]:
    if asked.after:
        query = query.where(row.c.change > asked.after)
    if asked.since:
        query = query.where(row.c.numbered >= asked.since)
    if asked.until:
        # Times are told in whole seconds.
        query = query.where(row.c.numbered < asked.until + timedelta(seconds=1))
    return query.where(_group.c.name == asked.set) if asked.set else query


def _read(query: sa.Select[Any]) -> list[Listed]:
    return [
        Listed(number, package_id, uri, when, name or "", is_shown, bytes(data) if is_shown and data else None)
        for number, package_id, uri, when, name, is_shown, data in model.Session.execute(query)
    ]
