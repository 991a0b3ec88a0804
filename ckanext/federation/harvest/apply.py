"""A plan's steps onto CKAN, each in a transaction of its own with its outcome.

A step's outcome and its record are written before the action and committed with it, so that whatever moment the
process dies at, a step is either done and known to be, or not done. The search index follows: datasets are sent
to it as they are made, committed in batches, and remembered as ``unindexed`` until then.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from ckan import logic, model
from ckan.lib import search
from ckan.plugins import toolkit
from ckan.types import Context

from .. import signals
from ..model import new_id
from . import store
from .compare import CREATE, RESTORE, UPDATE, WITHDRAW
from .merge import merge
from .organisations import Organisations
from .record import canonical, sha256
from .shape import Shape, fit
from .text import slug

log = logging.getLogger(__name__)
INDEX_BATCH = 100
DONE = {CREATE: "created", UPDATE: "updated", RESTORE: "restored", WITHDRAW: "withdrawn"}
# Names that CKAN refuses, or that are pages below /dataset.
RESERVED = {
    "new",
    "edit",
    "search",
    "activity",
    "journey",
    "groups",
    "resource",
    "follow",
    "followers",
    "collaborators",
}
_NEEDED = {"title", "name", "owner_org", "id", "resources", "type"}


def user() -> str:
    """The name of the site user, as whom harvests act."""
    return toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def dataset_shape() -> Shape:
    """The fields of the portal's dataset type."""
    try:
        show = toolkit.get_action("scheming_dataset_schema_show")
        schema = show({"ignore_auth": True}, {"type": "dataset"})
    except (KeyError, toolkit.ObjectNotFound):
        return Shape()
    fields = schema["dataset_fields"]
    return Shape(
        frozenset(field["field_name"] for field in fields),
        frozenset(field["field_name"] for field in schema["resource_fields"]),
        frozenset(field["field_name"] for field in fields if "repeating_subfields" in field),
        frozenset(field["field_name"] for field in fields if field.get("required")),
    )


class Applier:
    """Applies the steps of one run."""

    def __init__(self, node: store.Row, run_id: str):
        self.node, self.run_id = node, run_id
        self.user = user()
        self.organisations = Organisations(node, self.user)
        self.shape = dataset_shape()
        self._to_index: list[str] = []

    def apply(self) -> Iterator[str]:
        """Do what is still planned; yields the status of each step."""
        after = 0
        while steps := store.next_steps(self.run_id, after):
            names = self._names([step for step in steps if step["action"] == CREATE])
            for step in steps:
                yield self._step(step, names.get(step["id"], ""))
                after = step["id"]
        self.flush_index()

    def flush_index(self) -> None:
        """Commit the index, and remember what is in it."""
        if not self._to_index:
            return
        try:
            search.commit()
        except search.SearchIndexError as error:
            log.warning("The search index could not be committed: %s", error)
        else:
            store.indexed(self.node["id"], self._to_index)
            model.Session.commit()
        self._to_index = []

    def reindex(self) -> int:
        """Send to the index what an earlier run could not; how many there were."""
        waiting = store.unindexed(self.node["id"])
        for package_id in waiting:
            self._index(package_id)
        self.flush_index()
        return len(waiting)

    def _step(self, step: store.Row, name: str) -> str:
        try:
            status = {CREATE: self._create, UPDATE: self._update, RESTORE: self._update, WITHDRAW: self._withdraw}[
                step["action"]
            ](step, name)
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

    def _create(self, step: store.Row, name: str) -> str:
        package_id = new_id()
        fitted = fit(step["dataset"], self.shape)
        fitted |= {"id": package_id, "name": name, "owner_org": self.organisations.of(step["publisher"])}
        fitted |= {"type": "dataset", "private": False}
        self._act("package_create", step, package_id, fitted)
        return self._finish(step, package_id)

    def _update(self, step: store.Row, _name: str) -> str:
        package_id = step["package_id"]
        context: Context = {"ignore_auth": True, "user": self.user, "use_cache": False}
        here = toolkit.get_action("package_show")(context, {"id": package_id})
        last = store.datasets(self.node["id"], [step["upstream_id"]]).get(step["upstream_id"], {})
        merged, kept = merge(here, fit(last, self.shape), fit(step["dataset"], self.shape))
        if last.get("publisher") != step["dataset"].get("publisher"):
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
            notes = [f"{key}: refused by the portal ({_said(error.error_dict[key])}) and left out" for key in refused]
            step["notes"] = [*step["notes"], *notes]
            values = {key: value for key, value in values.items() if key not in refused}
            self._call(action, step, package_id, values, here)

    def _call(self, action: str, step: store.Row, package_id: str, values: dict[str, Any], here: Any) -> None:
        self._keep(step, package_id)
        context: Any = {
            "user": self.user,
            "ignore_auth": True,
            "defer_commit": True,
            "return_id_only": True,
            # Says to validators that a value outside a vocabulary is dropped rather than refused.
            "harvested": True,
            # CKAN leaves this to its own commit, which is deferred; the activity stream asks for it.
            "changed_entities": {"packages": {package_id}},
        }
        if here:
            context["original_package"] = here
        toolkit.get_action(action)(context, values)

    def _keep(self, step: store.Row, package_id: str) -> None:
        dataset = step["dataset"]
        values = {
            "package_id": package_id,
            "state": "active",
            "reason": "",
            "raw": step["raw"],
            "raw_sha256": sha256(step["raw"]),
            "signature": step["signature"],
            "content_hash": step["content_hash"],
            "dataset": dataset,
            "notes": step["notes"],
            "upstream_page": dataset.get("url", ""),
            "upstream_issued": dataset.get("issued", ""),
            "upstream_modified": dataset.get("modified", ""),
            "run_id": self.run_id,
            "unindexed": True,
        }
        store.save_record(self.node["id"], step["upstream_id"], values)
        store.settle(step["id"], DONE[step["action"]], package_id=package_id, notes=step["notes"])

    def _finish(self, step: store.Row, package_id: str) -> str:
        model.Session.commit()
        self._index(package_id)
        dataset, outcome = step["dataset"], DONE[step["action"]]
        self._tell(
            signals.imported,
            package_id=package_id,
            upstream_id=step["upstream_id"],
            outcome=outcome,
            content_hash=step["content_hash"],
            upstream_modified=dataset.get("modified", ""),
            url=dataset.get("url", ""),
            raw_sha256=sha256(step["raw"]),
        )
        return outcome

    def _withdraw(self, step: store.Row, _name: str) -> str:
        package_id, upstream_id = step["package_id"], step["upstream_id"]
        values = {"state": "withdrawn", "reason": step["reason"], "run_id": self.run_id}
        store.change_record(self.node["id"], upstream_id, **values)
        store.settle(step["id"], "withdrawn")
        context: Context = {"user": self.user, "ignore_auth": True}
        toolkit.get_action("package_delete")(context, {"id": package_id})
        model.Session.commit()
        self._tell(signals.withdrawn, package_id=package_id, upstream_id=upstream_id, reason=step["reason"])
        return "withdrawn"

    def _quarantine(self, step: store.Row, error: Exception) -> str:
        """Kept apart with its reason until the feed has it otherwise; what is published of it stays as it is."""
        reason = _said(getattr(error, "error_dict", None) or str(error))
        if step["action"] == CREATE:
            values = {
                "package_id": "",
                "state": "quarantined",
                "reason": reason,
                "raw": step["raw"],
                "raw_sha256": sha256(step["raw"]),
                "signature": step["signature"],
                "content_hash": "",
                "notes": step["notes"],
                "run_id": self.run_id,
            }
            store.save_record(self.node["id"], step["upstream_id"], values)
        store.settle(step["id"], "quarantined", reason=reason)
        return "quarantined"

    def _index(self, package_id: str) -> None:
        try:
            logic.index_update_package({"ignore_auth": True, "user": self.user}, package_id, True)
        except toolkit.ObjectNotFound:
            store.indexed(self.node["id"], [package_id])
            return
        except Exception as error:  # the index can be down or refuse one document; the dataset is safe
            log.warning("Dataset %s is not in the search index yet: %s", package_id, error)
            return
        self._to_index.append(package_id)
        if len(self._to_index) >= INDEX_BATCH:
            self.flush_index()

    def _names(self, steps: list[store.Row]) -> dict[int, str]:
        """Free dataset names of these steps, from their titles; one query."""
        wanted = {step["id"]: slug(step["title"]) for step in steps}
        taken = store.taken_names(list(wanted.values())) | RESERVED
        names: dict[int, str] = {}
        for step in steps:
            name = wanted[step["id"]]
            if len(name) < 2 or name in taken:
                name = self._suffixed(name, step["upstream_id"])
            taken.add(name)
            names[step["id"]] = name
        return names

    def _suffixed(self, name: str, upstream_id: str) -> str:
        return f"{name[:90] or 'dataset'}-{sha256(canonical([self.node['id'], upstream_id]))[:8]}"

    def _tell(self, signal: Any, **values: Any) -> None:
        node = {key: self.node[key] for key in ("id", "name", "title", "url", "feed_url", "dialect")}
        try:
            signal.send(self.node["name"], run_id=self.run_id, node=node, **values)
        except Exception:  # a listener's failure is not the harvest's
            model.Session.rollback()
            log.exception("A listener of %s failed", signal.name)


def _said(error: Any) -> str:
    """Validation errors as one line."""
    if isinstance(error, dict):
        return "; ".join(f"{key}: {_said(value)}" for key, value in error.items() if value)[:1000]
    if isinstance(error, list):
        return ", ".join(said for one in error if (said := _said(one)))
    return str(error)
