"""The steps of a run, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

from ...model import now, outcome_table
from .. import same
from ..compare import REFUSE, Step
from .query import Row, every, pairs

# Done, and what is known of it stands in the record.
SETTLED = {"created", "linked", "updated", "noted", "restored", "withdrawn", "undone", "kept", "parted", "joined"}


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
    return every(query.order_by(columns.id).limit(limit))


def steps(ids: list[int]) -> list[Row]:
    """Those of these steps that are still to be done, in order."""
    columns = outcome_table.c
    query = sa.select(outcome_table).where(columns.id.in_(ids), columns.status == "planned")
    return every(query.order_by(columns.id))


def outcomes(run_id: str, status: str = "", action: str = "", limit: int = 100, offset: int = 0) -> list[Row]:
    """Outcomes of a run in order, without their datasets."""
    heavy = ("dataset", "publisher", "before", "record_before")
    columns = [column for column in outcome_table.c if column.name not in heavy]
    query = sa.select(*columns).where(outcome_table.c.run_id == run_id)
    if status:
        query = query.where(outcome_table.c.status == status)
    if action:
        query = query.where(outcome_table.c.action == action)
    return every(query.order_by(outcome_table.c.id).limit(limit).offset(offset))


def outcome_counts(run_id: str) -> dict[str, int]:
    """How many outcomes of a run have each status."""
    query = sa.select(outcome_table.c.status, sa.func.count()).where(outcome_table.c.run_id == run_id)
    return dict(pairs(query.group_by(outcome_table.c.status)))


def settle(outcome_id: int, status: str, **values: Any) -> None:
    """Store what became of a step. Its dataset and raw record are kept in the record from then on."""
    if status in SETTLED:
        values |= {"dataset": {}, "raw": ""}
    statement = sa.update(outcome_table).where(outcome_table.c.id == outcome_id)
    model.Session.execute(statement.values(status=status, settled=now(), **values))


def settle_all(status: str, outcomes: list[Row]) -> None:
    """``settle`` of many steps (``key``: the outcome's id) that are done, each with its other columns."""
    columns, names = outcome_table.c, [name for name in outcomes[0] if name != "key"]
    kinds = [sa.column("key", columns.id.type), *(sa.column(name, columns[name].type) for name in names)]
    # As one statement: what is sent as many is executed by the server one after the other.
    rows = [{name: _as_json(value) for name, value in one.items()} for one in outcomes]
    told = sa.func.jsonb_to_recordset(sa.literal(rows, JSONB)).table_valued(*kinds, name="told")
    told = told.render_derived(name="told", with_types=True)
    statement = sa.update(outcome_table).where(columns.id == told.c.key)
    statement = statement.values(status=status, settled=now(), dataset={}, raw="")
    model.Session.execute(statement.values({name: told.c[name] for name in names}))


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
