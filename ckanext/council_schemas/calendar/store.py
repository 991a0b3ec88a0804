"""Reads and writes the calendar's tables. Callers commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from ckan import model
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from .model import Duty, Seen
from .status import Said

#: Stands for the council itself where a set's name is asked for.
COUNCIL = "*"
NAMES = [field.name for field in fields(Said)]


def said(organization_id: str) -> list[Said]:
    """What people said of the sets of one council."""
    rows = model.Session.scalars(select(Duty).where(Duty.organization_id == organization_id))
    return [Said(**{name: getattr(row, name) for name in NAMES}) for row in rows]


def say(organization_id: str, set_id: str, period: str, values: dict[str, Any]) -> Duty:
    """Write what was said of a set, and count the change. Locks the row until the commit."""
    key = {"organization_id": organization_id, "set_id": set_id, "period": period}
    empty = {c.name: c.default.arg for c in Duty.__table__.columns if c.default is not None}  # type: ignore[union-attr]
    model.Session.execute(insert(Duty).values(empty | key).on_conflict_do_nothing())
    row = model.Session.scalars(select(Duty).filter_by(**key).with_for_update()).one()
    for name, value in values.items():
        setattr(row, name, value)
    row.sequence += 1
    model.Session.flush()
    return row


def seen(organization_id: str) -> dict[tuple[str, str], date]:
    """Set and period to the day on which it was first found whole."""
    rows = model.Session.scalars(select(Seen).where(Seen.organization_id == organization_id))
    return {(row.set_id, row.period): row.on for row in rows}


def tell_seen(organization_id: str, set_id: str, period: str, on: date) -> date:
    """Keep a day that was told, unless an earlier one is kept. Returns the day that is."""
    told = insert(Seen.__table__).values(organization_id=organization_id, set_id=set_id, period=period, met_on=on)  # type: ignore[arg-type]
    earlier = {"met_on": func.least(told.excluded.met_on, Seen.__table__.c.met_on)}
    kept = told.on_conflict_do_update(index_elements=["organization_id", "set_id", "period"], set_=earlier)
    return model.Session.execute(kept.returning(Seen.__table__.c.met_on)).scalar_one()


def keep_seen(organization_id: str, found: Iterable[tuple[str, str, date]]) -> None:
    """Keep the first day on which something was found whole; a later one changes nothing."""
    rows = [{"organization_id": organization_id, "set_id": s, "period": p, "met_on": on} for s, p, on in found]
    if rows:
        model.Session.execute(insert(Seen.__table__).values(rows).on_conflict_do_nothing())  # type: ignore[arg-type]
