"""Reads and writes the federation's tables, set-wise; commits nothing unless it says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ..model import new_id, node_table, now, organization_table, outcome_table, record_table, run_table
from . import same
from .compare import REFUSE, Known, Step
from .record import sha256

Row = dict[str, Any]
ENDED = ("done", "unchanged", "failed", "superseded", "cancelled")
BATCH = 200
# Done, and what is known of it stands in the record.
SETTLED = {"created", "linked", "updated", "noted", "restored", "withdrawn", "undone", "kept", "parted", "joined"}


def node(name_or_id: str) -> Row | None:
    """A node by its name or id."""
    query = sa.select(node_table).where(sa.or_(node_table.c.name == name_or_id, node_table.c.id == name_or_id))
    return _one(query)


def nodes() -> list[Row]:
    """All nodes by title."""
    return _all(sa.select(node_table).order_by(node_table.c.title))


def due_nodes() -> list[Row]:
    """Active nodes whose time has come."""
    waiting = sa.or_(node_table.c.due.is_(None), node_table.c.due <= now())
    paused = sa.select(run_table.c.node_id).where(run_table.c.status == "paused")
    query = sa.select(node_table).where(node_table.c.state == "active", waiting, node_table.c.id.not_in(paused))
    return _all(query.order_by(node_table.c.due))


def add_node(values: Row) -> Row:
    """Insert a node."""
    moment = now()
    row = {"id": new_id(), "created": moment, "modified": moment, **values}
    model.Session.execute(sa.insert(node_table).values(row))
    return node(row["id"]) or row


def change_node(node_id: str, **values: Any) -> None:
    """Update columns of a node."""
    model.Session.execute(sa.update(node_table).where(node_table.c.id == node_id).values(**values))


def add_run(node_id: str, status: str, **values: Any) -> str:
    """Insert a run; its id."""
    run_id = new_id()
    model.Session.execute(sa.insert(run_table).values(id=run_id, node_id=node_id, status=status, **values))
    return run_id


def change_run(run_id: str, **values: Any) -> None:
    """Update columns of a run, and its heartbeat."""
    model.Session.execute(sa.update(run_table).where(run_table.c.id == run_id).values(heartbeat=now(), **values))


def run(run_id: str) -> Row | None:
    """A run by id."""
    return _one(sa.select(run_table).where(run_table.c.id == run_id))


def runs(node_id: str, limit: int, offset: int = 0) -> list[Row]:
    """A node's runs, the latest first."""
    query = sa.select(run_table).where(run_table.c.node_id == node_id).order_by(run_table.c.started.desc())
    return _all(query.limit(limit).offset(offset))


def latest_runs(node_ids: Iterable[str]) -> dict[str, Row]:
    """The latest run of each node that has one."""
    query = (
        sa.select(run_table)
        .where(run_table.c.node_id.in_(list(node_ids)))
        .distinct(run_table.c.node_id)
        .order_by(run_table.c.node_id, run_table.c.started.desc())
    )
    return {row["node_id"]: row for row in _all(query)}


def last_success(node_id: str) -> Any:
    """When a harvest of the node last went through, or None."""
    query = sa.select(sa.func.max(run_table.c.finished)).where(run_table.c.node_id == node_id)
    return model.Session.execute(query.where(run_table.c.status.in_(("done", "unchanged")))).scalar()


def interrupted_nodes() -> list[Row]:
    """Active nodes whose latest work did not end; whether its process is dead only the lane tells."""
    left = sa.select(run_table.c.node_id).where(run_table.c.status.in_(("planning", "applying")))
    return _all(sa.select(node_table).where(node_table.c.state == "active", node_table.c.id.in_(left)))


def interrupted_roll_backs() -> list[Row]:
    """Roll backs that did not end; their nodes are paused."""
    query = sa.select(run_table).where(run_table.c.status == "applying", run_table.c.undoes != "")
    return _all(query)


def open_runs(node_id: str) -> list[Row]:
    """Runs that have not ended, the oldest first."""
    query = sa.select(run_table).where(run_table.c.node_id == node_id, run_table.c.status.not_in(ENDED))
    return _all(query.order_by(run_table.c.started))


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
    return dict(_pairs(query))


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


def add_steps(run_id: str, steps: list[Step]) -> None:
    """Store steps of a plan."""
    if not steps:
        return
    rows = [
        {
            "run_id": run_id,
            "action": step.action,
            "status": "refused" if step.action == REFUSE else "planned",
            "upstream_id": step.upstream_id,
            "package_id": step.package_id,
            "title": step.title,
            "reason": step.reason,
            "notes": step.notes,
            "changes": step.changes,
            "dataset": step.dataset,
            "publisher": step.publisher,
            "raw": step.raw,
            "signature": step.signature,
            "content_hash": step.content_hash,
            "hops": step.hops,
            "known_by": same.stored_keys(step.upstream_id, step.dataset) if step.dataset else [],
        }
        for step in steps
    ]
    model.Session.connection().execute(sa.insert(outcome_table), rows)


def steps_ahead(run_id: str, after: int, limit: int) -> list[Row]:
    """Steps of a plan that are still to be done, in order: what is needed to prepare them, with the ``tags`` of each."""
    columns = outcome_table.c
    names = (columns.id, columns.action, columns.title, columns.upstream_id, columns.publisher)
    query = sa.select(*names, columns.dataset["tags"].label("tags"))
    query = query.where(columns.run_id == run_id, columns.status == "planned", columns.id > after)
    return _all(query.order_by(columns.id).limit(limit))


def steps(ids: list[int]) -> list[Row]:
    """Those of these steps that are still to be done, in order."""
    columns = outcome_table.c
    query = sa.select(outcome_table).where(columns.id.in_(ids), columns.status == "planned")
    return _all(query.order_by(columns.id))


def outcomes(run_id: str, status: str = "", action: str = "", limit: int = 100, offset: int = 0) -> list[Row]:
    """Outcomes of a run in order, without their datasets."""
    heavy = ("dataset", "publisher", "before", "record_before")
    columns = [column for column in outcome_table.c if column.name not in heavy]
    query = sa.select(*columns).where(outcome_table.c.run_id == run_id)
    if status:
        query = query.where(outcome_table.c.status == status)
    if action:
        query = query.where(outcome_table.c.action == action)
    return _all(query.order_by(outcome_table.c.id).limit(limit).offset(offset))


def outcome_counts(run_id: str) -> dict[str, int]:
    """How many outcomes of a run have each status."""
    query = sa.select(outcome_table.c.status, sa.func.count()).where(outcome_table.c.run_id == run_id)
    return dict(_pairs(query.group_by(outcome_table.c.status)))


def settle(outcome_id: int, status: str, **values: Any) -> None:
    """Store what became of a step. Its dataset and raw record are kept in the record from then on."""
    if status in SETTLED:
        values |= {"dataset": {}, "raw": ""}
    statement = sa.update(outcome_table).where(outcome_table.c.id == outcome_id)
    model.Session.execute(statement.values(status=status, settled=now(), **values))


def settle_all(status: str, outcomes: list[Row]) -> None:
    """``settle`` of many steps (``key``: the outcome's id) that are done, each with its other columns."""
    statement = sa.update(outcome_table).where(outcome_table.c.id == sa.bindparam("key"))
    statement = statement.values(status=status, settled=now(), dataset={}, raw="")
    names = [name for name in outcomes[0] if name != "key"]
    statement = statement.values({name: sa.bindparam(f"new_{name}") for name in names})
    rows = [{"key": one["key"], **{f"new_{name}": one[name] for name in names}} for one in outcomes]
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
    statement = insert(record_table).values(rows)
    keep = ("id", "node_id", "upstream_id", "first_harvested")
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keep}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["node_id", "upstream_id"], set_=changed))


def change_record(node_id: str, key: str, /, **values: Any) -> None:
    """Update columns of the record of an upstream id (``key``)."""
    found = sa.and_(record_table.c.node_id == node_id, record_table.c.upstream_id == key)
    model.Session.execute(sa.update(record_table).where(found).values(**values))


def record(node_id: str, upstream_id: str) -> Row | None:
    """A record by its upstream id."""
    found = sa.and_(record_table.c.node_id == node_id, record_table.c.upstream_id == upstream_id)
    return _one(sa.select(record_table).where(found))


def modified(package_id: str) -> datetime | None:
    """A dataset's ``metadata_modified``; None when it was purged."""
    query = sa.select(model.package_table.c.metadata_modified).where(model.package_table.c.id == package_id)
    return model.Session.execute(query).scalar()


def touched(row: Row) -> bool | None:
    """Was the dataset of this record changed here since it was harvested? None: nobody knows."""
    landed = row.get("landed")
    return None if landed is None else modified(row["package_id"]) != landed


def land(node_id: str, upstream_id: str, outcome_id: int, package_id: str) -> None:
    """Remember the dataset's time stamp, by which a change made here is noticed later; for each node that has it."""
    model.Session.flush()
    stamp = modified(package_id)
    own = sa.and_(record_table.c.node_id == node_id, record_table.c.upstream_id == upstream_id)
    all_of_it = sa.or_(record_table.c.package_id == package_id, own)
    model.Session.execute(sa.update(record_table).where(all_of_it).values(landed=stamp))
    model.Session.execute(sa.update(outcome_table).where(outcome_table.c.id == outcome_id).values(landed=stamp))


def stamp(outcome_id: int, package_id: str) -> None:
    """Remember the dataset's time stamp with a step that left the dataset as it was."""
    found = outcome_table.c.id == outcome_id
    model.Session.execute(sa.update(outcome_table).where(found).values(landed=modified(package_id)))


def unindexed(node_id: str) -> list[str]:
    """Datasets that are in the database, and may be missing from the search index."""
    query = sa.select(record_table.c.package_id).where(record_table.c.node_id == node_id, record_table.c.unindexed)
    return list(model.Session.execute(query).scalars())


def indexed(node_id: str, package_ids: list[str]) -> None:
    """Remember that these are in the index."""
    found = sa.and_(record_table.c.node_id == node_id, record_table.c.package_id.in_(package_ids))
    model.Session.execute(sa.update(record_table).where(found).values(unindexed=False))


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
    return _one(query)


def organizations(node_id: str) -> dict[str, str]:
    """Organisation ids by the publisher's upstream key."""
    query = sa.select(organization_table.c.upstream_key, organization_table.c.organization_id)
    return dict(_pairs(query.where(organization_table.c.node_id == node_id)))


def add_organization(node_id: str, key: str, organization_id: str) -> None:
    """Remember which organisation a publisher is."""
    statement = insert(organization_table).values(
        id=new_id(), node_id=node_id, upstream_key=key, organization_id=organization_id
    )
    changed = {"organization_id": organization_id}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["node_id", "upstream_key"], set_=changed))


def prune(node_id: str, keep: int) -> None:
    """Drop the outcomes of all but a node's latest runs that ended."""
    latest = (
        sa.select(run_table.c.id).where(run_table.c.node_id == node_id).order_by(run_table.c.started.desc()).limit(keep)
    )
    old = sa.select(run_table.c.id).where(run_table.c.node_id == node_id, run_table.c.id.not_in(latest))
    model.Session.execute(
        sa.delete(outcome_table).where(outcome_table.c.run_id.in_(old.where(run_table.c.status.in_(ENDED))))
    )


def taken_names(names: list[str]) -> set[str]:
    """Which of these names datasets already have, deleted ones too."""
    query = sa.select(model.Package.name).where(model.Package.name.in_(names))
    return set(model.Session.execute(query).scalars())


def _pairs(query: Any) -> list[Any]:
    return [tuple(row) for row in model.Session.execute(query)]


def _one(query: Any) -> Row | None:
    row = model.Session.execute(query).mappings().first()
    return dict(row) if row else None


def _all(query: Any) -> list[Row]:
    return [dict(row) for row in model.Session.execute(query).mappings()]
