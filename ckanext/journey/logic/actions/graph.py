"""The action that gives the graph of files, steps and systems around a dataset, a file or a system."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from ... import access, graph, read, store, walk
from .shared import number

Dict = dict[str, Any]
WAYS = {"both": ("up", "down"), "up": ("up",), "down": ("down",)}
HOPS, NODES = 10, 500

_HOPS = sa.text("SELECT * FROM journey_hop WHERE package_id = :package ORDER BY position")
_DATASETS = sa.text("""
SELECT p.id, p.name, p.title, p.private, p.state, p.owner_org, d.legacy_system_id AS system
FROM package p LEFT JOIN journey_dataset d ON d.package_id = p.id WHERE p.id = ANY(:packages)
""")
_SYSTEMS = sa.text("SELECT id, name FROM journey_system WHERE id = ANY(:systems)")


@tk.side_effect_free
def journey_graph(context: Any, data_dict: Dict) -> Dict:
    """Where data came from and what came of it, across datasets and organisations: the steps that share files.

    Only steps that the caller may see are walked over. Of a file with many steps the newest 12 in each direction are given,
    the others are counted in the node's `more_up` and `more_down`.

    :param id: a dataset's id or name
    :param node: instead of `id`: a node's id from an earlier answer (a file, a system or a dataset)
    :param direction: up (where it came from), down (what came of it) or both (optional, default: both)
    :param hops: how many steps to go beyond the middle, 0 to 10 (optional, default: 1)
    :param limit: at most about so many nodes, 10 to 500 (optional, default: 150)

    :returns: `centre` (kind, id, name), `nodes` (id, kind: file, step, system, portal or dataset, label, and what is known of
      it), `edges` (source, target, kind: used, made, part, born, name or hop), `more` (steps of the dataset that are not
      among them), `without_files` (steps that have no files, so no place here), `cut` (whether the limit was reached)
      and `waiting` (reports of tools that are not read in yet)
    """
    tk.check_access("journey_graph", context, data_dict)
    direction = data_dict.get("direction") or "both"
    if direction not in WAYS:
        raise tk.ValidationError({"direction": [tk._("Give one of up, down, both")]})
    hops = min(number(data_dict, "hops", 1), HOPS)
    limit = min(max(number(data_dict, "limit", 150), 10), NODES)
    conn, eyes = model.Session.connection(), access.eyes(context)
    centre = _centre(context, conn, data_dict)
    waiting = read.current(conn, centre["id"]) if centre["kind"] == "dataset" else 0
    here = walk.Walk(conn, eyes, WAYS[direction], hops, limit)
    start = {"dataset": here.from_dataset, "system": here.from_system, "file": here.from_node}[centre["kind"]]
    found = start(centre["id"])
    if centre["kind"] == "file" and not found.steps:
        raise tk.ObjectNotFound(tk._("Nothing of this name is in the graph"))
    shown = _build(conn, eyes, centre, found)
    told = {"direction": direction, "hops": hops, "waiting": waiting, "cut": found.size >= limit}
    return {"centre": centre, **shown, **told, "more": found.more_own, "without_files": found.without_files}


def _centre(context: Any, conn: sa.Connection, data_dict: Dict) -> Dict:
    """What the graph is about: kind, id and name. A dataset given as a node must be one that the caller may read."""
    node = data_dict.get("node")
    package = model.Package.get(node or tk.get_or_bust(data_dict, "id"))
    if package is not None:
        tk.check_access("journey_show", context, {"id": package.id})
        return {"kind": "dataset", "id": package.id, "name": package.name, "title": package.title or package.name}
    if not node:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    system = store.find_system(conn, node)
    if system:
        return {"kind": "system", "id": system.id, "name": system.name, "title": system.name}
    return {"kind": "file", "id": str(node), "name": None, "title": None}


def _build(conn: sa.Connection, eyes: access.Eyes, centre: Dict, found: walk.Found) -> Dict:
    packages = {step["package_id"] for step in found.steps} | {
        f["package"] for step in found.steps for f in step["files"]
    }
    hops = []
    if centre["kind"] == "dataset":
        packages.add(centre["id"])
        hops = [dict(row._mapping) for row in conn.execute(_HOPS, {"package": centre["id"]})]
    rows = conn.execute(_DATASETS, {"packages": sorted(filter(None, packages))})
    datasets = {row.id: dict(row._mapping) for row in rows if eyes.see(row)}
    wanted = {step["system_id"] for step in found.steps} | {each["system"] for each in datasets.values()}
    if centre["kind"] == "system":
        wanted.add(centre["id"])
    names = conn.execute(_SYSTEMS, {"systems": sorted(filter(None, wanted))})
    systems = {row.id: row.name for row in names}
    shown = graph.build(found.steps, datasets, systems, hops, found.more, found.open)
    for node in shown["nodes"]:
        node["when"] = node["when"].isoformat() if node["when"] else None
        if node["id"] == centre["id"]:
            node["centre"] = True
            centre["title"] = centre["title"] or node["label"]
    return shown
