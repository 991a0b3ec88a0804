"""Pages of the graph: of a dataset, and of any file, system or dataset that a drawing links to."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint

from . import graph_layout, pages
from .logic.actions.graph import HOPS, WAYS

graph = Blueprint("journey_graph", __name__)


def _asked() -> dict[str, Any]:
    """Direction and hops from the address; what makes no sense is left at its default."""
    direction, hops = tk.request.args.get("direction", ""), tk.request.args.get("hops", "")
    return {
        "direction": direction if direction in WAYS else "both",
        "hops": min(int(hops), HOPS) if hops.isdigit() and len(hops) < 4 else 1,
    }


def _shown(given: dict[str, Any]) -> dict[str, Any]:
    try:
        found = tk.get_action("journey_graph")(pages.context(), given | _asked())
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Nothing of this name is in the graph"))
    drawing = graph_layout.layout(found["nodes"], found["edges"])
    return {"graph": found, "drawing": drawing, "most_hops": HOPS}


@graph.route("/dataset/journey/<id>/graph")
def read(id: str) -> Any:
    pkg = pages.dataset(id)
    values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"]}
    return tk.render("journey/graph.html", values | _shown({"id": pkg["id"]}))


@graph.route("/journey/graph/<node>")
def around(node: str) -> Any:
    shown = _shown({"node": node})
    centre = shown["graph"]["centre"]
    if centre["kind"] == "dataset":
        return tk.redirect_to("journey_graph.read", id=centre["name"], **_asked())
    return tk.render("journey/graph_around.html", shown)
