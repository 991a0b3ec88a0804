"""A node that was deleted and is registered again takes up the datasets that it brought here before.

A trigger of the database keeps what was known of a deleted node's datasets (``federation_former``). Of the same feed all of
it is this node's again; of another feed what its records are the same as (upstream id and site, else ``same.find``). What
somebody changed here since the node was deleted is theirs: it stays as it is, and its record is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import ARRAY, insert

from ..model import former_table, outcome_table, record_table
from . import links, nearest, same, store
from .compare import CREATE, REFUSE, RESTORE, UPDATE, Comparison, Counts, changes

BATCH = 200
WHY = "It came from this address before, by the node “{node}” that was deleted on {day}."
HOMELESS = "Its organisation is gone; it gets one again."
THEIRS = "It is the dataset “{title}”, which somebody changed here since its node was deleted: it is theirs, and stays as it is."
NOTE = "{number} datasets came from this address before, by a node that was deleted: they are this node’s again."


class Former:
    """What deleted nodes left, for the plan of one node. Writes the tables; commits nothing."""

    def __init__(self, node: store.Row):
        self.node = node
        self.number = 0
        self._said: dict[str, str] = {}  # why a record of before is not new, by upstream id

    def take_up(self) -> None:
        """Make the records of a deleted node of the same feed this node's."""
        columns = former_table.c
        feeds = model.Session.execute(sa.select(columns.feed_url).distinct()).scalars()
        mine = [feed for feed in feeds if _plain(feed) == _plain(self.node["feed_url"])]
        for row in _rows(columns.feed_url.in_(mine)) if mine else ():
            if not _theirs(row):
                self._take(row, row["upstream_id"])

    def settle(self, run_id: str, comparison: Comparison) -> None:
        """Turn a plan's creations of what came before into what it is; say of all such steps why they are not new."""
        if comparison.counts.create and model.Session.execute(sa.select(sa.exists(former_table.c.id))).scalar():
            self._meet(run_id, comparison)
        columns = outcome_table.c
        for upstream_id, reason in self._said.items():
            found = sa.and_(columns.run_id == run_id, columns.upstream_id == upstream_id, columns.reason == "")
            model.Session.execute(sa.update(outcome_table).where(found, columns.action == UPDATE).values(reason=reason))

    def _meet(self, run_id: str, comparison: Comparison) -> None:
        columns, after = outcome_table.c, 0
        found = sa.and_(columns.run_id == run_id, columns.action == CREATE, columns.status == "planned")
        repeated, apart = links.repeated_keys(run_id), links.apart(self.node["id"])
        query = sa.select(outcome_table).where(found).order_by(columns.id).limit(BATCH)
        while steps := model.Session.execute(query.where(columns.id > after)).mappings().all():
            after = steps[-1]["id"]
            for step in steps:
                if step["upstream_id"] not in apart and (row := self._same(step, repeated)):
                    self._turn(step, row, comparison)

    def _same(self, step: Any, repeated: set[str]) -> store.Row | None:
        """The record of before that a new one is."""
        columns = former_table.c
        shared = columns.known_by.op("&&")(sa.literal(step["known_by"], ARRAY(sa.Text)))
        near = [
            row for row in _rows(sa.or_(columns.upstream_id == step["upstream_id"], shared)) if row["package_state"]
        ]
        sites = {nearest.host(self.node["url"]), nearest.host(self.node["feed_url"])}
        for row in near:
            if row["upstream_id"] == step["upstream_id"] and _hosts(row) & sites:
                return row
        others = [same.Other("", row["package_id"], row["title"], frozenset(row["known_by"])) for row in near]
        match = same.find(self.node["id"], step["known_by"], step["title"], others, repeated) if others else None
        return next((row for row in near if match and row["package_id"] == match.other), None)

    def _turn(self, step: Any, row: store.Row, comparison: Comparison) -> None:
        counts, before = comparison.counts, row["record"]
        counts.create -= 1
        if _theirs(row):
            counts.refused += 1
            reason = THEIRS.format(title=row["title"])
            _become(step, action=REFUSE, status="refused", reason=reason, package_id=row["package_id"])
            return
        self._take(row, step["upstream_id"])
        differs = before["content_hash"] != step["content_hash"] or _homeless(row)
        if before["state"] == "withdrawn":
            counts.restore += 1
            _become(step, action=RESTORE, package_id=row["package_id"], reason=_why(row))
        elif row["package_state"] == "active" and differs:
            counts.update += 1
            differences = changes(before["dataset"], step["dataset"])
            _become(step, action=UPDATE, package_id=row["package_id"], reason=_why(row), changes=differences)
        else:
            model.Session.execute(sa.delete(outcome_table).where(outcome_table.c.id == step["id"]))
            self._same_as_before(step, row, counts)

    def _same_as_before(self, step: Any, row: store.Row, counts: Counts) -> None:
        if row["package_state"] == "active":
            counts.unchanged += 1
            store.retouch(self.node["id"], {step["upstream_id"]: (step["signature"], step["raw"])})
        else:  # what somebody deleted here stays deleted
            counts.kept_out += 1

    def _take(self, row: store.Row, upstream_id: str) -> None:
        """Make a record of before this node's, unless its dataset was purged: then it is forgotten."""
        model.Session.execute(sa.delete(former_table).where(former_table.c.id == row["id"]))
        if not row["package_state"]:
            return
        values = {
            name: _value(record_table.c[name], one) for name, one in row["record"].items() if name in record_table.c
        }
        values |= {"node_id": self.node["id"], "upstream_id": upstream_id, "governs": not row["governed"]}
        if _homeless(row):  # so that the feed's record is compared, and found to differ
            values |= {"signature": "", "content_hash": ""}
        kept = {name: one for name, one in values.items() if name not in ("id", "node_id", "upstream_id")}
        statement = insert(record_table).values(values)
        model.Session.execute(statement.on_conflict_do_update(index_elements=["node_id", "upstream_id"], set_=kept))
        self.number += 1
        self._said[upstream_id] = _why(row)


def _rows(found: Any) -> Iterator[store.Row]:
    """Records of before with their dataset: its title, state ("" when it was purged), time stamp, organisation."""
    columns, package, record = former_table.c, model.package_table.c, record_table.c
    now_its = record.package_id == columns.package_id
    query = sa.select(
        former_table,
        sa.func.coalesce(package.title, "").label("title"),
        sa.func.coalesce(package.state, "").label("package_state"),
        package.metadata_modified,
        package.owner_org,
        sa.exists().where(now_its, record.governs).label("governed"),
        sa.exists().where(now_its, record.landed == package.metadata_modified).label("harvested"),
    ).outerjoin(model.package_table, package.id == columns.package_id)
    query, after = query.where(found).order_by(columns.id).limit(BATCH), ""
    while rows := model.Session.execute(query.where(columns.id > after)).mappings().all():
        after = rows[-1]["id"]
        yield from map(dict, rows)


def _theirs(row: store.Row) -> bool:
    """Did somebody, and no other node's harvest, change the dataset since the node was deleted?"""
    if row["package_state"] != "active" or row["harvested"] or _homeless(row):
        return False
    return row["metadata_modified"] > row["deleted"].astimezone(UTC).replace(tzinfo=None)


def _homeless(row: store.Row) -> bool:
    return row["package_state"] == "active" and not row["owner_org"]


def _why(row: store.Row) -> str:
    said = WHY.format(node=row["node"], day=f"{row['deleted']:%Y-%m-%d}")
    return f"{said} {HOMELESS}" if _homeless(row) else said


def _become(step: Any, **values: Any) -> None:
    model.Session.execute(sa.update(outcome_table).where(outcome_table.c.id == step["id"]).values(**values))


def _hosts(row: store.Row) -> set[str]:
    return {nearest.host(row["url"]), nearest.host(row["feed_url"])} - {""}


def _plain(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url.strip(), flags=re.I).rstrip("/")


def _value(column: Any, value: Any) -> Any:
    is_moment = isinstance(column.type, sa.DateTime) and isinstance(value, str)
    return datetime.fromisoformat(value) if is_moment else value
