"""One lane a node: an advisory lock in PostgreSQL, so that two runs of one node never overlap.

The lock belongs to a connection of its own. It ends with the process, however that ends.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from ckan import model

# "fed" and a one, as a number: the first key of all our locks.
CLASS = 0x66656401


class Busy(Exception):
    """Another run of this node is under way."""


def _key(node_id: str) -> int:
    return zlib.crc32(node_id.encode()) - 2**31


@contextmanager
def lane(node_id: str) -> Iterator[None]:
    """Hold the node's lane.

    :raises Busy: another process holds it.
    """
    engine = model.meta.engine
    assert engine is not None
    keys = {"class": CLASS, "key": _key(node_id)}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(sa.text("SELECT pg_try_advisory_lock(:class, :key)"), keys).scalar_one():
            raise Busy("A harvest of this node is under way; try again when it has ended.")
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:class, :key)"), keys)


def taken(node_ids: Iterable[str]) -> set[str]:
    """Those of the nodes whose lane is held now."""
    query = sa.text(
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = :class AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    held = set(model.Session.execute(query, {"class": CLASS}).scalars())
    return {node_id for node_id in node_ids if _key(node_id) % 2**32 in held}
