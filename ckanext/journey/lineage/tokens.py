"""Tokens by which tools report: bound to an organisation and to namespaces; only the hash of the secret is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from .. import model

PREFIX = "towpath-"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create(
    conn: sa.Connection, stream: str, name: str, namespaces: list[str], visibility: str, user: str | None
) -> Any:
    """A new token: (its row as a dict, its secret, told this once)."""
    secret = PREFIX + secrets.token_urlsafe(32)
    values = {"id": str(uuid4()), "secret": digest(secret), "stream": stream, "name": name, "namespaces": namespaces}
    values |= {"visibility": visibility, "user_id": user, "created": datetime.now(UTC)}
    conn.execute(sa.insert(model.token), values)
    return values, secret


def find(conn: sa.Connection, secret: str) -> Any:
    """The token of a secret, unless it was revoked."""
    here = model.token.c
    query = sa.select(model.token).where(here.secret == digest(secret), here.revoked.is_(None))
    return conn.execute(query).first()


def listed(conn: sa.Connection, stream: str) -> list[Any]:
    here = model.token.c
    return list(conn.execute(sa.select(model.token).where(here.stream == stream).order_by(here.created)))


def get(conn: sa.Connection, token_id: str) -> Any:
    return conn.execute(sa.select(model.token).where(model.token.c.id == token_id)).first()


def revoke(conn: sa.Connection, token_id: str) -> None:
    here = model.token.c
    statement = sa.update(model.token).where(here.id == token_id, here.revoked.is_(None))
    conn.execute(statement.values(revoked=datetime.now(UTC)))


def used(conn: sa.Connection, token: Any) -> None:
    """When it was last used, to the hour: a write for each event would be too dear."""
    now = datetime.now(UTC)
    if token.last_used is None or token.last_used < now.replace(minute=0, second=0, microsecond=0):
        conn.execute(sa.update(model.token).where(model.token.c.id == token.id).values(last_used=now))


def allows(namespaces: list[str], asked: str) -> bool:
    """Whether a token may speak of a job's namespace: one that it names, or one that begins so where it ends with *."""
    return not namespaces or any(
        asked == each or (each.endswith("*") and asked.startswith(each[:-1])) for each in namespaces
    )
