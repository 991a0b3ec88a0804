"""Sees each uploaded table as CKAN saves its resource, and puts it on hold before anybody else hears of the change.

CKAN's hooks run plugin by plugin, so a feed could be rendered before a hook of ours is called. The row of a resource
is flushed earlier than every hook, and the hold is written with it, in the same transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import plugin_loaded
from ckan.plugins import toolkit as tk
from sqlalchemy import event

from . import release, settings, store
from .model import new_id, now

log = logging.getLogger(__name__)


@dataclass
class Call:
    """A change of a dataset: who makes it, and which files came with it."""

    user: str
    held: bool
    sent: set[str] = field(default_factory=set)
    #: A file came for a resource that has no id yet.
    new: bool = False
    made: list[str] = field(default_factory=list)
    #: What is told of them once they are committed.
    told: list[dict[str, Any]] = field(default_factory=list)


_call: ContextVar[Call | None] = ContextVar("council_schemas_call", default=None)


@contextmanager
def watched(context: Any, resources: Any) -> Iterator[Call]:
    """While a dataset is saved. Files that the portal itself brings (harvests, loads) are not held."""
    person = store.user_id(context)
    call = Call(person, bool(person) and not context.get("harvested"))
    for resource in resources if isinstance(resources, list) else []:
        if isinstance(resource, dict) and getattr(resource.get("upload"), "filename", None):
            if resource.get("id"):
                call.sent.add(resource["id"])
            else:
                call.new = True
    token = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(token)


def inserted(_mapper: Any, connection: sa.Connection, resource: Any) -> None:
    call = _call.get()
    if call and (call.new or resource.id in call.sent):
        _seen(connection, resource, call)


def updated(_mapper: Any, connection: sa.Connection, resource: Any) -> None:
    call = _call.get()
    changed = sa.inspect(resource).attrs.url_type.history.has_changes()
    if call and (resource.id in call.sent or (changed and resource.url_type == "upload")):
        # The second: a link that was a file before, and now is that file again.
        _seen(connection, resource, call)
    elif resource.url_type != "upload" and plugin_loaded("council_schemas") and _there(connection):
        # Now a link: there is no file of ours to hold.
        connection.execute(_forget(resource.id))


def _seen(connection: sa.Connection, resource: Any, call: Call) -> None:
    if not plugin_loaded("council_schemas") or not _there(connection):
        return
    row = connection.execute(
        sa.select(store.table).where(store.table.c.resource_id == resource.id, store.table.c.current)
    ).first()
    if row and row.id in call.made:
        return  # a second flush of the same change
    new = sa.inspect(resource).key is None or resource.id not in call.sent
    connection.execute(_forget(resource.id))
    if not call.held or not settings.is_tabular(resource) or not _concerned(connection, resource.package_id):
        return
    values = {
        "id": new_id(),
        "resource_id": resource.id,
        "package_id": resource.package_id,
        "name": (resource.url or "").rsplit("/", 1)[-1],
        "held": True,
        "uploaded": now(),
        "uploaded_by": call.user,
        "replaces": bool(row and not row.held) or (row is None and not new),
        "table": row.table if row else "",
        "table_chosen": bool(row and row.table_chosen),
    }
    connection.execute(sa.insert(store.table).values(**values))
    call.made.append(values["id"])
    facts = {"check_id": values["id"], "sha256": "", "user_id": call.user, "held": True}
    call.told.append(facts | {name: values[name] for name in ("resource_id", "package_id", "name")})


def _forget(resource_id: str) -> Any:
    table = store.table
    return sa.update(table).where(table.c.resource_id == resource_id, table.c.current).values(current=False)


def _there(connection: sa.Connection) -> bool:
    return store.ready() if store._ready["is"] else sa.inspect(connection).has_table(store.table.name)


def _concerned(connection: sa.Connection, package_id: str) -> bool:
    which = settings.which()
    if which != settings.DECLARED:
        return which == settings.ALL
    package = store.packages.c
    extras = connection.execute(sa.select(package.extras).where(package.id == package_id)).scalar() or {}
    return bool(extras.get("transparency_set"))


def later(context: Any, call: Call) -> None:
    """Have the checks run, and tell of the holds, once their files are committed."""
    if not call.made:
        return

    def committed(_session: Any = None) -> None:
        for facts in call.told:
            release.send("file_held", facts)
        enqueue(call.made)

    if context.get("defer_commit"):
        event.listen(model.Session(), "after_commit", committed, once=True)
    else:
        committed()


def enqueue(checks: list[str]) -> None:
    """Without a queue the checks stay waiting, until the scheduled ``jobs.check_pending`` finds them."""
    from . import jobs

    for check_id in checks:
        try:
            tk.enqueue_job(
                jobs.run,
                [check_id],
                title=f"Check of an uploaded file {check_id}",
                rq_kwargs={"timeout": settings.timeout(), "at_front": True},
            )
        except Exception:
            log.exception("The check %s could not be queued", check_id)


def listen() -> None:
    """Once a process; CKAN may load the plugin several times."""
    for name, function in (("after_insert", inserted), ("after_update", updated)):
        if not event.contains(model.Resource, name, function):
            event.listen(model.Resource, name, function)
