"""The graph's structure and its drawing, without a database."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey import graph, graph_layout

DATASETS = {"D": {"name": "spend", "title": "Spend", "system": "S"}}


def file(direction, node, package=None, **more):
    blank = {"name": f"{node}.csv", "rows": None, "bytes": None, "sha256": None, "namespace": None, "resource": None}
    return {**blank, "direction": direction, "node": node, "package": package, **more}


def step(id, *files, **more):
    blank = {
        "type": "clean",
        "state": "complete",
        "run_id": None,
        "capture": "manual",
        "package_id": "D",
        "system_id": None,
    }
    return {**blank, "id": id, "tool": None, "time": None, "day_only": False, "files": list(files), **more}


def edges(shown):
    return {(edge["source"], edge["target"], edge["kind"]) for edge in shown["edges"]}


def test_files_and_steps_are_nodes_and_the_arrows_follow_the_data():
    told = [step("one", file("input", "a"), file("output", "b", "D", resource="R")), step("two", file("input", "b"))]
    shown = graph.build(told, DATASETS, {"S": "Northgate"})
    assert {node["id"]: node["kind"] for node in shown["nodes"]} == {
        "one": "step", "two": "step", "a": "file", "b": "file", "D": "dataset", "S": "system"
    }  # fmt: skip
    assert edges(shown) == {
        ("a", "one", "used"), ("one", "b", "made"), ("b", "two", "used"), ("b", "D", "part"), ("S", "D", "born")
    }  # fmt: skip


def test_a_dataset_without_files_of_its_own_stands_at_the_end_of_its_steps():
    told = [step("one", file("output", "a", "D")), step("two", file("input", "a", "D"), file("output", "b", "D"))]
    shown = graph.build(told, DATASETS, {})
    assert [edge for edge in shown["edges"] if edge["kind"] == "part"] == [
        {"source": "b", "target": "D", "kind": "part"}
    ]


def test_a_run_of_two_datasets_is_one_node():
    runs = [
        step(id, file("input", "a"), file("output", out), capture="openlineage", run_id="r")
        for id, out in (("1", "x"), ("2", "y"))
    ]
    shown = graph.build(runs, {}, {}, more={("2", "down"): 7})
    (node,) = (node for node in shown["nodes"] if node["kind"] == "step")
    assert node["id"] == "run-r" and node["more_down"] == 7
    assert edges(shown) == {("a", "run-r", "used"), ("run-r", "x", "made"), ("run-r", "y", "made")}


def test_a_system_that_a_step_names_is_not_joined_to_the_dataset_twice():
    shown = graph.build([step("one", file("output", "a"), system_id="S")], DATASETS, {"S": "Northgate"})
    assert [edge for edge in shown["edges"] if edge["kind"] == "born"] == [
        {"source": "S", "target": "one", "kind": "born"}
    ]


def test_what_is_the_same_by_name_only_is_said_to_be_so():
    told = [
        step("one", file("output", "n", "D", name="Spend.csv")),
        step("two", file("output", "b", "D", name="spend.csv", sha256="ab" * 32, resource="R")),
        step("three", file("output", "m", "E", name="spend.csv")),
    ]
    named = [edge for edge in graph.build(told, DATASETS, {})["edges"] if edge["kind"] == "name"]
    assert named == [{"source": "n", "target": "b", "kind": "name"}]


def test_portals_stand_in_their_order():
    hops = [
        {"position": n, "portal": name, "remote_id": None, "step_id": "one", "package_id": "D"}
        for n, name in ((1, "first"), (2, "second"))
    ]
    shown = graph.build([step("one", file("input", "a"))], DATASETS, {}, hops)
    assert {("portal-1", "portal-2", "hop"), ("portal-2", "one", "hop")} <= edges(shown)
    assert ("portal-2", "D", "hop") in edges(graph.build([], DATASETS, {}, hops))


def test_what_the_reader_may_not_know_of_is_not_linked():
    shown = graph.build([step("one", file("output", "b", "D", resource="R"), system_id="S")], {}, {})
    assert all(node["dataset"] is None for node in shown["nodes"]) and len(shown["nodes"]) == 2


def test_boxes_do_not_lie_on_each_other_and_layers_follow_the_way():
    shown = graph.build([step("one", file("input", "a"), file("output", "b")), step("two", file("input", "b"))], {}, {})
    drawing = graph_layout.layout(shown["nodes"], shown["edges"])
    left = {node["id"]: node["x"] for node in drawing["nodes"]}
    assert left["a"] < left["one"] < left["b"] < left["two"]
    assert len({(node["x"], node["y"]) for node in drawing["nodes"]}) == 4


NAMES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NAMES, NAMES), max_size=30))
def test_any_graph_can_be_drawn_even_one_that_goes_in_circles(pairs):
    told = [{"source": a, "target": b, "kind": "made"} for a, b in dict.fromkeys(pairs) if a != b]
    nodes = [{"id": name} for name in "abcdefgh"]
    drawing = graph_layout.layout(nodes, told)
    assert {node["id"] for node in drawing["nodes"]} == set("abcdefgh") and len(drawing["edges"]) == len(told)
    wide, high = graph_layout.BOX
    for one, two in itertools.combinations(drawing["nodes"], 2):
        assert abs(one["x"] - two["x"]) >= wide or abs(one["y"] - two["y"]) >= high
    for node in drawing["nodes"]:
        assert 0 <= node["x"] <= drawing["width"] - wide and 0 <= node["y"] <= drawing["height"] - high


def test_the_largest_drawing_takes_no_time():
    told = [{"source": str(n // 3), "target": str(n), "kind": "made"} for n in range(1, 500)]
    began = time.perf_counter()
    graph_layout.layout([{"id": str(n)} for n in range(500)], told)
    assert time.perf_counter() - began < 0.5


def test_nothing_is_drawn_of_nothing():
    assert graph_layout.layout([], [])["nodes"] == []


@pytest.mark.parametrize("way", ["up", "down"])
def test_more_is_noted_where_it_belongs(way):
    shown = graph.build(
        [step("one", file("input", "a"))], {}, {}, more={("a", way): 9988, ("gone", way): 1}, unseen=["a"]
    )
    (node,) = (node for node in shown["nodes"] if node["id"] == "a")
    assert node[f"more_{way}"] == 9988 and node["open"]
