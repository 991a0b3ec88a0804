"""Records of several nodes that are one dataset: found, locked, ordered. Reads and writes the tables; commits nothing.

The rule is ``same.find``. It is asked when a plan is made, so that a steward reads it there, and again when a dataset is
about to be created: two lanes that harvest the same dataset at once lock its keys, and the second finds the first's record.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import ARRAY

from ..model import node_table, outcome_table, record_table
from . import identity, nearest, same, store
from .compare import CREATE, LINK, Comparison, changes

# "fed" and a number: the first key of advisory locks (lane.py has 1).
KEYS_CLASS, PACKAGE_CLASS = 0x66656402, 0x66656403
BUCKETS = 64
BATCH = 200
MOST_DIFFERENCES = 200
_SAID = {identity.ID: "the same identifier", identity.PAGE: "the same page", identity.FILE: "the same files"}
_NODE = {
    "node_name": node_table.c.name,
    "node_title": node_table.c.title,
    "node_url": node_table.c.url,
    "node_feed_url": node_table.c.feed_url,
    "node_dialect": node_table.c.dialect,
}


class Met(Exception):
    """A dataset that was to be created is one that another node has: ``match`` says which, and by what."""

    def __init__(self, match: identity.Match):
        super().__init__(match.other)
        self.match = match


def fill() -> None:
    """Work out the keys of records from before there were any."""
    columns = record_table.c
    while True:
        query = (
            sa.select(columns.id, columns.upstream_id, columns.dataset).where(columns.known_by.is_(None)).limit(BATCH)
        )
        rows = model.Session.execute(query).all()
        if not rows:
            return
        values = [{"key": row.id, "new": same.stored_keys(row.upstream_id, row.dataset)} for row in rows]
        statement = sa.update(record_table).where(columns.id == sa.bindparam("key"))
        model.Session.connection().execute(statement.values(known_by=sa.bindparam("new")), values)


def find(node: store.Row, run_id: str, comparison: Comparison) -> int:
    """Turn creations of a plan into links to datasets that other nodes have; how many."""
    if not comparison.counts.create or not others(node["id"]):
        return 0
    fill()
    repeated, split, after = repeated_keys(run_id), apart(node["id"]), 0
    taken: set[str] = set()
    columns = outcome_table.c
    query = sa.select(columns.id, columns.upstream_id, columns.title, columns.known_by, columns.dataset)
    query = query.where(columns.run_id == run_id, columns.action == CREATE, columns.status == "planned")
    while rows := model.Session.execute(query.where(columns.id > after).order_by(columns.id).limit(BATCH)).all():
        after = rows[-1].id
        near = sharing(node["id"], rows)
        for row in rows:
            match = _match(node["id"], row, near, repeated, split)
            if match and match.other not in taken:
                _turn(row, match)
                taken.add(match.other)
    comparison.counts.create -= len(taken)
    comparison.counts.link += len(taken)
    return len(taken)


def claim(node_id: str, steps: list[store.Row], run_id: str) -> dict[int, identity.Match]:
    """Lock these creations' keys until the transaction ends, and tell which of them have been met by another lane since
    the plan was made, by the step's id."""
    buckets = sorted({zlib.crc32(key.encode()) % BUCKETS for step in steps for key in step["known_by"]})
    if not buckets:
        return {}
    # In the same order everywhere, lest two wait for each other.
    locks = sa.text("SELECT pg_advisory_xact_lock(:class, bucket) FROM unnest(CAST(:buckets AS integer[])) AS bucket")
    model.Session.execute(locks, {"class": KEYS_CLASS, "buckets": buckets})
    rows = [_Row(step) for step in steps]
    near = sharing(node_id, rows)
    if all(other.node_id == node_id for other in near):
        return {}
    repeated, split = repeated_keys(run_id), apart(node_id)
    found = {row.id: _match(node_id, row, near, repeated, split) for row in rows}
    return {step_id: match for step_id, match in found.items() if match}


def lock(package_id: str) -> None:
    """Until the transaction ends nobody else changes which records a dataset has, or which governs."""
    key = zlib.crc32(package_id.encode()) - 2**31
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(PACKAGE_CLASS, key)))


def of(package_id: str, states: Iterable[str] = ("active",)) -> list[store.Row]:
    """The records of a dataset with their nodes, the nearest to the origin first."""
    found = sa.and_(record_table.c.package_id == package_id, record_table.c.state.in_(list(states)))
    query = sa.select(record_table, *(column.label(name) for name, column in _NODE.items()))
    query = query.join(node_table, node_table.c.id == record_table.c.node_id).where(found)
    return nearest.order([dict(row) for row in model.Session.execute(query).mappings()])


def shared(package_id: str, node_id: str, states: Iterable[str] = ("active",)) -> bool:
    """Has another node a record of this dataset?"""
    columns = record_table.c
    found = sa.and_(columns.package_id == package_id, columns.node_id != node_id, columns.state.in_(list(states)))
    return bool(package_id) and bool(model.Session.execute(sa.select(sa.exists().where(found))).scalar())


def has_own(node_id: str, package_id: str, upstream_id: str) -> bool:
    """Has the node another record of this dataset? Two records of one node are two datasets."""
    columns = record_table.c
    found = sa.and_(columns.package_id == package_id, columns.node_id == node_id, columns.state == "active")
    return bool(model.Session.execute(sa.select(sa.exists().where(found, columns.upstream_id != upstream_id))).scalar())


def govern(package_id: str, record_id: str, **values: Any) -> None:
    """This record's values are the dataset's from now on. ``values``: further columns of it."""
    columns = record_table.c
    model.Session.execute(sa.update(record_table).where(columns.package_id == package_id).values(governs=False))
    model.Session.execute(sa.update(record_table).where(columns.id == record_id).values(governs=True, **values))


def repeated_keys(run_id: str) -> set[str]:
    """Keys that several datasets of a run's feed have."""
    columns = outcome_table.c
    one = sa.select(columns.upstream_id, sa.func.unnest(columns.known_by).label("key")).where(columns.run_id == run_id)
    pairs = one.distinct().subquery()
    query = sa.select(pairs.c.key).group_by(pairs.c.key).having(sa.func.count() > 1)
    return set(model.Session.execute(query).scalars())


def why(match: identity.Match, verb: str = "is") -> str:
    """For a steward: which dataset it is (``verb``: or may be), where it was met, and by what it is known."""
    rows = of(match.other, ("active", "withdrawn"))
    title = rows[0]["dataset"].get("title", "") if rows else ""
    nodes = ", ".join(dict.fromkeys(row["node_title"] for row in rows))
    evidence = "; ".join(key.partition(":")[2] for key in match.evidence[:3])
    return f"It {verb} the same dataset as “{title}”, met at {nodes}: {_SAID[match.kind]} ({evidence})."[:1_000]


class _Row:
    """A stored step, as the rows of a plan are."""

    def __init__(self, step: store.Row):
        self.id, self.upstream_id = step["id"], step["upstream_id"]
        self.title, self.known_by = step["title"], step["known_by"]


def others(node_id: str) -> bool:
    """Has any other node a dataset here?"""
    query = sa.select(sa.exists().where(record_table.c.node_id != node_id, record_table.c.package_id != ""))
    return bool(model.Session.execute(query).scalar())


def apart(node_id: str) -> set[str]:
    """Upstream ids of the node's records that a steward said are the same as no other."""
    query = sa.select(record_table.c.upstream_id).where(record_table.c.node_id == node_id, record_table.c.apart)
    return set(model.Session.execute(query).scalars())


def sharing(node_id: str, rows: Iterable[Any], again: bool = False) -> list[same.Other]:
    """Records, of whatever node, that share a key with one of the rows and whose dataset is there. What the node itself
    has withdrawn does not count; nor, with ``again`` (the rows are here already), what a steward keeps apart."""
    keys = sorted({key for row in rows for key in row.known_by})
    if not keys:
        return []
    columns = record_table.c
    states = sa.or_(columns.state == "active", sa.and_(columns.state == "withdrawn", columns.node_id != node_id))
    if again:
        states = sa.and_(columns.state == "active", columns.apart.is_(False), model.Package.state == "active")
    query = (
        sa.select(columns.node_id, columns.package_id, columns.dataset["title"].astext, columns.known_by)
        .join(model.package_table, model.package_table.c.id == columns.package_id)
        .where(columns.known_by.op("&&")(sa.literal(keys, ARRAY(sa.Text))), states)
    )
    return [same.Other(row[0], row[1], row[2] or "", frozenset(row[3])) for row in model.Session.execute(query)]


def _match(node_id: str, row: Any, records: list[same.Other], repeated: set[str], split: set[str]) -> Any:
    if row.upstream_id in split:
        return None
    near = [other for other in records if not other.keys.isdisjoint(row.known_by)]
    match = same.find(node_id, row.known_by, row.title, near, repeated) if near else None
    return None if match and has_own(node_id, match.other, row.upstream_id) else match


def _turn(row: Any, match: identity.Match) -> None:
    met = of(match.other, ("active", "withdrawn"))
    differences = changes(met[0]["dataset"], row.dataset)[:MOST_DIFFERENCES] if met else []
    values = {"action": LINK, "package_id": match.other, "reason": why(match), "changes": differences}
    model.Session.execute(sa.update(outcome_table).where(outcome_table.c.id == row.id).values(**values))
