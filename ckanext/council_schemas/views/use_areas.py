"""Areas of use: what local data has been put to use for, and what came of it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from .. import linked, vocabularies

council_use_areas = Blueprint("council_use_areas", __name__)
VOCABULARY = "use_area"


def _area(term: vocabularies.Term) -> dict[str, Any]:
    language = "cy" if tk.h.lang() == "cy" else "en"
    told = term.extra.get("description_cy" if language == "cy" else "description") or term.extra.get("description", "")
    return {"code": term.code, "label": term.text(language), "description": told}


@council_use_areas.route("/use-area")
def index() -> Any:
    areas = [_area(term) for term in vocabularies.get(VOCABULARY)]
    for area in areas:
        area["projects"] = linked.count(f'+dataset_type:{linked.PROJECT} +vocab_use_area:"{area["code"]}"')
        area["datasets"] = linked.count(f'+dataset_type:dataset +vocab_use_area:"{area["code"]}"')
    return tk.render("council_schemas/use_areas.html", {"areas": areas})


@council_use_areas.route("/use-area/<code>")
def read(code: str) -> Any:
    term = vocabularies.get(VOCABULARY).get(code)
    if term is None:
        return tk.abort(404, tk._("There is no such area of use"))
    projects = linked.found(f'+dataset_type:{linked.PROJECT} +vocab_use_area:"{code}"', sort="title_string asc")
    for project in projects:
        project["used"] = linked.by_ids(project.get("datasets") or [])
    datasets = linked.found(f'+dataset_type:dataset +vocab_use_area:"{code}"', rows=100, sort="title_string asc")
    values = {"area": _area(term), "projects": projects, "datasets": datasets}
    return tk.render("council_schemas/use_area.html", values)
