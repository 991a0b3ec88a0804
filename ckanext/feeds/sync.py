"""Keeps the fragments equal to the datasets: on each write, and before each reading for what no hook told of."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context
from sqlalchemy import event

from . import journeys, order, render, series, signals, store, turn
from .source import Source

# So many are rendered by whoever reads, at the same time as others or not.
_FEW = 50
# So many are waited for while another process renders them. More take too long for readers to stand in its way.
_WAITED_FOR = 500
_POLL_SECONDS = 0.2
log = logging.getLogger(__name__)

# Whoever reads a feed is the public: what it may not see is not rendered.
_PUBLIC = Context(user="", auth_user_obj=None, ignore_auth=False, use_cache=False, for_view=False)


def refresh(package_id: str) -> None:
    """Bring one dataset's fragment up to date, in the current transaction. Never raises: a failure is recorded."""
    try:
        with model.Session.begin_nested():
            _refresh(package_id)
    except Exception as error:
        log.exception("Dataset %s could not be rendered", package_id)
        _record(package_id, error)


def _refresh(package_id: str) -> None:
    store.lock(package_id)
    package = model.Session.get(model.Package, package_id)
    if package is None or not store.is_public(package):
        _withdraw(package_id)
        return
    try:
        dataset = toolkit.get_action("package_show")(Context(_PUBLIC), {"id": package_id})
    except toolkit.NotAuthorized:
        store.set_withheld(package_id, package.metadata_modified)
        return
    if store.uri_is_taken(package_id, render.given_uri(dataset)):
        dataset = render.without_uri(dataset)
    place, before = series.order_of(dataset), store.stored(package_id)
    rendered = render.render(Source(dataset, _organization(dataset), journeys.of(package_id)), place)
    if store.put(package_id, package.metadata_modified, rendered):
        signals.rendered.send(package_id, package_id=package_id, sha256=rendered.sha256)
    saved = before is None or before.source_modified != package.metadata_modified
    told = order.told_by_others(rendered.uri, place)
    _tell(package_id, before, rendered.uri, told, whole=saved and dataset.get("type") == series.TYPE)


def _withdraw(package_id: str) -> None:
    before = store.stored(package_id)
    store.withdraw(package_id)
    if before:
        _tell(package_id, before, before.uri, set(), whole=order.is_series(before.uri, before.ntriples))


def _tell(package_id: str, before: store.Stored | None, uri: str, told: set[order.Link], whole: bool) -> None:
    """Leave to a job those whose triples name this dataset, or its series, where that changed."""
    named = {link[2] for link in order.links(before.uri, before.ntriples)} if before else set()
    stale = series.outdated(uri, named, told)
    if before and before.uri != uri:
        stale += series.outdated(before.uri, named, set())
    if whole:
        stale += series.member_ids(package_id)
    if stale:
        busy = store.mark(stale)
        event.listen(model.Session(), "after_commit", lambda _session: enqueue(busy), once=True)


def _organization(dataset: dict[str, Any]) -> dict[str, Any] | None:
    if not dataset.get("owner_org"):
        return None
    parts = ("datasets", "dataset_count", "users", "groups", "tags", "followers")
    query = {"id": dataset["owner_org"], **{f"include_{part}": False for part in parts}}
    try:
        return toolkit.get_action("organization_show")(Context(_PUBLIC), query)
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return dataset.get("organization")


def _record(package_id: str, error: Exception) -> None:
    try:
        with model.Session.begin_nested():
            package = model.Session.get(model.Package, package_id)
            reason = f"{type(error).__name__}: {error}"
            store.set_failed(package_id, package.metadata_modified if package else None, reason)
    except Exception:
        log.exception("The failure could not be recorded; are the feeds migrations applied?")


def withdraw(package_id: str) -> None:
    """Take a dataset out, in the current transaction. Never raises."""
    try:
        with model.Session.begin_nested():
            _withdraw(package_id)
    except Exception:
        log.exception("Dataset %s could not be withdrawn", package_id)


def withdraw_gone() -> None:
    """Take out what was purged; commits."""
    gone = store.gone()
    for package_id in gone:
        withdraw(package_id)
    if gone:
        model.Session.commit()


def enqueue(package_ids: Sequence[str] = ()) -> None:
    """Leave what is not up to date to a job, these datasets as well. Without a queue the next reader does it."""
    from . import jobs

    try:
        toolkit.enqueue_job(jobs.render_pending, [list(package_ids)], title="Feeds: render changed datasets")
    except Exception:
        log.exception("The rendering job could not be queued")


def catch_up(seconds: float, wait: bool = True) -> bool:
    """Render what is missing or not up to date, for at most this long; commits. True when all is.

    Normally finds nothing: the hooks did it. It is what makes the feed right after a change that came without a
    hook, a change of settings, or the plugin's first start. Of many datasets only one process renders at a time: while that
    is another, it is waited for, unless there are too many or nobody is to ``wait``; then False at once.
    """
    withdraw_gone()
    end = time.monotonic() + seconds
    while len(some := store.pending(limit=_WAITED_FOR + 1)) > _FEW:
        with turn.taken() as mine:
            if mine:
                return _render_pending(end - time.monotonic())
        if not wait or len(some) > _WAITED_FOR or time.monotonic() > end:
            return False
        model.Session.rollback()
        time.sleep(_POLL_SECONDS)
    return not some or _render_pending(end - time.monotonic())


def _render_pending(seconds: float) -> bool:
    end, done = time.monotonic() + seconds, set()
    while True:
        todo = [i for i in store.pending(limit=len(done) + 50) if i not in done]
        if not todo:
            return True
        for package_id in todo:
            if time.monotonic() > end:
                enqueue()
                return False
            refresh_one(package_id)
            done.add(package_id)


def refresh_one(package_id: str) -> None:
    """``refresh`` as a transaction of its own."""
    refresh(package_id)
    model.Session.commit()
    model.Session.expire_all()


def catch_up_one(name_or_id: str) -> None:
    """Bring one dataset up to date before it is read, if it is not."""
    package = model.Package.get(name_or_id)
    if package is not None and store.pending(package_id=package.id):
        refresh_one(package.id)
