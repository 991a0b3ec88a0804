"""What changed since a reader last looked: datasets as they are now, and tombstones of those that left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from dateutil.parser import isoparse

from . import documents, numbering, source
from .model import SERIES, document, package, row, shown

#: How many changes an answer holds at most, and if nobody says.
MOST, USUAL = 1000, 500
_TOKEN = re.compile(r"([0-9a-f]{12})-(\d{1,18})")


class WrongToken(ValueError):
    """What was given as ``since`` is neither a token of ours nor a time."""


class Expired(ValueError):
    """What changed since then is no longer known: the whole must be read."""


@dataclass(frozen=True)
class Change:
    """A dataset that changed. ``data`` is its stored form that was asked for, None for one that left the feed at ``modified``."""

    number: int
    package_id: str
    uri: str
    formerly: tuple[str, ...]
    modified: datetime
    sha256: str
    data: bytes | None
    series: bool = False


@dataclass(frozen=True)
class Part:
    """Some changes in the order of their numbers, the token for what comes after them, and whether there is more now."""

    changes: tuple[Change, ...]
    next: str
    more: bool


def read(since: str, limit: int, form: str | None) -> Part:
    """The first changes after ``since``: a token, a time (ISO 8601), or empty for everything from the beginning.

    ``form`` names the stored form to give (None: N-Triples). Whoever starts with the ``next`` of the part before misses
    nothing: numbers are given after the commit. Raises WrongToken, Expired.
    """
    known = numbering.known()
    after = _position(since.strip(), known) if since.strip() else 0
    found = _rows(after, limit + 1, form)
    given = found[:limit]
    last = given[-1].number if given else max(after, 0)
    return Part(tuple(given), f"{known.epoch}-{last}", len(found) > limit)


def _position(since: str, known: numbering.Known) -> int:
    token = _TOKEN.fullmatch(since)
    if token:
        number = int(token[2])
        # 0 is the beginning: whoever has read nothing misses no tombstone.
        if token[1] != known.epoch or number > known.last or 0 < number < known.floor:
            raise Expired(since)
        return number
    try:
        # In an address an unescaped plus sign arrives as a space.
        moment = isoparse(re.sub(r" (\d\d:?\d\d)$", r"+\1", since))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise WrongToken(since) from error
    if known.floor_time and moment <= known.floor_time:
        raise Expired(since)
    return numbering.number_at(moment)


def _rows(after: int, limit: int, form: str | None) -> list[Change]:
    there = sa.and_(document.c.package_id == row.c.package_id, document.c.form == form)
    joined = row.outerjoin(package, package.c.id == row.c.package_id)
    data: Any = row.c.ntriples
    if form:
        joined, data = joined.outerjoin(document, there), document.c.data
    is_shown = sa.func.coalesce(shown(), sa.false())
    columns = [row.c.package_id, row.c.uri, row.c.formerly, row.c.modified, row.c.sha256, package.c.type]
    query = sa.select(row.c.change, *columns, is_shown.label("is_shown"), data.label("data"))
    query = query.select_from(joined).where(row.c.change > after).order_by(row.c.change).limit(limit)
    return [_change(found) for found in model.Session.execute(query)]


def _change(found: Any) -> Change:
    if found.is_shown and found.data is None:
        raise LookupError(f"Dataset {found.package_id} lacks a stored form")  # not to be told as withdrawn
    data = bytes(found.data) if found.is_shown else None
    values = (found.package_id, found.uri, tuple(found.formerly), found.modified, found.sha256)
    return Change(found.change, *values, data, found.type == SERIES)


def explain(error: Exception) -> str:
    """What a reader is told of a WrongToken or Expired."""
    if isinstance(error, Expired):
        told = toolkit._("What changed since {since} is no longer known. Please read the whole catalogue.")
    else:
        told = toolkit._(
            "since: give the token of an earlier answer, or a time such as 2026-11-25T12:00:00Z, not {since}"
        )
    return told.format(since=str(error)[:60])


def as_dict(change: Change) -> dict[str, Any]:
    """A change as the action gives it; its data must be the form ``source``."""
    named = {"id": change.package_id, "uri": change.uri, "change": change.number}
    if change.data is None:
        return {**named, "withdrawn": stamp(change.modified)}
    made_of = source.from_bytes(documents.unpack(change.data))
    about = {"modified": stamp(change.modified), "sha256": change.sha256, "formerly": list(change.formerly)}
    parts = {"dataset": made_of.dataset, "organization": made_of.organization, "journey": made_of.journey}
    return {**named, **about, **parts}


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC, of a time as CKAN's tables have it."""
    return moment.isoformat() + "Z"
