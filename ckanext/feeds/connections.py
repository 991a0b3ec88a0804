"""A connection of each thread's own for one query at a time, prepared once: without the pool's test query and a transaction."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import psycopg2
from ckan import model

Error = psycopg2.Error
_MOST = 100
_held = threading.local()


def fetch(query: str, value: str) -> Any:
    """One row of a query with one text parameter (``$1``), or None. Each query is prepared once on each connection.

    A connection that was lost is made anew, once. Raises psycopg2's and SQLAlchemy's errors.
    """
    try:
        return _execute(query, value)
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        _drop()
        return _execute(query, value)


def _execute(query: str, value: str) -> Any:
    cursor, prepared = _connection()
    if query not in prepared:
        if len(prepared) >= _MOST:  # settings that changed leave their queries behind
            cursor.execute("DEALLOCATE ALL")
            prepared.clear()
        cursor.execute(f"PREPARE feeds_{len(prepared)} (text) AS {query}")
        prepared[query] = f"EXECUTE feeds_{len(prepared)} (%s)"
    cursor.execute(prepared[query], (value,))
    return cursor.fetchone()


def _connection() -> tuple[Any, dict[str, str]]:
    """The thread's cursor, and how each prepared query is executed on it."""
    engine = model.meta.engine
    assert engine is not None
    if getattr(_held, "engine", None) is not engine:
        _drop()
        pooled = engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SET plan_cache_mode = force_generic_plan")  # planned once: the plan takes longer than the query
        _held.engine, _held.connection, _held.cursor, _held.prepared = engine, connection, cursor, {}
    return _held.cursor, _held.prepared


def _drop() -> None:
    """The connection may have been lost, or its engine replaced."""
    connection = getattr(_held, "connection", None)
    _held.engine = _held.connection = _held.cursor = None
    if connection is not None:
        with contextlib.suppress(psycopg2.Error):
            connection.close()
