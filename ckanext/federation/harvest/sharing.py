"""Steps of datasets that several nodes have: which one's values they get, and who is told.

The record nearest the origin (``nearest.py``) governs: its values are the dataset's. The others' are kept beside it, so that
they can be shown, and take over when it is withdrawn. A steward's own fields stay through all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan import model
from ckan.plugins import toolkit

from .. import signals
from ..model import now
from . import hops, links, moves, nearest, parting, store, undo
from .compare import JOIN, LINK
from .merge import merge
from .shape import fit

if TYPE_CHECKING:
    from .step import Steps

NOTED = "{node} is nearer its origin and governs; these values are kept beside."
STAYS = "{nodes} still has it, so it stays published."
STAYS_DELETED = "The dataset was deleted here, and stays so."


class Sharing:
    """For the steps of one run."""

    def __init__(self, applier: Steps):
        self.applier, self.node = applier, applier.node

    def place(self, step: store.Row) -> str:
        """A record that is new here, changed or back again, of a dataset that others have or had: link it, and let the
        nearest govern."""
        package_id = step["package_id"]
        owner = self.applier.organisations.of(step["publisher"])  # commits, so before the lock
        links.lock(package_id)
        here = self.applier._here(package_id)
        others = [row for row in links.of(package_id) if row["node_id"] != self.node["id"]]
        mine = store.record(self.node["id"], moves.former(step))
        candidate = self._as_row(step, mine)
        first = nearest.order([*others, candidate])[0]
        before = self._before(package_id)
        stays_deleted = here["state"] == "deleted" and bool(others)
        status = self._status(step, first is candidate)
        if stays_deleted:
            step["notes"] = [*step["notes"], STAYS_DELETED]
        elif first is not candidate:
            step["notes"] = [*step["notes"], NOTED.format(node=first["node_title"])]
        if stays_deleted or (first["id"] == before["id"] and first is not candidate and others):
            self.applier._keep(step, package_id, here)
            store.stamp(step["id"], package_id)
        else:
            merged = self._merged(here, before, first, step)
            if first is candidate and before["dataset"].get("publisher") != step["dataset"].get("publisher"):
                merged["owner_org"] = owner
            self.applier._act("package_update", step, package_id, merged, here)
            store.land(self.node["id"], step["upstream_id"], step["id"], package_id)
        self._govern(package_id, first, candidate, step)
        store.settle(step["id"], status, notes=step["notes"])
        if step["action"] == JOIN:
            parting.close(self, step, (mine or {}).get("package_id", ""))
        model.Session.commit()
        self.applier.indexing.add(package_id)
        self.tell(package_id, self.node["id"], "restored" if status == "restored" else "updated")
        return status

    def withdraw(self, step: store.Row) -> str:
        """The node has it no longer, and others have: it stays, and the nearest of them governs."""
        package_id, upstream_id = step["package_id"], step["upstream_id"]
        before = {"before": self.applier._here(package_id)}
        before["record_before"] = undo.record_before(self.node["id"], upstream_id)
        names = self.leave(package_id, upstream_id, step, step["reason"])
        store.settle(step["id"], "withdrawn", reason=f"{step['reason']} {STAYS.format(nodes=names)}", **before)
        self._done(package_id)
        return "withdrawn"

    def undo(self, step: store.Row, outcome: store.Row) -> str:
        """Put back a step of a dataset that other nodes have, too."""
        package_id, record = step["package_id"], outcome["record_before"]
        store.settle(step["id"], "undone", reason=undo.REASONS[outcome["status"]])
        links.lock(package_id)
        if record:
            store.change_record(self.node["id"], step["upstream_id"], **record, unindexed=True)
            self._rewrite(package_id, outcome["before"])
        else:
            self.leave(package_id, step["upstream_id"], step, undo.ROLLED_BACK)
            store.change_record(self.node["id"], step["upstream_id"], signature="")
        rows = links.of(package_id)
        if rows:
            links.govern(package_id, rows[0]["id"])
            store.land(self.node["id"], step["upstream_id"], step["id"], package_id)
        else:
            self.applier._delete(package_id)
        self._done(package_id)
        return "undone"

    def leave(self, package_id: str, upstream_id: str, step: store.Row, reason: str) -> str:
        """Take the node's record away from a dataset that others have; the titles of those nodes. Commits nothing."""
        links.lock(package_id)
        mine = store.record(self.node["id"], upstream_id) or {}
        gone = {"state": "withdrawn", "reason": reason, "run_id": self.applier.run_id}
        store.change_record(self.node["id"], upstream_id, **gone)
        return self.pass_on(package_id, mine, step)

    def pass_on(self, package_id: str, mine: store.Row, step: store.Row) -> str:
        """``mine`` is no longer a record of the dataset: where it governed, the nearest of the others does. The titles of the
        others' nodes. Commits nothing."""
        others = [row for row in links.of(package_id) if row["node_id"] != self.node["id"]]
        here = self.applier._here(package_id)
        if mine.get("governs") and others and here["state"] == "active":
            values, kept = self._merge(here, mine, others[0])
            self._rewrite(package_id, values)
            store.land(self.node["id"], step["upstream_id"], step["id"], package_id)
            links.govern(package_id, others[0]["id"], overrides=kept)
        else:
            store.stamp(step["id"], package_id)
            if others:
                links.govern(package_id, others[0]["id"])
        return ", ".join(row["node_title"] for row in others)

    def tell(self, package_id: str, node_id: str, outcome: str) -> None:
        """Signal ``imported`` with all the portals that have the dataset, in the order from its origin. ``node_id``: whose
        record changed; where it has none any more the nearest's is told."""
        rows = links.of(package_id)
        if not rows:
            return
        sender = next((row for row in rows if row["node_id"] == node_id), rows[0])
        told = {"package_id": package_id, "upstream_id": sender["upstream_id"], "outcome": outcome}
        told |= {"content_hash": sender["content_hash"], "upstream_modified": sender["upstream_modified"]}
        told |= {"url": sender["upstream_page"], "raw_sha256": sender["raw_sha256"]}
        self.applier._tell(signals.imported, store.node(sender["node_id"]), **told, **hops.around(rows, sender))

    def _done(self, package_id: str) -> None:
        model.Session.commit()
        self.applier.indexing.add(package_id)
        self.tell(package_id, self.node["id"], "updated")

    def _as_row(self, step: store.Row, mine: store.Row | None) -> store.Row:
        """The node's record as the step would make it."""
        about = {f"node_{key}": self.node[key] for key in ("name", "title", "url", "feed_url", "dialect")}
        known = {"id": (mine or {}).get("id", ""), "first_harvested": (mine or {}).get("first_harvested") or now()}
        return about | known | {key: step[key] for key in ("dataset", "hops", "upstream_id")}

    def _before(self, package_id: str) -> store.Row:
        """The record whose values the dataset has now."""
        rows = links.of(package_id, ("active", "withdrawn"))
        empty = {"id": "", "dataset": {}, "overrides": [], "landed": None, "package_id": package_id, "governs": False}
        return next((row for row in rows if row["governs"]), rows[0] if rows else empty)

    def _status(self, step: store.Row, governs: bool) -> str:
        if step["action"] in (LINK, JOIN):
            return "linked" if step["action"] == LINK else "joined"
        return {"restore": "restored"}.get(step["action"], "updated" if governs else "noted")

    def _merge(self, here: Any, before: store.Row, after: store.Row) -> tuple[dict[str, Any], list[str]]:
        shape = self.applier.shape
        last, new = fit(before["dataset"], shape), fit(after["dataset"], shape)
        merged, kept = merge(here, last, new, store.touched(before), before.get("overrides") or [])
        return {**merged, "state": "active"}, kept

    def _merged(self, here: Any, before: store.Row, first: store.Row, step: store.Row) -> dict[str, Any]:
        merged, step["overrides"] = self._merge(here, before, first)
        step["notes"] = [*step["notes"], *(f"{key}: stays as a steward set it here" for key in step["overrides"])]
        return merged

    def _govern(self, package_id: str, first: store.Row, candidate: store.Row, step: store.Row) -> None:
        kept = step.pop("overrides", None)
        values = {} if kept is None else {"overrides": kept}
        if first is candidate:
            first = store.record(self.node["id"], step["upstream_id"]) or first
        links.govern(package_id, first["id"], **values)

    def _rewrite(self, package_id: str, values: dict[str, Any]) -> None:
        context: Any = {"user": self.applier.user, "ignore_auth": True, "defer_commit": True, "return_id_only": True}
        context |= {"harvested": True, "changed_entities": {"packages": {package_id}}}
        values = {key: value for key, value in values.items() if key != "metadata_modified"}
        toolkit.get_action("package_update")(context, values)
