"""Rolls an applied plan back: what it changed becomes what it was, where nobody has changed it since.

A roll back is a run like others: its steps are stored first and done one by one, so it survives a crash too. What somebody
changed here after the run stays, and the outcome says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ..model import now, outcome_table, record_table, run_table
from . import control, store

UNDO = "undo"
UNDOABLE = ("created", "linked", "updated", "noted", "restored", "withdrawn")
CHANGED = "It was changed here since; it stays as it is."
LATER = "A later run changed it; it stays as it is."
PURGED = "Its dataset was purged since."
ROLLED_BACK = "A steward rolled the run back."
REASONS = {
    "created": "It was new, and is deleted again.",
    "linked": "It is no longer one with the dataset of the other node.",
    "updated": "Its earlier values are back.",
    "noted": "Its earlier values are kept beside the dataset again.",
    "restored": "It is withdrawn again.",
    "withdrawn": "It is published again.",
}
UNKNOWN = "Too little is known of how it was before; it stays as it is."
# Of a record, what a step changes.
_KEPT = (
    "upstream_id",
    "state",
    "reason",
    "raw",
    "raw_sha256",
    "signature",
    "content_hash",
    "dataset",
    "notes",
    "upstream_page",
)
_KEPT += ("upstream_issued", "upstream_modified", "run_id", "package_id", "overrides", "known_by", "hops")


def prepare(run_id: str, user: str) -> str:
    """Make the run that rolls ``run_id`` back, ready to be applied; its id. The node's schedule is paused, lest the next
    harvest does the same again. Commits. The caller holds the node's lane.

    :raises control.NotPossible: it changed nothing, or was rolled back already.
    """
    run = store.run(run_id)
    if not run:
        raise control.NotPossible("There is no such run.")
    if run["undoes"]:
        raise control.NotPossible("A roll back is not rolled back; harvest the node again instead.")
    if run["rolled_back"]:
        raise control.NotPossible("This run was rolled back already.")
    if run["status"] not in store.ENDED:
        raise control.NotPossible(f"This run has not ended: it is {run['status']}.")
    columns = outcome_table.c
    done = sa.and_(columns.run_id == run_id, columns.status.in_(UNDOABLE))
    if not model.Session.execute(sa.select(sa.func.count()).where(done)).scalar():
        raise control.NotPossible("There is nothing to roll back: this run changed nothing (or too long ago).")
    undoing = store.add_run(
        run["node_id"], "applying", user_id=user, undoes=run_id, url=run["url"], dialect=run["dialect"], planned=now()
    )
    copied = sa.select(
        sa.literal(undoing),
        sa.literal(UNDO),
        sa.literal("planned"),
        columns.upstream_id,
        columns.package_id,
        columns.title,
        columns.id,
    ).where(done)
    names = ["run_id", "action", "status", "upstream_id", "package_id", "title", "undoes"]
    model.Session.execute(sa.insert(outcome_table).from_select(names, copied.order_by(columns.id.desc())))
    store.change_run(run_id, rolled_back=undoing)
    store.change_node(run["node_id"], state="paused", etag="", last_modified="", feed_sha256="", feed_token="")
    model.Session.commit()
    return undoing


def record_before(node_id: str, upstream_id: str) -> dict[str, Any]:
    """What must be known of a record to put it back."""
    found = sa.and_(record_table.c.node_id == node_id, record_table.c.upstream_id == upstream_id)
    row = model.Session.execute(sa.select(*(record_table.c[name] for name in _KEPT)).where(found)).mappings().first()
    return dict(row) if row else {}


def original(step: store.Row) -> store.Row:
    """The outcome that a step rolls back, with ``earlier`` (the dataset's time stamp then) and ``action``."""
    row = model.Session.execute(sa.select(outcome_table).where(outcome_table.c.id == step["undoes"])).mappings().first()
    return dict(row) if row else {}


def why_kept(outcome: store.Row, modified: datetime | None) -> str:
    """Why the change must stay, or "". ``modified``: the dataset's time stamp now; None when it was purged."""
    if not outcome or (outcome["status"] != "created" and not outcome["before"]):
        return UNKNOWN
    if modified is None:
        return PURGED
    if outcome["landed"] != modified:
        later = sa.select(run_table.c.id).join(outcome_table, outcome_table.c.run_id == run_table.c.id)
        same = sa.and_(outcome_table.c.package_id == outcome["package_id"], outcome_table.c.id > outcome["id"])
        harvested = model.Session.execute(later.where(same, outcome_table.c.landed == modified).limit(1)).first()
        return LATER if harvested else CHANGED
    return ""
