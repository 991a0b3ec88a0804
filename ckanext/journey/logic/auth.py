"""Who may read a journey (whoever may read the dataset), add to it (its editors), check it (its organisation)."""

from __future__ import annotations

from typing import Any

from ckan import authz, model
from ckan.plugins import toolkit as tk

from .. import erasure, ledger
from ..lineage import tokens
from ..workflow import templates

Answer = dict[str, Any]


@tk.auth_allow_anonymous_access
def journey_show(context: Any, data_dict: dict[str, Any]) -> Answer:
    try:
        tk.check_access("package_show", context, {"id": tk.get_or_bust(data_dict, "id")})
    except tk.NotAuthorized as error:
        return {"success": False, "msg": str(error)}
    return {"success": True}


@tk.auth_allow_anonymous_access
def journey_graph(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Whoever may read the dataset; from any other place the walk itself keeps to steps that the caller may see."""
    return journey_show(context, {"id": data_dict["id"]}) if data_dict.get("id") else {"success": True}


@tk.auth_allow_anonymous_access
def journey_export(context: Any, data_dict: dict[str, Any]) -> Answer:
    return journey_show(context, data_dict)


def journey_step_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Editors of the dataset's organisation, and the dataset's own collaborators with that right."""
    return _editor(context, data_dict, "dataset", tk._("Only editors of the dataset's organisation may add steps"))


@tk.auth_allow_anonymous_access
def journey_prov_import(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Who may add steps; or a tool with a token of the dataset's organisation, which only our own view puts into a context."""
    token = context.get("journey_token")
    if token is None:
        return _editor(context, data_dict, "dataset", tk._("Only editors of the dataset's organisation may add steps"))
    package = model.Package.get(tk.get_or_bust(data_dict, "dataset"))
    # A dataset of others is to a token as if it were not there.
    if package is None or package.state == "deleted" or (package.owner_org or ledger.UNOWNED) != token.stream:
        raise tk.ObjectNotFound(tk._("This token's organisation has no such dataset"))
    return {"success": True}


@tk.auth_allow_anonymous_access
def journey_difference_show(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Whoever may read the file may read what changed in it."""
    return dict(authz.is_authorized("resource_show", context, {"id": data_dict.get("resource")}))


def journey_difference_discard(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Those who may replace the file."""
    return dict(authz.is_authorized("resource_update", context, {"id": data_dict.get("resource")}))


def journey_reuse_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _editor(context, data_dict, "dataset", tk._("Only editors of the dataset's organisation may add re-uses"))


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


def journey_evidence_list(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _in_organisation(context, data_dict, "admin", tk._("Only administrators read what tools and files told"))


def journey_evidence_erase(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Administrators of the organisation in whose stream the event stands; of datasets without one, sysadmins."""
    row = erasure.find(model.Session.connection(), tk.get_or_bust(data_dict, "event"))
    stream = {"organization": row.stream} if row else {}
    return _in_organisation(context, stream, "admin", tk._("Only administrators erase what tools and files told"))


def journey_verify(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _in_organisation(context, data_dict, "create_dataset", tk._("Only editors may check the ledger"))


@tk.auth_allow_anonymous_access
def journey_checkpoint_list(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Signatures are there to be copied by strangers; they tell of nothing but counts and hashes."""
    return {"success": True}


def journey_checkpoint_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    return {"success": False, "msg": tk._("Only portal administrators sign the ledger")}


journey_checkpoint_mirror = journey_checkpoint_create


def journey_rebuild(context: Any, data_dict: dict[str, Any]) -> Answer:
    return {"success": False, "msg": tk._("Only portal administrators may rebuild")}


journey_rebuild_show = journey_rebuild


def journey_workflow_show(context: Any, data_dict: dict[str, Any]) -> Answer:
    """Where a release stands before it is public concerns those who work on it."""
    return _editor(context, data_dict, "id", tk._("Only editors of the dataset's organisation see its release"))


def journey_workflow_move(context: Any, data_dict: dict[str, Any]) -> Answer:
    """That the approver is not the author is judged with the move itself, for sysadmins too."""
    return _editor(context, data_dict, "id", tk._("Only editors of the dataset's organisation may move its release"))


@tk.auth_allow_anonymous_access
def journey_board(context: Any, data_dict: dict[str, Any]) -> Answer:
    return {"success": True}


def journey_officer_list(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _in_organisation(context, data_dict, "create_dataset", tk._("Only editors see who signs for privacy"))


def journey_officer_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _in_organisation(context, data_dict, "admin", tk._("Only administrators name who signs for privacy"))


journey_officer_revoke = journey_officer_create


def journey_template_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _editor(context, data_dict, "dataset", tk._("Only editors of the dataset's organisation keep templates"))


def journey_template_list(context: Any, data_dict: dict[str, Any]) -> Answer:
    if not data_dict.get("organization"):
        return {"success": bool(context.get("user"))}
    return _in_organisation(context, data_dict, "create_dataset", tk._("Only editors see templates"))


def journey_template_show(context: Any, data_dict: dict[str, Any]) -> Answer:
    row = templates.find(model.Session.connection(), tk.get_or_bust(data_dict, "id"))
    stream = {"organization": row.stream} if row else {}
    return _in_organisation(context, stream, "create_dataset", tk._("Only editors of its organisation see a template"))


journey_template_discard = journey_template_show
journey_release_create = journey_template_show
journey_release_show = journey_workflow_show
journey_release_record = journey_workflow_move


def journey_token_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _in_organisation(context, data_dict, "admin", tk._("Only administrators give tokens to tools"))


journey_token_list = journey_token_create


def journey_token_revoke(context: Any, data_dict: dict[str, Any]) -> Answer:
    row = tokens.get(model.Session.connection(), tk.get_or_bust(data_dict, "id"))
    stream = {"organization": row.stream} if row else {}
    return _in_organisation(context, stream, "admin", tk._("Only administrators revoke tokens"))


def journey_alias_create(context: Any, data_dict: dict[str, Any]) -> Answer:
    return _editor(context, data_dict, "dataset", tk._("Only editors of the dataset say what tools call it"))


def _editor(context: Any, data_dict: dict[str, Any], name: str, refusal: str) -> Answer:
    try:
        tk.check_access("package_update", context, {"id": tk.get_or_bust(data_dict, name)})
    except tk.NotAuthorized:
        return {"success": False, "msg": refusal}
    return {"success": True}


def _in_organisation(context: Any, data_dict: dict[str, Any], permission: str, refusal: str) -> Answer:
    """Sysadmins pass before they come here. `organization` is an id or a name."""
    reference = data_dict.get("organization")
    user = context.get("user")
    if reference and user and authz.has_user_permission_for_group_or_org(reference, user, permission):
        return {"success": True}
    return {"success": False, "msg": refusal}
