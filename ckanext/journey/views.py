"""Pages: a dataset's journey, the form that adds a step, the register of systems, what it is all about."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint
from flask.views import MethodView
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from . import forms

journey = Blueprint("journey", __name__)

PER_PAGE = 100


def _context() -> Any:
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user, "for_view": True}


def _dataset(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("package_show")(_context(), {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Dataset not found"))
    except tk.NotAuthorized:
        # As on CKAN's own page: what may not be read is not said to exist.
        return tk.abort(404, tk._("Dataset not found"))


def _page() -> int:
    text = tk.request.args.get("page", "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 7 else 1


@journey.route("/dataset/journey/<id>")
def read(id: str) -> Any:
    pkg, page = _dataset(id), _page()
    shown = tk.get_action("journey_show")(
        _context(), {"id": pkg["id"], "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
    )
    view = "table" if tk.request.args.get("view") == "table" else "timeline"
    pages = -(-shown["total"] // PER_PAGE) or 1
    values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"], "journey": shown}
    return tk.render("journey/read.html", values | {"view": view, "page": page, "pages": pages})


def _check_token() -> None:
    """The form's own check: CKAN exempts a view for good once somebody has called it with an API token."""
    if not tk.config["WTF_CSRF_ENABLED"] or tk.g.get("login_via_auth_header"):
        return
    try:
        validate_csrf(tk.request.form.get(tk.g.csrf_field_name))
    except ValidationError as error:
        tk.abort(400, str(error))


class AddStep(MethodView):
    """The form for a step: errors come back with what was typed."""

    def get(self, id: str) -> Any:
        pkg = self._allowed(id)
        return self._form(pkg, forms.Form({}))

    def post(self, id: str) -> Any:
        _check_token()
        pkg = self._allowed(id)
        form = forms.Form(tk.request.form)
        if form.wants_more:
            return self._form(pkg, form)
        try:
            step = tk.get_action("journey_step_create")(_context(), form.step(pkg["id"]))
        except tk.ValidationError as error:
            return self._form(pkg, form, form.errors(error.error_dict)), 400
        tk.h.flash_success(tk._("The step is recorded."))
        return tk.redirect_to(tk.h.url_for("journey.read", id=pkg["name"]) + f"#step-{step['id']}")

    def _allowed(self, id: str) -> dict[str, Any]:
        pkg = _dataset(id)
        try:
            tk.check_access("journey_step_create", _context(), {"dataset": pkg["id"]})
        except tk.NotAuthorized as error:
            tk.abort(403, str(error))
        return pkg

    def _form(self, pkg: dict[str, Any], form: forms.Form, errors: dict[str, str] | None = None) -> str:
        organisation = pkg.get("owner_org")
        systems = []
        if organisation:
            systems = tk.get_action("journey_system_list")(_context(), {"organization": organisation})
        values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"], "form": form, "systems": systems}
        return tk.render("journey/add.html", values | {"errors": errors or {}, "labels": forms.labels()})


journey.add_url_rule("/dataset/journey/<id>/add", view_func=AddStep.as_view("add"))


@journey.route("/journey")
def about() -> Any:
    return tk.render("journey/about.html")


@journey.route("/journey/systems")
def systems() -> Any:
    found = tk.get_action("journey_system_list")(_context(), {})
    return tk.render("journey/systems.html", {"systems": found})


@journey.route("/journey/systems/<id>")
def system(id: str) -> Any:
    page = _page()
    try:
        found = tk.get_action("journey_system_show")(_context(), {"id": id, "start": (page - 1) * 20, "rows": 20})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("System not found"))
    pages = -(-found["count"] // 20) or 1
    return tk.render("journey/system.html", {"system": found, "page": page, "pages": pages})
