"""How much of a journey a caller may see, and shared steps of the actions."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

from ckan import authz, model
from ckan.lib.search import rebuild
from ckan.plugins import toolkit as tk

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reader:
    """How much somebody sees of one dataset's journey: the visibilities of steps and evidence, and of which organisations
    and datasets the files that their check holds back."""

    sees: frozenset[str] = frozenset({"public"})
    everything: bool = False
    editor: frozenset[str] = frozenset()
    edited: frozenset[str] = frozenset()

    def edits(self, package_id: str, organisation: str | None) -> bool:
        """Only who may edit a dataset may see its held files."""
        return self.everything or package_id in self.edited or organisation in self.editor


PUBLIC = Reader()
MEMBER = Reader(PUBLIC.sees | {"organisation"})
ADMIN = Reader(MEMBER.sees | {"restricted"})
EVERYTHING = replace(ADMIN, everything=True)


def allowed(context: Any, package: Any) -> Reader:
    """What a caller sees of a dataset: members of the organisation more than others, its administrators all."""
    if context.get("ignore_auth"):
        return EVERYTHING
    reader = _sees(context, package)
    name, owner = context.get("user") or "", package.owner_org
    if name and reader != EVERYTHING and may_edit(context, package.id):
        writes = owner and authz.has_user_permission_for_group_or_org(owner, name, "update_dataset")
        return replace(reader, edited=frozenset([package.id]), editor=frozenset([owner] if writes else []))
    return reader


def may_edit(context: Any, package_id: str) -> bool:
    """Whether the caller may edit a dataset."""
    try:
        tk.check_access("package_update", as_caller(context), {"id": package_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def _sees(context: Any, package: Any) -> Reader:
    user = context.get("auth_user_obj") or model.User.get(context.get("user") or "")
    if user is None or getattr(user, "is_anonymous", False) or user.state != "active":
        return PUBLIC
    if user.sysadmin:
        return EVERYTHING
    role = authz.users_role_for_group_or_org(package.owner_org, user.name) if package.owner_org else None
    if role == "admin":
        return ADMIN
    collaborates = authz.check_config_permission("allow_dataset_collaborators")
    if role or (collaborates and authz.user_is_collaborator_on_dataset(user.id, package.id)):
        return MEMBER
    return PUBLIC


@dataclass(frozen=True)
class Eyes:
    """What a caller sees of steps that belong to many datasets: ids of organisations and of datasets shared with them.

    `editor`, `edited`: those whose held files they see.
    """

    everything: bool = False
    member: frozenset[str] = frozenset()
    admin: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    editor: frozenset[str] = frozenset()
    edited: frozenset[str] = frozenset()

    def see(self, package: Any) -> bool:
        """May the caller read this dataset?"""
        is_open = package.state == "active" and not package.private
        return self.everything or is_open or package.owner_org in self.member or package.id in self.shared


def eyes(context: Any) -> Eyes:
    """What the caller of an action sees; the same rules as `allowed` has for one dataset."""
    if context.get("ignore_auth"):
        return Eyes(True)
    user = context.get("auth_user_obj") or model.User.get(context.get("user") or "")
    if user is None or getattr(user, "is_anonymous", False) or user.state != "active":
        return Eyes()
    if user.sysadmin:
        return Eyes(True)
    mine = _organisations(context, user, "read")
    shared = []
    if authz.check_config_permission("allow_dataset_collaborators"):
        of = model.PackageMember
        shared = model.Session.query(of.package_id, of.capacity).filter_by(user_id=user.id).all()
    return Eyes(
        member=frozenset(each["id"] for each in mine),
        admin=frozenset(each["id"] for each in mine if each["capacity"] == "admin"),
        shared=frozenset(row[0] for row in shared),
        editor=frozenset(each["id"] for each in _organisations(context, user, "update_dataset")),
        edited=frozenset(row[0] for row in shared if row[1] in ("editor", "admin")),
    )


def _organisations(context: Any, user: Any, permission: str) -> list[dict[str, Any]]:
    query = {"id": user.id, "permission": permission}
    return tk.get_action("organization_list_for_user")(as_caller(context), query)


def as_caller(context: Any) -> Any:
    """A context for a nested action by the same user."""
    kept = ("user", "auth_user_obj", "ignore_auth")
    return {name: context[name] for name in kept if name in context}


def reindex(package_id: str) -> None:
    """Search learns of the new step now; if it cannot, the step stands all the same."""
    try:
        rebuild(package_id, force=True)
    except Exception:
        log.exception("Journey: dataset %s could not be indexed again", package_id)


def system_dict(row: Any) -> dict[str, Any]:
    """A row of the register as actions give it."""
    names = "id name registered kind vendor product version custodian_role description"
    values = {name: getattr(row, name) for name in names.split()}
    organisation = model.Group.get(row.stream)
    shown = organisation and {"id": organisation.id, "name": organisation.name, "title": organisation.title}
    values["retirement_date"] = row.retirement_date and row.retirement_date.isoformat()
    return values | {"organization": shown}


def can_add(package_name: str) -> bool:
    return bool(tk.h.check_access("journey_step_create", {"dataset": package_name}))
