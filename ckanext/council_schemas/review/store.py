"""Reads and writes the checks' tables, in the caller's transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import JSONB

from .model import OPEN, Check, Decision, Mapping, now

log = logging.getLogger(__name__)

table: sa.Table = Check.__table__  # type: ignore[assignment]
packages = sa.table("package", sa.column("id"), sa.column("name"), sa.column("extras", JSONB))
_ready = {"is": False}


def ready() -> bool:
    """Whether the migrations were applied. Until then nothing is held, and the log says so."""
    if not _ready["is"]:
        _ready["is"] = sa.inspect(model.Session.connection()).has_table(table.name)
        if not _ready["is"]:
            log.debug("Files are not checked: run `ckan db upgrade -p council_schemas`")
    return _ready["is"]


def current(resource_id: str) -> Check | None:
    """The check of the file that a resource has now."""
    if not ready():
        return None
    query = sa.select(Check).where(Check.resource_id == resource_id, Check.current)
    return model.Session.execute(query.execution_options(populate_existing=True)).scalar()


def of_package(package_id: str) -> dict[str, Check]:
    """The current checks of a dataset's files, by resource."""
    if not ready():
        return {}
    query = sa.select(Check).where(Check.package_id == package_id, Check.current)
    return {one.resource_id: one for one in model.Session.execute(query).scalars()}


def for_decision(resource_id: str) -> Check | None:
    """The current check, locked until the transaction's end: two people may answer at once."""
    if not ready():
        return None
    query = sa.select(Check).where(Check.resource_id == resource_id, Check.current).with_for_update()
    return model.Session.execute(query.execution_options(populate_existing=True)).scalar()


def get(check_id: str) -> Check | None:
    return model.Session.get(Check, check_id, populate_existing=True)


def history(resource_id: str) -> list[Check]:
    query = sa.select(Check).where(Check.resource_id == resource_id).order_by(Check.uploaded.desc())
    return list(model.Session.execute(query).scalars())


def held_ids(package_id: str) -> set[str]:
    """The resources of a dataset that are not public."""
    if not ready():
        return set()
    query = sa.select(table.c.resource_id).where(table.c.package_id == package_id, table.c.current, table.c.held)
    return set(model.Session.execute(query).scalars())


def packages_with_held(package_ids: Iterable[str]) -> set[str]:
    """Of these datasets, those with a file that is not public."""
    if not ready():
        return set()
    query = sa.select(table.c.package_id).where(
        table.c.package_id.in_(list(package_ids)), table.c.current, table.c.held
    )
    return set(model.Session.execute(query).scalars())


def held_of(package_ids: list[str]) -> dict[str, set[str]]:
    """``held_ids`` of many datasets, by their ids; of those that have any."""
    if not ready():
        return {}
    query = sa.select(table.c.package_id, table.c.resource_id).where(table.c.package_id.in_(package_ids))
    found: dict[str, set[str]] = {}
    for package_id, resource_id in model.Session.execute(query.where(table.c.current, table.c.held)):
        found.setdefault(package_id, set()).add(resource_id)
    return found


def is_held(resource_id: str) -> bool:
    if not ready():
        return False
    query = sa.select(table.c.id).where(table.c.resource_id == resource_id, table.c.current, table.c.held)
    return model.Session.execute(query).first() is not None


def holds_of(name_or_id: str) -> str:
    """The id of the dataset of that name or id if a file of it is held, else nothing."""
    if not ready():
        return ""
    package = packages.c
    query = sa.select(package.id).where(
        sa.or_(package.id == name_or_id, package.name == name_or_id),
        sa.exists().where(table.c.package_id == package.id, table.c.current, table.c.held),
    )
    return model.Session.execute(query).scalar() or ""


def waiting(organizations: list[str] | None = None) -> list[tuple[Check, Any, Any]]:
    """What wants somebody's attention, oldest first: (check, resource, package). None: of every organisation."""
    if not ready():
        return []
    query = (
        sa.select(Check, model.Resource, model.Package)
        .join(model.Resource, model.Resource.id == Check.resource_id)
        .join(model.Package, model.Package.id == Check.package_id)
        .where(Check.current, sa.or_(Check.held, Check.state.in_(("problems", "personal", "unreadable", "failed"))))
        .where(model.Resource.state == "active", model.Package.state != "deleted")
        .order_by(Check.uploaded)
    )
    if organizations is not None:
        query = query.where(model.Package.owner_org.in_(organizations))
    return [tuple(row) for row in model.Session.execute(query)]  # type: ignore[misc]


def unreleased() -> list[dict[str, Any]]:
    """Files that were never public, oldest first: (check_id, resource_id, package_id, name, sha256, uploaded)."""
    if not ready():
        return []
    of, other = table.c, table.alias("other")
    same = sa.and_(other.c.resource_id == of.resource_id, other.c.sha256 == of.sha256, of.sha256 != "")
    public = sa.exists().where(same, sa.not_(other.c.held))
    names = (of.id.label("check_id"), of.resource_id, of.package_id, of.name, of.sha256, of.uploaded)
    rows = model.Session.execute(sa.select(*names).where(of.held, ~public).order_by(of.uploaded))
    return [dict(row._mapping) | {"uploaded": row.uploaded.isoformat()} for row in rows]


def unfinished(older_than: Any) -> list[Check]:
    """Checks that nobody worked on since ``older_than`` (a time)."""
    if not ready():
        return []
    quiet = sa.func.coalesce(Check.beat, Check.uploaded) < older_than
    query = sa.select(Check).where(Check.current, Check.state.in_(OPEN), quiet).order_by(Check.uploaded)
    return list(model.Session.execute(query).scalars())


def decisions(resource_id: str) -> list[Decision]:
    query = sa.select(Decision).where(Decision.resource_id == resource_id).order_by(Decision.made.desc())
    return list(model.Session.execute(query).scalars())


def proposal(check_id: str) -> Decision | None:
    """The waiver of personal data that still wants a second person."""
    query = sa.select(Decision).where(Decision.check_id == check_id, Decision.state == "proposed")
    return model.Session.execute(query).scalars().first()


def decide(check: Check, kind: str, state: str, user: str, reason: str = "", **detail: Any) -> Decision:
    made = Decision(
        check_id=check.id,
        resource_id=check.resource_id,
        package_id=check.package_id,
        kind=kind,
        state=state,
        reason=reason,
        made_by=user,
        detail=detail,
    )
    model.Session.add(made)
    model.Session.flush()
    return made


def mapping(owner_org: str, table_name: str, headers: str) -> dict[str, Any]:
    found = model.Session.get(Mapping, (owner_org, table_name, headers))
    return dict(found.mapping) if found else {}


def has_mapping(owner_org: str, table_name: str) -> bool:
    query = sa.select(Mapping.made).where(Mapping.owner_org == owner_org, Mapping.table == table_name)
    return model.Session.execute(query).first() is not None


def keep_mapping(owner_org: str, table_name: str, headers: str, given: dict[str, Any], user: str) -> None:
    found = model.Session.get(Mapping, (owner_org, table_name, headers))
    if found is None:
        found = Mapping(owner_org=owner_org, table=table_name, headers=headers)
        model.Session.add(found)
    found.mapping, found.made, found.made_by = given, now(), user


def user_id(context: Any) -> str:
    """The id of the person who acts, empty for the portal itself."""
    name = context.get("user") or ""
    found = model.User.get(name) if name and name != tk.config.get("ckan.site_id") else None
    return found.id if found else ""
