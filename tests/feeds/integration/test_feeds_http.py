"""The addresses: forms, negotiation, validators, compression, pages and searches."""

import gzip

import pyoxigraph as ox
import pytest
from ckan import model
from ckan.tests import factories, helpers
from ckanext.dcat.processors import RDFParser
from rdflib import DCAT, RDF, Namespace, URIRef

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
TYPES = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "xml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "n3": "text/n3",
}

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


def subjects(graph):
    return {str(s).rsplit("/", 1)[1] for s in graph.subjects(RDF.type, DCAT.Dataset)}


def test_every_form_says_the_same(app, read):
    dataset = factories.Dataset(notes="Ŵ <b>&", resources=[{"url": "https://example.org/a b", "format": "CSV"}])
    for address in ("/catalog", f"/dataset/{dataset['id']}", f"/dataset/{dataset['name']}"):
        sizes = set()
        for extension, media_type in TYPES.items():
            response = app.get(f"{address}.{extension}")
            assert response.headers["Content-Type"] == media_type
            assert "Content-Disposition" not in response.headers
            sizes.add(len(read(f"{address}.{extension}")))
            head = app.client.head(f"{address}.{extension}", base_url="http://test.ckan.net")
            assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", response.headers["ETag"])
        assert len(sizes) == 1, address


def test_no_such_thing(app):
    dataset = factories.Dataset()
    for address in ("/catalog.docx", "/dataset/nothing.ttl", f"/dataset/{dataset['id']}.docx", "/catalog."):
        app.get(address, status=404)


def test_private_and_missing_are_told_alike(app):
    private = factories.Dataset(private=True, owner_org=factories.Organization()["id"])
    user = factories.SysadminWithToken()
    for headers in ({}, {"Authorization": user["token"]}):
        for path, extra in ((".ttl", {}), ("", {"Accept": "text/turtle"})):
            answers = [
                app.get(f"/dataset/{i}{path}", headers={**headers, **extra}, status=404)
                for i in (private["id"], private["name"], "00000000-0000-0000-0000-000000000000")
            ]
            assert not any(private["title"] in a.body for a in answers)


def test_negotiation(app):
    dataset = f"/dataset/{factories.Dataset()['name']}"
    html = "text/html; charset=utf-8"
    for accept, expected in (
        ("text/turtle", "text/turtle"),
        ("application/ld+json;q=0.9, text/turtle;q=0.1", "application/ld+json"),
        ("text/html;q=0.2, application/rdf+xml", "application/rdf+xml"),
        ("text/html, text/turtle;q=0.9, */*;q=0.1", html),
        ("*/*", html),
        ("image/png", html),
        (None, html),
    ):
        for address in ("/catalog", "/", dataset):
            response = app.get(address, headers={"Accept": accept} if accept else {})
            assert response.headers["Content-Type"] == expected, (address, accept)
            assert "Accept" in response.vary


def test_negotiation_can_be_switched_off(app, ckan_config):
    ckan_config["ckanext.feeds.content_negotiation"] = False
    response = app.get("/catalog", headers={"Accept": "text/turtle"})
    assert response.headers["Content-Type"].startswith("text/html")


def test_validators(app):
    dataset = factories.Dataset(title="One")
    for address in ("/catalog.ttl", "/catalog.jsonld", f"/dataset/{dataset['id']}.rdf", f"/dataset/{dataset['id']}.nt"):
        first = app.get(address)
        tag, time = first.headers["ETag"], first.headers["Last-Modified"]
        assert tag.startswith('"'), "strong"
        for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"x", {tag}'}, {"If-Modified-Since": time}):
            again = app.get(address, headers=headers, status=304)
            assert again.data == b"" and again.headers["ETag"] == tag
        assert app.get(address).data == first.data
        helpers.call_action("package_patch", id=dataset["id"], title=f"Two {address}")
        changed = app.get(address, headers={"If-None-Match": tag}, status=200)
        assert changed.headers["ETag"] != tag


def test_the_catalogues_tag_changes_with_a_withdrawal(app):
    factories.Dataset()
    gone = factories.Dataset()
    before = app.get("/catalog.ttl").headers["ETag"]
    helpers.call_action("package_delete", id=gone["id"])
    assert app.get("/catalog.ttl", headers={"If-None-Match": before}, status=200).headers["ETag"] != before


def test_tags_differ_by_form_and_compression(app):
    factories.Dataset()
    tags = [app.get(f"/catalog.{e}").headers["ETag"] for e in ("ttl", "rdf", "jsonld", "nt")]
    tags.append(app.get("/catalog.ttl", headers={"Accept-Encoding": "gzip"}).headers["ETag"])
    assert len(set(tags)) == 5


def test_gzip(app):
    factories.Dataset()
    plain = app.get("/catalog.ttl")
    assert "Content-Encoding" not in plain.headers
    packed = app.get("/catalog.ttl", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.vary
    assert gzip.decompress(packed.data) == plain.data
    app.get("/catalog.ttl", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}, status=304)


def test_an_unread_answer_keeps_no_connection(app):
    factories.Dataset()
    for _ in range(30):
        app.get("/catalog.ttl")
        app.client.head("/catalog.ttl", base_url="http://test.ckan.net")
    assert model.meta.engine.pool.checkedout() <= 2


@pytest.mark.ckan_config("ckanext.dcat.datasets_per_page", 2)
def test_pages(app, read):
    names = {factories.Dataset()["id"] for _ in range(5)}
    seen, address = [], "/catalog.ttl?page=1"
    while address:
        graph = read(address)
        seen += subjects(graph)
        page = graph.value(None, RDF.type, HYDRA.PagedCollection)
        assert int(graph.value(page, HYDRA.totalItems)) == 5
        following = graph.value(page, HYDRA.next)
        address = str(following).removeprefix("http://test.ckan.net") if following else None
    assert len(seen) == 5 and set(seen) == names
    assert subjects(read("/catalog.ttl?page=9")) == set()
    assert subjects(read("/catalog.ttl")) == names


@pytest.mark.ckan_config("ckanext.dcat.datasets_per_page", 2)
def test_pages_do_not_move_while_one_reads_them(read):
    ids = sorted(factories.Dataset()["id"] for _ in range(6))
    first = read("/catalog.ttl?page=1")
    assert subjects(first) == set(ids[:2])
    following = str(next(first.objects(None, HYDRA.next)))
    helpers.call_action("package_delete", id=ids[0])
    helpers.call_action("package_patch", id=ids[5], title="Newest now")
    second = read(following.removeprefix("http://test.ckan.net"))
    assert subjects(second) == set(ids[2:4])
    third = read(str(next(second.objects(None, HYDRA.next))).removeprefix("http://test.ckan.net"))
    assert subjects(third) == set(ids[4:])


@pytest.mark.ckan_config("ckanext.dcat.datasets_per_page", 2)
def test_ckanext_dcat_reads_page_after_page(app):
    titles = {factories.Dataset(title=f"T {n}")["title"] for n in range(3)}
    for extension in ("ttl", "rdf", "jsonld"):
        assert read_by_dcat(app, extension) == titles


def read_by_dcat(app, extension):
    found, address = set(), f"/catalog.{extension}?page=1"
    while address:
        parser = RDFParser()
        parser.parse(app.get(address).body, _format=extension)
        found |= {d["title"] for d in parser.datasets()}
        following = parser.next_page()
        address = following.removeprefix("http://test.ckan.net") if following else None
    return found


def test_searches(app, read):
    parking = factories.Dataset(title="Parking places", tags=[{"name": "cars"}])
    factories.Dataset(title="Libraries")
    assert subjects(read("/catalog.ttl?q=parking")) == {parking["id"]}
    assert subjects(read("/catalog.ttl?fq=tags:cars")) == {parking["id"]}
    assert subjects(read("/catalog.ttl?q=nothing+of+the+kind")) == set()
    page = read("/catalog.ttl?q=parking%20places&fq=tags:cars").value(None, RDF.type, HYDRA.PagedCollection)
    assert page == URIRef("http://test.ckan.net/catalog.ttl?q=parking+places&fq=tags%3Acars&page=1")


def test_modified_since(read):
    old = factories.Dataset()
    package = model.Package.get(old["id"])
    package.metadata_modified = package.metadata_modified.replace(year=2020)
    model.Session.commit()
    from ckan.lib.search import rebuild

    rebuild(old["id"])
    new = factories.Dataset()
    assert subjects(read("/catalog.ttl?modified_since=2025-01-01")) == {new["id"]}
    assert subjects(read("/catalog.ttl?modified_since=2019-01-01T00:00:00%2B01:00")) == {old["id"], new["id"]}


def test_wrong_questions(app):
    for query in ["page=0", "page=-1", "page=x", "modified_since=soon", "profiles=none", "fq=]["]:
        app.get(f"/catalog.ttl?{query}", status=409)


def test_searches_find_nothing_private(app):
    private = factories.Dataset(private=True, owner_org=factories.Organization()["id"], title="Hidden")
    user = factories.SysadminWithToken()
    for query in ("q=Hidden", "fq=capacity:private", "q=Hidden&fq=%2Bstate:active"):
        response = app.get(f"/catalog.ttl?{query}", headers={"Authorization": user["token"]})
        assert private["id"] not in response.body


def test_other_profiles(app, read):
    dataset = factories.Dataset(title="Bins")
    for address in (f"/dataset/{dataset['id']}.ttl", "/catalog.ttl"):
        graph = read(address + "?profiles=schemaorg")
        assert (None, RDF.type, URIRef("https://schema.org/Dataset")) in graph or (
            None,
            RDF.type,
            URIRef("http://schema.org/Dataset"),
        ) in graph
    usual = app.get("/catalog.ttl?profiles=euro_dcat_ap_3")
    assert usual.headers["ETag"] == app.get("/catalog.ttl").headers["ETag"]
    app.get(f"/dataset/{dataset['id']}.ttl?profiles=none", status=409)


def test_pages_for_people(app):
    dataset = factories.Dataset()
    page = app.get(f"/dataset/{dataset['name']}").body
    catalogue = app.get("/catalog").body
    for extension, media_type in (
        ("ttl", "text/turtle"),
        ("rdf", "application/rdf+xml"),
        ("jsonld", "application/ld+json"),
    ):
        link = f'rel="alternate" type="{media_type}"'
        assert link in page and link in catalogue
        assert f"/dataset/{dataset['id']}.{extension}" in page
        assert f"/catalog.{extension}" in catalogue
    assert "Metadata as" in page
    assert "/catalog" in app.get("/about").body


def test_a_private_dataset_lists_no_forms(app):
    user = factories.SysadminWithToken()
    private = factories.Dataset(private=True, owner_org=factories.Organization()["id"])
    page = app.get(f"/dataset/{private['name']}", headers={"Authorization": user["token"]}).body
    assert private["title"] in page and "Metadata as" not in page


def test_ckanext_dcats_templates_still_link(app):
    for address in ("/", "/dataset/"):
        assert 'href="http://test.ckan.net/catalog.n3"' in app.get(address).body


def test_many_datasets_are_one_document(app, read):
    ids = {factories.Dataset()["id"] for _ in range(3)}
    import ckanext.feeds.snapshot as snapshot

    original, snapshot._BATCH_ROWS = snapshot._BATCH_ROWS, 1
    try:
        for extension in ("ttl", "rdf", "jsonld", "nt"):
            assert subjects(read(f"/catalog.{extension}")) == ids
    finally:
        snapshot._BATCH_ROWS = original
    assert len(list(ox.parse(app.get("/catalog.nt").data, format=ox.RdfFormat.N_TRIPLES))) > 20


@pytest.mark.ckan_config("ckanext.dcat.catalog_endpoint", "/data/feed.{_format}")
def test_the_catalogues_address_can_be_moved(app):
    assert app.get("/data/feed.ttl").headers["Content-Type"] == "text/turtle"
