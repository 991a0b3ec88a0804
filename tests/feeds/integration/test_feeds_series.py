"""Series in the feed: who is in one, who comes before and after whom, and that it stays true when any of them changes."""

import itertools

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rdflib import DCTERMS, RDF, Literal, URIRef

from ckanext.feeds import jobs, store
from ckanext.feeds.ranges import DATASET_SERIES, FIRST, IN_SERIES, LAST, NEXT, PREV

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


@pytest.fixture
def org():
    return factories.Organization()


def made(org, title, kind="dataset", **values):
    values = {"notes": f"About {title}", "license_id": "uk-ogl", "name": title.lower(), **values}
    return call_action("package_create", type=kind, title=title, owner_org=org["id"], **values)


def ref(dataset):
    return URIRef(dataset.get("uri") or f"http://test.ckan.net/dataset/{dataset['id']}")


def period(year):
    return [{"start": f"{year}-01-01", "end": f"{year}-12-31"}]


def yearly(org, series, *years):
    return [made(org, f"Y{y}", in_series=[series["id"]], temporal_coverage=period(y)) for y in years]


def chain(graph, series, members):
    """What the feed says of a series' members in this order, and what it should say."""
    told = {(p, s, o) for p in (PREV, NEXT, FIRST, LAST) for s, o in graph.subject_objects(p)}
    refs = [ref(each) for each in members]
    due = {(NEXT, a, b) for a, b in itertools.pairwise(refs)} | {(PREV, b, a) for a, b in itertools.pairwise(refs)}
    ends = {(FIRST, ref(series), refs[0]), (LAST, ref(series), refs[-1])} if refs else set()
    assert set(graph.subjects(IN_SERIES, ref(series))) == set(refs)
    return told, due | ends


def test_order_and_its_changes(org, read, violations):
    series = made(org, "Spending", "dataset_series")
    middle, last, first = yearly(org, series, 2025, 2026, 2024)

    def holds(*members):
        graph = read("/catalog.ttl")
        told, due = chain(graph, series, members)
        assert told == due
        return graph

    assert violations(holds(first, middle, last)) == []
    assert violations(read(f"/dataset/{middle['id']}.ttl")) == []
    call_action("package_patch", id=first["id"], temporal_coverage=period(2030))
    holds(middle, last, first)
    (between,) = yearly(org, series, 2027)
    holds(middle, last, between, first)
    call_action("package_patch", id=last["id"], private=True)
    holds(middle, between, first)
    call_action("package_delete", id=middle["id"])
    holds(between, first)
    call_action("dataset_purge", id=first["id"])
    assert violations(holds(between)) == []
    call_action("package_patch", id=between["id"], in_series=[])
    holds()


def test_a_single_dataset_is_right_at_once(org, read):
    """Before any job ran and without the catalogue being read."""
    series = made(org, "Spending", "dataset_series")
    first, second = yearly(org, series, 2024, 2025)
    graph = read(f"/dataset/{first['id']}.ttl")
    assert (ref(first), NEXT, ref(second)) in graph
    assert (ref(series), LAST, ref(second)) in read(f"/dataset_series/{series['id']}.ttl")


def test_the_job_brings_the_neighbours_up_to_date(org):
    series = made(org, "Spending", "dataset_series")
    yearly(org, series, 2024, 2026)
    jobs.render_pending()
    assert store.pending() == []
    yearly(org, series, 2025)
    assert len(store.pending()) == 2, "both neighbours; the ends stay"
    jobs.render_pending()
    assert store.pending() == []


def test_the_series_own_words_and_order(org, read, violations):
    series = made(org, "Spending", "dataset_series", uri="https://council.example/id/spending")
    old, new = yearly(org, series, 2024, 2025)
    graph = read(f"/dataset/{old['id']}.ttl")
    assert (ref(old), IN_SERIES, ref(series)) in graph and (ref(series), RDF.type, DATASET_SERIES) in graph
    call_action("package_patch", id=series["id"], title="Money", series_order_field="version")
    call_action("package_patch", id=old["id"], version="9")
    graph = read("/catalog.ttl")
    assert set(graph.objects(ref(series), DCTERMS.title)) == {Literal("Money")}
    told, due = chain(graph, series, [new, old])
    assert told == due and violations(graph) == []
    call_action("package_patch", id=series["id"], private=True)
    graph = read("/catalog.ttl")
    assert "council.example" not in graph.serialize(format="nt"), "nobody is told of a series that he may not read"
    assert violations(graph) == []


def test_another_address_of_a_member(org, read):
    series = made(org, "Spending", "dataset_series")
    old, new = yearly(org, series, 2024, 2025)
    read("/catalog.ttl")
    new = call_action("package_patch", id=new["id"], uri="https://council.example/id/2025")
    told, due = chain(read("/catalog.ttl"), series, [old, new])
    assert told == due


def test_two_series(org, read, violations):
    yearlies, money = made(org, "Years", "dataset_series"), made(org, "Money", "dataset_series")
    both = made(org, "Both", in_series=[yearlies["id"], money["id"]], temporal_coverage=period(2024))
    (after,) = yearly(org, yearlies, 2025)
    graph = read("/catalog.ttl")
    assert set(graph.objects(ref(both), IN_SERIES)) == {ref(yearlies), ref(money)}
    assert (ref(both), NEXT, ref(after)) in graph and (ref(money), LAST, ref(both)) in graph
    assert violations(graph) == []


def test_who_is_being_saved_is_not_waited_for(org):
    """Two neighbours saved at once must not wait for each other: the second is left to a job."""
    series = made(org, "Spending", "dataset_series")
    first, second = yearly(org, series, 2024, 2025)
    other = model.meta.engine.connect()
    try:
        other.exec_driver_sql("SELECT 1 FROM feeds_fragment WHERE package_id = %s FOR UPDATE", (first["id"],))
        assert store.mark([first["id"], second["id"]]) == [first["id"]]
    finally:
        other.close()
        model.Session.rollback()
