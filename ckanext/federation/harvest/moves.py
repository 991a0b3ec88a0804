"""A node that changed its platform gives its datasets new ids: they are known again and stay the datasets they are.

A plan that would withdraw one dataset and create another, which ``identity.moved`` knows for the same, updates it instead.
The step says so as a change of the field ``upstream id``; applying it gives the record its new id in the same transaction.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ..model import outcome_table, record_table
from . import identity, store
from .compare import CREATE, UPDATE, Comparison, Known, changes

FIELD = "upstream id"
# More than these in one plan are not compared: so many new datasets are another catalogue.
MOST = 20_000
_SAID = {
    identity.ID: "the same identifier",
    identity.PAGE: "the same page",
    identity.FILE: "the same files",
    identity.TITLE: "the same title",
}


def find(node_id: str, run_id: str, known: dict[str, Known], comparison: Comparison) -> int:
    """Turn creations of a plan into updates of the datasets that they are; how many."""
    gone = {one: known[one] for one in comparison.missing()}
    if not gone or not comparison.counts.create:
        return 0
    columns = outcome_table.c
    query = sa.select(columns.id, columns.upstream_id, columns.dataset).where(
        columns.run_id == run_id, columns.action == CREATE, columns.status == "planned"
    )
    new = {row.upstream_id: row for row in model.Session.execute(query.limit(MOST)) if row.upstream_id not in known}
    before = store.datasets(node_id, gone)
    pairs = identity.moved(
        {name: identity.keys(name, dataset) for name, dataset in before.items()},
        {name: identity.keys(name, row.dataset) for name, row in new.items()},
    )
    for name, match in pairs.items():
        _turn(new[name], gone[match.other], before[match.other], match)
        comparison.moved(match.other)
    return len(pairs)


def _turn(row: Any, known: Known, before: dict[str, Any], match: identity.Match) -> None:
    differences = [{"field": FIELD, "old": match.other, "new": row.upstream_id}, *changes(before, row.dataset)]
    reason = f"It is the dataset that was “{match.other}” before: {_SAID[match.kind]}."
    statement = sa.update(outcome_table).where(outcome_table.c.id == row.id)
    model.Session.execute(
        statement.values(action=UPDATE, package_id=known.package_id, reason=reason[:1_000], changes=differences)
    )


def former(step: store.Row) -> str:
    """The upstream id that the dataset of a step had before; its present one where it did not move."""
    return next((one["old"] for one in step["changes"] if one["field"] == FIELD), step["upstream_id"])


def rekey(node_id: str, step: store.Row) -> None:
    """Give the record of a step's dataset its new upstream id."""
    old = former(step)
    if old != step["upstream_id"]:
        found = sa.and_(record_table.c.node_id == node_id, record_table.c.upstream_id == old)
        model.Session.execute(sa.update(record_table).where(found).values(upstream_id=step["upstream_id"]))
