"""Datasets of this portal that come back to it: another portal harvests us, and we harvest that one. They are refused."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ..model import outcome_table, record_table
from . import identity
from .compare import CREATE, REFUSE, Comparison

OWN = "It is this portal’s own dataset “{title}”, come back by way of that node."
BATCH = 500


def refuse(run_id: str, comparison: Comparison) -> None:
    """Turn a plan's creations of datasets that were never harvested here, but made here, into refusals."""
    if not comparison.counts.create:
        return
    columns, after = outcome_table.c, 0
    query = sa.select(columns.id, columns.known_by).where(
        columns.run_id == run_id, columns.action == CREATE, columns.status == "planned"
    )
    while rows := model.Session.execute(query.where(columns.id > after).order_by(columns.id).limit(BATCH)).all():
        after = rows[-1].id
        named = {row.id: _names(row.known_by) for row in rows}
        titles = _own(sorted({name for names in named.values() for name in names}))
        for step_id, names in named.items():
            title = next((titles[name] for name in names if name in titles), None)
            if title is not None:
                _turn(step_id, title)
                comparison.counts.create -= 1
                comparison.counts.refused += 1


def _names(keys: list[str]) -> list[str]:
    """What of these keys may be an id or a name of a dataset here."""
    here = identity.address(f"{toolkit.config['ckan.site_url'].rstrip('/')}/dataset/x").removesuffix("x")
    ids = [key.removeprefix(f"{identity.ID}:") for key in keys if identity.is_uuid(key.partition(":")[2])]
    pages = [key.partition(":")[2] for key in keys if key.partition(":")[2].startswith(here)]
    return ids + [page.removeprefix(here) for page in pages]


def _own(names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    package, harvested = model.package_table.c, sa.select(record_table.c.package_id)
    query = sa.select(package.id, package.name, package.title).where(
        sa.or_(package.id.in_(names), package.name.in_(names)), package.id.not_in(harvested), package.state != "deleted"
    )
    return {name: row.title for row in model.Session.execute(query) for name in (row.id, row.name)}


def _turn(step_id: int, title: Any) -> None:
    values = {"action": REFUSE, "status": "refused", "reason": OWN.format(title=title)}
    model.Session.execute(sa.update(outcome_table).where(outcome_table.c.id == step_id).values(**values))
