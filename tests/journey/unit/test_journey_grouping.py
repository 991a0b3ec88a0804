"""Runs of what the portal recorded by itself as one entry each; several files in one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey import grouping, timeline, vocab

START = datetime(2026, 11, 23, 16, 34, tzinfo=UTC)
NO_ROWS = timeline.balance(None, None)


def side(name="f.csv", sha256="aa", rows=10, size=100, meets=False):
    return {"name": name, "sha256": sha256, "rows": rows, "bytes": size, "meets": meets}


def step(number, kind="load", minutes=0.0, **values):
    blank = dict.fromkeys(["ended", "rationale", "system", "plan"])
    base = {"id": f"s{number}", "type": kind, "stage": vocab.stage_of(kind), "capture": "auto", "agent_role": "system"}
    base |= {"visibility": "public", "day_only": False, "resource_id": f"r{number}", "rows": NO_ROWS, "detail": {}}
    base |= {"started": (START + timedelta(minutes=minutes)).isoformat(), "inputs": [], "outputs": []}
    return blank | base | {"evidence": [], "evidence_withheld": 0} | values


def shape(steps):
    return [(entry["type"], [each["id"] for each in entry["steps"]]) for entry in grouping.entries(steps)]


def test_uploads_and_loads_in_turns_are_two_entries():
    kinds = ["publish", "correct", "receive", "load", "correct", "receive", "load"]
    found = shape([step(n, kind, n) for n, kind in enumerate(kinds)])
    expected = [("publish", ["s0"]), ("correct", ["s1", "s4"]), ("receive", ["s2", "s5"]), ("load", ["s3", "s6"])]
    assert found == expected


@pytest.mark.parametrize(
    "values",
    [
        {"capture": "manual"},
        {"capture": "harvest"},
        {"day_only": True},
        {"started": None},
        {"rationale": "The council asked for it"},
        {"evidence": [{"kind": "approval"}]},
        {"evidence_withheld": 1},
        {"agent_role": "editor"},
        {"type": "publish"},
    ],
)
def test_a_step_that_tells_more_stands_alone(values):
    assert [ids for _kind, ids in shape([step(1), step(2, **values), step(3)])][1] == ["s2"]


@pytest.mark.parametrize(("minutes", "entries"), [(59, 1), (60, 2)])
def test_a_pause_ends_a_group(minutes, entries):
    assert len(shape([step(1), step(2, minutes=minutes)])) == entries


def test_a_pause_counts_from_the_end_of_a_step():
    ended = (START + timedelta(minutes=50)).isoformat()
    assert len(shape([step(1, ended=ended), step(2, minutes=100)])) == 1


def test_a_step_told_between_keeps_the_runs_apart():
    assert shape([step(1), step(2, "clean", capture="manual"), step(3)]) == [
        ("load", ["s1"]),
        ("clean", ["s2"]),
        ("load", ["s3"]),
    ]


steps = st.lists(
    st.builds(
        dict,
        kind=st.sampled_from(sorted(vocab.TYPES)),
        minutes=st.integers(0, 300),
        capture=st.sampled_from(sorted(vocab.CAPTURES)),
        agent_role=st.sampled_from(["system", "editor"]),
        day_only=st.booleans(),
    ),
    max_size=30,
).map(lambda specs: [step(n, **spec) for n, spec in enumerate(sorted(specs, key=lambda spec: spec["minutes"]))])


@given(steps)
def test_no_step_is_lost_and_the_order_is_kept(made):
    found = grouping.entries(made)
    place = {each["id"]: number for number, each in enumerate(made)}
    numbers = [[place[each["id"]] for each in entry["steps"]] for entry in found]
    assert sorted(number for members in numbers for number in members) == list(range(len(made)))
    assert all(members == sorted(members) for members in numbers)
    assert [members[0] for members in numbers] == sorted(members[0] for members in numbers)
    alone = [number for number, each in enumerate(made) if each["capture"] != "auto" or each["day_only"]]
    assert all([number] in numbers for number in alone)
    for number in alone:  # nothing moves past a step that somebody told
        assert not any(min(members) < number < max(members) for members in numbers)
    for entry in found:
        assert len({(each["type"], each["agent_role"]) for each in entry["steps"]}) == 1
        times = [each["started"] for each in entry["steps"]]
        assert (entry["started"], entry["ended"]) == (times[0], times[-1])


def test_a_group_sums_up_its_files_and_rows():
    loads = [
        step(n, rows=timeline.balance(rows, rows - bad), inputs=[side(f"{n}.csv", rows=rows, meets=True)])
        for n, (rows, bad) in enumerate([(10, 0), (20, 1)])
    ]
    (entry,) = grouping.entries(loads)
    assert entry["files"] == {"count": 2, "rows": 30, "bytes": 200, "sha256": 2, "meets": 2}
    assert (entry["rows"]["in"], entry["rows"]["out"], entry["rows"]["state"]) == (30, 29, "unbalanced")


def test_a_file_received_twice_counts_once_as_it_came_last():
    made = [step(n, "receive", n, resource_id="r", outputs=[side(rows=rows)]) for n, rows in enumerate([10, 12])]
    (entry,) = grouping.entries(made)
    assert (len(entry["steps"]), entry["files"]["count"], entry["files"]["rows"]) == (2, 1, 12)


def test_a_group_sums_up_what_changed():
    details = [{"added": 1, "fields": ["title"]}, {"added": 2, "altered": 1, "fields": ["notes", "title"]}, None]
    (entry,) = grouping.entries([step(n, "correct", n, detail=detail) for n, detail in enumerate(details)])
    assert entry["changes"] == {"fields": ["notes", "title"], "added": 3, "removed": 0, "altered": 1}


@pytest.mark.parametrize(
    ("numbers", "expected"), [([], None), ([0], 0), ([1, 2], 3), ([1, None], None), ([None], None)]
)
def test_a_sum_is_known_if_all_its_parts_are(numbers, expected):
    assert grouping.total(numbers) == expected


def test_a_tally_tells_only_what_is_known_of_every_file():
    found = grouping.tally([side(meets=True), side(sha256=None, rows=None)])
    assert found == {"count": 2, "rows": None, "bytes": 200, "sha256": 1, "meets": 1}


def test_evidence_by_kind_keeps_every_piece():
    given_ = [{"kind": kind, "value": n} for n, kind in enumerate("abacb")]
    found = grouping.by_kind(given_)
    assert [[item["value"] for item in items] for items in found] == [[0, 2], [1, 4], [3]]
