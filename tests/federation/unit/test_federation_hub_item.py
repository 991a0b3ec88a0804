"""An ArcGIS item's identity, and the item that a feed lists twice."""

import pytest

from ckanext.federation.harvest import compare
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.dialects import dcat, hub_item, rdf
from ckanext.federation.harvest.dialects.decode import Hints, document

X = "0123456789abcdef0123456789abcdef"
HOME = "https://www.arcgis.com/home/item.html"


@pytest.mark.parametrize(
    ("stated", "canonical"),
    [
        (f"{HOME}?id={X}", f"{HOME}?id={X}"),
        (f"{HOME}?id={X.upper()}", f"{HOME}?id={X}"),
        (f"{HOME}?sublayer=3&id={X}", f"{HOME}?id={X}&sublayer=3"),
        (f"https://WWW.arcgis.com/home/item.html?id={X}&sublayer=0", f"{HOME}?id={X}&sublayer=0"),
        (f"{HOME}?id={X}&sublayer=", f"{HOME}?id={X}"),
        ("https://e.org/A?id=B&sublayer=0", "https://e.org/A?id=B&sublayer=0"),
        (f"{HOME}?id=NOTANITEM&b=1", f"{HOME}?id=NOTANITEM&b=1"),
        ("https://[/item.html?id=1", "https://[/item.html?id=1"),
        ("ABC", "ABC"),
    ],
)
def test_an_items_address_is_written_in_one_way(stated, canonical):
    assert hub_item.canonical(stated) == canonical


def test_only_layer_0_with_the_items_title_is_the_item_again():
    item, other = f"{HOME}?id={X}", f"{HOME}?id={X[::-1]}"
    named = [
        (item, "Trees"),
        (f"{item}&sublayer=0", " trees "),
        (f"{item}&sublayer=1", "Trees"),
        (other, "GNA Layer"),
        (f"{other}&sublayer=0", "GNA Substations"),
        ("https://e.org/d?x=1", "Trees"),
        ("https://e.org/d?x=1&sublayer=0", "Trees"),
    ]
    assert hub_item.repeats(named) == {f"{item}&sublayer=0": item}
    assert hub_item.repeats([(item, ""), (f"{item}&sublayer=0", "")]) == {}


@pytest.mark.parametrize("order", [1, -1])
def test_an_item_listed_twice_is_one_dataset_with_a_note(order):
    two = [
        {"identifier": f"{HOME}?id={X}", "title": "Trees"},
        {"identifier": f"{HOME}?id={X}&sublayer=0", "title": "Trees"},
    ][::order]
    comparison = compare.Comparison(
        {}, "", dcat.identity, lambda one: convert(dcat.read(one), Policy("https://e.org/")), lambda _id: {}
    )
    steps = list(comparison.steps(two, dcat.repeats(two)))
    assert [(step.action, step.upstream_id) for step in steps] == [(compare.CREATE, f"{HOME}?id={X}")]
    assert steps[0].notes == [compare.TWICE]
    assert (comparison.counts.records, comparison.counts.duplicates) == (2, 1)
    assert comparison.contradictions == []


def test_the_same_identity_in_other_words_is_no_contradiction():
    two = [{"identifier": f"{HOME}?id={name}", "title": "Trees", "keyword": tags} for name, tags in
           ((X, ["a", "b"]), (X.upper(), ["b", "a"]))]  # fmt: skip
    read = lambda one: convert(dcat.read(one), Policy("https://e.org/"))  # noqa: E731
    comparison = compare.Comparison({}, "", dcat.identity, read, lambda _id: {})
    assert len(list(comparison.steps(two))) == 1
    assert comparison.contradictions == []
    contrary = [{"identifier": "1", "title": "Trees"}, {"identifier": "1", "title": "Hedges"}]
    comparison = compare.Comparison({}, "", dcat.identity, read, lambda _id: {})
    list(comparison.steps(contrary))
    assert comparison.contradictions == ["1"]


def test_turtle_tells_of_it_too():
    text = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . " + "".join(
        f'<https://e.org/{number}> a dcat:Dataset ; dct:identifier "{HOME}?id={X}{layer}" ; dct:title "Trees" . '
        for number, layer in enumerate(("", "&sublayer=0"))
    )
    page = rdf.page(document(text.encode(), Hints("https://e.org/f", "text/turtle")))
    assert page.repeats == {f"{HOME}?id={X}&sublayer=0": f"{HOME}?id={X}"}
