"""The UK model's records, against the model's own JSON Schema where it is beside the project."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ckanext.council_schemas.exports import mem

MODEL = Path(__file__).parents[3].parent / "shared" / "schemas" / "ukgov-mem"
EU = "http://publications.europa.eu/resource/authority/"
BASE = "https://data.example.gov.uk"
MINIMAL = {
    "id": "0b5f",
    "name": "air-quality",
    "title": "Air quality",
    "notes": "Nitrogen dioxide by hour.",
    "license_id": "uk-ogl",
    "metadata_created": "2026-01-02T10:00:00.000000",
    "metadata_modified": "2026-03-04T10:00:00.000000",
    "organization": {"name": "aireborough", "title": "Aireborough Council"},
    "resources": [],
}
FULL = {
    **MINIMAL,
    "uri": "https://data.example.gov.uk/id/air",
    "version": "2.1",
    "theme": [EU + "data-theme/ENVI", "no address"],
    "esd_function": "14",
    "lgsl_service": "409",
    "tags": [{"name": "nitrogen dioxide"}],
    "frequency": EU + "frequency/QUARTERLY",
    "access_rights": EU + "access-right/RESTRICTED",
    "security_classification": "OFFICIAL",
    "created": "2019",
    "issued": "2020-05-01",
    "modified": "2026-03",
    "contact": [{"name": "Air team", "email": "mailto:air@example.gov.uk"}],
    "creator": [{"name": "Imperial College, London"}],
    "publisher": [{"name": "Leeds City Council"}],
    "in_series": ["77aa"],
    "source": ["https://example.org/old", "a card index"],
    "qualified_relation": [{"relation": "https://example.org/other", "role": "https://example.org/role"}],
    "resources": [
        {
            "id": "r1",
            "name": "2026",
            "url": "https://example.org/a.csv",
            "format": "CSV",
            "size": 1234,
            "created": "2026-01-02T10:00:00",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        },
        {"id": "r2", "name": "", "url": "https://example.org/map.gpkg?x=1", "format": "", "size": "0"},
        {"id": "r3", "name": "Cards", "url": "see the library", "mimetype": "punch card", "format": "Punch card"},
    ],
}
COUNCIL = {"name": "aireborough", "title": "Aireborough Council", "email": "data@aireborough.example"}


@pytest.fixture(scope="module")
def problems():
    """A function that lists what the model's JSON Schema finds in a record, with its list of central bodies relaxed."""
    path = MODEL / "generated" / "ukgov_mem.schema.json"
    if not path.exists():
        pytest.skip("the recorded UK metadata model is not beside the project")
    schema = json.loads(path.read_text())
    assert "acas" in schema["$defs"]["OrganisationValues"].pop("enum"), "the one enum that is relaxed"
    schema["$defs"]["OrganisationValues"]["pattern"] = "^[a-z0-9_]+(-+[a-z0-9_]+)*$"

    def check(record):
        name = record["type"].removeprefix("dcat:")
        found = {**schema["$defs"][name], "$defs": schema["$defs"]}
        checker = jsonschema.Draft201909Validator(found, format_checker=jsonschema.FormatChecker())
        return [f"{'/'.join(map(str, e.path))}: {e.message}" for e in checker.iter_errors(record)]

    return check


@pytest.mark.parametrize("dataset", [MINIMAL, FULL], ids=["minimal", "full"])
def test_records_validate(problems, dataset):
    for record in mem.records(dataset, BASE, organisation=COUNCIL):
        assert problems(record) == []


def test_the_check_finds_what_is_wrong(problems):
    good = mem.dataset(MINIMAL, BASE, COUNCIL)
    for slot, value in {"updateFrequency": "quarterly", "modified": "2026-03", "creator": "aireborough"}.items():
        assert problems({**good, slot: value}), slot
    for slot in ("contactPoint", "licence", "version", "securityClassification"):
        assert problems({k: v for k, v in good.items() if k != slot}), slot
    assert problems({**good, "spatial": "Leeds"})


def test_the_models_own_examples_pass_the_same_check(problems):
    for name in ("Dataset", "Distribution"):
        for path in (MODEL / "src" / "data" / name / "valid").glob("*.yaml"):
            # PyYAML reads an unquoted 2023-02 as text, as the model means it.
            assert problems(yaml.safe_load(path.read_text())) == [], path.name
        for path in (MODEL / "src" / "data" / name / "invalid").glob("*.yaml"):
            record = yaml.load(path.read_text(), yaml.BaseLoader)
            found = problems(record) if record.get("type") in (mem.DATASET, mem.DISTRIBUTION) else ["type"]
            assert found, path.name


def test_a_full_record():
    record = mem.dataset(FULL, BASE, COUNCIL)
    assert record["identifier"] == FULL["uri"]
    assert record["updateFrequency"] == "freq:quarterly"
    assert record["accessRights"] == "COMMERCIAL"
    assert record["contactPoint"] == {"contactName": "Air team", "email": "air@example.gov.uk"}
    assert (record["creator"], record["publisher"]) == (["imperial-college-london"], "leeds-city-council")
    assert record["theme"] == [
        EU + "data-theme/ENVI",
        "http://id.esd.org.uk/function/14",
        "http://id.esd.org.uk/service/409",
    ]
    assert (record["created"], record["issued"]) == ("2019-01-01", "2020-05-01")
    assert record["modified"] == "2026-03-04", "a month alone: the day that the portal knows within it"
    assert record["relatedResource"] == [f"{BASE}/dataset/77aa", "https://example.org/old", "https://example.org/other"]
    assert record["distribution"] == [f"{BASE}/dataset/0b5f/resource/r{n}" for n in (1, 2, 3)]


def test_distributions():
    first, second, third = mem.records(FULL, BASE, organisation=COUNCIL)[1:]
    assert (first["mediaType"], first["byteSize"]) == ("text/csv", 1234)
    assert first["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert second["mediaType"] == "application/geopackage+sqlite3", "known by the ending of its address"
    assert second["title"] == "Air quality"
    assert "byteSize" not in second
    assert third["mediaType"] == "application/octet-stream"
    assert "downloadURL" not in third
    assert third["licence"] == "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def test_what_is_not_said_follows_the_rules():
    record = mem.dataset(MINIMAL, BASE, COUNCIL)
    assert record["identifier"] == f"{BASE}/dataset/0b5f"
    assert record["version"] == record["modified"] == "2026-03-04"
    assert record["updateFrequency"] == "freq:irregular"
    assert (record["accessRights"], record["securityClassification"]) == ("OPEN", "OFFICIAL")
    assert mem.dataset(MINIMAL | {"private": True}, BASE, COUNCIL)["accessRights"] == "INTERNAL"
    charity = {**COUNCIL, "sector": "third"}
    assert mem.dataset(MINIMAL, BASE, charity)["securityClassification"] == "NOT_APPLICABLE"
    assert record["creator"] == ["aireborough"]
    assert record["publisher"] == "aireborough"


def test_whom_to_ask():
    def asked(**more):
        return mem.dataset(MINIMAL | more, BASE, COUNCIL, {"name": "Portal", "email": "p@example.org"})["contactPoint"]

    assert asked()["email"] == "data@aireborough.example"
    assert asked(contact=[{"name": "Air team"}]) == {"contactName": "Aireborough Council", "email": COUNCIL["email"]}
    assert asked(maintainer="M", maintainer_email="m@example.org")["contactName"] == "M"
    assert asked(contact=[{"email": "x@example.org", "name": ""}])["contactName"] == "Aireborough Council"
    portal = mem.dataset(MINIMAL, BASE, fallback_contact={"name": "Portal", "email": "p@example.org"})
    assert portal["contactPoint"] == {"contactName": "Portal", "email": "p@example.org"}
    nobody = mem.dataset(MINIMAL, BASE)
    assert mem.missing(nobody) == ["contactPoint"]
    assert mem.missing(portal) == []


def test_summary():
    assert mem.summary("**Air** by [hour](https://e.org).\n\nMore.") == "Air by hour. More."
    long = mem.summary("word " * 100)
    assert len(long) <= mem.SUMMARY
    assert long.endswith("word…")
    assert len(mem.summary("x" * 300)) == mem.SUMMARY
    assert "summary" not in mem.dataset(MINIMAL | {"notes": ""}, BASE, COUNCIL)


def test_odd_values_do_no_harm(problems):
    odd = copy.deepcopy(FULL)
    odd |= {"modified": "summer", "issued": None, "frequency": "now and then", "access_rights": "Ask", "theme": None}
    odd |= {"contact": "x", "tags": None, "in_series": None, "publisher": [{"name": "???"}], "creator": ["x"]}
    odd |= {"license_id": "Crown use only", "license_url": None, "version": None, "organization": None}
    for record in mem.records(odd, BASE, fallback_contact={"name": "P", "email": "p@example.org"}):
        assert problems(record) == []
