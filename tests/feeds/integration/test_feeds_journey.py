"""The journey in the feed: through the real journey plugin, its public part only, conforming, in order."""

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from rdflib import DCTERMS, PROV, RDF, RDFS, URIRef

from ckanext.feeds import store

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_with_journey"),
]


@pytest.fixture()
def feeds_with_journey(feeds_db, migrate_db_for):
    if not sa.inspect(model.meta.engine).has_table("journey_event"):
        migrate_db_for("journey")
    model.Session.remove()


def add_step(dataset, kind, **values):
    context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
    return helpers.call_action("journey_step_create", context=context, dataset=dataset["id"], type=kind, **values)


def reference(dataset):
    return URIRef(f"http://test.ckan.net/dataset/{dataset['id']}")


def way_back(graph, ref):
    """The labels of the dataset's steps, the latest first."""
    labels, step = [], graph.value(ref, PROV.wasGeneratedBy)
    while step is not None:
        labels.append(str(graph.value(step, RDFS.label)))
        step = graph.value(step, PROV.wasInformedBy)
    return labels


def test_a_step_is_in_the_feed_when_it_is_recorded(app, read, violations):
    dataset = factories.Dataset(owner_org=factories.Organization()["id"], title="Parking")
    token = app.get("/feeds/changes.json").json["next"]
    add_step(dataset, "extract", started_at="2025-01-02", agent_role="Data officer", tool="FME", tool_version="2024")
    add_step(dataset, "clean", started_at="2025-01-03", inputs=[{"name": "raw.csv", "sha256": "a" * 64}])
    graph = read(f"/dataset/{dataset['name']}.ttl")
    labels = way_back(graph, reference(dataset))
    assert labels[-2:] == ["Clean", "Extract"]
    statement = graph.value(reference(dataset), DCTERMS.provenance)
    assert (statement, RDF.type, DCTERMS.ProvenanceStatement) in graph
    assert "extract (2025-01-02), clean (2025-01-03)" in str(graph.value(statement, RDFS.label))
    whole = read("/catalog.rdf")
    assert way_back(whole, reference(dataset)) == labels
    assert violations(whole) == []
    (change,) = app.get(f"/feeds/changes.json?since={token}").json["changes"]
    assert {"extract", "clean"} <= {step["type"] for step in change["journey"]["steps"]}


def test_what_is_not_public_stays_inside(app, read):
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    add_step(dataset, "dpia-review", visibility="organisation", rationale="Only for us", tool="Inner tool")
    add_step(
        dataset,
        "clean",
        visibility="public",
        evidence=[{"kind": "dpia-reference", "value": "DPIA-77", "visibility": "restricted"}],
    )
    token = {"Authorization": factories.SysadminWithToken()["token"]}
    for address in ("/catalog.ttl", f"/dataset/{dataset['id']}.jsonld", "/feeds/changes.json", "/feeds/changes.nt"):
        body = app.get(address, headers=token).body
        assert "Inner tool" not in body and "Only for us" not in body and "DPIA-77" not in body
    assert "Clean" in way_back(read("/catalog.ttl"), reference(dataset))


def test_a_write_is_rendered_once_with_its_journey(monkeypatch):
    from ckanext.feeds import render

    seen, real = [], render.render
    monkeypatch.setattr(render, "render", lambda made_of, place: (seen.append(made_of), real(made_of, place))[1])
    dataset = factories.Dataset(title="Once")
    helpers.call_action("package_patch", id=dataset["id"], title="Twice")
    assert len(seen) == 2 and store.pending() == []
    assert seen[-1].journey["stage"] == "published"


def test_harvested_hops_in_their_order(read, violations):
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    hops = [{"portal": "The council", "url": "https://council.example/d/1", "remote_id": "c-1"}]
    toolkit.signals.ckanext.signal("federation:imported").send(
        "region",
        package_id=dataset["id"],
        run_id="00000000-0000-4000-8000-000000000001",
        node={"name": "region", "title": "The region", "url": "https://region.example", "type": "ckan"},
        upstream_id="r-1",
        outcome="created",
        content_hash="b" * 64,
        upstream_modified="2025-01-01T00:00:00",
        url="https://region.example/d/1",
        raw_sha256="c" * 64,
        hops=hops,
    )
    graph = read("/catalog.ttl")
    found, at = [], graph.value(reference(dataset), PROV.wasDerivedFrom)
    while at is not None:
        found.append(str(graph.value(at, DCTERMS.identifier)))
        at = graph.value(at, PROV.wasDerivedFrom)
    assert found == ["r-1", "c-1"]
    assert violations(graph) == []
