"""Addresses, texts and codes as people type them."""

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import BNode, Literal, URIRef

from ckanext.feeds import iris, places, vocabulary


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("  https://example.org/a b.csv\n", "https://example.org/a%20b.csv"),
        ("HTTP://Example.org/A", "http://Example.org/A"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("https://example.org/?q=[x]|{y}", "https://example.org/?q=%5Bx%5D%7C%7By%7D"),
        ("https://[2001:db8::1]/a[1]", "https://[2001:db8::1]/a%5B1%5D"),
        ("https://example.org/a#b#c", "https://example.org/a#b%23c"),
        ("https://example.org/ŵ", "https://example.org/ŵ"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("www.example.org", None),
        ("/relative", None),
        ("", None),
        ("http://", None),
        ("http:///path", None),
        ("http://host:port/", None),
        ("http://[::1", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("Health: adult care", None),
    ],
)
def test_clean_iri(given_text, expected):
    assert iris.clean_iri(given_text) == expected


@given(st.text())
@example("http://a/\ud800")
@example("http://\U000e0001/")
def test_what_is_called_clean_is_valid_and_stays(text):
    for candidate in (text, "https://example.org/" + text, "https://" + text, "mailto:" + text):
        cleaned = iris.clean_iri(candidate)
        if cleaned is not None:
            ox.NamedNode(cleaned)
            assert URIRef(cleaned).n3()
            assert iris.clean_iri(cleaned) == cleaned


@given(st.text())
def test_text_can_be_written_as_xml(text):
    cleaned = iris.clean_text(text)
    assert iris.clean_text(cleaned) == cleaned
    cleaned.encode()
    document = ox.serialize(
        [ox.Triple(ox.NamedNode("urn:x:s"), ox.NamedNode("urn:x:p"), ox.Literal(cleaned))], format=ox.RdfFormat.RDF_XML
    )
    assert [t.object.value for t in ox.parse(document, format=ox.RdfFormat.RDF_XML)] == [cleaned]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (URIRef("Environment"), Literal("Environment")),
        (URIRef("mailto:who knows"), URIRef("mailto:who%20knows")),
        (URIRef(""), None),
        (Literal("  "), None),
        (Literal("a", lang="en-GB"), Literal("a", lang="en-gb")),
        (Literal("a\x0bb\r\nc"), Literal("ab\nc")),
        (BNode("x"), BNode("x")),
    ],
)
def test_clean_object(term, expected):
    assert iris.clean_object(term) == expected


def test_predicates_are_element_names():
    assert iris.clean_predicate(URIRef("http://purl.org/dc/terms/title"))
    assert iris.clean_predicate(URIRef("http://example.org/9")) is None
    assert iris.clean_predicate(URIRef("http://example.org/")) is None


@pytest.mark.parametrize(
    ("find", "text", "code"),
    [
        (vocabulary.language_uri, "en", "language/ENG"),
        (vocabulary.language_uri, "en_GB", "language/ENG"),
        (vocabulary.language_uri, "cy", "language/CYM"),
        (vocabulary.language_uri, "Cymraeg", "language/CYM"),
        (vocabulary.language_uri, "eng", "language/ENG"),
        (vocabulary.frequency_uri, "Quarterly", "frequency/QUARTERLY"),
        (vocabulary.frequency_uri, "R/P3M", "frequency/QUARTERLY"),
        (vocabulary.frequency_uri, "freq:annual", "frequency/ANNUAL"),
        (vocabulary.frequency_uri, "as-needed", "frequency/IRREG"),
        (vocabulary.theme_uri, "Environment", "data-theme/ENVI"),
        (vocabulary.theme_uri, "tran", "data-theme/TRAN"),
    ],
)
def test_codes(find, text, code):
    assert find(text) == vocabulary.AUTHORITY + code


@pytest.mark.parametrize("find", [vocabulary.language_uri, vocabulary.frequency_uri, vocabulary.theme_uri])
def test_unknown_words_have_no_code(find):
    assert find("klingon") is None
    assert find("") is None


def test_media_types_and_files():
    assert vocabulary.media_type_uri("Text/CSV; charset=utf-8") == vocabulary.IANA + "text/csv"
    assert vocabulary.media_type_uri("CSV") is None
    assert vocabulary.file_type(" .csv ") == (vocabulary.AUTHORITY + "file-type/CSV", "text/csv")
    assert vocabulary.file_type("punch card") is None


@pytest.mark.parametrize(
    ("wkt", "expected"),
    [
        ("POINT (-1.5 53.8)", "POINT (-1.5000 53.8000)"),
        (
            "POLYGON ((0 0, 2 0, 1 3, 0 0))",
            "POLYGON ((0.0000 0.0000, 2.0000 0.0000, 2.0000 3.0000, 0.0000 3.0000, 0.0000 0.0000))",
        ),
        ("GEOMETRYCOLLECTION (POINT (1 2), POINT (1 2))", "POINT (1.0000 2.0000)"),
        ("POLYGON EMPTY", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_extent(wkt, expected):
    assert places.extent(wkt) == expected
