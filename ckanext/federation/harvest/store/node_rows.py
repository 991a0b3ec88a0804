"""Nodes, and which organisation each of their publishers is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ...model import new_id, node_table, now, organization_table, run_table
from .query import Row, every, one, pairs


def node(name_or_id: str) -> Row | None:
    """A node by its name or id."""
    query = sa.select(node_table).where(sa.or_(node_table.c.name == name_or_id, node_table.c.id == name_or_id))
    return one(query)


def nodes() -> list[Row]:
    """All nodes by title."""
    return every(sa.select(node_table).order_by(node_table.c.title))


def due_nodes() -> list[Row]:
    """Active nodes whose time has come."""
    waiting = sa.or_(node_table.c.due.is_(None), node_table.c.due <= now())
    paused = sa.select(run_table.c.node_id).where(run_table.c.status == "paused")
    query = sa.select(node_table).where(node_table.c.state == "active", waiting, node_table.c.id.not_in(paused))
    return every(query.order_by(node_table.c.due))


def interrupted_nodes() -> list[Row]:
    """Active nodes whose latest work did not end; whether its process is dead only the lane tells."""
    left = sa.select(run_table.c.node_id).where(run_table.c.status.in_(("planning", "applying")))
    return every(sa.select(node_table).where(node_table.c.state == "active", node_table.c.id.in_(left)))


def add_node(values: Row) -> Row:
    """Insert a node."""
    moment = now()
    row = {"id": new_id(), "created": moment, "modified": moment, **values}
    model.Session.execute(sa.insert(node_table).values(row))
    return node(row["id"]) or row


def change_node(node_id: str, **values: Any) -> None:
    """Update columns of a node."""
    model.Session.execute(sa.update(node_table).where(node_table.c.id == node_id).values(**values))


def organizations(node_id: str) -> dict[str, str]:
    """Organisation ids by the publisher's upstream key."""
    query = sa.select(organization_table.c.upstream_key, organization_table.c.organization_id)
    return dict(pairs(query.where(organization_table.c.node_id == node_id)))


def add_organization(node_id: str, key: str, organization_id: str) -> None:
    """Remember which organisation a publisher is."""
    statement = insert(organization_table).values(
        id=new_id(), node_id=node_id, upstream_key=key, organization_id=organization_id
    )
    changed = {"organization_id": organization_id}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["node_id", "upstream_key"], set_=changed))
