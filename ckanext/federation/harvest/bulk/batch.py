"""Makes a batch of new datasets: validates each, writes all in one transaction, then tells and indexes."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan import plugins as p
from ckan.lib import plugins as lib_plugins
from ckan.plugins import toolkit

from .. import keeping, links, store, telling
from ..indexing import Indexing
from ..shape import Shape
from ..step import context_of, fitted
from . import activities, documents, rows, shown
from .asked import Asked
from .forms import Form
from .made import Made
from .together import Together
from .views import Views

log = logging.getLogger(__name__)
OUTCOME, TYPE = "created", "dataset"


class Bulk:
    """Makes new datasets of one run."""

    def __init__(self, node: store.Row, run_id: str, user: str, shape: Shape, indexing: Indexing):
        self.node, self.run_id, self.user, self.shape, self.indexing = node, run_id, user, shape, indexing
        self.together, self.asked = Together(), Asked()
        plugin: Any = lib_plugins.lookup_package_plugin(TYPE)
        self.form = Form(plugin, plugin.create_package_schema, "package_create", self.asked.instead)
        self.shown, self.views = shown.Forms(plugin), Views(user)

    def create(self, steps: list[store.Row], names: dict[int, str], owners: dict[int, str]) -> set[int]:
        """Make the datasets of these steps; the ids of those steps that are done. The others are untouched, to be done
        one by one. Commits. ``names``, ``owners``: of each step's dataset.
        """
        person = model.User.get(self.user)
        self.asked.renew([names[step["id"]] for step in steps])
        for part in (self.form, self.shown, self.views):
            part.renew()
        found = (self._validated(step, names[step["id"]], owners[step["id"]], person) for step in steps)
        batch = [one for one in found if one]
        if not batch:
            return set()
        batch = self._written(batch, person)
        self._tell(batch)
        self._index(batch)
        return {one.step["id"] for one in batch}

    def _written(self, batch: list[Made], person: Any) -> list[Made]:
        """Write and commit; the batch, or none of it."""
        try:
            self._write(batch, person)
            model.Session.commit()
        except Exception as error:  # which one it is, and what becomes of it, the one-by-one path finds
            model.Session.rollback()
            self.together.forget()
            known = isinstance(error, links.Met)
            log.info("%s new datasets are made one by one: %s", len(batch), error, exc_info=not known)
            return []
        return batch

    def end(self) -> None:
        """After the run's last batch."""
        self.together.end()

    def _validated(self, step: store.Row, name: str, owner: str, person: Any) -> Made | None:
        given = fitted(step, self.shape, name, owner)
        context = context_of(self.user, given["id"])
        context |= {"session": model.Session, "auth_user_obj": person, "together": self.together}
        toolkit.check_access("package_create", context, given)
        unnamed = {key: value for key, value in given.items() if key != "id"}  # ours is new: that needs no query
        data, good = self.form.validate(context, unnamed)
        return Made(step, given, context, {**data, "id": given["id"]}) if good else None

    def _write(self, batch: list[Made], person: Any) -> None:
        rows.save(batch, person.id)
        for one in batch:
            for item in p.PluginImplementations(p.IPackageController):
                item.create(one.package)
                item.after_dataset_create(one.context, one.data)
        self.views.add(batch)
        model.Session.flush()
        labels: Any = lib_plugins.get_permission_labels()
        for one in batch:
            one.labels = labels.get_dataset_labels(one.package)
        self.shown.show(batch)
        activities.succeeded(batch, person)
        # Late, as the journey locks its ledger until all is committed, and other hands of the run wait for it.
        self.together.do()
        model.Session.flush()
        # Last, as it keeps other lanes from making the same datasets until all is committed.
        if met := links.claim(self.node["id"], [one.step for one in batch], self.run_id):
            raise links.Met(next(iter(met.values())))
        self._keep(batch)

    def _keep(self, batch: list[Made]) -> None:
        """The records and outcomes, in the transaction of the datasets."""
        records, outcomes = [], []
        for one in batch:
            landed = one.package.metadata_modified
            values = keeping.record_values(self.node, one.step, one.id, self.run_id)
            records.append({"upstream_id": one.step["upstream_id"], "landed": landed, **values})
            told = {"package_id": one.id, "notes": one.step["notes"], "landed": landed, "reason": one.step["reason"]}
            outcomes.append({"key": one.step["id"], **told})
        store.save_records(self.node["id"], records)
        store.settle_all(OUTCOME, outcomes)

    def _tell(self, batch: list[Made]) -> None:
        rows.renew(batch)
        for one in batch:
            values = telling.imported(self.node, one.step, one.id, OUTCOME)
            telling.tell_imported(self.node, self.run_id, {**values, "together": self.together})
        try:
            self.together.do()
            model.Session.commit()
        except Exception:  # a listener's failure is not the harvest's
            model.Session.rollback()
            self.together.forget()
            log.exception("A listener to many imports failed")

    def _index(self, batch: list[Made]) -> None:
        ids = [one.id for one in batch]
        try:
            documents.send(batch)
        except Exception as error:  # one document can be refused, or the index be down: each by itself then
            log.warning("%s datasets go to the search index one by one: %s", len(ids), error)
            for package_id in ids:
                self.indexing.add(package_id)
        else:
            self.indexing.sent(ids)
