"""Another Towpath portal's feed of changes: what changed, what left, where to go on, and by which portals it came."""

import io
import json

import pytest

from ckanext.federation.harvest import dialects, guard, hops, reading
from ckanext.federation.harvest.compare import WITHDRAW, WITHDRAWN, Comparison, Counts, Known
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.dialects import towpath
from ckanext.federation.harvest.record import Hints

URL = "https://data.region.example/feeds/changes.json"
POLICY = Policy(registered_licences=frozenset({"uk-ogl", "notspecified"}))


def change(number, **more):
    dataset = {
        "id": f"d{number}",
        "name": f"trees-{number}",
        "title": f"Trees {number}",
        "notes": "All trees.",
        "type": "dataset",
    }
    dataset |= {
        "license_id": "uk-ogl",
        "legacy_source": "Ezytreev",
        "resources": [{"id": "f", "url": "https://x.example/t.csv"}],
    }
    dataset |= more.pop("dataset", {})
    item = {
        "id": f"d{number}",
        "uri": f"https://data.region.example/dataset/d{number}",
        "change": number,
        "dataset": dataset,
    }
    return item | {"organization": {"name": "dale", "title": "Dale Council"}, "journey": None, **more}


def feed(changes, more=False, token="abc-9"):
    return {"changes": changes, "next": token, "more": more, "next_url": "https://elsewhere.example/?since=abc-9"}


def page(value, url=URL):
    body = json.dumps(value).encode()
    module, document = dialects.choose("auto", body, Hints(url, "application/json"))
    assert module is towpath
    return module.page(document)


def test_an_answer_has_datasets_tombstones_and_where_to_go_on():
    found = page(
        feed([change(1), {"id": "d2", "uri": "u", "change": 2, "withdrawn": "2026-11-25T12:00:00Z"}], more=True),
        URL + "?limit=2",
    )
    assert [towpath.identity(item) for item in found.items] == ["d1"]
    assert found.withdrawn == ["d2"]
    assert found.token == "abc-9"
    # At the address that was asked, whatever the portal calls itself.
    assert found.next_url == URL + "?limit=2&since=abc-9"
    assert page(feed([])).next_url == ""


def test_a_dataset_is_read_with_the_councils_fields():
    converted = convert(towpath.read(change(1)), POLICY)
    assert converted.refused == ""
    dataset = converted.dataset
    assert (dataset["title"], dataset["legacy_source"], dataset["license_id"]) == ("Trees 1", "Ezytreev", "uk-ogl")
    assert dataset["url"] == "https://data.region.example/dataset/d1"
    assert converted.publisher["name"] == "Dale Council"
    assert not [note for note in converted.notes if "legacy_source" in note]


def test_hops_keep_their_order_through_three_portals():
    journey = {"hops": [
        {"position": 2, "portal": "Dale", "url": "https://data.dale.example/d/1", "remote_id": "x", "observed": True},
        {"position": 1, "portal": "Parish", "url": "https://parish.example/1", "step_id": "s", "content_hash": "c"},
    ]}  # fmt: skip
    record = towpath.read(change(1, journey=journey))
    assert [hop["portal"] for hop in record.hops] == ["Parish", "Dale"]
    assert "step_id" not in record.hops[0]
    row = {
        "node_title": "Region",
        "node_name": "region",
        "node_url": "https://data.region.example/",
        "node_feed_url": URL,
    }
    row |= {
        "node_dialect": "towpath",
        "upstream_page": "",
        "upstream_id": "d1",
        "upstream_modified": "",
        "content_hash": "h",
    }
    row["hops"] = convert(record, POLICY).hops
    told = hops.around([row], row)
    assert [hop["portal"] for hop in told["hops"]] == ["Parish", "Dale"]
    assert told["met"] == []
    # What we harvest ourselves is not told twice: Dale is nearer the origin than Region's copy.
    dale = row | {"node_title": "Dale", "node_name": "dale", "node_url": "https://data.dale.example/", "hops": []}
    dale["node_feed_url"] = "https://data.dale.example/feeds/changes.json"
    told = hops.around([dale, row], row)
    assert [hop["portal"] for hop in told["hops"]] == ["Parish", "Dale"]
    assert [hop.get("observed", False) for hop in told["hops"]] == [False, True]


@pytest.mark.parametrize("journey", [None, [], "x", {"hops": None}, {"hops": [None, {"portal": ""}, {"portal": 3}]}])
def test_odd_journeys_hurt_nothing(journey):
    assert len(towpath.read(change(1, journey=journey)).hops) <= 1


def test_a_series_is_refused():
    assert "series" in convert(towpath.read(change(1, dataset={"type": "dataset_series"})), POLICY).refused


def known(*ids):
    return {one: Known(one, f"p-{one}", "s", "c", "active", "active") for one in ids}


def comparison(ids, partial):
    made = Comparison(
        known(*ids), "", towpath.identity, lambda item: convert(towpath.read(item), POLICY), lambda _id: {}
    )
    made.counts.partial = partial
    return made


def test_of_a_part_only_tombstones_are_gone_and_of_the_whole_what_is_missing():
    part = comparison(["d1", "d2", "d3"], 1)
    list(part.steps([change(1)]))
    part.withdrawn.update({"d2", "never-seen"})
    (gone,) = part.gone()
    assert (gone.action, gone.upstream_id, gone.reason) == (WITHDRAW, "d2", WITHDRAWN)
    whole = comparison(["d1", "d2", "d3"], 0)
    list(whole.steps([change(1)]))
    assert [step.upstream_id for step in whole.gone()] == ["d2", "d3"]


def test_what_comes_again_while_the_feed_is_read_is_noticed():
    made = comparison([], 0)
    list(made.steps([change(1), change(2)]))
    assert not made.doubled()
    made.withdrawn.add("d1")
    assert made.doubled()


def test_the_guard_holds_many_tombstones_and_not_a_short_answer():
    nothing = Counts(records=0, partial=1)
    assert guard.judge(nothing, 50, 50, 0, guard.Limits()) == []
    many = Counts(records=0, withdraw=30, partial=1)
    (held,) = guard.judge(many, 50, 50, 0, guard.Limits())
    assert "30 of 50 datasets would be withdrawn" in held


def test_a_large_answer_is_read_as_a_stream():
    body = json.dumps(feed([change(n) for n in range(450)] + [{"id": "gone", "withdrawn": "x"}])).encode()
    one = reading.opened(io.BytesIO(body), Hints(URL, "application/json"), small=0)
    pages = list(one.pages())
    assert sum(len(each.items) for each in pages) == 450
    assert [each for part in pages for each in part.withdrawn] == ["gone"]
    assert {each.token for each in pages} == {"abc-9"}
