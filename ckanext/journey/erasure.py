"""Erases what an event kept as it came, such as a file that names a person: the ledger tells of it first, and the chain holds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model as ckan_model

from . import config, erased, ledger, model
from .bodies import EvidenceErased
from .events import Event, from_bytes, to_bytes
from .lineage import again, project

_PART = 500


class NothingToEraseError(ValueError):
    """The event keeps nothing as it came, or no longer."""


def find(conn: sa.Connection, event_id: str) -> Any:
    """The row of an event, or None."""
    return conn.execute(sa.select(model.event).where(model.event.c.id == event_id)).first()


def erase(conn: sa.Connection, row: Any, reason: str, user_id: str | None, role: str) -> tuple[Event, set[str]]:
    """Erase what the event of a row kept. Gives the event that tells of it, and the datasets whose journeys changed.

    The caller commits. Raises NothingToEraseError, and sqlalchemy's OperationalError where the ledger is busy.
    """
    event = from_bytes(bytes(row.raw))
    body, left = erased.told(event, row.hash, reason), erased.without(event)
    if body is None or left is None:
        raise NothingToEraseError(row.id)
    is_report = event.type == "lineage-received"
    if is_report:  # before the stream's lock, as a rebuild takes them in this order
        conn.execute(sa.text("SELECT set_config('lock_timeout', :most, true)"), {"most": f"{config.lock_seconds()}s"})
        project.stop_others(conn)
    draft = ledger.Draft(body, event.stream, event.package, user_id, role, f"erased:{event.id}")
    told = ledger.append(conn, draft, config.lock_seconds())
    here = model.event.c
    conn.execute(sa.update(model.event).where(here.id == event.id).values(raw=to_bytes(left)))
    return told, again.without(conn, event) if is_report else set()


def listed(
    conn: sa.Connection, stream: str, package: str | None, containing: str | None, limit: int
) -> list[dict[str, Any]]:
    """Events of a stream that keep something as it came, latest first; those that hold a text, in whatever case."""
    here, before, found = model.event.c, None, []
    query = sa.select(model.event).where(here.stream == stream, here.type.in_(erased.TYPES))
    if package:
        query = query.where(here.package_id == package)
    while len(found) < limit:
        part = query.where(here.sequence < before) if before else query
        rows = conn.execute(part.order_by(here.sequence.desc()).limit(_PART)).all()
        for row in rows:
            kept = from_bytes(bytes(row.raw)).body.document  # type: ignore[union-attr]
            if not containing or erased.holds(kept, containing):
                found.append(_plain(row, kept))
        if len(rows) < _PART:
            break
        before = rows[-1].sequence
    return found[:limit]


def _plain(row: Any, kept: str) -> dict[str, Any]:
    names = ("id", "stream", "sequence", "type", "recorded")
    size = len(kept.encode())
    return {name: getattr(row, name) for name in names} | {"package": row.package_id, "bytes": size, "erased": not kept}


def told(conn: sa.Connection, stream: str, with_names: bool) -> list[dict[str, Any]]:
    """What was erased in a stream, by whom and why; the names of users only for those who may read them."""
    events = ledger.erasures(conn, stream)
    names = _names(conn, [event.actor for event in events if event.actor]) if with_names else {}
    return [_told(event, event.body, names) for event in events if isinstance(event.body, EvidenceErased)]


def _told(event: Event, body: EvidenceErased, names: dict[str, str]) -> dict[str, Any]:
    found = {"event": body.event, "sequence": body.sequence, "bytes": body.erased, "reason": body.reason}
    found |= {"at": event.recorded, "told_by": event.sequence, "role": event.actor_role}
    return found | ({"user": names[event.actor]} if event.actor in names else {})


def _names(conn: sa.Connection, commitments: list[str]) -> dict[str, str]:
    here, user = model.actor.c, ckan_model.User.__table__.c  # type: ignore[attr-defined]
    query = sa.select(here.commitment, user.name).join(ckan_model.User.__table__, user.id == here.user_id)  # type: ignore[attr-defined]
    return {row[0]: row[1] for row in conn.execute(query.where(here.commitment.in_(commitments)))}
