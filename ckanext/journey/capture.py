"""What is recorded without anybody asking: changes to datasets, uploads, table loads, harvests.

Hooks of CKAN run inside its transaction, so a captured event is committed with the change it tells of, or not at all.
A capture that fails is undone to a savepoint, logged, and recorded as `capture-failed`; the change itself goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from ckan import authz, model
from ckan.plugins import toolkit as tk
from sqlalchemy.exc import SQLAlchemyError

from . import config, held, ledger, measure, store, uploads
from . import events as ev
from .changes import changed_fields, choose_change, fingerprint, normalise, short
from .workflow import store as workflow

log = logging.getLogger(__name__)


def guarded(hook: str, package_id: str, stream: str, work: Callable[[sa.Connection], None]) -> None:
    """Do a capture in a savepoint; whatever goes wrong stays here."""
    conn = model.Session.connection()
    try:
        with conn.begin_nested():
            work(conn)
    except Exception as error:
        log.exception("Journey: %s of dataset %s could not be recorded", hook, package_id)
        body = ev.CaptureFailed(hook, f"{type(error).__name__}: {error}"[:300])
        try:
            with conn.begin_nested():
                ledger.append(conn, ledger.Draft(body, stream, package_id), config.lock_seconds())
        except SQLAlchemyError:
            log.exception("Journey: the failure could not be recorded either")


def settled(work: Callable[[], None]) -> None:
    """Do work and commit it, unless the transaction under way holds somebody else's writes: then it goes with theirs."""
    session = model.Session
    idle = not (session.new or session.dirty or session.deleted)
    clean = idle and session.execute(sa.text("SELECT pg_current_xact_id_if_assigned() IS NULL")).scalar_one()
    work()
    if clean:
        session.commit()


def stream_of(package: Any) -> str:
    return package.owner_org or ledger.UNOWNED


def actor(context: dict[str, Any], stream: str) -> tuple[str | None, str]:
    """The user's id, None for the portal itself, and the role in which they act."""
    name = context.get("user")
    if not name or name == tk.config["ckan.site_id"]:
        return None, "system"
    return role_of(model.User.get(name), stream)


def role_of(user: Any, stream: str) -> tuple[str | None, str]:
    """A user's id and the role in which they act in an organisation; nobody is the portal itself."""
    if user is None:
        return None, "system"
    if user.sysadmin:
        return user.id, "sysadmin"
    role = authz.users_role_for_group_or_org(stream, user.name) if stream != ledger.UNOWNED else None
    return user.id, role or "user"


def dataset_changed(context: dict[str, Any], data: dict[str, Any], is_new: bool) -> None:
    """After a dataset was created or updated, within its transaction."""
    package = model.Package.get(data.get("id"))
    if package is None:
        return
    stream = stream_of(package)
    user_id, role = actor(context, stream)
    data = _with_ids(data, package)

    def work(conn: sa.Connection) -> None:
        draft = {"stream": stream, "package": package.id, "user_id": user_id, "role": role}
        body = change_of(conn, store.dataset_state(conn, package.id), package, data, user_id, role, is_new)
        if body:
            ledger.append(conn, ledger.Draft(body, **draft), config.lock_seconds())

    guarded("dataset change", package.id, stream, work)
    for resource in data.get("resources") or []:
        if resource.get("url_type") == "upload":
            guarded("upload", package.id, stream, lambda conn, r=resource: _upload(conn, package, r, user_id, role))


def _with_ids(data: dict[str, Any], package: Any) -> dict[str, Any]:
    """CKAN gives a new file its id in the database only; the order is the same there."""
    if not data.get("resources"):
        return data
    pairs = zip(data["resources"], package.resources, strict=False)
    return data | {"resources": [resource | {"id": row.id} for resource, row in pairs]}


def change_of(
    conn: sa.Connection, state: Any, package: Any, data: dict[str, Any], user_id: str | None, role: str, is_new: bool
) -> ev.DatasetChanged | None:
    """What is to be told of a change. ``state``: what the journey knows of the dataset before it."""
    values = normalise(data)
    before = dict(state.fields) if state else {}
    changes = changed_fields(before, fingerprint(values), "resources" in data)
    is_open = package.state == "active" and not package.private
    stage = state.stage if state else None
    change = choose_change(stage, is_new, is_open, package.state == "deleted", bool(changes.fields))
    if change == "updated" and role == "system" and store.hops(conn, package.id):
        return None  # the harvest tells of it itself
    if change == "edited" and "legacy_source" not in changes.fields and not _new_author(conn, package.id, user_id):
        return None  # drafts may change as they like
    if change is None:
        return None
    source = values.get("legacy_source")
    return ev.DatasetChanged(
        change, source, changes.fields, added=changes.added, removed=changes.removed, altered=changes.altered
    )


def _new_author(conn: sa.Connection, package_id: str, user_id: str | None) -> bool:
    """Whoever works on a release may not approve it, so the first change that a person makes is told even of a draft."""
    if user_id is None:
        return False
    start = workflow.release_start(workflow.history(conn, package_id))
    return user_id not in workflow.authors(conn, package_id, start)


def _upload(conn: sa.Connection, package: Any, resource: dict[str, Any], user_id: str | None, role: str) -> None:
    known = store.current_file(conn, resource["id"])
    modified = short(resource.get("last_modified"))
    if known and known.version == modified:
        return
    name = str(resource.get("url") or resource.get("name") or resource["id"]).rsplit("/", 1)[-1]
    kind = str(resource.get("format") or "").lower()
    tabular = kind in measure.TABULAR or name.lower().endswith((".csv", ".tsv"))
    try:
        found = measure.measure(uploads.read(resource), tabular)
    except FileNotFoundError:
        return  # said to be uploaded, but without a file: nothing was received
    if known and known.sha256 == found.sha256:
        return
    check = held.checks(package.id).get(resource["id"])
    again = held.was_public(conn, package.id, resource["id"], found.sha256)
    body = ev.FileReceived(
        resource_id=resource["id"],
        name=name,
        sha256=found.sha256,
        bytes=found.bytes,
        rows=found.rows,
        format=str(resource.get("format") or "") or None,
        modified=modified,
        replaces=known.sha256 if known else None,
        held=("again" if again else "first") if check else None,
        check=check["check_id"] if check else None,
    )
    ledger.append(conn, ledger.Draft(body, stream_of(package), package.id, user_id, role), config.lock_seconds())


def dataset_deleted(context: dict[str, Any], data: dict[str, Any]) -> None:
    """Before a dataset is marked as deleted, within the same transaction."""
    package = model.Package.get(data.get("id"))
    if package is None:
        return
    stream = stream_of(package)
    user_id, role = actor(context, stream)

    def work(conn: sa.Connection) -> None:
        state = store.dataset_state(conn, package.id)
        if state is None or state.stage != "withdrawn":
            body = ev.DatasetChanged("withdrawn")
            ledger.append(conn, ledger.Draft(body, stream, package.id, user_id, role), config.lock_seconds())

    guarded("deletion", package.id, stream, work)
