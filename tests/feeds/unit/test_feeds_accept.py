"""Which form besides RDF an Accept header means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.feeds.forms import accept, registry


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, None),
        ("*/*", None),
        ("application/*", None),
        ("text/html", None),
        ("application/json", "dcat-us"),
        ("application/json; charset=utf-8", "dcat-us"),
        ("application/json;q=0", None),
        ("application/json;q=high", None),
        ("application/json, */*", None),
        ("application/json, */*;q=0.8", "dcat-us"),
        ("application/ld+json", None),
        ('application/ld+json; profile="https://schema.org"', "schema-org"),
        ('application/ld+json; profile="http://schema.org/"', None),
        ('application/ld+json;profile="http://mlcommons.org/croissant/1.0";q=0.3', "croissant"),
        ('application/json;profile="https://w3id.org/co-cddo/ukgov-metadata-exchange-model"', "uk"),
        ('application/json;profile="urn:nobody"', None),
        ("text/csv", "datasets-csv"),
        ("application/json;q=0.4, text/csv;q=0.5", "datasets-csv"),
        ("text/csv, application/json", "datasets-csv"),
        ("text/turtle, application/json", None),
        ("application/json, text/turtle", "dcat-us"),
        ("application/json;q=0.5, text/turtle", None),
        ("application/json" + "," * 5000, None),
    ],
)
def test_chosen(header, name):
    found = accept.chosen(header, registry.FORMS)
    assert (found.name if found else None) == name


@given(st.text())
def test_any_header_has_an_answer(header):
    accept.chosen(header, registry.FORMS)
