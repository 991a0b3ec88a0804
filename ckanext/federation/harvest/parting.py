"""What a steward says of datasets that are the same, or are not: runs of steps, which survive a crash like others.

*Split*: a node's record gets a dataset of its own and is matched to none again, unless a steward joins it. *Joined*: the records
of one dataset become records of another; the first is deleted, and comes back should they be split.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from ckan import model

from .. import signals
from ..model import new_id, now, outcome_table, run_table
from . import links, store
from .compare import JOIN, SPLIT, Step
from .control import NotPossible
from .merge import merge
from .shape import fit
from .text import slug

if TYPE_CHECKING:
    from .sharing import Sharing

_KEPT = ("dataset", "raw", "signature", "content_hash", "hops", "notes")
TAKEN_IN = "A steward said that it is the same dataset as another."


def splitting(package_id: str, node: store.Row) -> Step:
    """The step that gives the node's record of a dataset one of its own.

    :raises NotPossible: the node has no record of it, or no other node has one.
    """
    rows = links.of(package_id)
    mine = next((row for row in rows if row["node_id"] == node["id"]), None)
    if mine is None:
        raise NotPossible(f"{node['title']} has no record of this dataset.")
    if len(rows) < 2:
        raise NotPossible("No other node has this dataset, so there is nothing to split.")
    return _step(SPLIT, mine, package_id, "A steward said that it is another dataset.")


def joining(package_id: str, other_id: str) -> dict[str, Step]:
    """The steps, by node, that make the records of ``other_id`` ones of ``package_id``.

    :raises NotPossible: they are one already, one was not harvested, or a node has both: its own two are two.
    """
    if package_id == other_id:
        raise NotPossible("They are one dataset already.")
    kept, taken = links.of(package_id), links.of(other_id)
    if not kept or not taken:
        raise NotPossible("Only datasets that are harvested now can be joined.")
    both = {row["node_title"] for row in kept} & {row["node_title"] for row in taken}
    if both:
        raise NotPossible(f"{', '.join(sorted(both))} has both, as two datasets.")
    return {row["node_id"]: _step(JOIN, row, package_id, TAKEN_IN) for row in taken}


def prepare(node_id: str, step: Step, user: str) -> str:
    """Store a run of one step, ready to be applied; its id. Commits."""
    run_id = store.add_run(node_id, "applying", user_id=user, planned=now(), counts={"by_hand": 1}, notes=[step.reason])
    store.add_steps(run_id, [step])
    model.Session.commit()
    return run_id


def _step(action: str, row: store.Row, package_id: str, reason: str) -> Step:
    publisher = next(iter(row["dataset"].get("publisher") or []), {})
    step = Step(action, row["upstream_id"], row["dataset"].get("title", ""), reason, package_id, publisher=publisher)
    for name in _KEPT:
        setattr(step, name, row[name])
    return step


def split(sharing: Sharing, step: store.Row) -> str:
    """Do the step of ``splitting``."""
    applier, shared_id = sharing.applier, step["package_id"]
    owner = applier.organisations.of(step["publisher"])  # commits, so before the lock
    links.lock(shared_id)
    mine = store.record(sharing.node["id"], step["upstream_id"]) or {}
    if mine.get("package_id") != shared_id:
        raise NotPossible("It is a dataset of its own already.")
    former = mine["former_package_id"]
    comes_back = bool(former) and former != shared_id and store.modified(former) is not None
    own = former if comes_back else new_id()
    step["known_by"] = []  # matched to nothing
    if comes_back:
        here, before = applier._here(own), _as_joined(sharing.node["id"], step["upstream_id"], own)
        last, new = fit(before.get("dataset", {}), applier.shape), fit(step["dataset"], applier.shape)
        values, step["overrides"] = merge(here, last, new, None if before else False, before.get("overrides", []))
        applier._act("package_update", step, own, {**values, "state": "active"}, here)
    else:
        name = applier._suffixed(slug(mine["dataset"].get("title", "")), step["upstream_id"])
        values = {"id": own, "name": name, "owner_org": owner, "type": "dataset", "private": False}
        applier._act("package_create", step, own, fit(step["dataset"], applier.shape) | values)
    store.change_record(sharing.node["id"], step["upstream_id"], apart=True, former_package_id="")
    links.govern(own, mine["id"])
    sharing.pass_on(shared_id, mine, step)
    store.settle(step["id"], "parted", package_id=own)
    store.land(sharing.node["id"], step["upstream_id"], step["id"], own)
    model.Session.commit()
    for package_id, outcome in ((shared_id, "updated"), (own, "restored" if comes_back else "created")):
        applier.indexing.add(package_id)
        sharing.tell(package_id, sharing.node["id"], outcome)
    return "parted"


def _as_joined(node_id: str, upstream_id: str, package_id: str) -> dict[str, Any]:
    """What the record was when its dataset was joined to another; {} when too long ago."""
    columns = outcome_table.c
    query = sa.select(columns.record_before).join(run_table, run_table.c.id == columns.run_id)
    query = query.where(run_table.c.node_id == node_id, columns.action == JOIN, columns.upstream_id == upstream_id)
    rows = model.Session.execute(query.order_by(columns.id.desc())).scalars()
    return next((row for row in rows if row.get("package_id") == package_id), {})


def close(sharing: Sharing, step: store.Row, own: str) -> None:
    """The dataset ``own`` has lost a record to another: the record remembers it, and without records it is deleted. Commits."""
    values: dict[str, Any] = {"former_package_id": own, "apart": False}
    store.change_record(sharing.node["id"], step["upstream_id"], **values)
    if links.of(own):
        return
    sharing.applier._delete(own)
    told = {"package_id": own, "upstream_id": step["upstream_id"], "reason": TAKEN_IN}
    sharing.applier._tell(signals.withdrawn, sharing.node, **told)
