"""One step of a roll back: a dataset and its record become what they were before the outcome that the step undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan import model
from ckan.plugins import toolkit

from .. import signals
from . import links, store, telling, undo

if TYPE_CHECKING:
    from .step import Steps


class UndoStep:
    """Does such steps of one run."""

    def __init__(self, steps: Steps):
        self.steps, self.node, self.run_id, self.user = steps, steps.node, steps.run_id, steps.user

    def do(self, step: store.Row) -> str:
        """Undo one; ``undone``, or ``kept`` where somebody changed the dataset since. Commits."""
        package_id, upstream_id = step["package_id"], step["upstream_id"]
        outcome = undo.original(step)
        reason = undo.why_kept(outcome, store.modified(package_id))
        if reason:
            store.settle(step["id"], "kept", reason=reason)
            return "kept"
        if outcome["status"] in ("linked", "noted") or links.shared(package_id, self.node["id"]):
            return self.steps.sharing.undo(step, outcome)
        store.settle(step["id"], "undone", reason=undo.REASONS[outcome["status"]])
        if outcome["status"] == "created":
            values = {"state": "withdrawn", "reason": undo.ROLLED_BACK, "signature": "", "run_id": self.run_id}
            store.change_record(self.node["id"], upstream_id, **values)
            self.steps._delete(package_id)
        else:
            store.change_record(self.node["id"], upstream_id, **outcome["record_before"], unindexed=True)
            upstream_id = outcome["record_before"]["upstream_id"]
            self._put_back(package_id, outcome["before"])
        store.land(self.node["id"], upstream_id, step["id"], package_id)
        model.Session.commit()
        self._tell(outcome, package_id, upstream_id)
        self.steps.indexing.add(package_id)
        return "undone"

    def _put_back(self, package_id: str, before: dict[str, Any]) -> None:
        context: Any = {"user": self.user, "ignore_auth": True, "defer_commit": True, "return_id_only": True}
        context |= {"harvested": True, "changed_entities": {"packages": {package_id}}}
        values = {key: value for key, value in before.items() if key != "metadata_modified"}
        toolkit.get_action("package_update")(context, values)

    def _tell(self, outcome: store.Row, package_id: str, upstream_id: str) -> None:
        record = outcome["record_before"]
        about = {"package_id": package_id, "upstream_id": upstream_id}
        if not record or record["state"] == "withdrawn":
            telling.tell(signals.withdrawn, self.node, self.run_id, reason=undo.ROLLED_BACK, **about)
            return
        told = {"content_hash": record["content_hash"], "upstream_modified": record["upstream_modified"]}
        told |= {"url": record["upstream_page"], "raw_sha256": record["raw_sha256"]}
        became = "restored" if outcome["status"] == "withdrawn" else "updated"
        telling.tell(signals.imported, self.node, self.run_id, outcome=became, **about, **told)
