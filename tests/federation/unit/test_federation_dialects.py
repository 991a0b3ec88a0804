"""Each dialect on a feed of its true shape and defects."""

import json

import pytest

from ckanext.federation.harvest import dialects
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import FeedError, Hints

POLICY = Policy(
    base="https://data.example/",
    registered_licences=frozenset(["notspecified", "uk-ogl", "cc-by", "cc-zero", "odc-odbl"]),
)
THEME = "http://publications.europa.eu/resource/authority/data-theme/"


@pytest.fixture
def harvested(feed):
    """The page of a feed and its records converted, by upstream id."""

    def read(name, dialect="auto", content_type="application/json", url="https://data.example/feed"):
        module, document = dialects.choose(dialect, feed(name), Hints(url, content_type))
        page = module.page(document)
        found = {}
        for item in page.items:
            record = module.read(item)
            found[record.upstream_id] = convert(record, POLICY)
        return page, found

    return read


def item(number):
    return f"https://www.arcgis.com/home/item.html?id={number:032x}&sublayer=0"


def test_hub_dcat_ap(harvested):
    page, found = harvested("hub_dcat-ap.json", "arcgis-hub")
    assert len(page.items) == 7
    routes = found[item(1)].dataset
    assert routes["title"] == "Cycle routes"
    assert routes["notes"] == "Routes for **cycling**.\n\n- on road\n- off road"
    assert routes["issued"] == "2021-05-27T09:18:39Z"
    assert routes["license_id"] == "notspecified"
    assert routes["publisher"] == [{"name": "Wharfedale Council"}]
    assert routes["contact"] == [{"name": "Wharfedale Council", "email": "gis@wharfedale.example"}]
    assert [one["format"] for one in routes["resources"]] == ["HTML", "ArcGIS GeoServices REST API", "CSV"]
    assert routes["resources"][0]["url"] == "https://opendata.wharfedale.example/maps/wharfedale::cycle-routes"
    assert routes["language"] == ["http://publications.europa.eu/resource/authority/language/ENG"]


def test_hub_defects(harvested):
    _page, found = harvested("hub_dcat-ap.json")
    trees = found[item(2)]
    assert "notes" not in trees.dataset
    assert "{{" not in json.dumps(trees.dataset)
    assert any("template" in note for note in trees.notes)
    assert found[item(3)].dataset["title"] == "Search"
    assert found[item(4)].dataset["title"] == "2024"
    assert found[item(4)].dataset["issued"] == "2021-05-27T09:18:39Z"
    assert found[item(5)].refused == "It has no title."
    assert found[item(6)].dataset["title"] == "Conservation areas & gardens"
    assert found[item(6)].dataset["license_id"] == "uk-ogl"


def test_hub_dcat_us_has_the_same_identity(harvested):
    _page, us = harvested("hub_dcat-us.json", "arcgis-hub")
    _page, ap = harvested("hub_dcat-ap.json", "arcgis-hub")
    assert {item(1), item(2), item(6)} <= us.keys() & ap.keys()
    routes = us[item(1)]
    assert routes.dataset["modified"] == "2025-06-16T13:30:03Z"
    assert routes.dataset["license_id"] == "notspecified"
    assert routes.dataset["resources"][0]["rights"] == "No warranty is given of this data."
    assert "bbox" in routes.dataset["spatial_coverage"][0]
    assert "contact" not in routes.dataset
    assert us[item(6)].dataset["license_id"] == "uk-ogl"
    assert us[item(6)].dataset["modified"] == "2025-06-16T13:30:03Z"
    assert "" in us  # the record without an identifier, which the comparison refuses


def test_datapress_v3(harvested):
    _page, found = harvested("datapress_v3.json", "datapress")
    wards = found["2aaa1"].dataset
    assert wards["notes"] == "How many people live in each ward.\n\n[Notes](https://example.org/notes)"
    assert wards["license_id"] == "uk-ogl"
    assert wards["theme"] == [THEME + "SOCI"]
    assert wards["frequency"].endswith("/ANNUAL")
    assert wards["temporal_coverage"] == [{"start": "2011-01-01", "end": "2024-12-31"}]
    assert wards["publisher"] == [{"name": "Greater Capital Authority"}]
    assert wards["resources"][0] | {"hash": ""} == {
        "url": "https://data.capital.example/download/2aaa1/pop.csv",
        "name": "Population by ward",
        "format": "CSV",
        "size": 20480,
        "hash": "",
        "modified": "2026-01-02T03:04:05Z",
        "access_url": "https://data.capital.example/dataset/2aaa1",
        "download_url": "https://data.capital.example/download/2aaa1/pop.csv",
        "license": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    }
    assert wards["resources"][1]["url"] == "https://capital.example/methodology"


def test_datapress_defects(harvested):
    _page, found = harvested("datapress_v3.json")
    housing = found["2aaa2"]
    assert housing.dataset["title"] == "Housing & land"
    assert housing.dataset["license_id"] == "notspecified"
    assert housing.publisher["name"] == "Borough of Millwall"
    assert "bloggs" not in json.dumps(housing.dataset).lower()
    assert any("withheld" in note for note in housing.notes)
    assert "private" in found["2aaa3"].refused
    assert found["2aaa4"].dataset["license_id"] == "notspecified"
    assert any("Terms of Transport" in note for note in found["2aaa4"].notes)


def test_datapress_v2(harvested):
    _page, found = harvested("datapress_v2.json", "datapress")
    assert found["abc01"].dataset["resources"][0]["format"] == "CSV"
    assert found["abc01"].dataset["temporal_coverage"] == [{"start": "2020-01-01", "end": "2025-12-31"}]
    assert found["abc02"].refused == "It is archived upstream."


def test_socrata_data_json(harvested):
    _page, found = harvested("socrata_data.json", "socrata")
    first = found["https://opendata.canalside.example/api/views/22ew-dxez"].dataset
    assert "publisher" not in first
    assert "contact" not in first
    assert first["resources"][0]["format"] == "CSV"
    assert first["resources"][0]["download_url"].startswith("https://opendata.canalside.example/")
    assert first["frequency"].endswith("/DAILY")
    second = found["https://opendata.canalside.example/api/views/33ew-dxez"].dataset
    assert second["frequency"].endswith("/MONTHLY")
    assert "modified" not in second
    assert second["tags"] == ["parking", "permits"]
    assert second["license_id"] == "notspecified"


def test_socrata_catalog_shares_identity_with_data_json(harvested):
    page, found = harvested("socrata_catalog.jsonl", "socrata")
    assert len(page.items) == 3
    bikes = found["https://data.bigcity.example/api/views/aaaa-1111"].dataset
    assert bikes["frequency"].endswith("/DAILY")
    assert bikes["publisher"] == [{"name": "Department of Bridges (DOB)"}]


def test_opendatasoft(harvested):
    _page, found = harvested("opendatasoft_explore.json", "opendatasoft")
    air = found["da_1"].dataset
    assert air["notes"] == "#### Introduction\n\nReadings."
    assert air["license_id"] == "cc-by"
    assert air["theme"] == [THEME + "ENVI"]
    assert any("not visible" in note for note in found["da_2"].notes)


def test_opendatasoft_rdf(harvested):
    _page, found = harvested(
        "opendatasoft.rdf", "opendatasoft", "application/rdf+xml", "https://data.wharfedale.example/dcat"
    )
    bins = found["bins"].dataset
    assert bins["title"] == "Bin rounds"
    assert bins["notes"] == "When *bins* are emptied"
    assert bins["url"] == "https://data.wharfedale.example/explore/dataset/bins/"
    assert bins["license_id"] == "cc-by"
    assert bins["publisher"] == [{"name": "Wharfedale Council"}]
    assert sorted(one["format"] for one in bins["resources"]) == ["CSV", "JSON"]


def test_turtle_with_paging(harvested):
    page, found = harvested("catalog.ttl", "dcat-rdf", "text/turtle")
    assert page.next_url == "https://data.ouse.example/page?2"
    levels = found["river-levels"].dataset
    assert levels["title"] == "River levels"
    assert levels["license_id"] == "uk-ogl"
    assert levels["frequency"].endswith("/HOURLY")
    assert levels["theme"] == [THEME + "ENVI"]
    assert levels["publisher"] == [{"name": "Ouse Council", "email": "data@ouse.example"}]
    assert levels["contact"] == [{"name": "Open data team", "email": "opendata@ouse.example"}]
    assert levels["temporal_coverage"] == [{"start": "2020-01-01", "end": "2024-12-31"}]
    assert "bbox" in levels["spatial_coverage"][0]
    assert levels["resources"][0]["size"] == 1024
    assert levels["resources"][0]["format"] == "CSV"
    assert "https://data.ouse.example/dataset/2" in found


@pytest.mark.parametrize(
    ("syntax", "media"),
    [("N_TRIPLES", "application/n-triples"), ("RDF_XML", "application/rdf+xml"), ("JSON_LD", "application/ld+json")],
)
def test_every_syntax_of_rdf_reads_the_same(feed, syntax, media):
    import pyoxigraph as ox

    turtle = feed("catalog.ttl")
    triples = (quad.triple for quad in ox.parse(input=turtle, format=ox.RdfFormat.TURTLE))
    other = ox.serialize(triples, format=getattr(ox.RdfFormat, syntax))
    found = []
    for body, content_type in ((turtle, "text/turtle"), (other, media)):
        module, document = dialects.choose("auto", body, Hints("https://data.ouse.example/c", content_type))
        page = module.page(document)
        assert page.next_url
        found.append(sorted(json.dumps(one, sort_keys=True) for one in page.items))
    assert found[0] == found[1]


def test_ckan_and_dkan(harvested):
    page, found = harvested("ckan_search.json", "ckan", url="https://ckan.example/api/3/action/package_search?rows=2")
    assert page.next_url == "https://ckan.example/api/3/action/package_search?rows=2&start=2"
    gritting = found["c1"].dataset
    assert gritting["license_id"] == "uk-ogl"
    assert gritting["theme"] == [THEME + "TRAN"]
    assert gritting["contact"] == [{"name": "Open data team", "email": "opendata@ouse.example"}]
    assert found["c2"].refused
    _page, found = harvested("dkan_package.json", "dkan")
    antennes = found["04be6288"]
    assert antennes.dataset["issued"] == "2019-12-10T09:23:00Z"
    assert antennes.dataset["license_id"] == "cc-by"
    assert any("private" in note for note in antennes.notes)


def test_hub_search(harvested):
    _page, found = harvested("hub_search.json", "arcgis-hub")
    sites = found["https://www.arcgis.com/home/item.html?id=0000000000000000000000000000000a&sublayer=3"].dataset
    assert sites["title"] == "Nature sites"
    assert sites["license_id"] == "uk-ogl"
    assert sites["modified"] == "2017-07-18T10:30:32Z"
    assert sites["contact"][0]["email"] == "gis@wharfedale.example"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_any_encoding_whatever_the_server_says(feed, encoding):
    body = feed("datapress_v3.json").decode().replace("Ward population", "Poblogaeth ŵ").encode(encoding)
    module, document = dialects.choose("auto", body, Hints("", "application/json", "iso-8859-1"))
    assert module.read(module.page(document).items[0]).title == "Poblogaeth ŵ"


def test_windows_text_that_claims_to_be_utf8():
    body = '{"dataset": [{"identifier": "1", "title": "Caf\xe9 \x96 10\xa3"}]}'.encode("latin-1")
    module, document = dialects.choose("auto", body, Hints("", "application/json", "utf-8"))
    assert module.read(module.page(document).items[0]).title == "Café – 10£"


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", ["hub_dcat-ap.json", "datapress_v3.json", "opendatasoft.rdf", "socrata_data.json"])
def test_a_feed_cut_short_is_refused_as_a_whole(feed, name, share):
    body = feed(name).rstrip()
    body = body[: int(len(body) * share)]
    media = "application/rdf+xml" if name.endswith("rdf") else "application/json"
    with pytest.raises(FeedError):
        module, document = dialects.choose("auto", body, Hints("https://e.org/", media))
        module.page(document)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "nothing at all"),
        (b"  \n", "nothing at all"),
        (b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>", "web page (\xe2\x80\x9cSign in\xe2\x80\x9d)".encode("latin-1").decode()),
        (b'{"error": "no"}', "JSON object with error"),
        (b"[1, 2]", "JSON list"),
        (b'"x"', "plain text"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"success": false, "error": {"message": "down"}}', "says it failed"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x "y">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&x;</rdf:RDF>', "entities"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(body, says):
    with pytest.raises(FeedError) as told:
        module, document = dialects.choose("auto", body, Hints("https://e.org/", ""))
        module.page(document)
    assert says in str(told.value)


def test_a_feed_of_another_kind_is_named(feed):
    with pytest.raises(FeedError, match="DataPress"):
        dialects.choose("ckan", feed("datapress_v3.json"), Hints())


@pytest.mark.parametrize(
    "value", [None, [], {}, 0, "x", {"@id": None}, [[None]], {"@value": 3}, True, "{{x}}", "\ud800"]
)
@pytest.mark.parametrize("name", ["hub_dcat-us.json", "datapress_v3.json", "ckan_search.json", "hub_search.json", "opendatasoft_explore.json", "socrata_catalog.jsonl"])  # fmt: skip
def test_any_field_may_hold_anything(feed, name, value):
    """Each field of a record replaced in turn: the record converts or is refused, and never breaks."""
    module, document = dialects.choose("auto", feed(name), Hints("https://e.org/"))
    original = module.page(document).items[0]
    for key in original:
        if key in ("resource", "metas", "attributes"):
            broken = [{**original, key: {**original[key], inner: value}} for inner in original[key]]
        else:
            broken = [{**original, key: value}]
        for one in broken:
            module.identity(one)
            converted = convert(module.read(one), POLICY)
            assert converted.refused or converted.dataset["title"]
            json.dumps(converted.dataset).encode()
            assert "{{" not in json.dumps(converted.dataset)


def test_odd_shapes_of_a_data_json(harvested):
    _page, found = harvested("odd_data.json")
    trees = found["tongues"].dataset
    assert (trees["title"], trees["notes"], trees["theme"]) == ("Trees", "Pob coeden", [THEME + "ENVI"])
    wrapped = found["wrapped"].dataset
    assert wrapped["publisher"] == [{"name": "Swaledale Council"}]
    assert wrapped["theme"] == [THEME + "HEAL"]
    table = wrapped["resources"][0]
    assert (table["name"], table["url"], table["format"]) == ("Table", "https://data.swaledale.example/t.csv", "CSV")
    assert [one["url"] for one in found["bare"].dataset["resources"]] == ["https://data.swaledale.example/a.csv"]
    assert [one["url"] for one in found["one"].dataset["resources"]] == ["https://data.swaledale.example/b.csv"]


def test_odd_places_of_a_data_json(harvested):
    _page, found = harvested("odd_data.json")
    box = json.loads(found["box"].dataset["spatial_coverage"][0]["bbox"])
    assert box["coordinates"][0][0] == [-2, 53]
    assert box["coordinates"][0][2] == [-1, 54]
    for name in ("box-text", "corners"):
        assert found[name].dataset["spatial_coverage"] == found["box"].dataset["spatial_coverage"]
    assert found["places"].dataset["spatial_coverage"] == [{"text": "Swaledale"}, {"text": "Arkengarthdale"}]
    assert "spatial_coverage" not in found["grid"].dataset
    assert any(note.startswith("area: ") for note in found["grid"].notes)


def test_marks_that_turn_the_text_and_addresses_that_rdf_refuses(harvested):
    _page, found = harvested("odd_data.json")
    assert found["direction"].dataset["title"] == "Trees gpj.exe"
    assert found["direction"].dataset["url"] == "https://data.swaledale.example/?q=%3Cb%3E%7C%22x%22"
    # "n/a" is no address relative to the node's.
    assert found["direction"].dataset["resources"][0]["url"] == found["direction"].dataset["url"]


def test_numbers_written_as_text_still_lead_on():
    answer = {"success": True, "result": {"count": "3", "results": [{"id": "1", "title": {"en": "York"}}]}}
    hints = Hints("https://e.org/api/3/action/package_search?rows=1", "application/json")
    module, document = dialects.choose("auto", json.dumps(answer).encode(), hints)
    page = module.page(document)
    assert (page.total, page.next_url.endswith("start=1")) == (3, True)
    assert convert(module.read(page.items[0]), POLICY).dataset["title"] == "York"


def test_datapress_v1():
    item = {
        "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "name": "trees",
        "title": "Trees",
        "notes": "<p>All</p>",
        "license_id": "uk-ogl",
        "metadata_created": "2014-01-02T00:00:00",
        "metadata_modified": "2015-01-02T00:00:00",
        "maintainer_email": "data@capital.example",
        "tags": ["trees"],
    }
    file = {"url": "https://capital.example/t.csv", "title": "t.csv", "format": "csv"}
    shapes = (
        {"resources": {"r1": file}},
        {"resources": [file]},
        {"organization": {"title": "Parks", "resources": {"r1": file}}},
    )
    for shape in shapes:
        module, document = dialects.choose(
            "datapress", json.dumps([{**item, **shape}]).encode(), Hints("https://e.org/")
        )
        [found] = [convert(module.read(one), POLICY) for one in module.page(document).items]
        assert (found.dataset["title"], found.dataset["license_id"]) == ("Trees", "uk-ogl")
        assert [one["url"] for one in found.dataset["resources"]] == ["https://capital.example/t.csv"]


@pytest.mark.parametrize(
    ("name", "url", "change", "following"),
    [
        (
            "opendatasoft_explore.json",
            "https://e.org/api/explore/v2.1/catalog/datasets?limit=2&offset=2",
            {"total_count": 9},
            "https://e.org/api/explore/v2.1/catalog/datasets?limit=2&offset=4",
        ),
        (
            "ckan_search.json",
            "https://e.org/api/3/action/package_search?rows=2&sort=id+asc",
            {},
            "https://e.org/api/3/action/package_search?rows=2&sort=id+asc&start=2",
        ),
        (
            "hub_search.json",
            "https://e.org/api/v3/datasets",
            {"meta": {"next": "https://e.org/api/v3/datasets?page%5Bnumber%5D=2", "stats": {"totalCount": "30"}}},
            "https://e.org/api/v3/datasets?page%5Bnumber%5D=2",
        ),
    ],
)
def test_pages_lead_on(feed, name, url, change, following):
    value = {**json.loads(feed(name)), **change}
    module, document = dialects.choose("auto", json.dumps(value).encode(), Hints(url))
    page = module.page(document)
    assert page.next_url == following
    assert page.total and page.total > len(page.items)


def test_socratas_catalogue_leads_on_and_ends(feed):
    rows = [json.loads(line) for line in feed("socrata_catalog.jsonl").splitlines()]
    url = "https://e.org/api/catalog/v1?domains=e.org&limit=3"
    for offset, following in (("", url + "&offset=3"), ("&offset=3", "")):
        body = json.dumps({"results": rows, "resultSetSize": 6}).encode()
        module, document = dialects.choose("socrata", body, Hints(url + offset))
        assert module.page(document).next_url == following
