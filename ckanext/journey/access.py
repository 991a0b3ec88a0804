"""How much of a journey a caller may see, and shared steps of the actions."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from ckan import authz, model
from ckan.lib.search import rebuild
from ckan.plugins import toolkit as tk

log = logging.getLogger(__name__)

PUBLIC = frozenset({"public"})
MEMBER = PUBLIC | {"organisation"}
EVERYTHING = MEMBER | {"restricted"}


def allowed(context: Any, package: Any) -> frozenset[str]:
    """The visibilities a caller sees: members of the organisation more than others, its administrators all."""
    if context.get("ignore_auth"):
        return EVERYTHING
    user = context.get("auth_user_obj") or model.User.get(context.get("user") or "")
    if user is None or getattr(user, "is_anonymous", False) or user.state != "active":
        return PUBLIC
    if user.sysadmin:
        return EVERYTHING
    role = authz.users_role_for_group_or_org(package.owner_org, user.name) if package.owner_org else None
    if role == "admin":
        return EVERYTHING
    collaborates = authz.check_config_permission("allow_dataset_collaborators")
    if role or (collaborates and authz.user_is_collaborator_on_dataset(user.id, package.id)):
        return MEMBER
    return PUBLIC


@dataclass(frozen=True)
class Eyes:
    """What a caller sees of steps that belong to many datasets: ids of organisations and of datasets shared with them."""

    everything: bool = False
    member: frozenset[str] = frozenset()
    admin: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

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
    query = {"id": user.id, "permission": "read"}
    mine = tk.get_action("organization_list_for_user")(as_caller(context), query)
    shared = []
    if authz.check_config_permission("allow_dataset_collaborators"):
        shared = model.Session.query(model.PackageMember.package_id).filter_by(user_id=user.id).all()
    return Eyes(
        member=frozenset(each["id"] for each in mine),
        admin=frozenset(each["id"] for each in mine if each["capacity"] == "admin"),
        shared=frozenset(row[0] for row in shared),
    )


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
