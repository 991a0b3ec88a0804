"""Feeds that break off, or are large, in a portal: what was whole is planned, and nothing is taken for gone."""

import json

import pytest
from ckan.tests.helpers import call_action

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)


def active():
    return call_action("package_search", rows=0)["count"]


def test_a_feed_cut_in_half_is_held_and_withdraws_nothing(node, server, items, make):
    node.run(items(10))
    body = json.dumps({"dataset": [make(n, title=f"New {n}") for n in range(1, 11)]}).encode()
    server.serve("/data.json", body[: len(body) // 2])
    held = node.run()
    assert held["status"] == "held"
    assert "cut short or broken" in held["held"][0]
    assert held["counts"]["withdraw"] == 0
    assert 3 <= held["counts"]["update"] <= 5
    assert active() == 10
    done = call_action("federation_plan_apply", id=held["id"], approve=True)
    assert done["results"] == {"updated": held["counts"]["update"]}
    assert active() == 10
    # Of a feed that broke off nothing is remembered: the next is read, though it is the same.
    assert node.run()["status"] == "failed"


def test_a_cut_feed_that_tells_nothing_new_fails(node, server, items):
    node.run(items(10))
    body = json.dumps({"dataset": items(10)}).encode()
    server.serve("/data.json", body[: len(body) // 2])
    failed = node.run()
    assert failed["status"] == "failed"
    assert "They are unchanged" in failed["error"]
    assert active() == 10


def test_a_connection_that_ends_early(node, server, items, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    node.run(items(4))
    body = json.dumps({"dataset": items(6)}).encode()
    server.serve("/data.json", body[:-200], length=len(body))
    held = node.run()
    assert held["status"] == "held"
    assert "connection ended" in held["held"][0]
    assert held["counts"]["create"] == 1


def test_a_folder_of_descriptions_is_harvested_and_keeps_what_cannot_be_read_today(node, server):
    base = "/council/data/raw/HEAD/trees"
    described = {"@context": "http://www.w3.org/ns/csvw", "url": "trees.csv", "dc:title": "Trees"}
    server.serve(f"{base}/trees.csv-metadata.json", json.dumps(described).encode())
    listed = [{"path": f"trees/trees.csv{ending}", "type": "blob", "size": 3} for ending in ("", "-metadata.json")]
    url = server.serve("/repos/council/data/git/trees/HEAD", json.dumps({"tree": listed}).encode(), ETag='"1"')
    call_action("federation_node_create", name="folder", title="Folder", feed_url=url, dialect="csvw")
    first = call_action("federation_run", id="folder")
    assert first["results"] == {"created": 1}
    server.serve(f"{base}/trees.csv-metadata.json", b"", 500)
    second = call_action("federation_run", id="folder")
    assert second["counts"]["refused"] == 1
    assert second["counts"]["withdraw"] == 0
    assert active() == 1
    server.serve(f"{base}/trees.csv-metadata.json", json.dumps({**described, "dc:title": "Street trees"}).encode())
    assert call_action("federation_run", id="folder")["results"] == {"updated": 1}
