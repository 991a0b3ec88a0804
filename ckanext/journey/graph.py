"""From the steps that a walk came across to a graph of files, steps, systems, portals and datasets (pure).

A drawing and a table are made of the same structure, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Node = dict[str, Any]
Pair = tuple[str, str]


class Graph:
    """Nodes by id and the edges between them, in the order in which they were met."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: dict[Pair, str] = {}

    def node(self, id: str, kind: str, label: str, **values: Any) -> Node:
        blank = {
            "type": None,
            "dataset": None,
            "step": None,
            "note": None,
            "when": None,
            "day_only": False,
            "rows": None,
        }
        blank |= {"sha256": None, "state": None, "more_up": 0, "more_down": 0, "open": False, "centre": False}
        return self.nodes.setdefault(id, {"id": id, "kind": kind, "label": label, **blank, **values})

    def edge(self, source: str, target: str, kind: str) -> None:
        if source != target and source in self.nodes and target in self.nodes:
            self.edges.setdefault((source, target), kind)

    def has_into(self, id: str) -> bool:
        return any(target == id for _, target in self.edges)


def build(
    steps: Iterable[Mapping[str, Any]],
    datasets: Mapping[str, Mapping[str, Any]],
    systems: Mapping[str, str],
    hops: Iterable[Mapping[str, Any]] = (),
    more: Mapping[Pair, int] | None = None,
    unseen: Iterable[str] = (),
) -> dict[str, Any]:
    """Nodes and edges as plain data.

    `steps` are a walk's rows, each with its `files`; `datasets` (id to name, title, system) are those that the reader may
    know of, `systems` names by id; `hops` the portals of the dataset in the middle; `more` how many steps or files a node
    or step has that are not here, by id and way; beyond the nodes in `unseen` nobody looked.

    An edge is a dict of `source`, `target` and `kind`: used, made, part (of a dataset), born (in a system), name (the same
    name, no checksum to prove it) or hop.
    """
    graph = Graph()
    told = list(steps)
    for step in told:
        _step(graph, step, datasets, systems)
    held = _datasets(graph, told, datasets)
    for package, dataset in datasets.items():
        _origin(graph, package, dataset, systems)
    _same_names(graph, told, held)
    _portals(graph, list(hops))
    keys = {step["id"]: key_of(step) for step in told}
    for (id, way), count in (more or {}).items():
        node = graph.nodes.get(keys.get(id, id))
        if node:
            node[f"more_{way}"] = max(node[f"more_{way}"], count)
    for id in unseen:
        if id in graph.nodes:
            graph.nodes[id]["open"] = True
    edges = [{"source": source, "target": target, "kind": kind} for (source, target), kind in graph.edges.items()]
    return {"nodes": list(graph.nodes.values()), "edges": edges}


def key_of(step: Mapping[str, Any]) -> str:
    """A run that is a step of several datasets is one node."""
    return f"run-{step['run_id']}" if step["capture"] == "openlineage" and step["run_id"] else step["id"]


def _step(graph: Graph, step: Mapping[str, Any], datasets: Mapping[str, Any], systems: Mapping[str, str]) -> None:
    key, package = key_of(step), step["package_id"]
    told = {"note": step["tool"], "when": step["time"], "day_only": step["day_only"], "state": step["state"]}
    dataset = datasets.get(package) if package else None
    node = graph.node(key, "step", step["type"], type=step["type"], **told)
    if dataset and not node["step"]:
        node |= {"dataset": dataset["name"], "step": step["id"]}
    if step["system_id"] in systems:
        graph.node(step["system_id"], "system", systems[step["system_id"]])
        graph.edge(step["system_id"], key, "born")
    for file in step["files"]:
        values = {name: file[name] for name in ("rows", "sha256")} | {"note": file["namespace"]}
        graph.node(file["node"], "file", file["name"], **values)
        pair = (file["node"], key) if file["direction"] == "input" else (key, file["node"])
        graph.edge(*pair, "used" if file["direction"] == "input" else "made")


def _datasets(graph: Graph, steps: list[Mapping[str, Any]], datasets: Mapping[str, Any]) -> dict[str, set[str]]:
    """Files that a dataset holds are parts of it; gives the file nodes by dataset."""
    held: dict[str, set[str]] = {}
    for step in steps:
        for file in step["files"]:
            package = file["package"]
            if package in datasets and (file["resource"] or file["namespace"]):
                held.setdefault(package, set()).add(file["node"])
    for package, dataset in datasets.items():
        graph.node(package, "dataset", dataset["title"] or dataset["name"], dataset=dataset["name"])
        for file in sorted(held.get(package, ())):
            graph.nodes[file]["dataset"] = dataset["name"]
            made = graph.has_into(file)
            graph.edge(*((file, package) if made else (package, file)), "part")
        if package not in held:
            _last_files(graph, [step for step in steps if step["package_id"] == package], package)
    return held


def _last_files(graph: Graph, steps: list[Mapping[str, Any]], package: str) -> None:
    """Of a dataset none of whose own files is known, what its steps made and none of them went on with leads to it."""
    sides = {
        side: [file["node"] for step in steps for file in step["files"] if file["direction"] == side]
        for side in ("input", "output")
    }
    for node in dict.fromkeys(sides["output"]):
        if node not in sides["input"]:
            graph.edge(node, package, "part")


def _origin(graph: Graph, package: str, dataset: Mapping[str, Any], systems: Mapping[str, str]) -> None:
    """The system that a dataset's metadata names, unless a step tells of it already."""
    system = dataset.get("system")
    if system and system in systems and not any(source == system for source, _ in graph.edges):
        graph.node(system, "system", systems[system])
        graph.edge(system, package, "born")


def _base(name: str) -> str:
    return name.rsplit("/", 1)[-1].casefold()


def _same_names(graph: Graph, steps: list[Mapping[str, Any]], held: dict[str, set[str]]) -> None:
    """What people told by name alone, and the dataset's file of that name: probably one and the same."""
    places = {node: package for package, nodes in held.items() for node in nodes}
    named: dict[tuple[str, str], str] = {}
    for node, package in places.items():
        named.setdefault((package, _base(graph.nodes[node]["label"])), node)
    for step in steps:
        for file in step["files"]:
            if file["direction"] == "output" and not file["sha256"] and file["node"] not in places:
                twin = named.get((file["package"], _base(file["name"])))
                if twin:
                    graph.edge(file["node"], twin, "name")


def _portals(graph: Graph, hops: list[Mapping[str, Any]]) -> None:
    """The portals that a harvested dataset passed, one after the other, up to the step that brought it here."""
    before = None
    for hop in sorted(hops, key=lambda hop: hop["position"]):
        id = f"portal-{hop['position']}"
        graph.node(id, "portal", hop["portal"], note=hop["remote_id"])
        if before:
            graph.edge(before, id, "hop")
        before = id
    if before and hops:
        last = hops[-1]
        graph.edge(before, last["step_id"] if last["step_id"] in graph.nodes else last["package_id"], "hop")
