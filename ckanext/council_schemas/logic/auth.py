"""Who may do what: everyone reads code lists and calendars, a council's editors say what is said of it."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model

from ..bulk import store as bulk_store
from ..review import hold, store


@tk.auth_allow_anonymous_access
def council_vocabulary_list(context: Any, data_dict: dict[str, Any]) -> dict[str, bool]:
    return {"success": True}


@tk.auth_allow_anonymous_access
def council_vocabulary_show(context: Any, data_dict: dict[str, Any]) -> dict[str, bool]:
    return {"success": True}


@tk.auth_allow_anonymous_access
def council_export(context: Any, data_dict: dict[str, Any]) -> Any:
    return authz.is_authorized("package_show", context, {"id": data_dict.get("id")})


@tk.auth_allow_anonymous_access
def council_calendar_list(context: Any, data_dict: dict[str, Any]) -> dict[str, bool]:
    return {"success": True}


@tk.auth_allow_anonymous_access
def council_calendar_show(context: Any, data_dict: dict[str, Any]) -> Any:
    return authz.is_authorized("organization_show", context, {"id": data_dict.get("id")})


def council_calendar_duty_update(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Editors and administrators of the organisation."""
    if authz.has_user_permission_for_group_or_org(data_dict.get("id"), context.get("user"), "create_dataset"):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors of the council may say what it has to publish")}


def council_calendar_seen(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Sysadmins alone: it raises a score on somebody's word."""
    return {"success": False, "msg": tk._("Only system administrators may say when something was first published")}


def council_calendar_confirm(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Those who may say it may confirm it; that it is another person is the action's to see to."""
    return council_calendar_duty_update(context, data_dict)


def file_check_list(context: Any, data_dict: dict[str, Any]) -> Any:
    """Those who may edit the dataset."""
    return authz.is_authorized("package_update", context, {"id": data_dict.get("package_id")})


def file_check_show(context: Any, data_dict: dict[str, Any]) -> Any:
    """Those who may edit the file's dataset: a report quotes cells that the public may not see."""
    resource: Any = model.Resource.get(str(data_dict.get("id") or ""))
    if resource is None or resource.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such file."))
    return file_check_list(context, {"package_id": resource.package_id})


def file_check_unreleased(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Sysadmins, and the portal itself."""
    return {"success": False, "msg": tk._("Only system administrators may list the held files of all councils")}


def file_check_run(context: Any, data_dict: dict[str, Any]) -> Any:
    return file_check_show(context, data_dict)


def file_check_waive(context: Any, data_dict: dict[str, Any]) -> Any:
    """That a second person is another one is the action's to see to."""
    return file_check_show(context, data_dict)


def file_check_mapping_update(context: Any, data_dict: dict[str, Any]) -> Any:
    return file_check_show(context, data_dict)


def file_check_copy(context: Any, data_dict: dict[str, Any]) -> Any:
    return file_check_show(context, data_dict)


def file_check_copy_drop(context: Any, data_dict: dict[str, Any]) -> Any:
    return file_check_show(context, data_dict)


def file_check_copy_use(context: Any, data_dict: dict[str, Any]) -> Any:
    return file_check_show(context, data_dict)


def council_bulk_export(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Those who may change an organisation's datasets; without one, of any. Which datasets is asked one by one."""
    organization, user = data_dict.get("organization"), context.get("user")
    if organization:
        allowed = authz.has_user_permission_for_group_or_org(organization, user, "update_dataset")
    else:
        allowed = authz.has_user_permission_for_some_org(user, "update_dataset")
    if user and allowed:
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors may work with spreadsheets of datasets")}


def council_bulk_plan(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    return council_bulk_export(context, data_dict)


def council_bulk_list(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    return council_bulk_export(context, data_dict)


def council_bulk_show(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Editors of the organisation that a plan is of; of a plan that is of none, the person who made it."""
    plan, user = bulk_store.get(str(data_dict.get("id") or "")), model.User.get(context.get("user") or "")
    if plan is None:
        raise tk.ObjectNotFound(tk._("There is no such plan."))
    if plan.organization_id:
        return council_bulk_export(context, {"organization": plan.organization_id})
    if user is not None and user.id == plan.made_by:
        return {"success": True}
    return {"success": False, "msg": tk._("Only the person who made this plan may see it")}


def council_bulk_apply(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    return council_bulk_show(context, data_dict)


def council_bulk_cancel(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    return council_bulk_show(context, data_dict)


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def resource_show(up: Any, context: Any, data_dict: Any) -> Any:
    """Views and the DataStore ask this: a held file is for its dataset's editors."""
    allowed = up(context, data_dict)
    given = context.get("resource")
    resource_id = data_dict.get("id") or (given.id if given else "")
    if allowed.get("success") and resource_id and store.is_held(resource_id):
        resource: Any = model.Resource.get(resource_id)
        if resource and not hold.may_edit(context, resource.package_id):
            return {"success": False, "msg": tk._("This file waits for its check.")}
    return allowed
