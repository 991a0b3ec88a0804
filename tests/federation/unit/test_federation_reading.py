"""Feeds read as streams give what they give when parsed whole; feeds that break off give what was whole."""

import io
import json

import pyoxigraph as ox
import pytest

from ckanext.federation.harvest import reading
from ckanext.federation.harvest.record import FeedError, Hints, canonical

URL = "https://data.example/feed"
JSON_FEEDS = [
    *("hub_dcat-ap.json", "hub_dcat-us.json", "datapress_v3.json", "socrata_data.json", "socrata_catalog.jsonl"),
    *("opendatasoft_explore.json", "ckan_search.json", "dkan_package.json", "hub_search.json", "odd_data.json"),
]


def read(body, name="auto", content_type="", small=reading.SMALL, charset=""):
    one = reading.opened(io.BytesIO(body), Hints(URL, content_type, charset), name, small)
    pages = list(one.pages())
    items = [item for page in pages for item in page.items]
    return one, pages, items


@pytest.mark.parametrize("name", JSON_FEEDS)
def test_a_stream_gives_the_same_records_as_the_whole(feed, name, monkeypatch):
    monkeypatch.setattr("ckanext.federation.harvest.streams.PART", 2)
    whole, [page], items = read(feed(name))
    stream, pages, parts = read(feed(name), small=0)
    assert stream.module is whole.module
    assert list(map(canonical, parts)) == list(map(canonical, items))
    assert {one.next_url for one in pages} == {page.next_url}
    assert {one.total for one in pages} == {page.total}
    assert pages[0].repeats == page.repeats
    assert stream.cut == ""
    if len(items) > 2:
        assert len(pages) > 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252"])
def test_a_stream_in_any_encoding(encoding):
    titles = [f"Café {number} £" for number in range(500)]
    body = json.dumps({"dataset": [{"identifier": t, "title": t} for t in titles]}, ensure_ascii=False)
    _one, _pages, items = read(body.encode(encoding), small=0, charset="utf-8")
    assert [item["title"] for item in items] == titles


@pytest.mark.parametrize("stated", ["iso-8859-2", "cp1250"])
def test_a_stated_encoding_counts_where_the_text_is_no_utf8(stated):
    body = json.dumps({"dataset": [{"identifier": "1", "title": "Łódź"}]}, ensure_ascii=False).encode(stated)
    for small in (0, reading.SMALL):
        assert read(body, charset=stated, small=small)[2][0]["title"] == "Łódź"


@pytest.mark.parametrize("small", [0, reading.SMALL])
@pytest.mark.parametrize(
    "name", ["hub_dcat-ap.json", "datapress_v3.json", "socrata_data.json", "socrata_catalog.jsonl"]
)
def test_a_feed_that_breaks_off_gives_what_was_whole(feed, name, small):
    body = feed(name).rstrip()
    _one, _pages, every = read(body)
    one, _pages, items = read(body[: len(body) * 4 // 5], small=small)
    assert one.cut
    assert 0 < len(items) < len(every)
    assert items == every[: len(items)]


@pytest.mark.parametrize("small", [0, reading.SMALL])
def test_a_feed_of_which_nothing_is_whole_is_refused(small):
    with pytest.raises(FeedError, match="cut short or broken"):
        read(b'{"dataset": [{"identifier": "1", "tit', small=small)


def test_a_catalogue_without_datasets_is_empty_and_not_broken():
    one, _pages, items = read(b'{"dataset": [], "title": "x"}', small=0)
    assert (one.cut, items) == ("", [])


def rdf(syntax, count=450):
    turtle = ["@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> ."]
    turtle += [
        f'<https://e.org/d/{n}> a dcat:Dataset ; dct:title "Set {n}"@en, "Pecyn {n}"@cy ; dct:identifier "id-{n}" ;'
        f" dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://e.org/f/{n}.csv> ] ."
        for n in range(count)
    ]
    turtle.append("<https://e.org/p> <http://www.w3.org/ns/hydra/core#next> <https://e.org/?page=2> .")
    triples = (quad.triple for quad in ox.parse(input="\n".join(turtle), format=ox.RdfFormat.TURTLE))
    return ox.serialize(triples, format=syntax)


@pytest.mark.parametrize(
    ("syntax", "media"),
    [
        (ox.RdfFormat.TURTLE, "text/turtle"),
        (ox.RdfFormat.N_TRIPLES, "application/n-triples"),
        (ox.RdfFormat.RDF_XML, "application/rdf+xml"),
        (ox.RdfFormat.JSON_LD, "application/ld+json"),
    ],
)
def test_a_graph_on_disk_gives_the_same_records_as_one_in_memory(syntax, media):
    body = rdf(syntax)
    _whole, [page], items = read(body, content_type=media)
    _stream, pages, parts = read(body, content_type=media, small=0)
    assert sorted(map(canonical, parts)) == sorted(map(canonical, items))
    assert len(items) == 450
    assert [one.next_url for one in pages if one.next_url] == [page.next_url] == ["https://e.org/?page=2"]


@pytest.mark.parametrize("media", ["text/turtle", "application/rdf+xml"])
@pytest.mark.parametrize("small", [0, reading.SMALL])
def test_rdf_that_breaks_off_is_refused(media, small):
    body = rdf(ox.RdfFormat.TURTLE if "turtle" in media else ox.RdfFormat.RDF_XML)
    with pytest.raises(FeedError, match="cut short"):
        read(body[: len(body) * 2 // 3], content_type=media, small=small)


def test_entities_are_not_read_in_a_stream_either():
    body = (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rdf(ox.RdfFormat.RDF_XML)[38:]
    )
    with pytest.raises(FeedError, match="entities"):
        read(body, content_type="application/rdf+xml", small=0)


def test_layers_that_repeat_their_item_are_known_across_parts(monkeypatch):
    monkeypatch.setattr("ckanext.federation.harvest.streams.PART", 2)
    item = "https://www.arcgis.com/home/item.html?id=" + "a" * 32
    others = [{"identifier": f"{n}", "title": "x"} for n in range(5)]
    feed = [{"identifier": item, "title": "Trees"}, *others, {"identifier": item + "&sublayer=0", "title": "Trees"}]
    _one, pages, _items = read(json.dumps({"dataset": feed}).encode(), small=0)
    assert all(page.repeats == {item + "&sublayer=0": item} for page in pages)


def test_labels_that_geonetwork_writes_are_passed_over_in_a_stream_too():
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"
 xmlns:dct="http://purl.org/dc/terms/">
<dcat:Dataset rdf:about="https://e.org/1"><dct:title>Trees</dct:title>
<dcat:theme rdf:resource="https://e.org/t">Environment</dcat:theme></dcat:Dataset></rdf:RDF>"""
    for small in (0, reading.SMALL):
        [item] = read(body, content_type="application/rdf+xml", small=small)[2]
        assert item["http://www.w3.org/ns/dcat#theme"] == {"@id": "https://e.org/t"}


@pytest.mark.parametrize("small", [0, reading.SMALL])
def test_nesting_has_an_end(small):
    deep = b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "dataset": [{"identifier": "1", "title": "x"}]}'
    with pytest.raises(FeedError, match="nested too deeply"):
        read(deep, small=small)
    xml = b'<Inventory xmlns="http://schemas.esd.org.uk/inventory"><Datasets><Dataset>' + b"<a>" * 50_000
    xml += b"</a>" * 50_000 + b"</Dataset></Datasets></Inventory>"
    with pytest.raises(FeedError, match="nested too deeply"):
        read(xml, content_type="text/xml", small=small)


def test_a_record_nested_too_deeply_is_that_records_failure():
    from ckanext.federation.harvest import compare
    from ckanext.federation.harvest.convert import Policy, convert

    deep = b'{"identifier": "2", "title": "y", "x": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    one, _pages, items = read(b'{"dataset": [{"identifier": "1", "title": "x"}, ' + deep + b"]}", small=0)
    comparison = compare.Comparison(
        {}, "", one.module.identity, lambda item: convert(one.module.read(item), Policy()), lambda _id: {}
    )
    assert [step.action for step in comparison.steps(items)] == ["create", "refuse"]
