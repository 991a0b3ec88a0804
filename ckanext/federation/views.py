"""Pages: the nodes, a node with its runs, a run with its plan and outcomes."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, Response, jsonify

from . import jobs
from .harvest.dialects import NAMES

__all__ = ["federation"]
PAGE = 50
SHOWN = 10
STATUSES = (
    "planned",
    "created",
    "linked",
    "updated",
    "noted",
    "restored",
    "withdrawn",
    "refused",
    "quarantined",
    "failed",
)
STATUSES += ("cancelled", "undone", "kept", "parted", "joined")
# What a plan that waits would do, and under which name its counts have it.
ACTIONS = {"create": "create", "link": "link", "update": "update", "restore": "restore", "withdraw": "withdraw"}
ACTIONS |= {"refuse": "refused"}

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


def node(name: str) -> str | Response:
    """A node; for stewards its runs, what changed, what was refused and why, what is in quarantine. Also as JSON."""
    shown = _act("federation_node_show", id=name)
    steward = "last_run" in shown
    runs = _act("federation_run_list", id=name, limit=PAGE) if steward else []
    # A feed that is byte for byte the last one has no outcomes of its own.
    latest = next((one for one in runs if one["results"] or one["status"] == "done"), None)
    found = {
        "node": shown,
        "runs": runs,
        "refused": _outcomes(latest, action="refuse") + _outcomes(latest, status="quarantined"),
        "failed": _outcomes(latest, status="failed"),
        "changed": _outcomes(latest, status="updated")[:SHOWN],
        "latest": latest,
        "quarantine": _act("federation_quarantine_list", id=name, limit=PAGE) if steward else [],
    }
    if toolkit.request.args.get("format") == "json":
        return jsonify(found if steward else {"node": shown})
    found["under_way"] = _under_way(runs)
    may_run = steward and toolkit.h.check_access("federation_run", {"id": name})
    return toolkit.render("federation/node.html", {**found, "steward": steward, "may_run": may_run})


def _outcomes(run: dict[str, Any] | None, **only: str) -> list[dict[str, Any]]:
    return _act("federation_run_show", id=run["id"], limit=PAGE, **only)["outcomes"] if run else []


def _under_way(runs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The latest run as far as it is, if it has not ended."""
    if runs and runs[0]["status"] in ("planning", "applying", "paused"):
        return _act("federation_run_show", id=runs[0]["id"], limit=0)
    return None


def run(run_id: str) -> str | Response:
    """A run: the plan with each field's difference, or what became of it."""
    status = toolkit.request.args.get("status", "")
    status = status if status in STATUSES else ""
    action = toolkit.request.args.get("action", "")
    action = action if action in ACTIONS and not status else ""
    raw_page = toolkit.request.args.get("page", "1")
    page = int(raw_page) if raw_page.isdigit() and 0 < int(raw_page) < 100_000 else 1
    window = {"limit": PAGE, "offset": (page - 1) * PAGE}
    shown = _act("federation_run_show", id=run_id, status=status, action=action, **window)
    if toolkit.request.args.get("format") == "json":
        return jsonify(shown)
    waits = shown["status"] in ("planned", "held")
    kinds, by = _kinds(shown, waits)
    total = kinds.get(action or status, 0) if action or status else sum(shown["results"].values())
    may_apply = waits and toolkit.h.check_access("federation_plan_apply", {"id": run_id})
    found = {
        "run": shown,
        "waits": waits,
        "kinds": kinds,
        "by": by,
        "kind": action or status,
        "page": page,
        "last_page": max(1, -(-total // PAGE)),
        "may_apply": may_apply,
        "may_stop": toolkit.h.check_access("federation_run_cancel", {"id": run_id}),
        "may_undo": _may_undo(shown),
    }
    return toolkit.render("federation/run.html", found)


def _kinds(shown: dict[str, Any], waits: bool) -> tuple[dict[str, int], str]:
    """By what the outcomes can be narrowed, with how many there are of each, and the parameter that does it: a plan that waits by
    what it would do, any other run by what became of it."""
    if waits:
        return {one: number for one, name in ACTIONS.items() if (number := shown["counts"].get(name))}, "action"
    return {one: shown["results"][one] for one in STATUSES if shown["results"].get(one)}, "status"


def _may_undo(shown: dict[str, Any]) -> bool:
    done = any(shown["results"].get(status) for status in ("created", "linked", "updated", "restored", "withdrawn"))
    ended = shown["status"] in ("done", "cancelled") and not shown["rolled_back"] and not shown["undoes"]
    return done and ended and toolkit.h.check_access("federation_run_roll_back", {"id": shown["id"]})


def make_plan(name: str) -> Any:
    """Let the job worker make a plan."""
    shown = _act("federation_node_show", id=name)
    if not toolkit.h.check_access("federation_plan", {"id": name}):
        toolkit.abort(403, toolkit._("Only stewards of this node may do this."))
    jobs.enqueue(shown["id"], jobs.plan_node, [shown["name"], toolkit.current_user.name], f"Plan {name}")
    toolkit.h.flash_success(toolkit._("The feed is being read. The plan appears here when it is made."))
    return toolkit.redirect_to("federation.node", name=name)


def apply_plan(run_id: str) -> Any:
    """Let the job worker apply a plan; where the guard holds it, this is the approval."""
    _act("federation_plan_apply", id=run_id, approve=True, background=True)
    toolkit.h.flash_success(toolkit._("The plan is being applied. This page shows how far it is."))
    return toolkit.redirect_to("federation.run", run_id=run_id)


def _order(action: str, run_id: str, said: str, **data: Any) -> Any:
    try:
        _act(action, id=run_id, **data)
    except toolkit.ValidationError as error:
        toolkit.h.flash_error("; ".join(error.error_summary.values()))
    else:
        toolkit.h.flash_success(said)
    return toolkit.redirect_to("federation.run", run_id=run_id)


def pause_run(run_id: str) -> Any:
    """Lay a run aside."""
    return _order("federation_run_pause", run_id, toolkit._("The run pauses after the step it is at."))


def cancel_run(run_id: str) -> Any:
    """Cancel a run or a plan."""
    return _order("federation_run_cancel", run_id, toolkit._("The run is cancelled. What was done stays done."))


def resume_run(run_id: str) -> Any:
    """Go on with a run."""
    return _order("federation_run_resume", run_id, toolkit._("The run goes on."), background=True)


def roll_back(run_id: str) -> Any:
    """Undo a run."""
    said = toolkit._("The run is being rolled back, and the node’s schedule is paused.")
    return _order("federation_run_roll_back", run_id, said, background=True)


def retry(name: str) -> Any:
    """Try quarantined records again: the one that the form names, else all."""
    which = [one for one in toolkit.request.form.getlist("upstream_id") if one]
    try:
        done = _act("federation_record_retry", id=name, upstream_ids=which)
    except toolkit.ValidationError as error:
        toolkit.h.flash_error("; ".join(error.error_summary.values()))
        return toolkit.redirect_to("federation.node", name=name)
    return toolkit.redirect_to("federation.run", run_id=done["id"])


def split(dataset: str) -> Any:
    """A node's record is another dataset."""
    said = toolkit._("It is a dataset of its own now, and is matched to no other again.")
    return _say(dataset, "federation_record_split", said, node=toolkit.request.form.get("node", ""))


def join(dataset: str) -> Any:
    """Another dataset is this one. ``other``: its name, id or address."""
    other = toolkit.request.form.get("other", "").strip().rstrip("/").rpartition("/")[2]
    return _say(dataset, "federation_record_join", toolkit._("They are one dataset now."), other=other)


def keep_apart(dataset: str) -> Any:
    """A dataset is none of those that it looks like."""
    return _say(dataset, "federation_record_keep_apart", toolkit._("It stays a dataset of its own."))


def _say(dataset: str, action: str, said: str, **data: Any) -> Any:
    try:
        toolkit.get_action(action)({}, {"id": dataset, **data})
    except toolkit.ObjectNotFound as error:
        toolkit.h.flash_error(str(error))
    except toolkit.NotAuthorized:
        toolkit.abort(403, toolkit._("Only stewards of both may say this."))
    except toolkit.ValidationError as error:
        toolkit.h.flash_error("; ".join(error.error_summary.values()))
    else:
        toolkit.h.flash_success(said)
    return toolkit.redirect_to("dataset.read", id=dataset)


def set_state(name: str) -> Any:
    """Pause or resume the node's schedule."""
    state = toolkit.request.form.get("state", "")
    try:
        _act("federation_node_pause" if state == "paused" else "federation_node_resume", id=name)
    except toolkit.ValidationError as error:
        toolkit.h.flash_error("; ".join(error.error_summary.values()))
    return toolkit.redirect_to("federation.node", name=name)


federation.add_url_rule("/", view_func=index, strict_slashes=False)
federation.add_url_rule("/run/<run_id>", view_func=run)
federation.add_url_rule("/run/<run_id>/apply", view_func=apply_plan, methods=["POST"])
federation.add_url_rule("/dataset/<dataset>/split", view_func=split, methods=["POST"])
federation.add_url_rule("/dataset/<dataset>/join", view_func=join, methods=["POST"])
federation.add_url_rule("/dataset/<dataset>/keep-apart", view_func=keep_apart, methods=["POST"])
federation.add_url_rule("/<name>", view_func=node)
federation.add_url_rule("/<name>/plan", view_func=make_plan, methods=["POST"])
federation.add_url_rule("/<name>/retry", view_func=retry, methods=["POST"])
federation.add_url_rule("/<name>/state", view_func=set_state, methods=["POST"])
for _path, _view in (("pause", pause_run), ("cancel", cancel_run), ("resume", resume_run), ("roll-back", roll_back)):
    federation.add_url_rule(f"/run/<run_id>/{_path}", view_func=_view, methods=["POST"])
