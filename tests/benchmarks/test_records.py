"""Both sides are given the same data: the two feeds, and the two forms of package_create."""

import json
from collections.abc import Callable

import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, RDF

from . import package
from .records import Record, data_json, dcat_ap, record, records
from .suites.feeds import described


def test_records_are_reproducible_and_batches_do_not_meet() -> None:
    assert records(5, "a") == records(5, "a")
    ids = {each["id"] for batch in ("a", "b") for each in records(50, batch)}
    assert len(ids) == 100


def test_the_jsonld_feed_means_what_the_record_says() -> None:
    found = records(7, "x", resources=4)
    graph = rdflib.Graph().parse(data=dcat_ap(found), format="json-ld")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 7
    first = rdflib.URIRef(found[0]["id"])
    assert str(graph.value(first, DCTERMS.title)) == found[0]["title"]
    files = list(graph.objects(first, DCAT.distribution))
    assert {str(graph.value(file, DCAT.accessURL)) for file in files} == {file["url"] for file in found[0]["files"]}
    assert {str(word) for word in graph.objects(first, DCAT.keyword)} == set(found[0]["keywords"])


def test_the_data_json_feed_holds_the_same_datasets() -> None:
    found = records(3, "x")
    feed = json.loads(data_json(found))["dataset"]
    assert [each["identifier"] for each in feed] == [each["id"] for each in found]
    assert [len(each["distribution"]) for each in feed] == [3, 3, 3]


def test_both_forms_of_a_package_carry_the_same_facts() -> None:
    each = record(3, "x", 2)
    ours, stock = package.ours(each, "org"), package.stock(each, "org")
    extras = {pair["key"]: pair["value"] for pair in stock["extras"]}
    assert ours["resources"] == stock["resources"]
    for field in ("name", "title", "notes", "owner_org", "url", "license_id"):
        assert ours[field] == stock[field]
    for field in ("identifier", "issued", "modified"):
        assert ours[field] == extras[field]
    assert ours["theme"] == json.loads(extras["theme"])
    assert ours["publisher"][0]["name"] == extras["publisher_name"]
    assert ours["tag_string"].split(",") == [tag["name"] for tag in stock["tags"]]


def test_datasets_are_counted_in_turtle() -> None:
    turtle = (
        b"@prefix dcat: <http://www.w3.org/ns/dcat#> . <urn:a> a dcat:Dataset . <urn:b> a dcat:Dataset, dcat:Resource ."
    )
    assert len(described(turtle)) == 2
    assert described(turtle, "Distribution") == set()
    with pytest.raises(SyntaxError):
        described(b"<urn:a> a")


@pytest.mark.parametrize("render", [dcat_ap, data_json])
def test_another_day_makes_other_bytes_of_the_same_datasets(render: Callable[[list[Record], int], bytes]) -> None:
    found = records(3, "x")
    one, two = render(found, 1), render(found, 40)
    assert one != two
    assert [each for key, each in json.loads(one).items() if "dataset" in key] == [
        each for key, each in json.loads(two).items() if "dataset" in key
    ]
