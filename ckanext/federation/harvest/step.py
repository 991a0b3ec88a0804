"""One step of a plan onto CKAN, by CKAN's own actions, in a transaction with its outcome.

The outcome and the record are written before the action and committed with it, so that whatever moment the process
dies at, a step is either done and known to be, or not done.
"""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

from .. import signals
from ..model import new_id
from . import keeping, links, moves, naming, parting, store, telling, undo
from .compare import CREATE, JOIN, LINK, RESTORE, SPLIT, WITHDRAW
from .indexing import Indexing
from .keeping import DONE
from .merge import merge
from .organisations import Organisations
from .portal import said
from .shape import Shape, fit
from .sharing import Sharing
from .text import slug
from .undo_step import UndoStep

log = logging.getLogger(__name__)
_NEEDED = {"title", "name", "owner_org", "id", "resources", "type"}


def fitted(step: store.Row, shape: Shape, name: str, owner_org: str) -> dict[str, Any]:
    """A step's new dataset as ``package_create`` takes it."""
    dataset = fit(step["dataset"], shape)
    return dataset | {"id": new_id(), "name": name, "owner_org": owner_org, "type": "dataset", "private": False}


def context_of(user: str, package_id: str) -> Any:
    """The context of a harvest's write. It commits by itself, with the step's outcome."""
    return {
        "user": user,
        "ignore_auth": True,
        "defer_commit": True,
        "return_id_only": True,
        # Says to validators that a value outside a vocabulary is dropped rather than refused.
        "harvested": True,
        # CKAN leaves this to its own commit, which is deferred; the activity stream asks for it.
        "changed_entities": {"packages": {package_id}},
    }


class Steps:
    """Does the steps of one run."""

    def __init__(self, node: store.Row, run_id: str, user: str, shape: Shape, indexing: Indexing):
        self.node, self.run_id, self.user, self.shape, self.indexing = node, run_id, user, shape, indexing
        self.organisations = Organisations(node, user)
        self.sharing = Sharing(self)
        self.undoing = UndoStep(self)

    def do(self, step: store.Row, name: str) -> str:
        """Do one step, whatever comes of it; its status. ``name``: of a new dataset. Commits."""
        try:
            status = self._do(step, name)
        except (toolkit.ValidationError, toolkit.ObjectNotFound, toolkit.NotAuthorized) as error:
            model.Session.rollback()
            status = self._quarantine(step, error)
        except Exception as error:
            model.Session.rollback()
            log.exception("Step %s of run %s failed", step["id"], self.run_id)
            status = "failed"
            store.settle(step["id"], status, reason=f"{type(error).__name__}: {str(error)[:500]}")
        model.Session.commit()
        return status

    def tell_again(self) -> None:
        """Tell of what is done and not indexed yet: its process died, perhaps before it told. What was told is no news."""
        for left in store.untold(self.node["id"]):
            if links.shared(left["package_id"], self.node["id"]):
                self.sharing.tell(left["package_id"], self.node["id"], "updated")
            elif record := store.record(self.node["id"], left["upstream_id"]):
                values = telling.imported(self.node, record, left["package_id"], left["status"])
                telling.tell_imported(self.node, left["run_id"], values)

    def _do(self, step: store.Row, name: str) -> str:
        if step["action"] == CREATE:
            return self._create(step, name)
        if step["action"] == LINK:
            return self._link(step)
        if step["action"] == SPLIT:
            return parting.split(self.sharing, step)
        if step["action"] == JOIN:
            return self.sharing.place(step)
        if step["action"] == undo.UNDO:
            return self.undoing.do(step)
        states = ("active", "withdrawn") if step["action"] == RESTORE else ("active",)
        shared = links.shared(step["package_id"], self.node["id"], states)
        if step["action"] == WITHDRAW:
            return self.sharing.withdraw(step) if shared else self._withdraw(step)
        return self.sharing.place(step) if shared else self._update(step)

    def _create(self, step: store.Row, name: str) -> str:
        values = fitted(step, self.shape, name, self.organisations.of(step["publisher"]))
        try:
            self._act("package_create", step, values["id"], values)
        except links.Met as met:
            model.Session.rollback()
            step |= {"action": LINK, "package_id": met.match.other, "reason": links.why(met.match)}
            return self._link(step)
        return self._finish(step, values["id"])

    def _link(self, step: store.Row) -> str:
        """Another node has it: one dataset. If that dataset is gone since the plan, it is made."""
        package_id = step["package_id"]
        if store.modified(package_id) is None or links.has_own(self.node["id"], package_id, step["upstream_id"]):
            step |= {"action": CREATE, "known_by": []}
            return self._create(step, self._suffixed(slug(step["title"]), step["upstream_id"]))
        return self.sharing.place(step)

    def _here(self, package_id: str) -> dict[str, Any]:
        """The dataset as the database has it."""
        context: Context = {"ignore_auth": True, "user": self.user, "use_cache": False}
        return toolkit.get_action("package_show")(context, {"id": package_id})

    def _delete(self, package_id: str) -> None:
        """Commits, as the action does."""
        context: Context = {"user": self.user, "ignore_auth": True}
        toolkit.get_action("package_delete")(context, {"id": package_id})

    def _suffixed(self, name: str, upstream_id: str) -> str:
        return naming.suffixed(name, self.node["id"], upstream_id)

    def _tell(self, signal: Any, sender: store.Row | None, **values: Any) -> None:
        telling.tell(signal, sender or self.node, self.run_id, **values)

    def _update(self, step: store.Row) -> str:
        package_id = step["package_id"]
        here = self._here(package_id)
        record = store.record(self.node["id"], moves.former(step)) or {}
        last, touched = record.get("dataset") or {}, store.touched(record)
        held = record.get("overrides") or []
        merged, kept = merge(here, fit(last, self.shape), fit(step["dataset"], self.shape), touched, held)
        step["overrides"] = kept
        if last.get("publisher") != step["dataset"].get("publisher") or not merged.get("owner_org"):
            merged["owner_org"] = self.organisations.of(step["publisher"])
        merged["state"] = "active"
        notes = [f"{field}: stays as a steward set it here" for field in kept]
        step["notes"] = [*step["notes"], *notes]
        self._act("package_update", step, package_id, merged, here)
        return self._finish(step, package_id)

    def _act(self, action: str, step: store.Row, package_id: str, values: dict[str, Any], here: Any = None) -> None:
        """Call the action; where the portal's form refuses optional fields, once more without them."""
        try:
            self._call(action, step, package_id, values, here)
        except toolkit.ValidationError as error:
            model.Session.rollback()
            refused = [key for key in error.error_dict if key in values and key not in _NEEDED]
            if "name" in error.error_dict and action == "package_create":
                values = {**values, "name": self._suffixed(values["name"], step["upstream_id"])}
            elif not refused:
                raise
            notes = [f"{key}: refused by the portal ({said(error.error_dict[key])}) and left out" for key in refused]
            step["notes"] = [*step["notes"], *notes]
            values = {key: value for key, value in values.items() if key not in refused}
            self._call(action, step, package_id, values, here)

    def _call(self, action: str, step: store.Row, package_id: str, values: dict[str, Any], here: Any) -> None:
        if here:
            links.lock(package_id)
        elif match := links.claim(self.node["id"], [step], self.run_id).get(step["id"]):
            raise links.Met(match)
        self._keep(step, package_id, here)
        context = context_of(self.user, package_id)
        if here:
            context["original_package"] = here
        toolkit.get_action(action)(context, values)

    def _keep(self, step: store.Row, package_id: str, here: Any) -> None:
        record_before = undo.record_before(self.node["id"], moves.former(step)) if here else {}
        moves.rekey(self.node["id"], step)
        values = keeping.record_values(self.node, step, package_id, self.run_id)
        store.save_record(self.node["id"], step["upstream_id"], values)
        told = {"package_id": package_id, "notes": step["notes"], "before": here or {}, "record_before": record_before}
        told |= {"reason": step["reason"]}
        store.settle(step["id"], DONE[step["action"]], **told)

    def _finish(self, step: store.Row, package_id: str) -> str:
        store.land(self.node["id"], step["upstream_id"], step["id"], package_id)
        model.Session.commit()
        outcome = DONE[step["action"]]
        telling.tell_imported(self.node, self.run_id, telling.imported(self.node, step, package_id, outcome))
        self.indexing.add(package_id)  # with what the listeners know of it now
        return outcome

    def _withdraw(self, step: store.Row) -> str:
        package_id, upstream_id = step["package_id"], step["upstream_id"]
        here = self._here(package_id)
        before = {"before": here, "record_before": undo.record_before(self.node["id"], upstream_id)}
        values = {"state": "withdrawn", "reason": step["reason"], "run_id": self.run_id}
        store.change_record(self.node["id"], upstream_id, **values)
        store.settle(step["id"], "withdrawn", **before)
        self._delete(package_id)
        store.land(self.node["id"], upstream_id, step["id"], package_id)
        model.Session.commit()
        self._tell(signals.withdrawn, self.node, package_id=package_id, upstream_id=upstream_id, reason=step["reason"])
        return "withdrawn"

    def _quarantine(self, step: store.Row, error: Exception) -> str:
        """Kept apart with its reason until the feed has it otherwise; what is published of it stays as it is."""
        reason = said(getattr(error, "error_dict", None) or str(error))
        if step["action"] == CREATE:
            values = keeping.quarantined_values(step, reason, self.run_id)
            store.save_record(self.node["id"], step["upstream_id"], values)
        store.settle(step["id"], "quarantined", reason=reason)
        return "quarantined"
