"""The score of a journey: the weights, what is unknown, what does not apply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey import score, vocab


def item(name="spend.csv", sha256=None, rows=None, meets=False):
    return {"name": name, "sha256": sha256, "bytes": None, "rows": rows, "meets": meets}


def step(kind, rows="unknown", **values):
    blank = {"tool": None, "tool_version": None, "capture": "manual", "confidence": "attested", "state": "complete"}
    blank |= {"inputs": [], "outputs": [], "evidence": [], "detail": {}, "rows": {"state": rows}}
    return {"type": kind, **blank, **values}


def journey(*steps, systems=(), hops=(), stage="published"):
    return {"stage": stage, "systems": list(systems), "steps": list(steps), "hops": list(hops)}


def hop(position, digest="ab"):
    return {"position": position, "content_hash": digest, "observed": True}


def part(found, code):
    return next(each for each in found["parts"] if each["code"] == code)


FULL = journey(
    step("extract", "balanced", tool="sqlplus", tool_version="19", outputs=[item(sha256="a", rows=5)]),
    step("clean", "balanced", tool="pandas", tool_version="2", inputs=[item(meets=True)], outputs=[item(sha256="b")]),
    step("dpia-review", evidence=[{"kind": "dpia-reference"}]),
    step("validate", confidence="observed", detail={"schema": "spend"}, tool="portal", tool_version="1"),
    step("approve", capture="auto"),
    step("receive", capture="auto", inputs=[item(meets=True)]),
    step("load", "balanced", capture="auto", inputs=[item(meets=True)]),
    step("publish", capture="auto"),
    systems=[{"id": "s", "name": "Agresso"}],
)


def test_the_weights_make_a_hundred():
    assert sum(measure.most for measure in score.MEASURES) == 100
    assert {m.code: m.most for m in score.MEASURES} == {
        "origin": 10, "chain": 25, "joins": 15, "rows": 10, "schema": 5, "validation": 10, "legal": 10, "approval": 10,
        "tools": 5,
    }  # fmt: skip


def test_a_journey_that_tells_all_has_a_hundred_and_needs_no_advice():
    found = score.score(FULL)
    assert (found["total"], found["band"]) == (100, "75-100")
    assert all(each["state"] == "met" and not each["advice"] for each in found["parts"])


def test_nothing_told_is_nothing_and_each_part_says_what_would_help():
    found = score.score(journey())
    assert (found["total"], found["band"]) == (0, "0-24")
    assert all(each["state"] == "unknown" and each["advice"] and each["found"] for each in found["parts"])


@pytest.mark.parametrize("left_out", [m.code for m in score.MEASURES])
def test_each_part_can_be_lost_alone(left_out):
    lost = {
        "origin": FULL | {"systems": []},
        "chain": FULL | {"steps": [s for s in FULL["steps"] if s["type"] != "publish"]},
        "joins": FULL | {"steps": [s | {"inputs": [item(name=f["name"]) for f in s["inputs"]]} for s in FULL["steps"]]},
        "rows": FULL | {"steps": [s | {"rows": {"state": "unbalanced"}} for s in FULL["steps"]]},
        "schema": FULL | {"steps": [s | {"detail": {}} for s in FULL["steps"]]},
        "validation": FULL | {"steps": [s | {"confidence": "attested"} for s in FULL["steps"]]},
        "legal": FULL | {"steps": [s | {"evidence": []} for s in FULL["steps"]]},
        "approval": FULL | {"steps": [s for s in FULL["steps"] if s["type"] != "approve"]},
        "tools": FULL | {"steps": [s | {"tool_version": None} for s in FULL["steps"]]},
    }[left_out]
    found = score.score(lost)
    assert [each["code"] for each in found["parts"] if each["state"] != "met"] == [left_out]
    assert found["total"] < 100


def test_what_does_not_apply_takes_nothing_away():
    a_map = FULL | {"steps": [s | {"inputs": [], "outputs": []} for s in FULL["steps"] if s["type"] != "load"]}
    for each in a_map["steps"]:
        each["outputs"] = [item("wards.geojson", sha256="c")]
        each["inputs"] = [item("wards.geojson", meets=True)]
    found = score.score(a_map)
    assert {part(found, code)["state"] for code in ("rows", "schema")} == {"not-applicable"}
    assert found["total"] == 100


def test_a_harvested_dataset_is_judged_by_its_hops():
    steps = [step("harvest-fetch"), step("harvest-import")]
    whole = score.score(journey(*steps, hops=[hop(0), hop(1)]))
    assert part(whole, "chain")["state"] == "met" and part(whole, "joins")["state"] == "met"
    assert part(whole, "origin")["points"] == 5
    assert part(whole, "approval")["state"] == "unknown"  # somebody else's duty is still not known
    broken = score.score(journey(*steps, hops=[hop(0), hop(2)]))
    assert part(broken, "chain")["state"] == "partly"


def test_an_approval_that_is_only_told_counts_half():
    found = score.score(journey(step("approve")))
    assert part(found, "approval")["points"] == 5


def test_a_step_that_failed_proves_nothing():
    found = score.score(journey(step("validate", state="failed", confidence="observed")))
    assert part(found, "validation")["state"] == "unknown"


@pytest.mark.parametrize(("total", "name"), [(0, "0-24"), (24, "0-24"), (25, "25-49"), (74, "50-74"), (75, "75-100")])
def test_bands_meet_without_gap(total, name):
    assert score.band(total) == name


kinds = st.sampled_from(sorted(vocab.TYPES))


@given(st.lists(st.tuples(kinds, st.sampled_from(["balanced", "unbalanced", "unknown"]), st.booleans()), max_size=8))
def test_it_stays_between_nothing_and_a_hundred(specs):
    steps = [step(kind, rows, inputs=[item(meets=meets)]) for kind, rows, meets in specs]
    found = score.score(journey(*steps))
    assert 0 <= found["total"] <= 100
    assert all(0 <= each["points"] <= each["most"] for each in found["parts"])
