"""What happens to the feed when datasets change, by every way there is."""

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from rdflib import DCAT, DCTERMS, FOAF, RDF, Literal, URIRef

from ckanext.feeds import jobs, render, signals, store, sync
from ckanext.feeds.model import Fragment

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


def dataset_ref(package_id):
    return URIRef(f"http://test.ckan.net/dataset/{package_id}")


def row(package_id):
    model.Session.expire_all()
    return model.Session.get(Fragment, package_id)


def sysadmin_call(action, **data):
    user = factories.Sysadmin()
    return helpers.call_action(action, context={"user": user["name"], "ignore_auth": False}, **data)


def test_created_updated_and_deleted(read):
    dataset = factories.Dataset(title="Bins", notes="When we come")
    ref = dataset_ref(dataset["id"])
    graph = read("/catalog.ttl")
    assert (ref, DCTERMS.title, Literal("Bins")) in graph
    assert (URIRef("http://test.ckan.net"), DCAT.dataset, ref) in graph

    helpers.call_action("package_patch", id=dataset["id"], title="Bin days")
    graph = read("/catalog.ttl")
    assert list(graph.objects(ref, DCTERMS.title)) == [Literal("Bin days")]

    helpers.call_action("package_delete", id=dataset["id"])
    graph = read("/catalog.ttl")
    assert not list(graph.subjects(RDF.type, DCAT.Dataset))
    assert "Bin" not in graph.serialize(format="nt")


def test_a_tombstone_has_no_content():
    dataset = factories.Dataset()
    helpers.call_action("package_delete", id=dataset["name"])
    fragment = row(dataset["id"])
    assert (fragment.state, fragment.ntriples, fragment.sha256) == ("withdrawn", b"", "")
    assert fragment.uri == str(dataset_ref(dataset["id"]))


def test_resources(read):
    dataset = factories.Dataset()
    resource = factories.Resource(package_id=dataset["id"], url="https://example.org/a.csv", format="CSV")
    url = (None, DCAT.accessURL, URIRef("https://example.org/a.csv"))
    assert url in read("/catalog.nt")
    helpers.call_action("resource_patch", id=resource["id"], url="https://example.org/b.csv")
    graph = read("/catalog.nt")
    assert url not in graph
    assert (None, DCAT.accessURL, URIRef("https://example.org/b.csv")) in graph
    helpers.call_action("resource_delete", id=resource["id"])
    assert not list(read("/catalog.nt").subjects(RDF.type, DCAT.Distribution))


def test_private_and_back(app, read):
    org = factories.Organization()
    dataset = factories.Dataset(owner_org=org["id"], title="Secret plans")
    address = f"/dataset/{dataset['name']}.ttl"
    assert "Secret" in app.get(address).body
    helpers.call_action("package_patch", id=dataset["id"], private=True)
    app.get(address, status=404)
    assert "Secret" not in app.get("/catalog.ttl").body
    assert row(dataset["id"]).ntriples == b""
    helpers.call_action("package_patch", id=dataset["id"], private=False)
    assert (dataset_ref(dataset["id"]), RDF.type, DCAT.Dataset) in read(address)


def test_bulk_private(app):
    org = factories.Organization()
    dataset = factories.Dataset(owner_org=org["id"])
    sysadmin_call("bulk_update_private", datasets=[dataset["id"]], org_id=org["id"])
    app.get(f"/dataset/{dataset['id']}.ttl", status=404)


def test_drafts_are_in_no_feed(app):
    dataset = factories.Dataset(state="draft", title="Half written")
    app.get(f"/dataset/{dataset['id']}.ttl", status=404)
    assert "Half written" not in app.get("/catalog.ttl").body
    helpers.call_action("package_patch", id=dataset["id"], state="active")
    assert "Half written" in app.get("/catalog.ttl").body


def test_excluded_types(app):
    dataset = factories.Dataset(type="showcase")
    assert dataset["id"] not in app.get("/catalog.nt").body
    app.get(f"/dataset/{dataset['id']}.nt", status=404)


def test_a_dataset_made_private_behind_our_back_leaves_at_once(app):
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    model.Session.execute(sa.text("update package set private = true where id = :id"), {"id": dataset["id"]})
    model.Session.commit()
    app.get(f"/dataset/{dataset['id']}.ttl", status=404)
    assert dataset["id"] not in app.get("/catalog.ttl").body
    assert row(dataset["id"]).state == "withdrawn"


def test_purged(app):
    dataset = factories.Dataset()
    sysadmin_call("dataset_purge", id=dataset["id"])
    assert dataset["id"] not in app.get("/catalog.ttl").body
    assert row(dataset["id"]).state == "withdrawn"


def test_a_change_without_a_hook_is_seen(read):
    dataset = factories.Dataset(title="Before")
    package = model.Package.get(dataset["id"])
    package.title = "After"
    package.metadata_modified = package.metadata_modified.replace(microsecond=1)
    model.Session.commit()
    for address in ("/catalog.ttl", f"/dataset/{dataset['id']}.ttl"):
        assert list(read(address).objects(dataset_ref(dataset["id"]), DCTERMS.title)) == [Literal("After")]


def test_datasets_older_than_the_plugin(app, read):
    dataset = factories.Dataset()
    model.Session.execute(sa.delete(Fragment))
    model.Session.commit()
    assert (None, DCAT.dataset, dataset_ref(dataset["id"])) in read("/catalog.ttl")
    assert row(dataset["id"]).state == "live"


@pytest.mark.ckan_config("ckanext.feeds.catch_up_seconds", 0)
def test_an_incomplete_catalogue_is_not_given_out(app):
    factories.Dataset()
    model.Session.execute(sa.delete(Fragment))
    model.Session.commit()
    response = app.get("/catalog.ttl", status=503)
    assert response.headers["Retry-After"] == "60"
    jobs.render_pending()
    app.get("/catalog.ttl", status=200)


def test_organisation_renamed(read):
    org = factories.Organization(title="Old Council")
    dataset = factories.Dataset(owner_org=org["id"])
    assert (None, FOAF.name, Literal("Old Council")) in read("/catalog.ttl")
    helpers.call_action("organization_patch", id=org["id"], title="New Council")
    assert store.pending() == [dataset["id"]]
    graph = read("/catalog.ttl")
    assert (None, FOAF.name, Literal("New Council")) in graph
    assert (None, FOAF.name, Literal("Old Council")) not in graph


def test_organisation_renamed_is_done_by_a_job():
    org = factories.Organization()
    factories.Dataset(owner_org=org["id"])
    before = {job["id"] for job in helpers.call_action("job_list")}  # other tests' jobs, in their own queues
    helpers.call_action("organization_patch", id=org["id"], title="Renamed")
    titles = [job["title"] for job in helpers.call_action("job_list") if job["id"] not in before]
    assert titles == ["Feeds: render changed datasets"]
    jobs.render_pending()
    assert store.pending() == []


def test_moved_to_another_organisation_by_its_own_action(read):
    first, second = factories.Organization(title="First"), factories.Organization(title="Second")
    dataset = factories.Dataset(owner_org=first["id"])
    sysadmin_call("package_owner_org_update", id=dataset["id"], organization_id=second["id"])
    names = {str(n) for n in read(f"/dataset/{dataset['id']}.ttl").objects(None, FOAF.name)}
    assert names == {"Second"}


def test_a_failure_is_recorded_and_the_write_goes_on(app, monkeypatch):
    def broken(*args):
        raise ValueError("no such thing")

    monkeypatch.setattr(render, "render", broken)
    dataset = factories.Dataset(title="Odd")
    assert helpers.call_action("package_show", id=dataset["id"])["title"] == "Odd"
    status = helpers.call_action("feeds_status")
    assert status["failures"][0]["package_id"] == dataset["id"]
    assert status["failures"][0]["reason"] == "ValueError: no such thing"
    assert status["states"] == {"failed": 1}
    app.get(f"/dataset/{dataset['id']}.ttl", status=404)
    assert dataset["id"] not in app.get("/catalog.ttl").body
    monkeypatch.undo()
    helpers.call_action("package_patch", id=dataset["id"], title="Plain")
    assert "Plain" in app.get("/catalog.ttl").body


def test_without_its_table_writes_still_work(monkeypatch):
    model.Session.execute(sa.text("alter table feeds_fragment rename to feeds_away"))
    model.Session.commit()
    try:
        dataset = factories.Dataset(title="Still here")
        helpers.call_action("package_patch", id=dataset["id"], title="And changed")
        assert helpers.call_action("package_show", id=dataset["id"])["title"] == "And changed"
    finally:
        model.Session.rollback()
        model.Session.execute(sa.text("alter table feeds_away rename to feeds_fragment"))
        model.Session.commit()


def test_rolled_back_writes_leave_no_trace(app):
    dataset = factories.Dataset(title="Kept")
    context = {"ignore_auth": True, "user": factories.Sysadmin()["name"], "defer_commit": True, "return_id_only": True}
    toolkit.get_action("package_patch")(context, {"id": dataset["id"], "title": "Dropped"})
    model.Session.rollback()
    body = app.get("/catalog.ttl").body
    assert "Kept" in body and "Dropped" not in body


def test_unchanged_content_keeps_its_hash_and_time():
    dataset = factories.Dataset()
    before = (row(dataset["id"]).sha256, row(dataset["id"]).modified)
    sync.refresh_one(dataset["id"])
    assert (row(dataset["id"]).sha256, row(dataset["id"]).modified) == before


def test_signal():
    seen = []

    def listen(sender, **values):
        seen.append((sender, values["package_id"], values["sha256"]))

    with signals.rendered.connected_to(listen):
        dataset = factories.Dataset()
        sync.refresh_one(dataset["id"])
    assert seen == [(dataset["id"], dataset["id"], row(dataset["id"]).sha256)]


def test_two_datasets_with_one_uri_stay_two(read):
    extras = [{"key": "uri", "value": "https://example.org/id/1"}]
    first, second = factories.Dataset(extras=extras), factories.Dataset(extras=extras)
    subjects = set(read("/catalog.ttl").subjects(RDF.type, DCAT.Dataset))
    assert subjects == {URIRef("https://example.org/id/1"), dataset_ref(second["id"])}
    assert row(first["id"]).uri == "https://example.org/id/1"


def test_other_settings_render_anew(app, ckan_config):
    dataset = factories.Dataset()
    assert store.pending() == []
    ckan_config["ckanext.dcat.base_uri"] = "https://data.example.gov.uk"
    assert store.pending() == [dataset["id"]]
    assert f"https://data.example.gov.uk/dataset/{dataset['id']}" in app.get("/catalog.nt").body
