"""PROV of other tools: read in each format, mapped to steps, with everything told that finds no place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import prov
import pytest
from journey_export_sample import about, journey, rows

from ckanext.journey import events as ev
from ckanext.journey.exports import document, prov_json, prov_rdf
from ckanext.journey.imports import by_rdf, reading, steps
from ckanext.journey.imports.told import ReadError

SAMPLES = Path(__file__).parents[1] / "prov"
CORPUS = Path(prov.__file__).parent / "tests"
NOW = "2026-11-26T00:00:00+00:00"
MOST = 10_000
# What the library's own collection holds that is no PROV, or that it does not read: lists of what must fail.
ENDS = (".json", ".provn", ".ttl", ".trig", ".xml", ".jsonld")


def told(text: str, form: str | None = None) -> tuple[dict[str, ev.StepRecorded], dict[str, int]]:
    """The steps by the end of their activity's name, and how often each note was made."""
    found = reading.read(text, form, MOST)
    made = {step.activity.rstrip("/").rpartition("/")[2].rpartition(":")[2]: step.body for step in steps.of(found, NOW)}
    return made, {note.text.format(**note.values): note.count for note in found.notes}


def sample(name: str) -> tuple[dict[str, ev.StepRecorded], dict[str, int]]:
    return told((SAMPLES / name).read_text())


def test_the_primer() -> None:
    made, notes = sample("primer.ttl")
    compose, illustrate = made["compose"], made["illustrate"]
    assert next(iter(made)) == "compose"
    assert (compose.type, compose.capture, compose.confidence) == ("aggregate", "prov", "attested")
    assert (compose.started, compose.ended) == ("2012-03-31T08:21:00+00:00", "2012-04-01T14:21:00+00:00")
    assert (compose.agent_role, compose.on_behalf_of) == ("Analyst", "Chart Generators Inc")
    assert compose.plan and compose.plan.name == "How to aggregate"
    assert [each.name for each in compose.inputs] == ["dataSet1", "Regions"]
    assert [each.name for each in compose.outputs] == ["Crime by region"]
    assert illustrate.agent_role == "person" and illustrate.ended == "2012-03-02T10:30:00+00:00"
    assert "Derek" not in repr(made.values()) and "Drawn by" in str(illustrate.rationale)
    # Derivations that no activity tells of.
    assert (made["chart2"].type, made["chart2"].confidence, made["chart2"].inputs[0].name) == (
        "correct",
        "inferred",
        "chart1",
    )
    assert made["article"].type == "extract"
    assert compose.original == {"attributed": [["dataSet1", "government"]]}
    assert not [each for each in notes if each.startswith(("wasInformedBy", "wasAttributedTo", "hadMember"))]
    assert any("names roles, not people" in each for each in notes)


def test_of_provtoolbox() -> None:
    made, notes = sample("toolbox.provn")
    (step,) = made.values()
    assert (step.type, step.original) == ("validate", {"types": ["http://example.org/ValidateAndFix"]})
    assert (step.tool, step.tool_version, step.agent_role) == ("R", "4.4.1", "person")
    assert step.plan == ev.Plan("tidy.R", "3", "https://code.example/tidy.R")
    assert step.inputs == (ev.File("payments.csv", "a" * 64, rows=12),)
    assert step.outputs == (ev.File("payments-tidy.csv", "b" * 64),)
    assert "Jane" not in repr(step)
    assert {"The attribute http://example.org/colour has no place in a step",
            "The attribute http://example.org/room has no place in a step",
            "wasInvalidatedBy: a journey says that a file was replaced, not when it ceased to be"} <= set(notes)  # fmt: skip


def test_of_cwlprov() -> None:
    made, _notes = sample("workflow.provn")
    assert list(made) == ["run", "sort"]
    assert made["run"].ended == "2026-07-04T08:03:00+00:00"
    assert made["sort"].inputs == (ev.File("in.csv", "c" * 64),)
    assert made["sort"].outputs == (ev.File("sorted.csv", "d" * 64),)
    assert made["sort"].tool == "cwltool 3.1"
    assert made["sort"].original == {"types": ["http://purl.org/wf4ever/wfprov#ProcessRun"], "bundle": "urn:uuid:0b1c"}
    assert "Weir" not in repr(made)


def test_of_taverna() -> None:
    made, notes = sample("taverna.ttl")
    (step,) = made.values()
    assert (step.type, step.tool) == ("geocode", "Taverna Command-line Tool 3.1.0")
    assert [each.name for each in step.inputs] == ["in"] and [each.name for each in step.outputs] == ["out"]
    assert "PROV does not speak of this" in notes


def test_bundles_of_the_python_package() -> None:
    made, notes = sample("bundles.json")
    step = made["edit"]
    assert (step.type, step.original["bundle"]) == ("deduplicate", "http://example.org/bundle1")
    assert step.started is None and notes["This is no time between 1900 and now: 2999-01-01T00:00:00"] == 1
    # Two entities of one label are told apart.
    assert [each.name for each in (*step.inputs, *step.outputs)] == [
        "Report (report1)",
        "meeting > edit (no name given)",
        "Report (report2)",
    ]
    assert made["meeting"].outputs == (step.inputs[1],) and list(made) == ["meeting", "edit"]


def plainly(step: Any) -> dict[str, Any]:
    """What a step of an export, or one read from it, says."""
    sides = {
        name: sorted((f["name"], f["sha256"] or "", f["bytes"] or 0, f["rows"] or 0) for f in step[name])
        for name in ("inputs", "outputs")
    }
    same = ("type", "started", "ended", "agent_role", "on_behalf_of", "tool", "tool_version", "rationale")
    plan = {name: value for name, value in (step["plan"] or {}).items() if value}
    evidence = sorted((e["kind"], e["value"] or "", e["url"] or "") for e in step["evidence"])
    return {name: step[name] for name in same} | sides | {"plan": plan, "evidence": evidence, "rows": step["rows"]}


def read_back(body: ev.StepRecorded) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(ev.plain(body)))
    names = ("started", "ended", "agent_role", "on_behalf_of", "tool", "tool_version", "rationale", "plan")
    plain = {**dict.fromkeys(names), "inputs": [], "outputs": [], "evidence": [], **plain}
    for side in ("inputs", "outputs"):
        plain[side] = [{"sha256": None, "bytes": None, "rows": None, **each} for each in plain[side]]
    plain["evidence"] = [{"value": None, "url": None, **each} for each in plain["evidence"]]
    plain["rows"] = {name: plain.get(f"rows_{name}") for name in ("in", "out", "rejected", "merged", "split")}
    return plainly(plain)


@pytest.mark.parametrize(
    ("form", "render"),
    [("prov-json", prov_json.render), ("prov-ttl", prov_rdf.turtle), ("prov-jsonld", prov_rdf.json_ld)],
)
def test_our_own_exports_come_back_the_same(form: str, render: Any) -> None:
    doc = document.build(about(), journey(rows()), 5000)
    text = render(doc).decode()
    found = reading.read(text, form, MOST)
    made = {step.activity.rpartition("#step-")[2]: step.body for step in steps.of(found, NOW)}
    assert set(made) == {step["id"] for step in doc.steps}
    for step in doc.steps:
        said = plainly({**step, "rows": {n: step["rows"][n] for n in ("in", "out", "rejected", "merged", "split")}})
        back = read_back(made[step["id"]])
        said["evidence"] = [
            (kind, value, back_url)
            for (kind, value, _), (_, _, back_url) in zip(said["evidence"], back["evidence"], strict=True)
        ]
        assert back == said
        assert (made[step["id"]].system or None) == (step["system"] and step["system"]["name"])
        assert not made[step["id"]].original


def test_each_format_is_known_by_how_it_begins() -> None:
    for name, form in (("primer.ttl", "prov-trig"), ("toolbox.provn", "prov-n"), ("bundles.json", "prov-json")):
        assert reading.sniffed((SAMPLES / name).read_text()) == form
    known = {"<?xml version='1.0'?><prov:document/>": "prov-xml", "<rdf:RDF xmlns:rdf='x'/>": "prov-rdfxml",
             '{"@context": {}}': "prov-jsonld", "<http://a> <http://b> <http://c> .": "prov-trig", "hello": None, "": None}  # fmt: skip
    assert {text: reading.sniffed(text) for text in known} == known
    assert (
        reading.format_of("x.provn") == "prov-n" and reading.format_of("", "text/turtle; charset=utf-8") == "prov-ttl"
    )


ENTITIES = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><prov:document xmlns:prov="http://www.w3.org/ns/prov#"><prov:entity prov:id="x">&b;</prov:entity></prov:document>'


@pytest.mark.parametrize(
    ("text", "form", "says"),
    [
        (ENTITIES, None, "entities"),
        (ENTITIES, "prov-rdfxml", "entities"),
        ('<?xml version="1.0" encoding="UTF-16"?><prov:document/>', "prov-xml", "not UTF-8"),
        ('{"entity": {"ex:a": {}}}', None, "prov-json:"),
        ("document\n  used(a, b)\nendDocument", None, "line 2"),
        ("@prefix prov: <x>\nprov:a prov:b", "prov-ttl", "line"),
        ('{"@context": "https://elsewhere.example/c.jsonld", "@id": "x"}', None, "is not fetched"),
        ('[{"@context": {"a": "b"}, "x": {"@context": ["http://127.0.0.1:1/"]}}]', None, "is not fetched"),
        ("[" * 100_000, "prov-jsonld", "nested"),
        ("Dear Sir", None, "none of the formats"),
        ("{}", "prov-nonsense", "none of the formats"),
    ],
)
def test_what_is_wrong_is_said(text: str, form: str | None, says: str) -> None:
    with pytest.raises(ReadError, match=says):
        reading.read(text, form, MOST)


def test_too_many_statements_are_refused() -> None:
    text = json.dumps({"prefix": {"ex": "http://e/"}, "entity": {f"ex:{n}": {} for n in range(11)}})
    assert reading.read(text, None, 11).size == 11
    with pytest.raises(ReadError, match="11 statements; at most 10"):
        reading.read(text, None, 10)
    with pytest.raises(ReadError, match="byte 1"):
        reading.decoded(b"a\xff")


@pytest.mark.parametrize("form", ["prov-json", "prov-n", "prov-xml", "prov-rdfxml", "prov-ttl"])
def test_far_too_much_is_refused_before_it_is_read(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a statement takes a hundred times as long as counting it."""
    monkeypatch.setattr(by_rdf, "MOST_QUADS", 1000)
    many = range(2000)
    bundle = {"ex:b": {"used": {f"_:u{n}": {} for n in many}}}
    text = {
        "prov-json": json.dumps({"entity": {"ex:x": {}}, "bundle": bundle, "prefix": {"ex": "http://e/"}}),
        "prov-n": "document\n" + "".join(f"used(ex:a{n}, ex:b, -)\n" for n in many),
        "prov-xml": "<prov:document>" + "<prov:entity/>" * 2000,
        "prov-rdfxml": "<rdf:RDF>" + "<prov:Entity/>" * 2000,
        "prov-ttl": "".join(f"<http://e/{n}> <http://e/p> <http://e/{n}> .\n" for n in many),
    }
    with pytest.raises(ReadError, match="statements"):
        reading.read(text[form], form, 10)


def test_a_cycle_of_derivations_ends() -> None:
    text = "document\nprefix ex <http://e/>\nactivity(ex:a)\nactivity(ex:b)\nused(ex:a, ex:y, -)\nwasGeneratedBy(ex:x, ex:a, -)\n"
    text += "used(ex:b, ex:x, -)\nwasGeneratedBy(ex:y, ex:b, -)\nwasDerivedFrom(ex:p, ex:q)\nwasDerivedFrom(ex:q, ex:p)\nendDocument"
    made, _notes = told(text)
    assert set(made) == {"a", "b", "p", "q"}


def readable(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in ENDS and "schemas" not in path.parts)


@pytest.mark.parametrize("name", ["json", "rdf", "provn/provtoolbox-corpus", "jsonld"])
def test_the_corpus_of_the_library_and_of_provtoolbox_is_read(name: str) -> None:
    """Hundreds of files, each of another turn of the language; none may fail, or tell of an activity that is no step."""
    if not (CORPUS / name).is_dir():
        pytest.skip("the prov package carries no test files")
    found = readable(CORPUS / name)
    assert len(found) > 4
    for path in found:
        read = reading.read(path.read_text("utf-8"), reading.format_of(path.name), MOST)
        activities = {each.id for each in read.things.values() if each.kind == "activity"}
        assert activities <= {step.activity for step in steps.of(read, NOW)}, path.name
