"""Feeds recorded from real portals, where the machine has them, harvested end to end: planned, applied, and then unchanged."""

from pathlib import Path

import pytest
from ckan import model
from ckan.tests.helpers import call_action

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
PLACES = [above / "shared" / "feeds" for above in Path(__file__).resolve().parents[4:6]]
FILES = sorted(next((place for place in PLACES if place.is_dir()), PLACES[0]).glob("*"))
# Notes on a feed and not a feed; 977 datasets are many for a test; two lead on to a host that is not there.
LEFT = ("stats", "catalog-v1_nyc", "paged-collection", "partial-collection")
MEDIA = {".rdf": "application/rdf+xml", ".xml": "application/rdf+xml", ".jsonld": "application/ld+json"}
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", PLUGINS),
    pytest.mark.skipif(not FILES, reason="no recorded feeds beside the project"),
]


def test_each_is_harvested_whole_and_then_unchanged(federation, server, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")
    created = 0
    for number, path in enumerate(path for path in FILES if not any(word in path.name for word in LEFT)):
        media = MEDIA.get(path.suffix, "application/json")
        url = server.serve(f"/{number}{path.suffix}", path.read_bytes(), Content_Type=media)
        site = f"https://portal-{number}.example/"
        call_action("federation_node_create", name=f"node-{number}", feed_url=url, url=site)
        run = call_action("federation_run", id=f"node-{number}", approve=True)
        counts, results = run["counts"], run["results"]
        assert run["status"] in ("done", "unchanged"), (path.name, run["error"])
        assert set(results) <= {"created", "linked", "refused"}, (path.name, results)
        assert sum(results.values()) == counts["records"] - counts["duplicates"], path.name
        again = call_action("federation_run", id=f"node-{number}", approve=True)
        assert (again["status"], again["results"]) in (
            ("unchanged", {}),
            ("unchanged", {"refused": results.get("refused")}),
        )
        created += results.get("created", 0)
        if "udata_dcat_flat" in path.name:
            assert results == {"linked": 3}, "another portal's catalogue had the same pages"
    model.Session.rollback()
    assert model.Session.query(model.Package).filter_by(state="active").count() == created
