"""The projections in PostgreSQL: write them from events, make them again, and ask what capture needs to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from . import model
from .events import Event, SystemRegistered, from_bytes
from .projection import Row, project


def apply(conn: sa.Connection, events: Iterable[Event]) -> None:
    """Write the projections of events, in their order."""
    write(conn, [row for event in events for row in project(event)])


def write(conn: sa.Connection, rows: Iterable[Row]) -> None:
    """Write rows table by table; within a table in the order given."""
    by_table = sorted(rows, key=lambda row: row.table)  # a stable sort
    for (name, mode, columns), run in groupby(by_table, key=lambda row: (row.table, row.mode, tuple(row.values))):
        table, values = model.metadata.tables[name], [row.values for row in run]
        if mode == "keep":
            conn.execute(insert(table).on_conflict_do_nothing(), values)
        elif mode == "fill":
            conn.execute(_upsert(table, mode, columns), _filled(table, values))
        else:
            for each in values:
                conn.execute(_change(table, mode, each))


def _filled(table: sa.Table, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one key as one, as PostgreSQL takes a key only once in a statement: the first value counts."""
    keys = [column.name for column in table.primary_key]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in values:
        first = found.setdefault(tuple(row[key] for key in keys), dict(row))
        first.update({name: value for name, value in row.items() if first[name] is None})
    return list(found.values())


def _change(table: sa.Table, mode: str, values: dict[str, Any]) -> Any:
    if mode == "clear":
        return sa.delete(table).where(*(table.c[name] == value for name, value in values.items()))
    if mode == "update":
        keys = [column.name for column in table.primary_key]
        found = (table.c[name] == values[name] for name in keys)
        return sa.update(table).where(*found).values({n: value for n, value in values.items() if n not in keys})
    return _upsert(table, mode, tuple(values)).values(values)


def _upsert(table: sa.Table, mode: str, columns: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    statement = insert(table)
    new, others = statement.excluded, [name for name in columns if name not in keys]
    if mode == "fill":
        changes = {name: sa.func.coalesce(table.c[name], new[name]) for name in others}
    else:
        changes = {name: new[name] for name in others if name != "recorded"}
    if table is model.dataset:
        changes["fields"] = table.c.fields.concat(new.fields)
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def rebuild(conn: sa.Connection) -> int:
    """Empty the projections and make them again from the ledger, in the caller's transaction; gives the event count.

    Appending waits until the transaction ends.
    """
    conn.execute(sa.text("LOCK TABLE journey_event IN SHARE MODE"))
    for table in model.PROJECTIONS:
        conn.execute(sa.delete(table))
    count = 0
    for batch in _batches(conn):
        apply(conn, batch)
        count += len(batch)
    return count


def _batches(conn: sa.Connection, size: int = 500) -> Iterator[list[Event]]:
    """All events in the order of their recording; streams meet only where a dataset changed its organisation."""
    columns = model.event.c
    order = (columns.recorded, columns.stream, columns.sequence)
    last: tuple[Any, ...] | None = None
    while True:
        query = sa.select(columns.raw, *order).order_by(*order).limit(size)
        if last is not None:
            query = query.where(sa.tuple_(*order) > sa.tuple_(*(sa.literal(part) for part in last)))
        rows = conn.execute(query).all()
        if rows:
            yield [from_bytes(bytes(row.raw)) for row in rows]
            last = tuple(rows[-1][1:])
        if len(rows) < size:
            return


def dataset_state(conn: sa.Connection, package_id: str) -> Any:
    """What the journey knows of a dataset (stage, fields, legacy system), or None."""
    query = (
        sa.select(model.dataset, model.system.c.name.label("legacy_source"))
        .outerjoin(model.system, model.system.c.id == model.dataset.c.legacy_system_id)
        .where(model.dataset.c.package_id == package_id)
    )
    return conn.execute(query).first()


def current_file(conn: sa.Connection, resource_id: str) -> Any:
    """The file last received for a resource (sha256, rows, version), or None."""
    columns = model.artefact.c
    query = (
        sa.select(columns.sha256, columns.rows, columns.version, columns.name)
        .where(columns.resource_id == resource_id, columns.kind == "file", columns.invalidated.is_(None))
        .order_by(columns.generated.desc())
    )
    return conn.execute(query).first()


def last_load(conn: sa.Connection, resource_id: str) -> Any:
    """The last load of a resource into a table (rows out, and the file's sha256), or None."""
    step, link, artefact = model.step.c, model.step_io.c, model.artefact.c
    query = (
        sa.select(step.rows_out, artefact.sha256)
        .select_from(model.step)
        .outerjoin(model.step_io, link.step_id == step.id)
        .outerjoin(model.artefact, artefact.id == link.artefact_id)
        .where(step.resource_id == resource_id, step.type == "load")
        .order_by(step.recorded.desc())
    )
    return conn.execute(query).first()


def last_hop(conn: sa.Connection, package_id: str) -> Any:
    """The portal a dataset was last harvested from (node, remote_id, content_hash), or None."""
    columns = model.hop.c
    query = sa.select(columns.node, columns.remote_id, columns.content_hash).where(columns.package_id == package_id)
    return conn.execute(query.order_by(columns.position.desc())).first()


def unexplained(conn: sa.Connection, package_id: str) -> str | None:
    """The step by which the portal itself has just taken a dataset away without saying why, if it has."""
    step = model.step.c
    query = sa.select(step.id, step.type, step.agent_role, step.rationale).where(step.package_id == package_id)
    last = conn.execute(query.order_by(step.recorded.desc(), step.sequence.desc()).limit(1)).first()
    is_it = last and last.type == "withdraw" and last.agent_role == "system" and not last.rationale
    return last.id if last and is_it else None


def systems(conn: sa.Connection, stream: str | None = None) -> list[Any]:
    """The register, by name; of one organisation's stream or of all."""
    query = sa.select(model.system).order_by(model.system.c.slug, model.system.c.id)
    return list(conn.execute(query if stream is None else query.where(model.system.c.stream == stream)))


def find_system(conn: sa.Connection, reference: str) -> Any:
    return conn.execute(sa.select(model.system).where(model.system.c.id == reference)).first()


def systems_of(conn: sa.Connection, package_id: str) -> list[Any]:
    """The systems a dataset comes from: its legacy source first, then those that public steps name."""
    named = sa.select(model.step.c.system_id).where(
        model.step.c.package_id == package_id, model.step.c.visibility == "public"
    )
    source = sa.select(model.dataset.c.legacy_system_id).where(model.dataset.c.package_id == package_id)
    columns = model.system.c
    first = columns.id.in_(source)
    query = sa.select(columns.id, columns.name).where(sa.or_(first, columns.id.in_(named)))
    return list(conn.execute(query.order_by(first.desc(), columns.slug)))


def count_steps(conn: sa.Connection, package_id: str) -> int:
    query = sa.select(sa.func.count()).select_from(model.step).where(model.step.c.package_id == package_id)
    return conn.execute(query).scalar_one()


def differs(row: Any, body: SystemRegistered) -> bool:
    """Would registering `body` change what the register says?"""
    told = {**row._mapping, "retirement_date": row.retirement_date and row.retirement_date.isoformat()}
    return not row.registered or any(told[name] != value for name, value in asdict(body).items())


def events(conn: sa.Connection, stream: str | None, package_id: str | None, after: int, limit: int) -> list[Any]:
    """Events as plain data, raw bytes as text."""
    table = model.event.c
    query = sa.select(model.event).where(table.sequence > after)
    if stream:
        query = query.where(table.stream == stream)
    if package_id:
        query = query.where(table.package_id == package_id)
    rows = conn.execute(query.order_by(table.recorded, table.stream, table.sequence).limit(limit))
    names = ("stream", "sequence", "type", "recorded", "hash", "previous")
    return [
        {name: getattr(row, name) for name in names} | {"package": row.package_id, "raw": bytes(row.raw).decode()}
        for row in rows
    ]
