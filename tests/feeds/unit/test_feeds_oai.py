"""OAI-PMH: arguments, tokens, and answers as XML; sitemaps and feeds of changes beside them."""

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ckanext.feeds.catalogue import Catalogue
from ckanext.feeds.forms import changes, oai, oai_xml, sitemap
from ckanext.feeds.forms.record import Agent, Dataset, Licence

WHEN = datetime(2026, 11, 25, 12, 0, 0, 999)
SITE = Catalogue("https://d.example", "Site & co", "", "https://d.example/", ("en_GB",), "", "Council")
DATASET = Dataset(
    id="i",
    name="n",
    type="dataset",
    uri="https://d.example/dataset/i",
    page="https://d.example/dataset/n",
    title="<Títle>",
    description="words " * 200,
    keywords=("a",),
    publisher=Agent("Council"),
    licence=Licence("OGL", "https://ogl.example"),
    record_created="2026-01-01T00:00:00Z",
    modified="2026-10",
)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "badVerb"),
        ({"verb": ["Nothing"]}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": ["Identify"], "from": ["2026-01-01"]}, "badArgument"),
        ({"verb": ["GetRecord"], "identifier": ["x"]}, "badArgument"),
        ({"verb": ["GetRecord"], "identifier": ["x", "y"], "metadataPrefix": ["oai_dc"]}, "badArgument"),
        ({"verb": ["GetRecord"], "identifier": ["x"], "metadataPrefix": ["marc"]}, "cannotDisseminateFormat"),
        ({"verb": ["ListRecords"]}, "badArgument"),
        ({"verb": ["ListRecords"], "metadataPrefix": ["oai_dc"], "from": ["yesterday"]}, "badArgument"),
        ({"verb": ["ListRecords"], "metadataPrefix": ["oai_dc"], "from": ["2026-13-01"]}, "badArgument"),
        ({"verb": ["ListRecords"], "metadataPrefix": ["oai_dc"], "from": ["2026-01-01T00:00:00+01:00"]}, "badArgument"),
        (
            {"verb": ["ListRecords"], "metadataPrefix": ["oai_dc"], "from": ["2026-02-01"], "until": ["2026-01-01"]},
            "badArgument",
        ),
        (
            {
                "verb": ["ListRecords"],
                "metadataPrefix": ["oai_dc"],
                "from": ["2026-01-01"],
                "until": ["2026-02-01T00:00:00Z"],
            },
            "badArgument",
        ),
        ({"verb": ["ListRecords"], "metadataPrefix": ["oai_dc"], "set": ["a b"]}, "badArgument"),
        ({"verb": ["ListRecords"], "resumptionToken": ["x"], "metadataPrefix": ["oai_dc"]}, "badArgument"),
        ({"verb": ["ListRecords"], "resumptionToken": ["nonsense"]}, "badResumptionToken"),
        ({"verb": ["ListRecords"], "resumptionToken": [""]}, "badResumptionToken"),
        ({"verb": ["ListSets"], "resumptionToken": ["x"]}, "badResumptionToken"),
    ],
)
def test_wrong_requests(query, code):
    with pytest.raises(oai.Wrong) as caught:
        oai.asked(query)
    assert caught.value.code == code


def test_days_are_whole():
    asked = oai.asked(
        {"verb": ["ListIdentifiers"], "metadataPrefix": ["dcat"], "from": ["2026-01-01"], "until": ["2026-01-01"]}
    )
    assert (asked.since, asked.until) == (datetime(2026, 1, 1), datetime(2026, 1, 1, 23, 59, 59))


_MOMENTS = st.none() | st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1))


@given(_MOMENTS, _MOMENTS, st.integers(0, 2**40), st.integers(0, 2**40), st.sampled_from(["", "a-b"]))
def test_a_token_brings_the_request_back(since, until, after, cursor, of_set):
    asked = oai.Asked("ListRecords", "", "dcat", of_set, since, until, after, cursor, 7)
    text = oai.token(asked)
    assert oai.asked({"verb": ["ListRecords"], "resumptionToken": [text]}) == asked
    with pytest.raises(oai.Wrong):
        oai.asked({"verb": ["ListIdentifiers"], "resumptionToken": [text]})


@given(st.text() | st.binary().map(lambda b: __import__("base64").urlsafe_b64encode(b).decode()))
def test_no_text_is_taken_for_a_token_by_accident(text):
    with pytest.raises(oai.Wrong) as caught:
        oai.asked({"verb": ["ListRecords"], "resumptionToken": [text]})
    assert caught.value.code == "badResumptionToken"


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda i: st.lists(i, max_size=9)))
def test_nor_is_json(value):
    import base64

    text = base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    with pytest.raises(oai.Wrong):
        oai.asked({"verb": ["ListRecords"], "resumptionToken": [text]})


def test_answers_as_xml():
    root, parent = oai_xml.answer(WHEN, "https://d.example/oai", {"verb": "Identify"}, "Identify")
    repository = oai_xml.Repository(
        "A & B", "https://d.example/oai", "d.example", "x@d.example", WHEN, "oai:d.example:1", "transient"
    )
    oai_xml.identify(parent, repository)
    text = oai_xml.to_bytes(root)
    names = [etree.QName(e).localname for e in etree.fromstring(text)[2]]
    # The order is the schema's.
    assert names == [
        "repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord", "granularity",
        "description",
    ]  # fmt: skip
    assert b"2026-11-25T12:00:00Z" in text and b"A &amp; B" in text


def test_dublin_core():
    root = oai_xml.dublin_core(DATASET)
    assert root.tag == f"{{{oai_xml.OAI_DC}}}dc"
    values = [(etree.QName(e).localname, e.text) for e in root]
    assert (
        ("title", "<Títle>") in values and ("rights", "https://ogl.example") in values and ("date", "2026-10") in values
    )
    fifteen = {"title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format"}
    fifteen |= {"identifier", "source", "language", "relation", "coverage", "rights"}
    assert {name for name, _ in values} <= fifteen and all(text for _, text in values)


def test_sitemaps():
    pages = [("https://d.example/a?b&c", WHEN), ("https://d.example/ŵ", None)]
    root = etree.fromstring(b"".join(sitemap.urlset(pages)))
    ns = {"s": sitemap.NAMESPACE}
    assert root.xpath("//s:loc/text()", namespaces=ns) == ["https://d.example/a?b&c", "https://d.example/ŵ"]
    assert root.xpath("//s:lastmod/text()", namespaces=ns) == ["2026-11-25T12:00:00Z"]
    index = etree.fromstring(b"".join(sitemap.index([("https://d.example/sitemap-1.xml", WHEN)])))
    assert etree.QName(index).localname == "sitemapindex"


CHANGES = [
    changes.Change(9, DATASET.uri, WHEN, DATASET),
    changes.Change(8, "https://d.example/dataset/gone", WHEN, None),
]
PAGE = changes.Page("https://d.example/f?before=10", "https://d.example/f", "https://d.example/f?before=8", WHEN)
WORDS = changes.Words("Changes", "Withdrawn")


def test_atom():
    root = etree.fromstring(changes.atom(CHANGES, PAGE, SITE, WORDS))
    ns = {"a": changes.ATOM, "at": changes.TOMBSTONES}
    assert root.xpath("a:id/text()|a:title/text()|a:updated/text()", namespaces=ns) == [
        "https://d.example/f", "Changes", "2026-11-25T12:00:00Z",
    ]  # fmt: skip
    links = {e.get("rel"): e.get("href") for e in root.findall("a:link", ns)}
    assert links["self"].endswith("before=10") and links["first"].endswith("/f") and links["next"].endswith("before=8")
    (entry,) = root.findall("a:entry", ns)
    assert (
        entry.findtext("a:title", namespaces=ns) == "<Títle>" and entry.findtext("a:id", namespaces=ns) == DATASET.uri
    )
    assert len(entry.findtext("a:summary", namespaces=ns) or "") <= 500
    (gone,) = root.findall("at:deleted-entry", ns)
    assert (gone.get("ref"), gone.get("when")) == ("https://d.example/dataset/gone", "2026-11-25T12:00:00Z")


def test_json_feed():
    feed = json.loads(changes.json_feed(CHANGES, PAGE, SITE, WORDS))
    assert (
        feed["version"] == "https://jsonfeed.org/version/1.1"
        and feed["title"]
        and feed["next_url"].endswith("before=8")
    )
    first, gone = feed["items"]
    assert first["id"] == DATASET.uri and first["url"] == DATASET.page and first["content_text"]
    assert first["_towpath"] == {"change": 9, "withdrawn": False} and gone["_towpath"]["withdrawn"] is True
    last = changes.Page(PAGE.address, PAGE.first, "", WHEN)
    assert "next_url" not in json.loads(changes.json_feed([], last, SITE, WORDS))
