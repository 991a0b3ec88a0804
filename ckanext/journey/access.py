"""How much of a journey a caller may see, and shared steps of the actions."""

from __future__ import annotations

import logging
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
