"""Captures of many datasets at once: what ``capture`` and ``subscriptions`` do for each, with one append a stream.

Whoever makes many datasets in one transaction offers ``together`` (in the context of hooks, and with the federation's
signals). Streams are taken in one order, lest two such transactions wait for each other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from ckan import model

from . import capture, config, ledger, store, subscriptions

log = logging.getLogger(__name__)
Drafts = dict[str, list[ledger.Draft]]


def created(items: list[tuple[Any, dict[str, Any]]]) -> None:
    """New datasets, each with its hook's context and data, within their transaction."""

    def work(conn: sa.Connection) -> Drafts:
        drafts: Drafts = {}
        for context, data in items:
            package = model.Package.get(data["id"])
            assert package is not None
            stream = capture.stream_of(package)
            user_id, role = capture.actor(context, stream)
            body = capture.change_of(conn, None, package, data, user_id, role, True)
            if body:
                drafts.setdefault(stream, []).append(ledger.Draft(body, stream, package.id, user_id, role))
        return drafts

    _append(work, lambda: [capture.dataset_changed(context, data, is_new=True) for context, data in items])


def imported(items: list[tuple[str, dict[str, Any]]]) -> None:
    """Records that became datasets, each with the sender and arguments of its signal; in a transaction, or one of theirs."""

    def work(conn: sa.Connection) -> Drafts:
        drafts: Drafts = {}
        hops = store.hops_of(conn, [values["package_id"] for _sender, values in items])
        for sender, values in items:
            draft = subscriptions.import_of(sender, values, hops.get(values["package_id"], ()))
            if draft:
                drafts.setdefault(draft.stream, []).append(draft)
        return drafts

    def all_of_them() -> None:
        _append(work, lambda: [subscriptions.imported(sender, **values) for sender, values in items])

    capture.settled(all_of_them)


def _append(work: Callable[[sa.Connection], Drafts], each: Callable[[], Any]) -> None:
    """In a savepoint; where it fails, each capture is tried by itself and tells of its own failure."""
    conn = model.Session.connection()
    try:
        with conn.begin_nested():
            drafts = work(conn)
            for stream in sorted(drafts):
                ledger.append_all(conn, drafts[stream], config.lock_seconds())
    except Exception:
        log.exception("Journey: many captures could not be written together, and are written one by one")
        each()
