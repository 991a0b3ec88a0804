"""A journey's evidence is that of the files: checksums meet, rows add up, times run forward."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from ckanext.portal.demo import describe

PROJECT = Path(__file__).resolve().parents[4]
VOCABULARIES = PROJECT / "ckanext" / "council_schemas" / "vocabularies"


@pytest.fixture(scope="module")
def steps(demo_seeds, demo_built):
    return {one["name"]: describe.steps(demo_seeds, one, demo_built[one["name"]]) for one in demo_seeds.datasets}


def codes(name: str) -> set[str]:
    lines = (line for line in (VOCABULARIES / f"{name}.csv").read_text().splitlines() if not line.startswith("#"))
    return {row["code"] for row in csv.DictReader(lines)}


def test_what_goes_into_a_step_came_out_of_one_before(steps):
    for dataset, way in steps.items():
        known: set[str] = set()
        for step in way:
            if step["type"] != "receive":  # what is received came from elsewhere
                for artefact in step.get("inputs", []):
                    assert artefact["sha256"] in known, (dataset, step["type"], artefact["name"])
            known |= {artefact["sha256"] for artefact in step.get("outputs", [])}


def test_what_is_approved_is_what_is_published(steps, demo_built):
    for dataset, way in steps.items():
        approved = next(step for step in way if step["type"] == "approve")
        files = {file.name: (file.artefact.sha256, len(file.body)) for file in demo_built[dataset].files}
        assert {one["name"]: (one["sha256"], one["bytes"]) for one in approved["outputs"]} == files
        told = {item["value"] for item in approved["evidence"] if item["kind"] == "checksum"}
        assert told == {f"sha256:{sha256} {name}" for name, (sha256, _) in files.items()}


def test_rows_add_up(steps):
    seen = 0
    for dataset, way in steps.items():
        for step in way:
            if "rows_in" not in step:
                continue
            seen += 1
            assert step["rows_in"] == step["rows_out"] + step["rows_rejected"] + step["rows_merged"], (
                dataset,
                step["type"],
            )
            assert step["rows_in"] == sum(one["rows"] for one in step["inputs"])
            assert step["rows_out"] == sum(one["rows"] for one in step["outputs"])
    assert seen > 40


def test_the_steps_did_something(steps):
    """The extracts are rough: rows were rejected, merged and redacted for real."""
    spend = {step["type"]: step for step in steps["spend-over-500"]}
    assert spend["clean"]["rows_rejected"] > 10 and spend["deduplicate"]["rows_merged"] > 10
    assert spend["standardise"]["rows_rejected"] > 1000
    redacted = next(
        item["value"] for item in spend["disclosure-check"]["evidence"] if item["kind"] == "disclosure-test"
    )
    assert int(redacted.split()[0]) > 100


def test_times_run_forward_and_before_the_seeds_date(steps, demo_seeds):
    for dataset, way in steps.items():
        last = None
        for step in way:
            start, end = (datetime.fromisoformat(step[key]) for key in ("started_at", "ended_at"))
            assert start < end and (last is None or start >= last), (dataset, step["type"])
            assert end.date() <= demo_seeds.as_of
            last = end


def test_roles_not_names(steps):
    known = ("Officer", "Manager", "Steward", "Analyst", "Head of", "Director", "Engineer", "Technician", "Administrator",
             "Librarian", "Lawyer", "Executive", "Coordinator", "Lead", "Chair")  # fmt: skip
    for way in steps.values():
        assert all(any(word in step["agent_role"] for word in known) for step in way if "agent_role" in step)


def test_step_types_and_evidence_are_those_of_the_journey(steps):
    vocab = pytest.importorskip("ckanext.journey.vocab")
    for way in steps.values():
        assert {step["type"] for step in way} <= set(vocab.TYPES)
        for item in (item for step in way for item in step.get("evidence", [])):
            assert item["kind"] in vocab.EVIDENCE_KINDS and item["visibility"] in vocab.VISIBILITIES
        assert {"identify", "validate", "approve"} <= {step["type"] for step in way}
        assert any(step["type"] in ("extract", "receive") for step in way)


def test_systems_are_of_kinds_the_journey_knows(demo_seeds):
    vocab = pytest.importorskip("ckanext.journey.vocab")
    assert {system["kind"] for system in demo_seeds.council["systems"]} <= set(vocab.SYSTEM_KINDS)


@pytest.mark.parametrize(
    ("field", "vocabulary"),
    [("theme", "theme"), ("language", "language"), ("frequency", "frequency"), ("license_id", "licence"),
     ("access_rights", "access_right"), ("transparency_set", "transparency_set"), ("lgsl_service", "lgsl"),
     ("gss_area", "gss"), ("sensitivity", "sensitivity")],
)  # fmt: skip
def test_codes_are_in_the_portals_lists(demo_seeds, demo_built, field, vocabulary):
    known, seen = codes(vocabulary), 0
    for dataset in demo_seeds.datasets:
        value = describe.package(demo_seeds, dataset, demo_built[dataset["name"]]).get(field, [])
        for code in [value] if isinstance(value, str) else value:
            seen += 1
            assert code in known, (dataset["name"], code)
    assert seen


def test_nearly_every_set_of_the_code_is_shown(demo_seeds):
    assert len({dataset["transparency_set"] for dataset in demo_seeds.datasets if "transparency_set" in dataset}) >= 9


def test_identifiers_are_unique_and_stay(demo_seeds, demo_built):
    ids = [describe.resource_id(one.name, file.name) for one in demo_built.values() for file in one.files]
    assert len(set(ids)) == len(ids)
    assert describe.dataset_id("libraries") == "d71a41a9-ec9e-5191-aaa3-a1a866c2f38c"


def test_published_after_approval(demo_seeds, steps):
    for dataset in demo_seeds.datasets:
        approved = next(step for step in steps[dataset["name"]] if step["type"] == "approve")
        assert isinstance(dataset["modified"], date)
        assert dataset["issued"] <= dataset["modified"] <= demo_seeds.as_of
        assert approved["started_at"][:10] <= demo_seeds.as_of.isoformat()
