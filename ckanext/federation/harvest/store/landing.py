"""The portal's datasets as the harvest left them: time stamps, names, and whether the search index has them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from ckan import model

from ...model import outcome_table, record_table
from .query import Row, every
from .step_rows import SETTLED


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


def untold(node_id: str) -> list[Row]:
    """Of what may be missing from the index, which nobody may have been told of either: run, upstream id, what became of it."""
    columns, became = record_table.c, outcome_table.c
    same_step = sa.and_(became.run_id == columns.run_id, became.upstream_id == columns.upstream_id)
    query = sa.select(columns.run_id, columns.upstream_id, columns.package_id, became.status)
    query = query.join(outcome_table, same_step).where(columns.node_id == node_id, columns.unindexed)
    return every(query.where(columns.state == "active", became.status.in_(SETTLED)).order_by(became.id))


def indexed(node_id: str, package_ids: list[str]) -> None:
    """Remember that these are in the index."""
    found = sa.and_(record_table.c.node_id == node_id, record_table.c.package_id.in_(package_ids))
    model.Session.execute(sa.update(record_table).where(found).values(unindexed=False))


def taken_names(names: list[str]) -> set[str]:
    """Which of these names datasets already have, deleted ones too."""
    query = sa.select(model.Package.name).where(model.Package.name.in_(names))
    return set(model.Session.execute(query).scalars())
