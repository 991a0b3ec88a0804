"""A connection of each thread's own for one query at a time, prepared once: without the pool's test query and a transaction."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import psycopg2
from ckan import model

Error = psycopg2.Error
_TYPES = "text, text[], text, text"
_held = threading.local()


def fetch(name: str, query: str, values: tuple[Any, ...]) -> Any:
    """One row of a query (parameters of ``_TYPES``), or None; ``name`` stands for the query on the connection.

    A connection that was lost is made anew, once. Raises psycopg2's and SQLAlchemy's errors.
    """
    try:
        return _execute(name, query, values)
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        _drop()
        return _execute(name, query, values)


def _execute(name: str, query: str, values: tuple[Any, ...]) -> Any:
    connection, prepared = _connection()
    with connection.cursor() as cursor:
        if name not in prepared:
            cursor.execute(f"PREPARE {name} ({_TYPES}) AS {query}")
            prepared.add(name)
        cursor.execute(f"EXECUTE {name} (%s, %s, %s, %s)", values)
        return cursor.fetchone()


def _connection() -> tuple[Any, set[str]]:
    engine = model.meta.engine
    assert engine is not None
    if getattr(_held, "engine", None) is not engine:
        _drop()
        pooled = engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        connection.autocommit = True
        with connection.cursor() as cursor:  # planned once: the plan takes longer than the query
            cursor.execute("SET plan_cache_mode = force_generic_plan")
        _held.engine, _held.connection, _held.prepared = engine, connection, set()
    return _held.connection, _held.prepared


def _drop() -> None:
    """The connection may have been lost, or its engine replaced."""
    connection = getattr(_held, "connection", None)
    _held.engine = _held.connection = None
    if connection is not None:
        with contextlib.suppress(psycopg2.Error):
            connection.close()
