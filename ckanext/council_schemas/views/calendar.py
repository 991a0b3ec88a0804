"""Pages and feeds of the Transparency Code calendar: all councils, one council, one set and what is said of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, jsonify
from flask.views import MethodView

from .. import vocabularies
from ..calendar import duties, ics, status, words
from .common import act, check_token, context, page_number

PER_PAGE = 20
ICS = "text/calendar; charset=utf-8"
council_calendar = Blueprint("council_calendar", __name__)


def _words() -> dict[str, Any]:
    return {"states": words.states(), "reasons": words.reasons(), "bases": words.bases(), "day": words.day}


@council_calendar.route("/calendar")
def index() -> str:
    """All councils with their scores."""
    page = page_number()
    found = act("council_calendar_list", limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    values = {"calendar": found, "page": page, "pages": -(-found["count"] // PER_PAGE) or 1, "words": _words()}
    return tk.render("council_schemas/calendar/index.html", values)


@council_calendar.route("/organization/calendar/<id>")
def organization(id: str) -> Any:
    """One council's calendar; with .ics or .json after its name the same for programs."""
    name, _, kind = id.partition(".")
    if kind not in ("", "ics", "json"):
        tk.abort(404, tk._("There is no such page."))
    found = act("council_calendar_show", id=name)
    if kind == "json":
        return jsonify(found)
    if kind == "ics":
        return _feed(found)
    return tk.render("council_schemas/calendar/organization.html", _organization(found) | _page_of(found))


def _organization(found: dict[str, Any]) -> dict[str, Any]:
    asked = {"id": found["council"]["id"], "include_dataset_count": True, "include_users": False}
    group = act("organization_show", **asked)
    return {"group_dict": group, "group_type": group["type"], "am_following": False}


def _page_of(found: dict[str, Any]) -> dict[str, Any]:
    groups = [(state, [one for one in found["entries"] if one["state"] == state]) for state in status.STATES]
    editor = tk.h.check_access("council_calendar_duty_update", {"id": found["council"]["id"]})
    return {
        "calendar": found,
        # What waits, the nearest day first; what is there, the newest first.
        "groups": [(state, sorted(of, key=_order, reverse=state == status.PUBLISHED)) for state, of in groups if of],
        "rules": words.rules(found["council"]["rules"]),
        "editor": editor,
        "waiting": [one for one in _said_once(found["entries"]) if not one["not_applicable"]["confirmed"]],
        "words": _words(),
    }


def _order(entry: dict[str, Any]) -> tuple[str, int]:
    """By last day, then as the Code names them."""
    return (entry["due"] or entry["end"], list(duties.RHYTHMS).index(entry["set"]))


def _said_once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each "does not apply" that was said."""
    said = [one for one in entries if one["not_applicable"]]
    return list({(one["set"], one["not_applicable"]["period"]): one for one in said}.values())


def _feed(found: dict[str, Any]) -> Any:
    def address(entry: dict[str, Any]) -> str:
        page = tk.url_for("council_calendar.organization", id=found["council"]["name"], _external=True)
        return f"{page}#{entry['set']}-{entry['period']}"

    def title(council: dict[str, Any]) -> str:
        return tk._("Transparency Code: {council}").format(council=council["title"])

    said = ics.Words(title, words.summary, words.description, address)
    on = date.fromisoformat(found["date"])
    body = ics.feed(found["council"], found["entries"], found["sequences"], on, said)
    answer = Response(body, content_type=ICS)
    answer.headers["Content-Disposition"] = f'inline; filename="{found["council"]["name"]}-calendar.ics"'
    answer.add_etag()
    return answer.make_conditional(tk.request.environ)


class OneSet(MethodView):
    """A set of the Code for one council: its periods, and for editors the forms that say what is said of it."""

    def get(self, id: str, set_id: str) -> str:
        return self._page(id, set_id)

    def post(self, id: str, set_id: str) -> Any:
        check_token()
        form = tk.request.form
        action, data = _posted(form)
        try:
            tk.get_action(action)(context(), {"id": id, "set": set_id, **data})
        except tk.ObjectNotFound:
            tk.abort(404, tk._("There is no such page."))
        except tk.NotAuthorized as error:
            tk.abort(403, str(error))
        except tk.ValidationError as error:
            errors: dict[str, Any] = error.error_dict
            return self._page(id, set_id, {name: " ".join(said) for name, said in errors.items()}, form), 400
        tk.h.flash_success(tk._("What you said is kept."))
        return tk.redirect_to("council_calendar.one_set", id=id, set_id=set_id)

    def _page(self, id: str, set_id: str, errors: dict[str, str] | None = None, form: Any = None) -> str:
        if set_id not in duties.RHYTHMS:
            tk.abort(404, tk._("There is no such page."))
        found = act("council_calendar_show", id=id)
        entries = [one for one in found["entries"] if one["set"] == set_id]
        values = {
            "entries": entries,
            "set_id": set_id,
            "title": vocabularies.get("transparency_set").label(set_id, words.lang()),
            "always": set_id in duties.ALWAYS,
            "said": [_mine(one) for one in _said_once(entries)],
            "own": next((one for one in found.get("said", []) if (one["set"], one["period"]) == (set_id, "")), {}),
            "errors": errors or {},
            "form": form or {},
        }
        return tk.render("council_schemas/calendar/set.html", _organization(found) | _page_of(found) | values)


def _mine(entry: dict[str, Any]) -> dict[str, Any]:
    """With the names of the people, and whether it was the reader who said it."""
    claim = dict(entry["not_applicable"])
    if "said_by" in claim:
        mine = claim["said_by"] == tk.current_user.id
        names = {name: words.person(claim[name]) for name in ("said_by", "approved_by")}
        claim |= {"mine": mine, **names}
    return {**entry, "not_applicable": claim}


def _posted(form: Any) -> tuple[str, dict[str, Any]]:
    """The action that a form asks for, by the button that sent it, and what it sends."""
    data: dict[str, Any] = {"period": form.get("period", "")}
    match form.get("do"):
        case "confirm":
            return "council_calendar_confirm", data
        case "refuse":
            return "council_calendar_confirm", data | {"refuse": True}
        case "withdraw":
            return "council_calendar_duty_update", data | {"not_applicable": False}
        case "except":
            more = {"reason": form.get("reason", ""), "valid_until": form.get("valid_until", "")}
            return "council_calendar_duty_update", data | {"not_applicable": True, **more}
    told = {name: form.get(name, "") for name in ("owner", "email", "system")}
    return "council_calendar_duty_update", data | told


council_calendar.add_url_rule("/organization/calendar/<id>/<set_id>", view_func=OneSet.as_view("one_set"))
