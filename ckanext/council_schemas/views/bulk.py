"""Pages of spreadsheets of metadata: download, upload, what would change, run, what became of it."""

from __future__ import annotations

import base64
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response
from flask.views import MethodView

from ..bulk import settings, words
from ..bulk.model import CHANGED, NEW, PLANNED, REFUSED, STOPPED, UNCHANGED
from ..calendar.words import day
from .common import act, check_token, context, page_number

PER_PAGE = 50
PLANS = 20
council_bulk = Blueprint("council_bulk", __name__)


def _base(id: str) -> dict[str, Any]:
    """What the pages of an organisation need; those of the whole portal have none."""
    if not id:
        return {"group_dict": None, "id": ""}
    asked = {"id": id, "include_dataset_count": True, "include_users": False}
    group = act("organization_show", **asked)
    return {"group_dict": group, "group_type": group["type"], "am_following": False, "id": group["name"]}


def _address(page: str, id: str, **more: Any) -> str:
    if id:
        return tk.url_for(f"council_bulk.organization_{page}", id=id, **more)
    return tk.url_for(f"council_bulk.{page}", **more)


def _types() -> dict[str, str]:
    return {
        "dataset": tk._("Datasets"),
        "dataset_series": tk._("Dataset series"),
        "analytics-project": tk._("Analytics projects"),
    }


class Sheets(MethodView):
    """The page to begin at: download, upload, the plans so far."""

    def get(self, id: str = "") -> str:
        return self._page(id)

    def post(self, id: str = "") -> Any:
        check_token()
        data = {"organization": id, "upload": tk.request.files.get("upload"), "type": tk.request.form.get("type", "")}
        try:
            plan = tk.get_action("council_bulk_plan")(context(), data)
        except tk.ObjectNotFound:
            tk.abort(404, tk._("There is no such page."))
        except tk.NotAuthorized as error:
            tk.abort(403, str(error.message or tk._("You may not see this page.")))
        except tk.ValidationError as error:
            said: dict[str, Any] = error.error_dict
            return self._page(id, [str(each) for texts in said.values() for each in texts]), 400
        return tk.redirect_to(_address("plan", id, plan_id=plan["id"]))

    def _page(self, id: str, errors: list[str] | None = None) -> str:
        page = page_number()
        found = act("council_bulk_list", organization=id, limit=PLANS, offset=(page - 1) * PLANS)
        base = _base(id)
        count = base["group_dict"]["package_count"] if base["group_dict"] else 0
        values = {
            "plans": found["results"],
            "page": page,
            "pages": -(-found["count"] // PLANS) or 1,
            "types": {name: _types().get(name, name) for name in tk.h.scheming_dataset_schemas()},
            "parts": range(0, max(count, 1), settings.max_rows()),
            "most": settings.max_rows(),
            "states": words.states(),
            "actions": words.actions(),
            "address": _address,
            "day": day,
            "errors": errors or [],
        }
        return tk.render("council_schemas/bulk/index.html", base | values)


class Plan(MethodView):
    """One uploaded sheet: every change, the button that runs it, progress, outcomes."""

    def get(self, plan_id: str, id: str = "") -> str:
        return self._page(id, plan_id)

    def post(self, plan_id: str, id: str = "") -> Any:
        check_token()
        action = {"run": "council_bulk_apply", "stop": "council_bulk_cancel"}.get(tk.request.form.get("do", ""))
        if action is None:
            tk.abort(400, tk._("There is no such page."))
        try:
            tk.get_action(action)(context(), {"id": plan_id})
        except tk.ObjectNotFound:
            tk.abort(404, tk._("There is no such page."))
        except tk.NotAuthorized as error:
            tk.abort(403, str(error.message or tk._("You may not see this page.")))
        except tk.ValidationError as error:
            said: dict[str, Any] = error.error_dict
            return self._page(id, plan_id, [str(each) for texts in said.values() for each in texts]), 400
        return tk.redirect_to(_address("plan", id, plan_id=plan_id))

    def _page(self, id: str, plan_id: str, errors: list[str] | None = None) -> str:
        page, show = page_number(), tk.request.args.get("show", "")
        kind, _, value = show.partition(":")
        which = {kind: value} if kind in ("action", "state") else {}
        plan = act("council_bulk_show", id=plan_id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE, **which)
        base = _base(id)
        if plan["organization_id"] != (base["group_dict"]["id"] if base["group_dict"] else ""):
            tk.abort(404, tk._("There is no such page."))
        counts = _filters(plan)
        shown = next((count for name, _label, count in counts if name == show), plan["total"])
        values = {
            "plan": plan,
            "filters": counts,
            "show": show,
            "page": page,
            "pages": -(-shown // PER_PAGE) or 1,
            "states": words.states(),
            "actions": words.actions(),
            "outcomes": words.outcomes(),
            "may_run": plan["state"] in (PLANNED, STOPPED, "failed") and plan["outcomes"]["ready"] > 0,
            "may_stop": plan["at_work"] or plan["state"] in (PLANNED, STOPPED),
            "address": _address,
            "day": day,
            "errors": errors or [],
        }
        return tk.render("council_schemas/bulk/plan.html", base | values)


def _filters(plan: dict[str, Any]) -> list[tuple[str, str, int]]:
    """What of a plan may be looked at alone, with how many steps there are of it."""
    names, outcomes = words.actions(), words.outcomes()
    found = [("", tk._("All rows"), plan["total"])]
    found += [(f"action:{name}", names[name], plan["counts"][name]) for name in (NEW, CHANGED, REFUSED, UNCHANGED)]
    if plan["run_by"]:
        ran = tk._("Run: {outcome}")
        found += [(f"state:{k}", ran.format(outcome=outcomes[k]), count) for k, count in plan["outcomes"].items()]
    return [one for one in found if one[2] or not one[0]]


def download(id: str = "") -> Any:
    """The sheet as a file; what the address asks for goes to the action as it is."""
    asked = {
        name: tk.request.args[name]
        for name in ("q", "fq", "type", "format", "files", "offset")
        if name in tk.request.args
    }
    try:
        made = act("council_bulk_export", organization=id, **asked)
    except tk.ValidationError as error:
        tk.abort(400, str(error))
    answer = Response(base64.b64decode(made["content"]), content_type=made["mimetype"])
    answer.headers["Content-Disposition"] = f'attachment; filename="{made["file_name"]}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


for prefix, name in (("/organization/spreadsheet/<id>", "organization_"), ("/spreadsheet", "")):
    council_bulk.add_url_rule(prefix, view_func=Sheets.as_view(f"{name}sheets"))
    council_bulk.add_url_rule(f"{prefix}/download", endpoint=f"{name}download", view_func=download)
    council_bulk.add_url_rule(f"{prefix}/plan/<plan_id>", view_func=Plan.as_view(f"{name}plan"))
