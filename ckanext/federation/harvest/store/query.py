"""Rows of a query as dictionaries and tuples."""

from __future__ import annotations

from typing import Any

from ckan import model

Row = dict[str, Any]


def pairs(query: Any) -> list[Any]:
    """The rows as tuples."""
    return [tuple(row) for row in model.Session.execute(query)]


def one(query: Any) -> Row | None:
    """The first row, or None."""
    row = model.Session.execute(query).mappings().first()
    return dict(row) if row else None


def every(query: Any) -> list[Row]:
    """All rows."""
    return [dict(row) for row in model.Session.execute(query).mappings()]
