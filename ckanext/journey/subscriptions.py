"""Signals of the federation, and table loads, as events of the ledger.

The signals are named, not imported, so that the journey works where no federation is installed.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from . import capture, config, file_checks, ledger, store
from . import events as ev
from .releases import work as releases

log = logging.getLogger(__name__)

# What the last few runs of this process fetched, so that an import can name the bytes it came from.
_fetched: OrderedDict[str, dict[str, Any]] = OrderedDict()
_RUNS_KEPT = 64


def get_subscriptions() -> dict[Any, list[Any]]:
    signal = tk.signals.ckanext.signal
    return file_checks.get_subscriptions() | {
        signal("journey:all-changed"): [releases.watch_all],
        signal("federation:fetched"): [fetched],
        signal("federation:imported"): [imported],
        signal("federation:withdrawn"): [withdrawn],
    }


def fetched(sender: str, **kwargs: Any) -> None:
    """A node's feed was read. Kept until its records are imported; a feed that changes nothing leaves no event."""
    _fetched[str(kwargs.get("run_id"))] = {"at": datetime.now(UTC).isoformat(), **kwargs}
    while len(_fetched) > _RUNS_KEPT:
        _fetched.popitem(last=False)


def imported(sender: str, **kwargs: Any) -> None:
    """A record of a node was created or updated here."""
    together = kwargs.pop("together", None)
    if together is not None:
        from . import batches

        together.later(batches.imported, (sender, kwargs))
        return
    package = model.Package.get(kwargs.get("package_id"))
    if package is None:
        log.warning("Journey: a harvest of %s names no dataset: %s", sender, kwargs.get("package_id"))
        return

    def work(conn: sa.Connection) -> None:
        draft = import_of(sender, kwargs, store.hops(conn, package.id))
        if draft:
            ledger.append(conn, draft, config.lock_seconds())

    capture.settled(lambda: capture.guarded("harvest", package.id, capture.stream_of(package), work))


def import_of(sender: str, kwargs: dict[str, Any], before: Any) -> ledger.Draft | None:
    """The event of an import, or None where it is known already. ``before``: the portals that the dataset passed
    (``store.hops``)."""
    package = model.Package.get(kwargs.get("package_id"))
    body = _import(sender, kwargs)
    now = tuple((hop.portal, hop.remote_id, hop.content_hash, bool(hop.observed)) for hop in body.portals())
    if package is None or (body.content_hash and before == now):
        return None
    key = f"harvest:{kwargs.get('run_id')}:{package.id}:{body.content_hash}" if kwargs.get("run_id") else None
    return ledger.Draft(body, capture.stream_of(package), package.id, role="system", key=key)


def _import(sender: str, kwargs: dict[str, Any]) -> ev.HarvestImported:
    node = kwargs.get("node") if isinstance(kwargs.get("node"), dict) else {}
    assert isinstance(node, dict)
    fetch = _fetched.get(str(kwargs.get("run_id"))) or {}
    return ev.HarvestImported(
        portal=sender,
        upstream_id=str(kwargs.get("upstream_id") or ""),
        title=_text(node.get("title")),
        portal_url=_text(node.get("url")),
        record_url=_text(kwargs.get("url")),
        source_type=_text(node.get("dialect") or node.get("kind") or node.get("type")),
        upstream_modified=_text(kwargs.get("upstream_modified")),
        content_hash=_text(kwargs.get("content_hash")),
        raw_sha256=_text(kwargs.get("raw_sha256")),
        run_id=_text(kwargs.get("run_id")),
        outcome=_text(kwargs.get("outcome")),
        fetched=fetch.get("at"),
        fetch_url=_text(fetch.get("url")),
        fetch_sha256=_text(fetch.get("sha256")),
        fetch_bytes=fetch.get("bytes"),
        fetch_records=fetch.get("records"),
        asserted=_hops(kwargs.get("hops")),
        met=_hops(kwargs.get("met")),
    )


def _hops(told: Any) -> tuple[ev.Hop, ...]:
    return tuple(_hop(hop) for hop in told or [] if hop.get("portal"))


def _hop(told: dict[str, Any]) -> ev.Hop:
    """A portal before or beside the harvested one."""
    others = ("url", "remote_id", "source_type", "remote_modified", "content_hash", "node")
    seen = True if told.get("observed") else None
    return ev.Hop(str(told["portal"]), **{name: _text(told.get(name)) for name in others}, observed=seen)


def withdrawn(sender: str, **kwargs: Any) -> None:
    """A node no longer offers a record."""
    package = model.Package.get(kwargs.get("package_id"))
    if package is None:
        return
    stream = capture.stream_of(package)
    run_id = _text(kwargs.get("run_id"))
    key = f"harvest-withdrawn:{run_id}:{package.id}" if run_id else None

    def work(conn: sa.Connection) -> None:
        upstream_id, reason = str(kwargs.get("upstream_id") or ""), _text(kwargs.get("reason"))
        body = ev.HarvestWithdrawn(sender, upstream_id, run_id, reason, store.unexplained(conn, package.id))
        draft = ledger.Draft(body, stream, package.id, role="system", key=key)
        ledger.append(conn, draft, config.lock_seconds())

    capture.settled(lambda: capture.guarded("harvest withdrawal", package.id, stream, work))


def table_loaded(resource: dict[str, Any], dataset: dict[str, Any]) -> None:
    """ckanext-xloader put a file's rows into the DataStore. The same file loaded again with the same result is no news."""
    package = model.Package.get(dataset["id"])
    if package is None:
        return
    stream = capture.stream_of(package)

    def work(conn: sa.Connection) -> None:
        source, last = store.current_file(conn, resource["id"]), store.last_load(conn, resource["id"])
        rows, sha256 = _table_rows(resource["id"]), source.sha256 if source else None
        if last and sha256 and tuple(last) == (rows, sha256):
            return
        body = ev.TableLoaded(
            resource["id"],
            source.name if source else str(resource.get("name") or resource["id"]),
            rows=rows,
            file_sha256=sha256,
            file_rows=source.rows if source else None,
            tool="ckanext-xloader",
            tool_version=_version("ckanext-xloader"),
        )
        ledger.append(conn, ledger.Draft(body, stream, package.id, role="system"), config.lock_seconds())

    capture.settled(lambda: capture.guarded("table load", package.id, stream, work))


def _table_rows(resource_id: str) -> int | None:
    context: Any = {"ignore_auth": True}
    query = {"resource_id": resource_id, "limit": 0, "include_total": True}
    return tk.get_action("datastore_search")(context, query).get("total")


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
