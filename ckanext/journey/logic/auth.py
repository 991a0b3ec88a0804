"""Who may read a journey (whoever may read the dataset), add to it (its editors), check it (its organisation)."""

from __future__ import annotations

from typing import Any

from ckan import authz
from ckan.plugins import toolkit as tk

Answer = dict[str, Any]


@tk.auth_allow_anonymous_access
def journey_show(context: Any, data_dict: dict[str, Any]) -> Answer:
    try:
        tk.check_access("package_show", context, {"id": tk.get_or_bust(data_dict, "id")})
    except tk.NotAuthorized as error:
        return {"success": False, "msg": str(error)}
    return {"success": True}


def journey_step_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Editors of the dataset's organisation, and the dataset's own collaborators with that right."""
    try:
        tk.check_access("package_update", context, {"id": tk.get_or_bust(data_dict, "dataset")})
    except tk.NotAuthorized:
        return {"success": False, "msg": tk._("Only editors of the dataset's organisation may add steps")}
    return {"success": True}


@tk.auth_allow_anonymous_access
def journey_system_list(context: Any, data_dict: dict[str, Any]) -> Answer:
    return {"success": True}


@tk.auth_allow_anonymous_access
def journey_system_show(context: Any, data_dict: dict[str, Any]) -> Answer:
    return {"success": True}


def journey_system_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _in_organisation(context, data_dict, "create_dataset", tk._("Only editors may register systems"))


def journey_event_list(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Events hold evidence as it was told, restricted evidence too, so only administrators read them."""
    return _in_organisation(context, data_dict, "admin", tk._("Only administrators read the ledger itself"))


def journey_verify(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _in_organisation(context, data_dict, "create_dataset", tk._("Only editors may check the ledger"))


def journey_rebuild(context: Any, data_dict: dict[str, Any]) -> Answer:
    return {"success": False, "msg": tk._("Only portal administrators may rebuild")}


def _in_organisation(context: Any, data_dict: dict[str, Any], permission: str, refusal: str) -> Answer:
    """Sysadmins pass before they come here. `organization` is an id or a name."""
    reference = data_dict.get("organization")
    user = context.get("user")
    if reference and user and authz.has_user_permission_for_group_or_org(reference, user, permission):
        return {"success": True}
    return {"success": False, "msg": refusal}
