"""Scheduled jobs: what could not be written to the search index is written later, and lost jobs are queued again."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import ckan.logic
from ckan import model
from ckan.lib import search
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from pysolr import SolrError

from . import abandoned, index_store
from .index_diff import Need, Row, differences

log = logging.getLogger(__name__)

SETTLED = 60  # seconds after which what the index wrote is taken for committed
RECENT = timedelta(minutes=20)
BUDGET = 45  # seconds a run may take: the next one goes on
LOCK_LASTS = 300


class SolrAway(Exception):
    """Solr does not answer: nothing can be mended now."""


def reindex_missing() -> dict[str, int]:
    """Indexes what was noted as owed, and what changed lately and differs. Cheap: it is run each minute.

    Where the numbers of datasets differ all the same, everything is compared. Returns how many datasets
    were added, refreshed, removed and refused.
    """
    return _alone(_quick)


def reindex_all() -> dict[str, int]:
    """Compares every dataset with the index, and mends each difference. Returns the same as reindex_missing."""
    return _alone(_everything)


def requeue_abandoned() -> dict[str, int]:
    """Puts jobs that a killed worker left back in their queue. Returns how many were requeued and given up."""
    connection = connect_to_redis()
    lock = connection.lock(f"ckan:{tk.config['ckan.site_id']}:portal:requeue", timeout=LOCK_LASTS, blocking=False)
    if not lock.acquire():
        return {}
    try:
        return abandoned.requeue(connection)
    finally:
        if lock.owned():
            lock.release()


def _alone(work) -> dict[str, int]:
    """Two runs at once would do the same work twice."""
    lock = connect_to_redis().lock(
        f"ckan:{tk.config['ckan.site_id']}:portal:reindex", timeout=LOCK_LASTS, blocking=False
    )
    if not lock.acquire():
        return {}
    done: dict[str, int] = {}
    try:
        if not index_store.answers():
            raise SolrAway
        done = work()
    except (SolrAway, SolrError) as error:
        log.warning("The search index could not be compared, because Solr does not answer: %s", error)
    finally:
        if lock.owned():
            lock.release()
        model.Session.remove()
    if any(done.values()):
        log.info("The search index was mended: %s", done)
    return done


def _quick() -> dict[str, int]:
    recent = list(index_store.database_rows(since=datetime.now(UTC).replace(tzinfo=None) - RECENT))
    needs = dict.fromkeys(index_store.owed(), Need.REFRESH)
    for start in range(0, len(recent), index_store.BATCH):
        rows = recent[start : start + index_store.BATCH]
        needs |= dict(_settled_differences(rows, index_store.index_rows([row.id for row in rows])))
    done = _mend(needs.items())
    database, index = index_store.counts()
    if database != index:
        return {key: done[key] + number for key, number in _everything().items()}
    return done


def _everything() -> dict[str, int]:
    return _mend(_settled_differences(index_store.database_rows(), index_store.index_rows()))


def _settled_differences(database: Iterable[Row], index: Iterable[Row]):
    return differences(database, index, int((time.time() - SETTLED) * 1000))


def _mend(needs: Iterable[tuple[str, Need]]) -> dict[str, int]:
    done: dict[str, int] = dict.fromkeys(("added", "refreshed", "removed", "refused"), 0)
    wait, until = index_store.postponed(), time.monotonic() + BUDGET
    for package_id, need in needs:
        if package_id in wait:
            continue
        done[_mend_one(package_id, need)] += 1
        if time.monotonic() > until:
            break
    if any(done.values()):
        search.commit()
    return done


def _mend_one(package_id: str, need: Need) -> str:
    """Brings one dataset's document up to date with the row as it is now; returns what was done."""
    try:
        package = model.Session.get(model.Package, package_id, populate_existing=True)
        gone = package is None or (
            package.state == model.State.DELETED and tk.config["ckan.search.remove_deleted_packages"]
        )
        if gone:
            search.index_for(model.Package).remove_dict({"id": package_id})
        else:
            ckan.logic.index_update_package({"ignore_auth": True}, package_id, defer_commit=True)
    except Exception as error:
        # One dataset that cannot be indexed must not keep the others out.
        log.warning("Dataset %s could not be indexed: %s", package_id, error)
        model.Session.rollback()
        if not index_store.answers():
            raise SolrAway from error
        index_store.remember(package_id, refused=True)
        return "refused"
    index_store.forget(package_id)
    if gone:
        return "removed"
    return "added" if need is Need.ADD else "refreshed"
