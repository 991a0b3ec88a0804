"""The projections in PostgreSQL: write them from events, make them again, and ask what capture needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from . import model, signals
from .events import Event, SystemRegistered, from_bytes
from .projection import Row, project
from .turns import turns

KEYS = {name: [column.name for column in table.primary_key] for name, table in model.metadata.tables.items()}


def apply(conn: sa.Connection, events: Iterable[Event]) -> None:
    """Write the projections of events, in their order, on the session's connection; see `write`."""
    write(conn, _rows(events))


def _rows(events: Iterable[Event]) -> list[Row]:
    return [row for event in events for row in project(event)]


def write(conn: sa.Connection, rows: Iterable[Row]) -> None:
    """Write rows on the session's connection; `signals.changed` tells of their datasets once they are committed."""
    there = list(rows)
    put(conn, there)
    signals.note(row.values["package_id"] for row in there if row.values.get("package_id"))


def put(conn: sa.Connection, rows: Iterable[Row]) -> None:
    """Write rows table by table, as if one after the other in the order given, and tell nobody."""
    for same in turns(rows, KEYS):
        first, values = same[0], [row.values for row in same]
        table, mode, columns = model.metadata.tables[first.table], first.mode, tuple(first.values)
        if mode == "clear" and len(columns) == 1:
            conn.execute(sa.delete(table).where(table.c[columns[0]].in_([row[columns[0]] for row in values])))
        elif mode == "clear":
            for each in values:
                conn.execute(sa.delete(table).where(*(table.c[name] == value for name, value in each.items())))
        elif mode == "update":
            conn.execute(*_update(table, columns, values))
        else:
            conn.execute(many(_upsert(table, mode, columns)), values)


def many(statement: Any) -> Any:
    """An INSERT ... ON CONFLICT of many rows as SQLAlchemy sends it in few statements: only where it returns something."""
    return statement.returning(statement.table.primary_key.columns[0])


def _update(table: sa.Table, columns: tuple[str, ...], values: list[dict[str, Any]]) -> tuple[Any, Any]:
    """Changes rows that are there, and what is asked of each."""
    keys = KEYS[table.name]
    found = (table.c[name] == sa.bindparam(f"key_{name}") for name in keys)
    changes = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in columns if name not in keys}
    given = [{f"{'key' if name in keys else 'new'}_{name}": row[name] for name in columns} for row in values]
    return sa.update(table).where(*found).values(changes), given


def _upsert(table: sa.Table, mode: str, columns: tuple[str, ...]) -> Any:
    keys = KEYS[table.name]
    statement = insert(table)
    if mode == "keep":
        return statement.on_conflict_do_nothing()
    new, others = statement.excluded, [name for name in columns if name not in keys]
    if mode == "fill":
        changes = {name: sa.func.coalesce(table.c[name], new[name]) for name in others}
    else:
        changes = {name: new[name] for name in others if name != "recorded"}
    if table is model.dataset:
        changes["fields"] = table.c.fields.concat(new.fields)
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def rebuild(conn: sa.Connection, tell: Callable[[int], object] = int) -> int:
    """Empty the projections and make them again from the ledger, in the caller's transaction; gives the event count.

    Appending waits until the transaction ends. `tell` hears how many events are done.
    """
    conn.execute(sa.text("LOCK TABLE journey_event IN SHARE MODE"))
    for table in model.PROJECTIONS:
        conn.execute(sa.delete(table))
    count = 0
    for batch in _batches(conn):
        put(conn, _rows(batch))
        count += len(batch)
        tell(count)
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


def hops(conn: sa.Connection, package_id: str) -> tuple[tuple[str, str | None, str | None, bool], ...]:
    """The portals a dataset passed: portal, its id there, the hash of its content and whether it was seen there, in order;
    none if not harvested."""
    return hops_of(conn, [package_id]).get(package_id, ())


def hops_of(conn: sa.Connection, package_ids: list[str]) -> dict[str, tuple[Any, ...]]:
    """``hops`` of many datasets, by their ids."""
    columns = model.hop.c
    query = sa.select(columns.package_id, columns.portal, columns.remote_id, columns.content_hash, columns.observed)
    found: dict[str, tuple[Any, ...]] = {}
    rows = conn.execute(query.where(columns.package_id.in_(package_ids)).order_by(columns.package_id, columns.position))
    for row in rows:
        found[row[0]] = (*found.get(row[0], ()), tuple(row[1:]))
    return found


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
