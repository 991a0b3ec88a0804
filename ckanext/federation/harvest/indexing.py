"""Sends harvested datasets to the search index, in batches; what it could not take is remembered and sent later."""

from __future__ import annotations

import logging

from ckan import logic, model
from ckan.lib import search
from ckan.plugins import toolkit

from . import store

log = logging.getLogger(__name__)
BATCH = 500  # a commit of the index costs Solr as much as a hundred datasets


class Indexing:
    """The index, for one node's datasets; ``user`` is who acts."""

    def __init__(self, node_id: str, user: str):
        self.node_id, self.user = node_id, user
        self._sent: list[str] = []

    def add(self, package_id: str) -> None:
        """Send a dataset; it counts as indexed once its batch is committed."""
        try:
            logic.index_update_package({"ignore_auth": True, "user": self.user}, package_id, True)
        except toolkit.ObjectNotFound:
            store.indexed(self.node_id, [package_id])
            return
        except Exception as error:  # the index can be down or refuse one document; the dataset is safe
            log.warning("Dataset %s is not in the search index yet: %s", package_id, error)
            return
        self.sent([package_id])

    def sent(self, package_ids: list[str]) -> None:
        """These are with the index, uncommitted."""
        self._sent += package_ids
        if len(self._sent) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Commit the index, and remember what is in it."""
        if not self._sent:
            return
        try:
            search.commit()
        except search.SearchIndexError as error:
            log.warning("The search index could not be committed: %s", error)
        else:
            store.indexed(self.node_id, self._sent)
            model.Session.commit()
        self._sent = []

    def catch_up(self) -> int:
        """Send what an earlier run could not; how many there were."""
        waiting = store.unindexed(self.node_id)
        for package_id in waiting:
            self.add(package_id)
        self.flush()
        return len(waiting)
