"""The page of a file's check: state, report, and the forms of those who may decide."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, jsonify, send_file
from flask.views import MethodView

from ..calendar import words
from ..check import Report, tables
from ..check.redact import REPLACEMENTS
from ..review import copies, ends, sentences
from ..review import words as said
from .common import act, check_token, context

SHOWN = 50  # problems of one rule on the page; the downloads have all that are kept
ORDER = {"error": 0, "personal": 1, "warning": 2}
council_review = Blueprint("council_review", __name__)


class FileCheck(MethodView):
    def get(self, id: str, resource_id: str) -> Any:
        check = _check(resource_id)
        form = tk.request.args.get("format", "")
        if form:
            return _download(check, form)
        return _page(id, resource_id, check)

    def post(self, id: str, resource_id: str) -> Any:
        check_token()
        action, data = _posted(tk.request.form)
        try:
            tk.get_action(action)(context(), {"id": resource_id, **data})
        except tk.ObjectNotFound:
            tk.abort(404, tk._("There is no such page."))
        except tk.NotAuthorized as error:
            tk.abort(403, str(error))
        except tk.ValidationError as error:
            told: dict[str, Any] = error.error_dict
            errors = {name: " ".join(map(str, each)) for name, each in told.items()}
            return _page(id, resource_id, _check(resource_id), errors, tk.request.form), 400
        tk.h.flash_success(tk._("What you said is kept."))
        return tk.redirect_to("council_review.file_check", id=id, resource_id=resource_id)


council_review.add_url_rule("/dataset/<id>/resource/<resource_id>/check", view_func=FileCheck.as_view("file_check"))


@council_review.route("/dataset/<id>/resource/<resource_id>/check/copy/<copy_id>.csv")
def copied(id: str, resource_id: str, copy_id: str) -> Any:
    """The copy that waits to be used, for the file's editors."""
    found = (_check(resource_id) or {}).get("copy")
    if not found or found["copy_id"] != copy_id or found["state"] != copies.MADE:
        tk.abort(404, tk._("There is no such page."))
    name = f"{found['kind']}-{resource_id[:8]}.csv"
    answer = send_file(copies.path(copy_id), mimetype="text/csv", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _check(resource_id: str) -> dict[str, Any] | None:
    """None for a file that nobody checked yet: its editors may ask for it."""
    try:
        return tk.get_action("file_check_show")(context(), {"id": resource_id})
    except tk.ObjectNotFound:
        return None
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("You may not see this page.")))


def _download(check: dict[str, Any] | None, form: str) -> Any:
    if check is None or form not in ("json", "frictionless", "csv"):
        tk.abort(404, tk._("There is no such page."))
    if form == "json":
        return jsonify(check)
    if not check["report"]:
        tk.abort(404, tk._("There is no report yet."))
    if form == "frictionless":
        return jsonify(Report.from_dict(check["report"]).to_frictionless())
    report = Report.from_dict(sentences.report(check["report"]))  # a person reads it in a spreadsheet
    answer = Response(report.to_csv(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="check-{check["resource_id"]}.csv"'
    return answer


def _page(id: str, resource_id: str, check: Any, errors: dict[str, str] | None = None, form: Any = None) -> str:
    dataset, resource = act("package_show", id=id), act("resource_show", id=resource_id)
    if resource["package_id"] != dataset["id"]:
        tk.abort(404, tk._("There is no such page."))
    table = tables.get(check["table"]) if check and check["table"] in tables.codes() else None
    proposal = next((_named(one) for one in check["decisions"] if _waits(one, check)), None) if check else None
    values = {
        "pkg_dict": dataset,
        "pkg": dataset,
        "dataset_type": dataset["type"],
        "resource": resource,
        "check": check,
        "groups": _groups(check["report"]) if check else [],
        "decisions": [_named(one) for one in check["decisions"]] if check else [],
        "proposal": proposal,
        "table": table,
        "table_title": sentences.table_title(table) if table else "",
        "tables": [(code, sentences.table_title(tables.get(code))) for code in tables.codes()],
        "states": said.states(),
        "decided": said.decisions(),
        "reason_codes": [(code, title, REPLACEMENTS[code]) for code, title in said.reason_codes().items()],
        "severities": said.severities(),
        "why": ends.why,
        "translated": sentences.translated,
        "day": words.day,
        "errors": errors or {},
        "form": form or {},
    }
    return tk.render("council_schemas/review/check.html", values)


def _waits(one: dict[str, Any], check: dict[str, Any]) -> bool:
    return one["state"] == "proposed" and one["check_id"] == check["check_id"]


def _named(one: dict[str, Any]) -> dict[str, Any]:
    """With the names of the people, and whether it was the reader."""
    second = words.person(one["answered_by"]) if one["answered_by"] else ""
    return one | {
        "mine": one["made_by"] == tk.current_user.id,
        "person": words.person(one["made_by"]),
        "second": second,
    }


def _groups(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The report's problems by rule, what holds the file first."""
    found: dict[str, list[Any]] = {}
    for problem in report.get("problems", ()):
        found.setdefault(problem["rule"], []).append(problem)
    rules = {name: sentences.rule(about) for name, about in report.get("rules", {}).items()}
    groups = [
        {
            "rule": rule,
            "title": rules[rule]["title"],
            "why": rules[rule]["why"],
            "severity": min((each["severity"] for each in problems), key=lambda one: ORDER[one]),
            "count": report["counts"][rule],
            "problems": [sentences.problem(each) for each in problems[:SHOWN]],
        }
        for rule, problems in found.items()
    ]
    return sorted(groups, key=lambda group: (ORDER[group["severity"]], -group["count"]))


def _posted(form: Any) -> tuple[str, dict[str, Any]]:
    """The action that a form asks for, by the button that sent it, and what it sends."""
    seen = {"check_id": form.get("check_id", ""), "reason": form.get("reason", "")}
    match form.get("do"):
        case "problems" | "personal" as kind:
            return "file_check_waive", seen | {"kind": kind}
        case "approve" | "refuse" as answer:
            return "file_check_waive", seen | {"kind": "personal", "answer": answer}
        case "map":
            pairs = zip(form.getlist("header"), form.getlist("field"), strict=False)
            return "file_check_mapping_update", {"mapping": {header: field for header, field in pairs if field != "*"}}
        case "tidy":
            return "file_check_copy", seen | {"kind": "tidy", "names": bool(form.get("names"))}
        case "redact":
            chosen = {name: form.getlist(name) for name in ("rules", "cells")}
            return "file_check_copy", seen | chosen | {"kind": "redact", "reason_code": form.get("reason_code", "")}
        case "use" | "drop" as answer:
            return f"file_check_copy_{answer}", seen | {"copy_id": form.get("copy_id", "")}
        case "table":
            return "file_check_run", {"table": form.get("table", "")}
    return "file_check_run", {}
