"""Who may do what.

The public may see which nodes there are and where a dataset comes from. Stewards (who may edit datasets of the
node's organisation) see runs, plans and refusals. Its admins run harvests and approve plans. Only sysadmins
register nodes: a node's address decides what the portal connects to.
"""

from __future__ import annotations

from typing import Any

from ckan import authz
from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

from ..harvest import store

__all__ = [
    "federation_discover",
    "federation_node_create",
    "federation_node_list",
    "federation_node_pause",
    "federation_node_register_known",
    "federation_node_resume",
    "federation_node_show",
    "federation_node_update",
    "federation_outcome_show",
    "federation_plan",
    "federation_plan_apply",
    "federation_quarantine_list",
    "federation_record_join",
    "federation_record_keep_apart",
    "federation_record_retry",
    "federation_record_show",
    "federation_record_split",
    "federation_run",
    "federation_run_cancel",
    "federation_run_list",
    "federation_run_pause",
    "federation_run_resume",
    "federation_run_roll_back",
    "federation_run_show",
]


def federation_discover(context: Context, data_dict: DataDict | None = None) -> AuthResult:
    """Sysadmins only: it makes the portal connect to an address that the caller chooses."""
    return {"success": False}


@toolkit.auth_allow_anonymous_access
def federation_node_list(context: Context, data_dict: DataDict | None = None) -> AuthResult:
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def federation_node_show(context: Context, data_dict: DataDict | None = None) -> AuthResult:
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def federation_record_show(context: Context, data_dict: DataDict | None = None) -> AuthResult:
    """Whoever may see the dataset may see where it comes from."""
    return {"success": bool(authz.is_authorized("package_show", context, data_dict).get("success"))}


def federation_run_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, store.node(data_dict.get("id") or ""), "update_dataset")


def federation_run_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, _node_of_run(data_dict), "update_dataset")


def federation_outcome_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, _node_of_run(data_dict), "update_dataset")


def federation_plan(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, store.node(data_dict.get("id") or ""), "admin")


def federation_run(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, store.node(data_dict.get("id") or ""), "admin")


def federation_plan_apply(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, _node_of_run(data_dict), "admin")


def federation_run_pause(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, _node_of_run(data_dict), "admin")


def federation_run_cancel(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, _node_of_run(data_dict), "admin")


def federation_run_resume(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, _node_of_run(data_dict), "admin")


def federation_run_roll_back(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, _node_of_run(data_dict), "admin")


def federation_quarantine_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, store.node(data_dict.get("id") or ""), "update_dataset")


def federation_node_pause(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, store.node(data_dict.get("id") or ""), "admin")


def federation_node_resume(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, store.node(data_dict.get("id") or ""), "admin")


def federation_record_retry(context: Context, data_dict: DataDict) -> AuthResult:
    return _may(context, store.node(data_dict.get("id") or ""), "admin")


def federation_record_split(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may edit the dataset and is a steward of the node."""
    may = authz.is_authorized("package_update", context, {"id": data_dict.get("id")})
    return _may(context, store.node(data_dict.get("node") or ""), "update_dataset") if may.get("success") else may


def federation_record_join(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may edit both datasets."""
    for name in ("id", "other"):
        may = authz.is_authorized("package_update", context, {"id": data_dict.get(name)})
        if not may.get("success"):
            return may
    return {"success": True}


def federation_record_keep_apart(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may edit the dataset."""
    return authz.is_authorized("package_update", context, {"id": data_dict.get("id")})


def federation_node_create(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False, "msg": toolkit._("Only sysadmins register nodes.")}


def federation_node_update(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False, "msg": toolkit._("Only sysadmins change nodes.")}


def federation_node_register_known(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False, "msg": toolkit._("Only sysadmins register nodes.")}


def _node_of_run(data_dict: DataDict) -> dict[str, Any] | None:
    run = store.run(data_dict.get("id") or "")
    return store.node(run["node_id"]) if run else None


def _may(context: Context, node: dict[str, Any] | None, permission: str) -> AuthResult:
    refused = toolkit._("You are not a steward of this node.")
    if node is None:
        return {"success": False, "msg": refused}
    user = context.get("user") or ""
    may = bool(user) and authz.has_user_permission_for_group_or_org(node["organization_id"], user, permission)
    return {"success": True} if may else {"success": False, "msg": refused}
