from __future__ import annotations

from typing import Any

from ckan import authz
from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context

from .. import config


@tk.auth_allow_anonymous_access
def portal_autocomplete(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may be offered completions."""
    return authz.is_authorized("package_search", context, data_dict)


@tk.auth_allow_anonymous_access
def portal_figures(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


@tk.auth_allow_anonymous_access
def portal_status(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everyone may see which services are up."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def portal_status_details(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Versions, memory, process ids and reasons: for everyone or for sysadmins, as the operator says."""
    # A sysadmin is let in before this is asked.
    if config.details_for_everyone():
        return {"success": True}
    return {"success": False, "msg": tk._("Only a sysadmin may see the details of the services")}
