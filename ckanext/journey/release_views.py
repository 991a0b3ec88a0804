"""What changed between two releases of a file: a page, and the changes as JSON, lines of JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, jsonify

from ..council_schemas.formulas import safe
from . import pages
from .releases import work

releases = Blueprint("journey_releases", __name__)
SHOWN = 100
HEADER = ("op", "line", "key", "column", "before", "after")


@releases.route("/dataset/<id>/resource/<resource_id>/changes")
def changes(id: str, resource_id: str) -> Any:
    pkg = pages.dataset(id)
    resource = next((each for each in pkg["resources"] if each["id"] == resource_id), None)
    if resource is None:
        tk.abort(404, tk._("There is no such page."))
    page, form = pages.number(), tk.request.args.get("format", "")
    asked = {name: tk.request.args[name] for name in ("before", "after") if tk.request.args.get(name)}
    asked |= {"resource": resource_id, "limit": SHOWN, "offset": (page - 1) * SHOWN}
    try:
        shown = tk.get_action("journey_difference_show")(pages.context(), asked)
    except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError):
        tk.abort(404, tk._("There is no such page."))
    if form:
        return _download(shown, form)
    values = {
        "pkg_dict": pkg,
        "pkg": pkg,
        "dataset_type": pkg["type"],
        "resource": resource,
        "shown": shown,
        "page": page,
    }
    made = shown.get("summary") or {}
    total = sum(made.get(name, 0) for name in ("added", "removed", "changed"))
    pages_ = -(-min(total, work.MOST_CHANGES) // SHOWN) or 1
    return tk.render(
        "journey/changes.html", values | {"pages": pages_, "total": total, "may_discard": _may(resource_id)}
    )


@releases.route("/dataset/<id>/resource/<resource_id>/changes", methods=["POST"])
def discard(id: str, resource_id: str) -> Any:
    pages.check_token()
    pkg = pages.dataset(id)
    try:
        sent = {"resource": resource_id, "sha256": tk.request.form.get("sha256", "")}
        tk.get_action("journey_difference_discard")(pages.context(), sent)
    except tk.NotAuthorized as error:
        tk.abort(403, str(error))
    except (tk.ObjectNotFound, tk.ValidationError):
        tk.abort(404, tk._("There is no such release."))
    tk.h.flash_success(tk._("The release is no longer kept; the ledger keeps its checksum."))
    return tk.redirect_to("journey_releases.changes", id=pkg["name"], resource_id=resource_id)


def _may(resource_id: str) -> bool:
    try:
        tk.check_access("journey_difference_discard", pages.context(), {"resource": resource_id})
    except tk.NotAuthorized:
        return False
    return True


def _download(shown: dict[str, Any], form: str) -> Any:
    if form == "json":
        return jsonify(shown)
    if form not in ("jsonl", "csv") or shown["state"] != "made":
        tk.abort(404, tk._("There is no such page."))
    where = (shown["resource"], shown["before"], shown["after"])
    lines = _lines(*where) if form == "jsonl" else _rows(*where)
    kind = "application/x-ndjson" if form == "jsonl" else "text/csv; charset=utf-8"
    answer = Response(lines, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="changes-{shown["resource"][:8]}.{form}"'
    return answer


def _lines(*where: str) -> Iterator[str]:
    """Each change as it is kept, without its summary."""
    with work.result(*where).open(encoding="utf-8") as handle:
        next(handle)
        yield from handle


def _rows(*where: str) -> Iterator[str]:
    """A row for each cell that was added, removed or changed; what a spreadsheet would run is made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for line in _lines(*where):
        change = json.loads(line)
        key = " / ".join(str(value) for value in change["key"].values())
        for column, value in change["values"].items():
            before, after = value if change["op"] == "changed" else ("", value)
            if change["op"] == "removed":
                before, after = value, ""
            writer.writerow([change["op"], change["line"], *map(safe, (key, column, before, after))])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
