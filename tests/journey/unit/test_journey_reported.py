"""What a report of a tool says of times and of facets taken back, without a portal."""

from __future__ import annotations

import itertools

import pytest

from ckanext.journey.lineage import document, fold, shape

MADE = {"_producer": "https://example.org/etl", "_schemaURL": "https://example.org/facet.json"}
SUM, OTHER = "a" * 64, "b" * 64


def report(at, kind="RUNNING", job=None, **facets):
    return {
        "eventType": kind, "eventTime": at, "producer": "https://example.org/etl",
        "run": {"runId": "0198c0de-0000-7000-8000-000000000001"},
        "job": {"namespace": "finance", "name": "nightly", "facets": job or {}},
        "outputs": [{"namespace": "files", "name": "spend.csv", "facets": facets}],
    }  # fmt: skip


def step(reports):
    state = None
    for sequence, each in enumerate(reports):
        about = {"links": [], "visibility": "public", "recorded": "2026-01-01T00:00:00", "sequence": sequence}
        state = fold.fold(state, "run", each, about)
    return shape.step(state, {}, None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T09:30:00.25+10:00[Australia/Sydney]",
        "2026-02-28t23:30:00.250z",
        "2026-02-28T23:30:00.250000000Z[Etc/UTC]",
        "2026-02-28T23:30:00.25",
    ],
)
def test_times_as_tools_write_them(text):
    assert document.when(text).isoformat() == "2026-02-28T23:30:00.250000+00:00"


@pytest.mark.parametrize("text", ["", "[UTC]", "yesterday[UTC]", "2026-02-28T23:30:00Z[]", "2026-02-30T00:00:00Z"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(document.DocumentError, match="eventTime"):
        document.when(text)


def test_a_facet_that_was_taken_back_tells_nothing_in_whatever_order():
    reports = [
        report("2026-01-01T10:00:00Z", "START", {"towpath_step": MADE | {"type": "validate"}},
               towpath_checksum=MADE | {"sha256": SUM}),
        report("2026-01-01T10:01:00Z", "RUNNING", {"towpath_step": MADE | {"_deleted": True, "type": "validate"}},
               towpath_checksum=MADE | {"_deleted": True, "sha256": SUM}),
    ]  # fmt: skip
    assert (step(reports[:1]).type, step(reports[:1]).outputs[0].sha256) == ("validate", SUM)
    for order in itertools.permutations(reports):
        assert (step(order).type, step(order).outputs[0].sha256) == ("clean", None)


def test_a_facet_told_again_after_it_was_taken_back_counts():
    reports = [
        report("2026-01-01T10:00:00Z", towpath_checksum=MADE | {"_deleted": True}),
        report("2026-01-01T10:01:00Z", "COMPLETE", towpath_checksum=MADE | {"_deleted": False, "sha256": OTHER}),
    ]
    for order in itertools.permutations(reports):
        assert step(order).outputs[0].sha256 == OTHER
