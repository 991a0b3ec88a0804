"""Sitemap, feeds of changes and OAI-PMH over HTTP."""

import gzip
import json
import urllib.parse

import pytest
from ckan import model
from ckan.tests import factories, helpers
from lxml import etree

import ckanext.feeds.serve_news as serve_news
import ckanext.feeds.serve_oai as serve_oai
from ckanext.feeds.forms import changes, oai_xml, sitemap

NS = {"o": oai_xml.OAI, "dc": oai_xml.DC, "s": sitemap.NAMESPACE, "a": changes.ATOM, "at": changes.TOMBSTONES}

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


@pytest.fixture()
def council():
    return factories.Organization(name="aireborough", title="Aireborough Council")


@pytest.fixture()
def hidden(council):
    """What must be seen nowhere."""
    private = factories.Dataset(title="Hidden", owner_org=council["id"], private=True)
    draft = factories.Dataset(title="Hidden", owner_org=council["id"], state="draft")
    return {private["id"], private["name"], draft["id"], draft["name"], "Hidden"}


def locations(response):
    return etree.fromstring(response.data).xpath("//s:loc/text()", namespaces=NS)


def test_sitemap(app, council, hidden):
    dataset = factories.Dataset(owner_org=council["id"])
    gone = factories.Dataset()
    helpers.call_action("package_delete", id=gone["id"])
    response = app.get("/sitemap.xml")
    assert response.headers["Content-Type"] == sitemap.MEDIA_TYPE
    found = locations(response)
    base = "http://test.ckan.net"
    assert f"{base}/dataset/{dataset['name']}" in found and f"{base}/organization/aireborough" in found
    assert not any(word in response.body for word in [*hidden, gone["name"]])
    app.get("/sitemap.xml", headers={"If-None-Match": response.headers["ETag"]}, status=304)
    for address in found:
        app.get(address.removeprefix(base), status=200)
    times = etree.fromstring(response.data).xpath("//s:url[s:lastmod]/s:loc/text()", namespaces=NS)
    assert set(times) == {f"{base}/dataset/{dataset['name']}", f"{base}/organization/aireborough"}
    assert f"Sitemap: {base}/sitemap.xml" in app.get("/robots.txt").body


def test_a_large_sitemap_is_an_index_of_parts(app, council, monkeypatch):
    names = {f"http://test.ckan.net/dataset/{factories.Dataset(owner_org=council['id'])['name']}" for _ in range(7)}
    alone = locations(app.get("/sitemap.xml"))
    monkeypatch.setattr(sitemap, "MOST", 5)
    index = etree.fromstring(app.get("/sitemap.xml").data)
    assert etree.QName(index).localname == "sitemapindex"
    parts = [
        locations(app.get(a.removeprefix("http://test.ckan.net"))) for a in index.xpath("//s:loc/text()", namespaces=NS)
    ]
    assert all(1 <= len(part) <= 5 for part in parts)
    assert sorted(a for part in parts for a in part) == sorted(alone) and names <= set(alone)
    for number in (0, len(parts) + 1, 10**9):
        app.get(f"/sitemap-{number}.xml", status=404)


def test_news_tell_of_changes_and_withdrawals(app, council, hidden, monkeypatch):
    first = factories.Dataset(title="First", owner_org=council["id"])
    second = factories.Dataset(title="Second")
    app.get("/feeds/news.atom")
    helpers.call_action("package_patch", id=first["id"], title="First, changed")
    app.get(
        "/feeds/news.atom"
    )  # numbers are given to who asks: what is seen together has no order that a reader could miss
    helpers.call_action("package_delete", id=second["id"])
    response = app.get("/feeds/news.atom")
    assert response.headers["Content-Type"] == "application/atom+xml"
    root = etree.fromstring(response.data)
    assert root.xpath("//a:entry/a:title/text()", namespaces=NS) == ["First, changed"]
    assert [e.get("ref").rsplit("/", 1)[1] for e in root.findall("at:deleted-entry", NS)] == [second["id"]]
    items = json.loads(app.get("/feeds/news.json").data)["items"]
    assert [i["_towpath"]["withdrawn"] for i in items] == [True, False]
    assert "Second" not in response.body and not any(word in response.body for word in hidden)
    app.get("/feeds/news.atom", headers={"If-None-Match": response.headers["ETag"]}, status=304)
    for wrong in ("x", "-1", "0", "9" * 30):
        app.get(f"/feeds/news.json?before={wrong}", status=409)


def test_news_go_on_page_after_page(app, monkeypatch):
    ids = {factories.Dataset()["id"] for _ in range(5)}
    monkeypatch.setattr(serve_news, "_PAGE", 2)
    seen, address = [], "/feeds/news.json"
    while address:
        feed = json.loads(app.get(address).data)
        seen += [item["id"].rsplit("/", 1)[1] for item in feed["items"]]
        address = feed.get("next_url", "").removeprefix("http://test.ckan.net")
    assert len(seen) == 5 and set(seen) == ids


def test_no_news(app):
    assert json.loads(app.get("/feeds/news.json").data)["items"] == []
    assert etree.fromstring(app.get("/feeds/news.atom").data).findtext("a:updated", namespaces=NS)


@pytest.fixture()
def oai(app):
    """Ask ``/oai``: the answer's root; an error gives its code."""

    def ask(**query):
        named = {"from" if k == "since" else k: v for k, v in query.items()}
        response = app.get(f"/oai?{urllib.parse.urlencode(named)}")
        assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
        root = etree.fromstring(response.data)
        code = root.xpath("string(o:error/@code)", namespaces=NS)
        return code or root

    return ask


def identifiers(root):
    return root.xpath("//o:header/o:identifier/text()", namespaces=NS)


def test_identify(oai, app):
    root = oai(verb="Identify")
    assert root.findtext(".//o:baseURL", namespaces=NS) == "http://test.ckan.net/oai"
    assert root.findtext(".//o:deletedRecord", namespaces=NS) == "transient"
    assert "@" in root.findtext(".//o:adminEmail", namespaces=NS)
    posted = app.post("/oai", data={"verb": "Identify"})
    assert b"<repositoryName>" in posted.data
    packed = app.get("/oai?verb=Identify", headers={"Accept-Encoding": "gzip"})
    assert b"<repositoryName>" in gzip.decompress(packed.data)


def test_formats_and_sets(oai, council):
    assert oai(verb="ListSets") == "noSetHierarchy"
    dataset = factories.Dataset(owner_org=council["id"])
    assert oai(verb="ListMetadataFormats").xpath("//o:metadataPrefix/text()", namespaces=NS) == ["oai_dc", "dcat"]
    assert oai(verb="ListSets").xpath("//o:setSpec/text()|//o:setName/text()", namespaces=NS) == [
        "aireborough",
        "Aireborough Council",
    ]
    known = f"oai:test.ckan.net:{dataset['id']}"
    assert len(oai(verb="ListMetadataFormats", identifier=known).xpath("//o:metadataFormat", namespaces=NS)) == 2
    assert oai(verb="ListMetadataFormats", identifier="oai:test.ckan.net:none") == "idDoesNotExist"


def test_records(oai, council, hidden):
    dataset = factories.Dataset(title="Bins & <bags>", owner_org=council["id"])
    other = factories.Dataset()
    root = oai(verb="ListRecords", metadataPrefix="oai_dc")
    assert set(identifiers(root)) == {f"oai:test.ckan.net:{d['id']}" for d in (dataset, other)}
    assert "Bins & <bags>" in root.xpath("//dc:title/text()", namespaces=NS)
    assert not any(word in etree.tostring(root).decode() for word in hidden)
    assert root.find(".//o:resumptionToken", NS) is None
    one = oai(verb="GetRecord", metadataPrefix="dcat", identifier=f"oai:test.ckan.net:{dataset['id']}")
    (rdf,) = one.xpath("//o:metadata/*", namespaces=NS)
    import rdflib

    graph = rdflib.Graph().parse(data=etree.tostring(rdf), format="xml")
    assert (None, rdflib.DCTERMS.title, rdflib.Literal("Bins & <bags>")) in graph
    assert one.xpath("//o:setSpec/text()", namespaces=NS) == ["aireborough"]
    in_set = oai(verb="ListIdentifiers", metadataPrefix="oai_dc", set="aireborough")
    assert identifiers(in_set) == [f"oai:test.ckan.net:{dataset['id']}"]
    assert oai(verb="ListIdentifiers", metadataPrefix="oai_dc", set="nobody") == "noRecordsMatch"
    private = next(iter(w for w in hidden if len(w) == 36))
    assert oai(verb="GetRecord", metadataPrefix="dcat", identifier=f"oai:test.ckan.net:{private}") == "idDoesNotExist"


def test_withdrawn_records_are_told(oai, council):
    dataset = factories.Dataset(owner_org=council["id"])
    oai(verb="ListRecords", metadataPrefix="oai_dc")
    helpers.call_action("package_delete", id=dataset["id"])
    for extra in ({}, {"set": "aireborough"}):
        root = oai(verb="ListRecords", metadataPrefix="dcat", **extra)
        assert root.xpath("//o:header/@status", namespaces=NS) == ["deleted"]
        assert not root.xpath("//o:metadata", namespaces=NS)
    one = oai(verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:test.ckan.net:{dataset['id']}")
    assert one.xpath("//o:header/@status", namespaces=NS) == ["deleted"]


def test_lists_go_on_by_tokens_and_lose_nothing(oai, monkeypatch):
    ids = {f"oai:test.ckan.net:{factories.Dataset()['id']}" for _ in range(5)}
    monkeypatch.setitem(serve_oai._PARTS, "ListRecords", 2)
    monkeypatch.setitem(serve_oai._PARTS, "ListIdentifiers", 2)
    for verb in ("ListRecords", "ListIdentifiers"):
        root, seen, cursors = oai(verb=verb, metadataPrefix="oai_dc"), [], []
        while True:
            seen += identifiers(root)
            token = root.find(".//o:resumptionToken", NS)
            cursors.append((token.get("cursor"), token.get("completeListSize")))
            if not token.text:
                break
            # What changes meanwhile comes again at the end.
            if len(seen) == 2 and verb == "ListRecords":
                helpers.call_action("package_patch", id=seen[0].rsplit(":", 1)[1], title="Changed")
            root = oai(verb=verb, resumptionToken=token.text)
        assert set(seen) == ids
        assert [c[0] for c in cursors] == ["0", "2", "4"] and cursors[0][1] == "5"


def test_times(oai):
    dataset = factories.Dataset()
    stamp = oai(verb="ListIdentifiers", metadataPrefix="oai_dc").findtext(".//o:datestamp", namespaces=NS)
    day = stamp[:10]
    for extra in ({"since": stamp}, {"until": stamp}, {"since": stamp, "until": stamp}, {"since": day, "until": day}):
        assert len(identifiers(oai(verb="ListIdentifiers", metadataPrefix="oai_dc", **extra))) == 1, extra
    for extra in ({"since": "2999-01-01"}, {"until": "2000-01-01"}):
        assert oai(verb="ListIdentifiers", metadataPrefix="oai_dc", **extra) == "noRecordsMatch"
    assert model.Package.get(dataset["id"])


def test_errors_repeat_no_wrong_arguments(oai, app):
    assert oai(verb="Nothing") == "badVerb"
    root = etree.fromstring(app.get("/oai?verb=Nothing&x=1").data)
    assert dict(root.find("o:request", NS).attrib) == {}
    root = etree.fromstring(app.get("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:test.ckan.net:x").data)
    assert root.find("o:request", NS).get("verb") == "GetRecord"
