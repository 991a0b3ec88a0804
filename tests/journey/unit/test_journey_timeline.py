"""Rows to pages: order, balance, meetings, who sees what; stations and their drawing; measuring files."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey import changes, forms, measure, path, picture, timeline, vocab

PUBLIC = frozenset({"public"})


def row(number=1, kind="clean", **values):
    blank = dict.fromkeys(
        [
            "system_id",
            "system_name",
            "plan_id",
            "plan_name",
            "plan_version",
            "plan_repository",
            "plan_commit",
            "run_id",
            "resource_id",
            "on_behalf_of",
            "tool",
            "tool_version",
            "rationale",
            "agent_role",
            "rows_in",
            "rows_out",
            "rows_rejected",
            "rows_merged",
            "rows_split",
            "started",
            "ended",
            "io",
            "evidence",
        ]
    )
    base = {"id": f"s{number}", "type": kind, "state": "complete", "day_only": False, "detail": {}}
    base |= {"capture": "manual", "confidence": "attested", "visibility": "public"}
    return blank | base | {"recorded": datetime(2025, 1, 1, 0, 0, number % 60, tzinfo=UTC)} | values


def at(day, hour=0):
    return datetime(2025, 3, day, hour, tzinfo=UTC)


def build(rows, allowed=PUBLIC, **about):
    return timeline.build(about, rows, allowed)


def test_times_come_first_and_a_day_before_the_hours_of_that_day():
    rows = [row(1, "publish", started=at(2, 9)), row(2, "approve", started=at(2), day_only=True)]
    assert [step["type"] for step in build(rows)["steps"]] == ["approve", "publish"]


def test_a_step_without_a_time_stands_by_its_stage():
    rows = [row(1, "extract"), row(2, "publish", started=at(2)), row(3, "clean", started=at(1)), row(4, "reuse")]
    assert [step["type"] for step in build(rows)["steps"]] == ["extract", "clean", "publish", "reuse"]


types = st.sampled_from(sorted(vocab.TYPES))
rows = st.lists(st.tuples(types, st.none() | st.integers(1, 28), st.booleans()), max_size=12)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_does_not_hang_on_how_rows_come(specs, random):
    made = [
        row(n, kind, started=at(day, 0 if is_day else n) if day else None, day_only=bool(day and is_day))
        for n, (kind, day, is_day) in enumerate(specs)
    ]
    expected = [step["id"] for step in build(made)["steps"]]
    random.shuffle(made)
    found = build(made)["steps"]
    assert [step["id"] for step in found] == expected
    known = [step["started"][:10] for step in found if step["started"]]
    assert known == sorted(known)


@pytest.mark.parametrize(
    ("counts", "state", "difference"),
    [
        ((10, 8, 2), "balanced", 0),
        ((10, 10), "balanced", 0),
        ((10, 7, 1, 2), "balanced", 0),
        ((10, 12, 0, 0, 2), "balanced", 0),
        ((10, 8), "unbalanced", 2),
        ((8, 10, 0), "unbalanced", -2),
        ((None, 8, 2), "unknown", None),
        ((8, None), "unknown", None),
        ((0, 0), "balanced", 0),
    ],
)
def test_balance(counts, state, difference):
    found = timeline.balance(*counts)
    assert (found["state"], found["difference"]) == (state, difference)


def side(direction, sha, name="f.csv"):
    return {"direction": direction, "name": name, "sha256": sha, "bytes": None, "rows": None}


def test_an_input_meets_what_an_earlier_step_gave_out():
    found = build(
        [
            row(1, "extract", started=at(1), io=[side("output", "aa")]),
            row(2, "clean", started=at(2), io=[side("input", "aa"), side("input", "bb"), side("input", None)]),
            row(3, "validate", started=at(3), io=[side("output", "bb")]),
        ]
    )["steps"]
    assert [item["meets"] for item in found[1]["inputs"]] == [True, False, False]


def test_only_what_is_allowed_is_shown_and_the_rest_is_counted():
    item = {"kind": "approval", "value": "minutes", "url": None, "sha256": None}
    private = [item | {"visibility": name} for name in ("public", "organisation", "restricted")]
    rows = [row(1, evidence=private), row(2, visibility="restricted", rationale="hidden")]
    found = build(rows)
    assert "hidden" not in str(found)
    assert (len(found["steps"]), found["withheld"]) == (1, 1)
    assert (len(found["steps"][0]["evidence"]), found["steps"][0]["evidence_withheld"]) == (1, 2)
    everything = build(rows, frozenset(vocab.VISIBILITIES))
    assert (len(everything["steps"]), everything["steps"][0]["evidence_withheld"]) == (2, 0)


def test_stations_of_a_dataset_nobody_told_of_are_unknown():
    found = path.stations(build([]))
    assert {station["state"] for station in found} == {"unknown"}
    codes = [station["code"] for station in found]
    assert codes == ["system", "extract", "clean", "privacy", "check", "approve", "receive", "publish"]


def test_stations_show_evidence_and_the_day_of_publication():
    found = path.stations(
        build(
            [
                row(1, "validate", started=at(1), evidence=[{"kind": "approval", "visibility": "public"}]),
                row(2, "publish", started=at(2)),
                row(3, "correct", started=at(9)),
            ],
            system_id="x",
            system_name="Northgate",
        )
    )
    by_code = {station["code"]: station for station in found}
    assert by_code["system"]["detail"] == "Northgate"
    assert by_code["check"]["state"] == "evidenced"
    assert (by_code["publish"]["state"], by_code["publish"]["when"][:10]) == ("recorded", "2025-03-02")


def hop(number, observed=False):
    blank = dict.fromkeys(["node", "url", "source_type", "remote_modified", "content_hash"])
    told = {"position": number, "portal": f"Portal {number}", "remote_id": "r", "observed": observed, "step_id": "s"}
    return blank | told | {"harvested": "2025-03-01T00:00:00+00:00"}


@pytest.mark.parametrize(("count", "drawn"), [(1, 1), (3, 3), (9, 3)])
def test_portals_stand_between_what_is_unknown_and_here(count, drawn):
    hops = [hop(n, n == count) for n in range(1, count + 1)]
    found = path.stations(build([row(1, "publish", started=at(1))], hops=hops))
    codes = [station["code"] for station in found]
    assert codes[:2] == ["system", "gap"]
    assert codes[-1] == "publish"
    assert len(codes) == 3 + drawn
    assert found[-2]["detail"] == f"Portal {count}"


@given(st.integers(1, 12))
def test_the_drawing_holds_all_stations(count):
    stations = [path._station(str(n), "stage", "x", state="recorded") for n in range(count)]
    for drawn in (picture.wide(stations), picture.narrow(stations)):
        assert len(drawn["stations"]) == count
        assert len(drawn["reaches"]) == count - 1
        assert all(
            25 <= s["x"] <= drawn["width"] - 25 and 25 <= s["y"] <= drawn["height"] - 25 for s in drawn["stations"]
        )
        xs = [(s["x"], s["y"]) for s in drawn["stations"]]
        assert len(set(xs)) == count


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"", 0),
        (b"a,b\n", 0),
        (b"a,b\n1,2", 1),
        (b"a,b\r\n1,2\r\n\r\n3,4\r\n", 2),
        (b'a;b\n"x\ny";2\n', 1),
        (b"\xef\xbb\xbfa\tb\n1\t2\n", 1),
        ("enw,tref\nSiân,Llanfairpwll\n".encode(), 1),
        ("a,b\n1,2\n".encode("utf-16"), None),
        (b"a,b\n5' 10\" pipe,2\n3,4\n", 2),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 4096])
def test_rows_are_records_whatever_the_chunks(content, rows, size):
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    found = measure.measure(chunks, tabular=True)
    assert found == measure.Measured(hashlib.sha256(content).hexdigest(), len(content), rows)


def test_a_file_that_is_no_table_is_hashed_whole():
    content = b"\0\1" * 5000
    assert measure.measure([content], tabular=False).rows is None
    broken = b'a,b\n"' + b"x" * 200_000
    found = measure.measure([broken, b"more"], tabular=True)
    assert (found.rows, found.bytes) == (None, len(broken) + 4)
    assert found.sha256 == hashlib.sha256(broken + b"more").hexdigest()


def test_a_fingerprint_ignores_order_and_people():
    one = {"title": "T", "tags": [{"name": "b"}, {"name": "a"}], "author": "A", "notes": "", "theme": '["x"]'}
    two = {"title": "T", "tags": [{"name": "a"}, {"name": "b"}], "author": "B", "notes": None, "theme": ["x"]}
    assert changes.fingerprint(changes.normalise(one)) == changes.fingerprint(changes.normalise(two))


def test_form_fields_become_lists_and_errors_find_their_field():
    form = forms.Form(
        {"type": "clean", "evidence-count": "3", "evidence-2-kind": "approval", "evidence-0-visibility": "public"}
    )
    data = form.step("d")
    assert data == {"dataset": "d", "type": "clean", "evidence": [{"kind": "approval"}]}
    found = form.errors({"evidence": [{"value": ["Say what"]}], "type": ["No"]})
    assert found == {"evidence-2-value": "Say what", "type": "No"}
    assert forms.Form({"evidence-count": "999"}).counts["evidence"] <= 20
