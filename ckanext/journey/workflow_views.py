"""Pages of the publication workflow: a dataset's release, the board, templates, who signs for privacy."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint

from . import pages
from .workflow import checks, tasks

workflow = Blueprint("journey_workflow", __name__)
_TOLD = ("reason", "owner_role", "due", "publish_at", "embargo", "privacy_statement")
_OF_STEP = ("ended_at", "rows_in", "rows_out", "rows_rejected")


def _call(action: str, **values: Any) -> Any:
    """An action as the reader; what they may not do, and what is not there, are pages that say so."""
    try:
        return tk.get_action(action)(pages.context(), values)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error) or tk._("Not found"))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))


def _said(error: tk.ValidationError) -> dict[str, str]:
    """Errors as one sentence a field."""
    return {
        name: " ".join(map(str, told)) if isinstance(told, list) else str(told)
        for name, told in error.error_dict.items()
    }


@workflow.route("/dataset/workflow/<id>")
def read(id: str) -> Any:
    return _release(id)


def _release(id: str, errors: dict[str, str] | None = None, typed: Any = None) -> Any:
    pkg = pages.dataset(id)
    shown = _call("journey_workflow_show", id=pkg["id"])
    release = _call("journey_release_show", id=pkg["id"])
    files = checks.files(pkg)
    values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"], "standing": shown, "release": release}
    values |= {"files": files, "tasks": tasks.of(shown, release, files)}
    return tk.render("journey/workflow.html", {**values, "errors": errors or {}, "typed": typed or {}})


@workflow.route("/dataset/workflow/<id>/move", methods=["POST"])
def move(id: str) -> Any:
    pages.check_token()
    form = tk.request.form
    told = {name: form[name].strip() for name in _TOLD if form.get(name, "").strip()}
    try:
        _call("journey_workflow_move", id=id, move=form.get("move", ""), **told)
    except tk.ValidationError as error:
        return _release(id, _said(error), form), 400
    tk.h.flash_success(tk._("The release has moved on."))
    return tk.h.redirect_to("journey_workflow.read", id=id)


@workflow.route("/dataset/workflow/<id>/record", methods=["POST"])
def record(id: str) -> Any:
    """Steps of the template that were done."""
    pages.check_token()
    form = tk.request.form
    chosen = [
        {"position": place, **{name: form.get(f"{name}-{place}", "").strip() for name in _OF_STEP}}
        for place in form.getlist("position")
    ]
    try:
        _call("journey_release_record", id=id, steps=chosen)
    except tk.ValidationError as error:
        return _release(id, _said(error), form), 400
    tk.h.flash_success(tk._("The steps are recorded."))
    return tk.h.redirect_to("journey_workflow.read", id=id)


@workflow.route("/dataset/workflow/<id>/template", methods=["POST"])
def keep(id: str) -> Any:
    pages.check_token()
    try:
        _call("journey_template_create", dataset=id, name=tk.request.form.get("name", ""))
    except tk.ValidationError as error:
        return _release(id, {"name": _said(error).get("name", str(error))}, tk.request.form), 400
    tk.h.flash_success(tk._("The template is kept: begin the next release from it."))
    return tk.h.redirect_to("journey_workflow.templates")


@workflow.route("/journey/board")
def board() -> Any:
    only = tk.request.args.get("organization", "")
    found = _call("journey_board", **({"organization": only} if only else {}))
    if tk.request.args.get("format") == "json":
        return found
    organisations = tk.get_action("organization_list")(
        pages.context(), {"all_fields": True, "include_dataset_count": False}
    )
    return tk.render("journey/board.html", {"board": found, "organisations": organisations, "only": only})


@workflow.route("/journey/templates")
def templates() -> Any:
    return tk.render("journey/templates.html", {"templates": _call("journey_template_list"), "errors": {}, "typed": {}})


@workflow.route("/journey/templates/<id>/begin", methods=["POST"])
def begin(id: str) -> Any:
    """The next release, from a template."""
    pages.check_token()
    form = tk.request.form
    told = {name: form[name].strip() for name in ("title", "due") if form.get(name, "").strip()}
    try:
        made = _call("journey_release_create", id=id, **told)
    except tk.ValidationError as error:
        values = {"templates": _call("journey_template_list"), "errors": {id: _said(error)}, "typed": {id: form}}
        return tk.render("journey/templates.html", values), 400
    tk.h.flash_success(tk._("The next release is begun. Only your organisation sees it."))
    return tk.h.redirect_to("journey_workflow.read", id=made["name"])


@workflow.route("/journey/templates/<id>/delete", methods=["POST"])
def forget(id: str) -> Any:
    pages.check_token()
    _call("journey_template_discard", id=id)
    tk.h.flash_success(tk._("The template is deleted. Datasets made from it stay."))
    return tk.h.redirect_to("journey_workflow.templates")


@workflow.route("/journey/officers/<organization>", methods=["GET", "POST"])
def officers(organization: str) -> Any:
    """Who signs for privacy: the list, and the form that names one or takes one away."""
    errors: dict[str, str] = {}
    form = tk.request.form
    if tk.request.method == "POST":
        pages.check_token()
        action = "journey_officer_revoke" if form.get("remove") else "journey_officer_create"
        try:
            _call(action, organization=organization, user=(form.get("remove") or form.get("user", "")).strip())
            return tk.h.redirect_to("journey_workflow.officers", organization=organization)
        except tk.ValidationError as error:
            errors = _said(error)
    found = _call("journey_officer_list", organization=organization)
    group = _call("organization_show", id=organization)
    values = {"officers": found, "group_dict": group, "errors": errors, "typed": form}
    return tk.render("journey/officers.html", values), 400 if errors else 200
