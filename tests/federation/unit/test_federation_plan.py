"""Comparison, guard, merge, shape, addresses, decompression: what a plan rests on."""

import gzip
import json
import zlib

import pytest

from ckanext.federation.harvest import addresses, compare, guard, inflate
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.dialects import dcat
from ckanext.federation.harvest.merge import merge
from ckanext.federation.harvest.shape import NO_DESCRIPTION, Shape, fit

POLICY = Policy("https://e.org/")


def item(number, **more):
    return {"identifier": str(number), "title": f"Dataset {number}", "keyword": ["b", "a"], **more}


class Portal:
    """What was harvested, as the store would tell it."""

    def __init__(self):
        self.known, self.datasets = {}, {}

    def compare(self, items, digest="d"):
        comparison = compare.Comparison(
            self.known, digest, dcat.identity, lambda one: convert(dcat.read(one), POLICY), self.datasets.__getitem__
        )
        steps = [*comparison.steps(items), *comparison.gone()]
        return comparison, steps

    def harvest(self, items):
        for step in self.compare(items)[1]:
            if step.action == compare.REFUSE:
                continue
            state = "withdrawn" if step.action == compare.WITHDRAW else "active"
            package = "deleted" if state == "withdrawn" else "active"
            old = self.known.get(step.upstream_id)
            signature, content = (
                (step.signature, step.content_hash) if state == "active" else (old.signature, old.content_hash)
            )
            self.known[step.upstream_id] = compare.Known(
                step.upstream_id, "p" + step.upstream_id, signature, content, state, package
            )
            self.datasets[step.upstream_id] = step.dataset or self.datasets[step.upstream_id]


@pytest.fixture
def portal():
    portal = Portal()
    portal.harvest([item(1), item(2), item(3)])
    return portal


def actions(steps):
    return {step.upstream_id: step.action for step in steps}


def test_the_second_time_there_is_nothing_to_do(portal):
    comparison, steps = portal.compare([item(1), item(2), item(3)])
    assert steps == []
    assert comparison.counts.unchanged == 3


def test_order_and_keys_do_not_count(portal):
    shuffled = [dict(reversed(item(number).items())) for number in (3, 1, 2)]
    assert portal.compare(shuffled)[1] == []


def test_order_of_keywords_is_the_same_content(portal):
    comparison, steps = portal.compare([item(1, keyword=["a", "b"]), item(2), item(3)])
    assert steps == []
    assert set(comparison.retouched) == {"1"}


def test_a_new_policy_converts_again_and_finds_the_same(portal):
    comparison, steps = portal.compare([item(1), item(2), item(3)], digest="other")
    assert steps == []
    assert set(comparison.retouched) == {"1", "2", "3"}


def test_new_changed_and_gone(portal):
    _comparison, steps = portal.compare([item(1, title="New title"), item(2), item(4)])
    assert actions(steps) == {"1": "update", "4": "create", "3": "withdraw"}
    change = next(step for step in steps if step.upstream_id == "1").changes
    assert change == [{"field": "title", "old": "Dataset 1", "new": "New title"}]
    assert next(step for step in steps if step.action == "withdraw").reason == compare.GONE


def test_withdrawn_ones_come_back(portal):
    portal.harvest([item(1), item(2)])
    _comparison, steps = portal.compare([item(1), item(2), item(3)])
    assert actions(steps) == {"3": "restore"}


def test_a_refused_record_does_not_make_its_dataset_gone(portal):
    _comparison, steps = portal.compare([item(1), item(2), item(3, title="")])
    assert actions(steps) == {"3": "refuse"}


def test_duplicates_are_taken_once_and_counted(portal):
    comparison, steps = portal.compare([item(1), item(2), item(3), item(3), item(2, title="Other")])
    assert steps == []
    assert comparison.counts.duplicates == 2
    assert comparison.contradictions == ["2"]


def test_purged_here_is_made_again_and_deleted_here_stays_deleted(portal):
    known = portal.known["1"]
    portal.known["1"] = compare.Known("1", known.package_id, known.signature, known.content_hash, "active", "")
    known = portal.known["2"]
    portal.known["2"] = compare.Known("2", known.package_id, known.signature, known.content_hash, "active", "deleted")
    comparison, steps = portal.compare([item(1), item(2), item(3)])
    assert actions(steps) == {"1": "create"}
    assert comparison.counts.kept_out == 1


@pytest.mark.parametrize(
    "broken", [None, 3, "text", [], {}, {"title": "No identifier"}, {"identifier": "x" * 2000, "title": "t"}]
)
def test_what_is_no_record_is_refused_with_a_reason(portal, broken):
    _comparison, steps = portal.compare([item(1), item(2), item(3), broken])
    assert [step.action for step in steps] == ["refuse"]
    assert steps[0].reason


def test_a_record_nested_too_deeply_is_that_records_failure(portal):
    deep = json.loads("[" * 900 + "]" * 900)
    _comparison, steps = portal.compare([item(1), item(2), item(3), item(4, spatial=deep)])
    assert len(steps) == 1


def test_files_are_compared_one_by_one():
    old = {"resources": [{"url": "u1", "name": "One", "format": "CSV"}, {"url": "u2", "name": "Two"}]}
    new = {"resources": [{"url": "u1", "name": "One", "format": "XLSX"}, {"url": "u3", "name": "Three"}]}
    fields = [change["field"] for change in compare.changes(old, new)]
    assert fields == ["file u1: format", "file u2", "file u3"]


LIMITS = guard.Limits()


@pytest.mark.parametrize(
    ("counts", "active", "last", "relicensed", "held"),
    [
        (compare.Counts(records=0), 10, 10, 0, True),
        (compare.Counts(records=0), 0, 0, 0, False),
        (compare.Counts(records=9, withdraw=1), 10, 10, 0, False),
        (compare.Counts(records=1, withdraw=1), 2, 2, 0, False),
        (compare.Counts(records=8, withdraw=2), 10, 10, 0, False),
        (compare.Counts(records=7, withdraw=3), 10, 10, 0, True),
        (compare.Counts(records=40, withdraw=10), 100, 100, 0, True),
        (compare.Counts(records=10, update=4), 10, 10, 4, True),
        (compare.Counts(records=10, update=3), 10, 10, 3, False),
        (compare.Counts(records=2, update=2), 2, 2, 2, False),
    ],
)
def test_guard(counts, active, last, relicensed, held):
    assert bool(guard.judge(counts, active, last, relicensed, LIMITS)) is held


def test_a_stewards_work_survives_a_changed_feed():
    last = {
        "title": "Old",
        "notes": "n",
        "tags": [{"name": "a"}],
        "resources": [{"url": "u1", "name": "x", "format": "CSV"}],
    }
    here = {
        **last, "id": "p", "lgsl_service": "524", "title": "Steward's title",
        "tags": [{"name": "a", "id": "1"}, {"name": "mine", "id": "2"}],
        "resources": [{"id": "r1", "url": "u1", "name": "x", "format": "CSV", "datastore_active": True}],
    }  # fmt: skip
    new = {
        "title": "New",
        "notes": "m",
        "tags": [{"name": "b"}],
        "resources": [{"url": "u1", "name": "y"}, {"url": "u2"}],
    }
    merged, kept = merge(here, last, new)
    assert kept == ["title"]
    assert (merged["title"], merged["notes"], merged["lgsl_service"]) == ("Steward's title", "m", "524")
    assert [tag["name"] for tag in merged["tags"]] == ["b", "mine"]
    assert merged["resources"] == [{"id": "r1", "datastore_active": True, "url": "u1", "name": "y"}, {"url": "u2"}]


def test_a_field_that_upstream_emptied_is_emptied():
    merged, _kept = merge({"version": "1", "theme": ["t"]}, {"version": "1", "theme": ["t"]}, {})
    assert (merged["version"], merged["theme"]) == ("", [])


def test_stock_ckan_gets_extras_and_scheming_its_fields():
    dataset = {
        "title": "T",
        "tags": ["a"],
        "theme": ["x"],
        "publisher": [{"name": "P"}],
        "issued": "2020",
        "resources": [],
    }
    extras = {one["key"]: one["value"] for one in fit(dataset, Shape())["extras"]}
    assert extras == {"theme": '["x"]', "publisher_name": "P", "issued": "2020"}
    shape = Shape(frozenset({"theme", "publisher"}), frozenset(), frozenset({"publisher"}), frozenset({"notes"}))
    fitted = fit(dataset, shape)
    assert fitted["publisher"] == [{"name": "P"}]
    assert "issued" not in fitted
    assert fitted["notes"] == NO_DESCRIPTION


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::"],
)  # fmt: skip
def test_private_addresses(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses(address):
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url", ["ftp://e.org/", "file:///etc/passwd", "gopher://e.org", "http://", "//e.org", "http://u:p@e.org/", "http://e.org:99999/", "http://[::1"]
)  # fmt: skip
def test_addresses_that_are_never_tried(url):
    assert addresses.problem(url)


def inflated(encoding, body, limit=10_000, chunk=7):
    sink = inflate.Inflater(encoding, limit)
    for start in range(0, len(body), chunk):
        sink.feed(body[start : start + chunk])
    return sink.finish().read()


def test_decompression_believes_the_bytes_and_not_the_header():
    text = b'{"dataset": []}' * 20
    raw = zlib.compressobj(wbits=-15)
    assert inflated("gzip", gzip.compress(text)) == text
    assert inflated("", gzip.compress(text)) == text
    assert inflated("gzip", text) == text
    assert inflated("gzip", gzip.compress(gzip.compress(text))) == text
    assert inflated("gzip", gzip.compress(text[:9]) + gzip.compress(text[9:])) == text
    assert inflated("deflate", zlib.compress(text)) == text
    assert inflated("deflate", raw.compress(text) + raw.flush(), chunk=4096) == text
    assert inflated("br", text) == text


def test_a_bomb_and_a_cut_are_refused():
    with pytest.raises(inflate.TooLarge):
        inflated("gzip", gzip.compress(b"0" * 50_000_000), limit=1_000_000, chunk=65536)
    with pytest.raises(inflate.Broken):
        inflated("gzip", gzip.compress(b"some text that is long enough")[:-12])
