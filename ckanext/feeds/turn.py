"""Whose turn it is to render many datasets: one process at a time, over all machines that share the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from ckan import model

_RENDERING = 0x746F7770_72656E64


@contextmanager
def taken() -> Iterator[bool]:
    """Whether this process has the turn, until the end of the block. It ends, too, with the connection."""
    engine = model.meta.engine
    assert engine is not None
    with engine.connect() as connection:
        mine = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_RENDERING))).scalar_one()
        connection.commit()
        try:
            yield mine
        finally:
            if mine:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_RENDERING)))
                connection.commit()


def is_taken() -> bool:
    """Whether somebody is rendering many datasets now."""
    query = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = :high AND objid = :low)"""
    halves = {"high": _RENDERING >> 32, "low": _RENDERING & 0xFFFFFFFF}
    return model.Session.execute(sa.text(query), halves).scalar_one()
