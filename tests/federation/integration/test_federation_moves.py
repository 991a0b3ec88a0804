"""A node that moves from Opendatasoft to ArcGIS Hub keeps its datasets' identity here."""

import json
from pathlib import Path

import pytest
from ckan import model
from ckan.tests.helpers import call_action

FEEDS = Path(__file__).parents[1] / "feeds" / "nodes"
PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)


@pytest.fixture
def bristol(federation, server, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")
    monkeypatch.setitem(ckan_config, "ckanext.federation.withdrawn_share", "1")
    old = server.serve("/api/explore/v2.1/catalog/datasets", (FEEDS / "bristol-opendatasoft.json").read_bytes())
    server.serve("/api/feed/dcat-us/1.1.json", (FEEDS / "bristol-hub.json").read_bytes())
    call_action("federation_node_create", name="bristol", feed_url=old, dialect="opendatasoft")
    assert call_action("federation_run", id="bristol")["results"] == {"created": 3}
    return server.url + "/api/feed/dcat-us/1.1.json"


def ids():
    model.Session.rollback()
    return dict(model.Session.query(model.Package.title, model.Package.id).filter_by(state="active"))


def test_a_node_that_moves_keeps_its_datasets(bristol):
    before = ids()
    call_action("package_patch", id=before["Trees"], version="7 by a steward")
    call_action("federation_node_update", id="bristol", feed_url=bristol, dialect="arcgis-hub")
    plan = call_action("federation_plan", id="bristol")
    assert {key: plan["counts"][key] for key in ("create", "update", "withdraw")} == {
        "create": 1,
        "update": 2,
        "withdraw": 1,
    }
    moved = {one["title"]: one for one in plan["outcomes"] if one["action"] == "update"}
    assert moved["Trees"]["reason"] == "It is the dataset that was “da_tree” before: the same title."
    assert moved["Air quality"]["reason"].endswith("the same files.")
    assert moved["Trees"]["changes"][0]["field"] == "upstream id"
    assert ids() == before  # a plan changes nothing

    done = call_action("federation_plan_apply", id=plan["id"], approve=True)
    assert done["results"] == {"created": 1, "updated": 2, "withdrawn": 1}
    after = ids()
    assert after["Trees"] == before["Trees"]
    assert after["Air quality"] == before["Air Quality (now)"]
    assert call_action("package_show", id=after["Trees"])["version"] == "7 by a steward"
    record = call_action("federation_record_show", id=after["Trees"])
    assert "item.html?id=" in record["upstream_id"]
    again = call_action("federation_run", id="bristol")
    assert again["status"] == "unchanged", json.dumps(again["counts"])
