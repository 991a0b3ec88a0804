"""Datasets that are here already, at several nodes, and look like one since a feed changed: for a steward to join, never joined
by themselves.

The rule is that of new datasets (``same.find``). A plan says it of the datasets that it changes; the page of a dataset, of both.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ..model import outcome_table, record_table
from . import identity, links, same, store
from .compare import RESTORE, UPDATE

BATCH = 200
SAID = "A steward can join them on the dataset’s page."
_KINDS = (UPDATE, RESTORE)


def find(node: store.Row, run_id: str) -> int:
    """Say of a plan's changed datasets which other nodes' they may be, in their reason; how many."""
    if not links.others(node["id"]):
        return 0
    links.fill()
    repeated, apart = links.repeated_keys(run_id), links.apart(node["id"])
    found, after = 0, 0
    columns = outcome_table.c
    query = sa.select(
        columns.id, columns.upstream_id, columns.package_id, columns.title, columns.known_by, columns.reason
    )
    query = query.where(columns.run_id == run_id, columns.action.in_(_KINDS), columns.status == "planned")
    while rows := model.Session.execute(query.where(columns.id > after).order_by(columns.id).limit(BATCH)).all():
        after = rows[-1].id
        others = links.sharing(node["id"], rows, again=True)
        for row in rows:
            match = None if row.upstream_id in apart else _match(node["id"], row, others, repeated)
            if match:
                reason = f"{row.reason} {links.why(match, 'may be')} {SAID}".strip()[:1_000]
                statement = sa.update(outcome_table).where(columns.id == row.id)
                model.Session.execute(statement.values(reason=reason))
                found += 1
    return found


def of(package_id: str) -> list[dict[str, Any]]:
    """The datasets that a harvested dataset may be: ``name`` and ``title`` of each, ``nodes`` (titles) and ``evidence``."""
    rows = [row for row in links.of(package_id) if row["known_by"] and not row["apart"]]
    matches: dict[str, identity.Match] = {}
    for row in rows:
        mine = _Mine(row)
        match = _match(row["node_id"], mine, links.sharing(row["node_id"], [mine], again=True), set())
        if match:
            matches.setdefault(match.other, match)
    return [_shown(match) for match in matches.values()]


def keep_apart(package_id: str) -> None:
    """The dataset is none of those that it may be: its records are matched to none again, unless a steward joins it."""
    found = sa.and_(record_table.c.package_id == package_id, record_table.c.state == "active")
    model.Session.execute(sa.update(record_table).where(found).values(apart=True))


class _Mine:
    """A record, as the rows of a plan are."""

    def __init__(self, row: store.Row):
        self.upstream_id, self.package_id, self.known_by = row["upstream_id"], row["package_id"], row["known_by"]
        self.title = row["dataset"].get("title", "")


def _match(node_id: str, row: Any, others: list[same.Other], repeated: set[str]) -> identity.Match | None:
    near = [one for one in others if one.package_id != row.package_id and not one.keys.isdisjoint(row.known_by)]
    match = same.find(node_id, row.known_by, row.title, near, repeated) if near else None
    return match if match and _can_be_joined(row.package_id, match.other) else None


def _can_be_joined(package_id: str, other_id: str) -> bool:
    """Both are published, and no node has both: its own two are two."""
    package = model.Package.get(package_id)
    one, other = links.of(package_id), links.of(other_id)
    both = {row["node_id"] for row in one} & {row["node_id"] for row in other}
    return bool(package and other and not both)


def _shown(match: identity.Match) -> dict[str, Any]:
    package = model.Package.get(match.other)
    assert package is not None
    rows = links.of(match.other)
    nodes = list(dict.fromkeys(row["node_title"] for row in rows))
    evidence = [key.partition(":")[2] for key in match.evidence[:3]]
    return {"name": package.name, "title": package.title, "nodes": nodes, "kind": match.kind, "evidence": evidence}
