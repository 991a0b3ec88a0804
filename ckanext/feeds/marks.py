"""Fragments to be rendered anew: because of what datasets share, or of a change that no hook of the dataset tells of."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from ckan import model
from sqlalchemy import event

from . import journeys, source, store, sync

log = logging.getLogger(__name__)

# In the session's own notes: what this transaction rendered already.
_RENDERED = "feeds_rendered"
_JOB_SECONDS = 30
_queued_at = [-_JOB_SECONDS * 1.0]


def renders(package_id: str) -> None:
    """A dataset's hook is about to render it in this transaction: ``object_changed`` need not have it done again.

    (CKAN tells of objects before each commit, that of a savepoint included.)
    """
    model.Session().info.setdefault(_RENDERED, set()).add(package_id)


@event.listens_for(model.Session, "after_transaction_end")
def _ended(session: Any, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(_RENDERED, None)


def object_changed(package_id: str) -> None:
    """CKAN is about to commit a change of a dataset or of what belongs to it (tags, membership of groups)."""
    if package_id not in model.Session().info.get(_RENDERED, ()):
        _mark(lambda: store.mark_stale([package_id]))


def group_changed(group_id: str, is_organization: bool) -> None:
    """Have an organisation's or group's datasets rendered anew once the current transaction is committed."""
    found = _mark(lambda: store.mark_members_stale(group_id, is_organization))
    if found:
        event.listen(model.Session(), "after_commit", lambda _session: sync.enqueue(), once=True)


def _mark(step: Callable[[], int]) -> int:
    """Within the transaction, and without disturbing it. The savepoint is the connection's: a commit may be under way."""
    try:
        with model.Session.connection().begin_nested():
            return step()
    except Exception:
        log.exception("Feeds: what has to be rendered anew could not be marked")
        return 0


def journeys_changed(_sender: Any, **values: Any) -> None:
    """Signal ``journey:all-changed``, sent after the commit: the next reader, or a job, renders what tells of an old journey."""
    stored = store.journeys_of(values.get("package_ids") or [])
    stale = [package_id for package_id, known in stored.items() if known != source.digest(journeys.of(package_id))]
    if not stale:
        model.Session.rollback()
        return
    store.mark_stale(stale)
    model.Session.commit()
    if time.monotonic() - _queued_at[0] > _JOB_SECONDS:  # a harvest changes thousands of journeys
        _queued_at[0] = time.monotonic()
        sync.enqueue()
