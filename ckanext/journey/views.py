"""Pages: a dataset's journey, the form that adds a step, the register of systems, what it is all about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, jsonify, make_response, send_file
from flask.views import MethodView

from . import downloads, forms, pages
from .export_views import chosen, exports, send
from .graph_views import graph
from .lineage_views import lineage
from .prov_views import prov
from .release_views import releases
from .workflow_views import workflow

__all__ = ["exports", "graph", "journey", "lineage", "prov", "releases", "workflow"]

journey = Blueprint("journey", __name__)
journey.after_app_request(downloads.seen)

PER_PAGE = 100


@journey.route("/dataset/journey/<id>")
def read(id: str) -> Any:
    if form := chosen():
        return send(id, form)
    pkg, page = pages.dataset(id), pages.number()
    shown = tk.get_action("journey_show")(
        pages.context(), {"id": pkg["id"], "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
    )
    view = "table" if tk.request.args.get("view") == "table" else "timeline"
    last = -(-shown["total"] // PER_PAGE) or 1
    values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"], "journey": shown}
    html = tk.render("journey/read.html", values | {"view": view, "page": page, "pages": last})
    response = make_response(html)
    response.vary.add("Accept")
    return response


class AddStep(MethodView):
    """The form for a step: errors come back with what was typed."""

    def get(self, id: str) -> Any:
        pkg = pages.allowed("journey_step_create", id)
        kind = tk.request.args.get("type", "")  # of a link that says which step is to be told
        return self._form(pkg, forms.Form({"type": kind}))

    def post(self, id: str) -> Any:
        pages.check_token()
        pkg = pages.allowed("journey_step_create", id)
        form = forms.Form(tk.request.form)
        if form.wants_more:
            return self._form(pkg, form)
        try:
            step = tk.get_action("journey_step_create")(pages.context(), form.step(pkg["id"]))
        except tk.ValidationError as error:
            return self._form(pkg, form, form.errors(error.error_dict)), 400
        tk.h.flash_success(tk._("The step is recorded."))
        return tk.redirect_to(tk.h.url_for("journey.read", id=pkg["name"]) + f"#step-{step['id']}")

    def _form(self, pkg: dict[str, Any], form: forms.Form, errors: dict[str, str] | None = None) -> str:
        organisation = pkg.get("owner_org")
        systems = []
        if organisation:
            systems = tk.get_action("journey_system_list")(pages.context(), {"organization": organisation})
        values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"], "form": form, "systems": systems}
        return tk.render("journey/add.html", values | {"errors": errors or {}, "labels": forms.labels()})


class Reuse(MethodView):
    """The form that tells of a re-use."""

    def get(self, id: str) -> Any:
        return self._form(pages.allowed("journey_reuse_create", id), {}, {})

    def post(self, id: str) -> Any:
        pages.check_token()
        pkg, form = pages.allowed("journey_reuse_create", id), tk.request.form
        told = {name: form.get(name, "").strip() for name in forms.reuse_labels()}
        try:
            step = tk.get_action("journey_reuse_create")(pages.context(), {"dataset": pkg["id"], **told})
        except tk.ValidationError as error:
            told_errors: dict[str, Any] = error.error_dict
            errors = {name: " ".join(map(str, each)) for name, each in told_errors.items()}
            return self._form(pkg, form, errors), 400
        tk.h.flash_success(tk._("It is recorded."))
        return tk.redirect_to(tk.h.url_for("journey.read", id=pkg["name"]) + f"#step-{step['id']}")

    def _form(self, pkg: dict[str, Any], form: Any, errors: dict[str, str]) -> str:
        values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"], "form": form, "errors": errors}
        return tk.render("journey/reuse.html", values | {"labels": forms.reuse_labels()})


journey.add_url_rule("/dataset/journey/<id>/reuse", view_func=Reuse.as_view("reuse"))
journey.add_url_rule("/dataset/journey/<id>/add", view_func=AddStep.as_view("add"))


@journey.route("/journey")
def about() -> Any:
    return tk.render("journey/about.html")


@journey.route("/journey/step.py")
def step_script() -> Any:
    """The command line for shell scripts and FME; it runs alone, where no portal is installed."""
    name = "towpath-step.py"
    return send_file(
        Path(__file__).with_name("step.py"), mimetype="text/x-python", as_attachment=True, download_name=name
    )


@journey.route("/journey/systems")
def systems() -> Any:
    found = tk.get_action("journey_system_list")(pages.context(), {})
    return tk.render("journey/systems.html", {"systems": found})


@journey.route("/journey/systems/<id>")
def system(id: str) -> Any:
    page = pages.number()
    try:
        found = tk.get_action("journey_system_show")(pages.context(), {"id": id, "start": (page - 1) * 20, "rows": 20})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("System not found"))
    last = -(-found["count"] // 20) or 1
    return tk.render("journey/system.html", {"system": found, "page": page, "pages": last})


@journey.route("/journey/checkpoints.json")
def checkpoints() -> Any:
    """For other portals to mirror."""
    return jsonify(tk.get_action("journey_checkpoint_list")(pages.context(), {}))
