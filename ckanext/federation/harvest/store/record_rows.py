"""What was harvested: a record for each upstream id of a node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ...model import new_id, node_table, now, record_table
from ..compare import Known
from ..record import sha256
from .query import Row, one, pairs


def record(node_id: str, upstream_id: str) -> Row | None:
    """A record by its upstream id."""
    found = sa.and_(record_table.c.node_id == node_id, record_table.c.upstream_id == upstream_id)
    return one(sa.select(record_table).where(found))


def record_of(package_id: str) -> Row | None:
    """The record whose values a dataset has, with its node's name, title and address."""
    query = (
        sa.select(
            record_table,
            node_table.c.name.label("node_name"),
            node_table.c.title.label("node_title"),
            node_table.c.url.label("node_url"),
        )
        .join(node_table, node_table.c.id == record_table.c.node_id)
        .where(record_table.c.package_id == package_id)
        .order_by(record_table.c.state != "active", record_table.c.governs.desc(), record_table.c.harvested.desc())
        .limit(1)
    )
    return one(query)


def record_counts(node_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many records of each node there are in each state."""
    columns = (record_table.c.node_id, record_table.c.state)
    query = sa.select(*columns, sa.func.count()).where(record_table.c.node_id.in_(list(node_ids))).group_by(*columns)
    counts: dict[str, dict[str, int]] = {}
    for node_id, state, number in model.Session.execute(query):
        counts.setdefault(node_id, {})[state] = number
    return counts


def known(node_id: str) -> dict[str, Known]:
    """What earlier harvests of the node left, by upstream id; one query, without the raw records."""
    columns = record_table.c
    query = (
        sa.select(
            columns.upstream_id,
            columns.package_id,
            columns.signature,
            columns.content_hash,
            columns.state,
            sa.func.coalesce(model.Package.state, ""),
        )
        .select_from(record_table.outerjoin(model.package_table, model.package_table.c.id == columns.package_id))
        .where(columns.node_id == node_id)
    )
    return {row[0]: Known(*row) for row in model.Session.execute(query)}


def missing_packages(node_id: str) -> int:
    """How many active records have lost their dataset (it was purged)."""
    joined = record_table.outerjoin(model.package_table, model.package_table.c.id == record_table.c.package_id)
    query = sa.select(sa.func.count()).select_from(joined)
    query = query.where(record_table.c.node_id == node_id, record_table.c.state == "active", model.Package.id.is_(None))
    return model.Session.execute(query).scalar_one()


def datasets(node_id: str, upstream_ids: Iterable[str] | None = None) -> dict[str, Row]:
    """The datasets as last harvested, by upstream id."""
    query = sa.select(record_table.c.upstream_id, record_table.c.dataset).where(record_table.c.node_id == node_id)
    if upstream_ids is not None:
        query = query.where(record_table.c.upstream_id.in_(list(upstream_ids)))
    return dict(pairs(query))


def retouch(node_id: str, signatures: dict[str, tuple[str, str]]) -> None:
    """Store new signatures and raw records whose content is the same."""
    if not signatures:
        return
    statement = (
        sa.update(record_table)
        .where(record_table.c.node_id == node_id, record_table.c.upstream_id == sa.bindparam("key"))
        .values(signature=sa.bindparam("new"), raw=sa.bindparam("text"), raw_sha256=sa.bindparam("digest"))
    )
    rows = [
        {"key": key, "new": signature, "text": raw, "digest": sha256(raw)}
        for key, (signature, raw) in signatures.items()
    ]
    model.Session.connection().execute(statement, rows)


def save_record(node_id: str, upstream_id: str, values: Row) -> None:
    """Insert or update the record of an upstream id."""
    moment = now()
    row = {"id": new_id(), "node_id": node_id, "upstream_id": upstream_id, "harvested": moment, **values}
    statement = insert(record_table).values(first_harvested=moment, **row)
    changed = {key: value for key, value in row.items() if key not in ("id", "node_id", "upstream_id")}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["node_id", "upstream_id"], set_=changed))


def save_records(node_id: str, records: list[Row]) -> None:
    """``save_record`` of many new ones: rows with their ``upstream_id``, all of the same columns."""
    moment = now()
    common = {"node_id": node_id, "harvested": moment}
    rows = [{"id": new_id(), **common, "first_harvested": moment, **record} for record in records]
    statement = insert(record_table)
    keep = ("id", "node_id", "upstream_id", "first_harvested")
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keep}
    statement = statement.on_conflict_do_update(index_elements=["node_id", "upstream_id"], set_=changed)
    # SQLAlchemy sends many rows in one statement only where it returns something.
    model.Session.connection().execute(statement.returning(record_table.c.id), rows)


def change_record(node_id: str, key: str, /, **values: Any) -> None:
    """Update columns of the record of an upstream id (``key``)."""
    found = sa.and_(record_table.c.node_id == node_id, record_table.c.upstream_id == key)
    model.Session.execute(sa.update(record_table).where(found).values(**values))
