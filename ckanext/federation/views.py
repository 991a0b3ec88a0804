"""Pages: the nodes, a node with its runs, a run with its plan and outcomes."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, Response, jsonify

from . import jobs
from .harvest.dialects import NAMES

__all__ = ["federation"]
PAGE = 50
STATUSES = ("planned", "created", "updated", "restored", "withdrawn", "refused", "quarantined", "failed")

federation = Blueprint("federation", __name__, url_prefix="/federation")


def _act(name: str, **data: Any) -> Any:
    """Call an action as the reader; what is not there or not theirs becomes the page that says so."""
    try:
        return toolkit.get_action(name)({}, data)
    except toolkit.ObjectNotFound:
        toolkit.abort(404, toolkit._("There is no such page."))
    except toolkit.NotAuthorized:
        if not toolkit.current_user.is_authenticated:
            toolkit.abort(403, toolkit._("Sign in as a steward to see this page."))
        toolkit.abort(403, toolkit._("Only stewards of this node may do this."))


def index() -> str:
    """The nodes, for everybody."""
    nodes = _act("federation_node_list")
    return toolkit.render("federation/index.html", {"nodes": nodes, "dialects": NAMES})


def node(name: str) -> str:
    """A node; its runs for stewards."""
    shown = _act("federation_node_show", id=name)
    steward = "last_run" in shown
    runs = _act("federation_run_list", id=name, limit=PAGE) if steward else []
    refused = []
    if runs:
        # A feed that is byte for byte the last one has no outcomes of its own.
        latest = next((one for one in runs if one["results"] or one["status"] == "done"), None)
        if latest:
            refused = _act("federation_run_show", id=latest["id"], action="refuse", limit=PAGE)["outcomes"]
            refused += _act("federation_run_show", id=latest["id"], status="quarantined", limit=PAGE)["outcomes"]
    may_run = steward and toolkit.h.check_access("federation_run", {"id": name})
    found = {"node": shown, "runs": runs, "refused": refused, "steward": steward, "may_run": may_run}
    return toolkit.render("federation/node.html", found)


def run(run_id: str) -> str | Response:
    """A run: the plan with each field's difference, or what became of it."""
    status = toolkit.request.args.get("status", "")
    status = status if status in STATUSES else ""
    raw_page = toolkit.request.args.get("page", "1")
    page = int(raw_page) if raw_page.isdigit() and 0 < int(raw_page) < 100_000 else 1
    shown = _act("federation_run_show", id=run_id, status=status, limit=PAGE, offset=(page - 1) * PAGE)
    if toolkit.request.args.get("format") == "json":
        return jsonify(shown)
    total = shown["results"].get(status, 0) if status else sum(shown["results"].values())
    may_apply = shown["status"] in ("planned", "held") and toolkit.h.check_access(
        "federation_plan_apply", {"id": run_id}
    )
    found = {
        "run": shown,
        "status": status,
        "statuses": [one for one in STATUSES if shown["results"].get(one)],
        "page": page,
        "last_page": max(1, -(-total // PAGE)),
        "may_apply": may_apply,
    }
    return toolkit.render("federation/run.html", found)


def make_plan(name: str) -> Any:
    """Let the job worker make a plan."""
    shown = _act("federation_node_show", id=name)
    if not toolkit.h.check_access("federation_plan", {"id": name}):
        toolkit.abort(403, toolkit._("Only stewards of this node may do this."))
    options = {"title": f"Plan {name}", "rq_kwargs": {"timeout": jobs.LONGEST}}
    toolkit.enqueue_job(jobs.plan_node, [shown["name"], toolkit.current_user.name], **options)
    toolkit.h.flash_success(toolkit._("The feed is being read. The plan appears here when it is made."))
    return toolkit.redirect_to("federation.node", name=name)


def apply_plan(run_id: str) -> Any:
    """Let the job worker apply a plan; where the guard holds it, this is the approval."""
    _act("federation_plan_apply", id=run_id, approve=True, background=True)
    toolkit.h.flash_success(toolkit._("The plan is being applied. This page shows how far it is."))
    return toolkit.redirect_to("federation.run", run_id=run_id)


federation.add_url_rule("/", view_func=index, strict_slashes=False)
federation.add_url_rule("/run/<run_id>", view_func=run)
federation.add_url_rule("/run/<run_id>/apply", view_func=apply_plan, methods=["POST"])
federation.add_url_rule("/<name>", view_func=node)
federation.add_url_rule("/<name>/plan", view_func=make_plan, methods=["POST"])
