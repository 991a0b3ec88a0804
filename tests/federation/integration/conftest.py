"""A node of the test's own server, registered in a clean portal."""

from __future__ import annotations

import json

import pytest
from ckan import plugins

SITES = {"wharfedale": "https://data.wharfedale.example/", "region": "https://data.region.example/"}


@pytest.fixture
def federation(with_plugins, clean_db, clean_index, migrate_db_for):
    """The federation's tables, in a clean portal."""
    migrate_db_for("federation")
    if plugins.plugin_loaded("activity"):
        migrate_db_for("activity")


@pytest.fixture
def node(federation, server, ckan_config, monkeypatch):
    """A function that serves items as a data.json and harvests them; ``node.run(...)`` gives the run."""
    from ckan.tests.helpers import call_action

    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])

    class Node:
        name = "wharfedale"
        url = server.url + "/data.json"

        def __init__(self):
            self.feed_is([])
            call_action("federation_node_create", name=self.name, title="Wharfedale", feed_url=self.url)

        def feed_is(self, items, **headers):
            server.serve("/data.json", json.dumps({"dataset": items}).encode(), **headers)

        def run(self, items=None, **data):
            if items is not None:
                self.feed_is(items)
            return call_action("federation_run", id=self.name, **data)

        def plan(self, items=None):
            if items is not None:
                self.feed_is(items)
            return call_action("federation_plan", id=self.name)

    return Node()


def item(number, **more):
    """A record of a data.json."""
    return {
        "identifier": f"id-{number}",
        "title": f"Dataset {number}",
        "description": f"<p>Number <b>{number}</b></p>",
        "keyword": ["transport", "parking"],
        "theme": ["Transport"],
        "modified": "2024-05-06",
        "issued": "2020-01-01",
        "landingPage": f"https://data.wharfedale.example/d/{number}",
        "license": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "publisher": {"name": "Wharfedale Council"},
        "contactPoint": {"fn": "Open data team", "hasEmail": "mailto:opendata@wharfedale.example"},
        "distribution": [
            {"title": "CSV", "downloadURL": f"https://data.wharfedale.example/{number}.csv", "mediaType": "text/csv"}
        ],
        **more,
    }


@pytest.fixture
def items():
    """A function that makes records: ``items(3)`` or ``items(3, title="x")`` for the one record 3."""
    return lambda count: [item(number) for number in range(1, count + 1)]


@pytest.fixture
def make():
    """The function ``item``."""
    return item


@pytest.fixture
def two(federation, server, ckan_config, monkeypatch):
    """A function that serves items at a node and harvests them: the council's own portal, and one of the region."""
    from ckan.tests.helpers import call_action

    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")
    for name, site in SITES.items():
        call_action("federation_node_create", name=name, title=name.title(), feed_url=f"{server.url}/{name}", url=site)

    def act(name, items, action="run", **data):
        server.serve(f"/{name}", json.dumps({"dataset": items}).encode())
        return call_action(f"federation_{action}", id=name, **data)

    return act


@pytest.fixture
def copy(make):
    """A function: the record of ``make`` as the region's portal has it, under an id and a licence of its own."""

    def copy(number, **more):
        return make(number, **{"identifier": f"r-{number}", "description": "As the region tells it.", **more})

    return copy
