"""Which form a request means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.feeds import formats

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "extension"),
    [
        (None, None),
        ("", None),
        ("*/*", None),
        (CHROME, None),
        ("text/*", None),
        ("application/*", "rdf"),
        ("image/png", None),
        ("application/json", None),
        ("application/xml", None),
        ("text/turtle", "ttl"),
        ("TEXT/TURTLE", "ttl"),
        ("text/turtle; charset=utf-8", "ttl"),
        ("text/turtle;q=0", None),
        ("text/turtle;q=abc", None),
        ("text/turtle;q=1.5", None),
        ("text/turtle;q=0.5,text/html", None),
        ("text/turtle,text/html;q=0.5", "ttl"),
        ("text/turtle,text/html", None),
        ("text/turtle, */*;q=0.1", "ttl"),
        ("text/turtle;q=0.9, */*;q=0.9", None),
        ("text/html;q=0, */*", "ttl"),
        ("application/xhtml+xml, text/turtle", None),
        ("application/rdf+xml, text/turtle", "rdf"),
        ("text/turtle, application/rdf+xml", "ttl"),
        ("text/turtle;q=0.8, application/ld+json;q=0.9", "jsonld"),
        ("application/n-triples", "nt"),
        ("text/n3", "n3"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', "jsonld"),
        ("application/rdf+xml;q=0.9,text/turtle;q=0.9,*/*;q=0.1", "rdf"),
        (",,;;", None),
    ],
)
def test_negotiate(accept, extension):
    form = formats.negotiate(accept)
    assert (form.ext if form else None) == extension


@given(st.text())
def test_any_header_is_answered(header):
    formats.negotiate(header)
    formats.coding(header, ("zstd", "gzip"))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("gzip;q=0", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("*, gzip;q=0", False),
        ("gzip;q=x", False),
        ("br;q=1, gzip;q=0.5", True),
    ],
)
def test_gzip_only_when_accepted(header, expected):
    assert formats.coding(header, ("gzip",)) == ("gzip" if expected else "")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip, zstd", "zstd"),
        ("gzip, zstd;q=0.5", "gzip"),
        ("*", "zstd"),
        ("*, zstd;q=0", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("br", ""),
    ],
)
def test_the_coding_liked_best(header, expected):
    assert formats.coding(header, ("zstd", "gzip")) == expected
