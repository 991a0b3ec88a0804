"""The append-only ledger: append under a lock for each stream, read, verify.

An append is part of the caller's transaction, so an event stands if, and only if, the change it tells of stands.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from . import chain, model, store
from .bodies import EvidenceErased
from .events import Body, Event, EventError, from_bytes, to_bytes

# Datasets without an organisation share a stream.
UNOWNED = "unowned"

# One statement, as each costs the lock's holder and all who wait a journey to the server and back.
_LOCK = sa.text(
    "SELECT current_setting('lock_timeout'), set_config('lock_timeout', :limit, true), "
    "pg_advisory_xact_lock(hashtextextended(:name, 0))"
)
_WRITE = sa.text("""
WITH written AS (
  INSERT INTO journey_event (stream, sequence, raw, hash, previous, id, type, recorded, package_id, key)
  VALUES (:stream, :sequence, :raw, :hash, :previous, :id, :type, :recorded, :package_id, :key))
INSERT INTO journey_head (stream, sequence, hash, recorded) VALUES (:stream, :sequence, :hash, :recorded)
ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, recorded = excluded.recorded
""")
# Gives the head, with it each event that has one of the keys, and sets the timeout back to what it was.
_HEAD = sa.text(
    "SELECT set_config('lock_timeout', :before, true), h.sequence, h.hash, h.recorded, e.key, e.raw FROM (SELECT 1) one "
    "LEFT JOIN journey_head h ON h.stream = :stream LEFT JOIN journey_event e ON e.stream = :stream AND e.key = ANY(:keys)"
)


@dataclass(frozen=True)
class Draft:
    """An event to be: what happened, where it belongs, who did it. `key` makes a repeated draft count once."""

    body: Body
    stream: str
    package: str | None = None
    user_id: str | None = None
    role: str | None = None
    key: str | None = None


def append(conn: sa.Connection, draft: Draft, lock_seconds: int = 10) -> Event:
    """Write one event and its projections; see `append_all`."""
    return append_all(conn, [draft], lock_seconds)[0]


def append_all(conn: sa.Connection, drafts: Sequence[Draft], lock_seconds: int = 10) -> list[Event]:
    """Write events of one stream; a draft whose key is known gives the event that has it.

    Waits up to `lock_seconds` for another writer of the stream, then raises sqlalchemy's OperationalError.
    """
    (stream,) = {draft.stream for draft in drafts}
    head, there = _lock(conn, stream, lock_seconds, [draft.key for draft in drafts if draft.key])
    events, links = [], []
    for draft in drafts:
        known = there.get(draft.key) if draft.key else None
        if known is not None:
            events.append(known)
            continue
        event = _event(draft, head[0] + 1, head[2], _commit_to(conn, draft.user_id))
        raw = to_bytes(event)
        digest = chain.digest(head[1], raw)
        links.append(_row(event, raw, digest, head[1]))
        head = (event.sequence, digest, event.recorded)
        events.append(event)
        if event.key:
            there[event.key] = event
    if links:
        _write(conn, stream, links, head)
        written = {link["id"] for link in links}
        store.apply(conn, (event for event in events if event.id in written))
    return events


def _lock(
    conn: sa.Connection, stream: str, seconds: int, keys: list[str]
) -> tuple[tuple[int, str, str], dict[str, Event]]:
    """Take the stream's lock until the transaction ends; gives its length, last hash and last time, and the events that
    have these keys.
    """
    before = conn.execute(_LOCK, {"limit": f"{seconds}s", "name": f"journey:{stream}"}).scalar_one()
    # A statement of its own: its snapshot is taken after the lock, so it sees the last writer's event.
    rows = conn.execute(_HEAD, {"before": before, "stream": stream, "keys": keys}).all()
    head = (rows[0].sequence, rows[0].hash, rows[0].recorded) if rows[0].sequence else (0, chain.GENESIS, "")
    return head, {row.key: from_bytes(bytes(row.raw)) for row in rows if row.key}


def _event(draft: Draft, sequence: int, after: str, actor: str | None) -> Event:
    """Time never runs backwards within a stream, whatever the machine's clock does."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Event(
        id=str(uuid4()),
        stream=draft.stream,
        sequence=sequence,
        recorded=max(now, after),
        body=draft.body,
        package=draft.package,
        actor=actor,
        actor_role=draft.role,
        key=draft.key,
    )


def _commit_to(conn: sa.Connection, user_id: str | None) -> str | None:
    """A salted commitment to a user. Who it is stands in `journey_actor`, where it can be erased."""
    if not user_id:
        return None
    salt = secrets.token_hex(16)
    commitment = hashlib.sha256(f"{salt}:{user_id}".encode()).hexdigest()
    conn.execute(sa.insert(model.actor), {"commitment": commitment, "salt": salt, "user_id": user_id})
    return commitment


def _row(event: Event, raw: bytes, digest: str, previous: str) -> dict[str, object]:
    return {
        "stream": event.stream,
        "sequence": event.sequence,
        "raw": raw,
        "hash": digest,
        "previous": previous,
        "id": event.id,
        "type": event.type,
        "recorded": event.recorded,
        "package_id": event.package,
        "key": event.key,
    }


def _write(conn: sa.Connection, stream: str, rows: list[dict[str, object]], head: tuple[int, str, str]) -> None:
    if len(rows) == 1:
        conn.execute(_WRITE, rows[0])
    else:
        conn.execute(sa.insert(model.event), rows)
        _move_head(conn, stream, head)


def _move_head(conn: sa.Connection, stream: str, head: tuple[int, str, str]) -> None:
    values = dict(zip(("sequence", "hash", "recorded"), head, strict=True))
    statement = insert(model.head).values(stream=stream, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["stream"], set_=values))


def streams(conn: sa.Connection) -> list[str]:
    """Every stream that has events or is known to have had some."""
    query = sa.union(sa.select(model.event.c.stream), sa.select(model.head.c.stream))
    return sorted(conn.execute(query).scalars())


def links(conn: sa.Connection, stream: str) -> Iterator[chain.Link]:
    """A stream's rows in order, a thousand at a time."""
    last = None
    while True:
        query = sa.select(model.event).where(model.event.c.stream == stream)
        if last is not None:
            query = query.where(model.event.c.sequence > last)
        rows = conn.execute(query.order_by(model.event.c.sequence).limit(1000)).all()
        for row in rows:
            yield chain.Link(
                row.stream,
                row.sequence,
                bytes(row.raw),
                row.hash,
                row.previous,
                row.id,
                row.type,
                row.recorded,
                row.package_id,
                row.key,
            )
        if len(rows) < 1000:
            return
        last = rows[-1].sequence


def verify(conn: sa.Connection, stream: str) -> tuple[int, chain.Finding | None]:
    """How many events the stream holds, and the first thing wrong with it if anything is."""
    query = sa.select(model.head.c.sequence, model.head.c.hash).where(model.head.c.stream == stream)
    row = conn.execute(query).first()
    head = chain.Head(row.sequence, row.hash) if row else None
    counted = sa.select(sa.func.count()).select_from(model.event).where(model.event.c.stream == stream)
    told = {event.body.event: event.body for event in erasures(conn, stream) if isinstance(event.body, EvidenceErased)}
    return conn.execute(counted).scalar_one(), chain.verify(stream, links(conn, stream), head, told)


def erasures(conn: sa.Connection, stream: str) -> list[Event]:
    """The events that tell of an erasure in a stream. One that cannot be read accounts for nothing, and is found by itself."""
    here, found = model.event.c, []
    query = sa.select(here.raw).where(here.stream == stream, here.type == "evidence-erased").order_by(here.sequence)
    for raw in conn.execute(query).scalars():
        with suppress(EventError):
            found.append(from_bytes(bytes(raw)))
    return found
