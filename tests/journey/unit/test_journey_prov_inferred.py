"""PROV that says something of things without their activity: told of steps as PROV-CONSTRAINTS infers it, in each format."""

from __future__ import annotations

import io
from typing import Any

import pytest
from prov.model import PROV, ProvDocument
from rdflib import Dataset
from test_journey_prov_read import told

from ckanext.journey import events as ev

# Format and how the library writes it; forms of RDF that it does not write are made of what it does.
FORMATS = ("prov-json", "prov-n", "prov-xml", "prov-jsonld", "prov-ttl", "prov-trig", "prov-nquads", "prov-rdfxml", "rdf-jsonld")  # fmt: skip
_RDF = {"prov-ttl": "turtle", "prov-trig": "trig", "prov-nquads": "nquads", "prov-rdfxml": "xml", "rdf-jsonld": "json-ld"}  # fmt: skip
Read = tuple[dict[str, ev.StepRecorded], dict[str, int]]


def written(document: ProvDocument, form: str) -> str:
    out = io.StringIO() if form not in _RDF and form != "prov-xml" else io.BytesIO()
    if form in _RDF:
        document.serialize(out, format="rdf", rdf_format="trig")
        graph = Dataset()
        graph.parse(data=out.getvalue(), format="trig")
        one = graph.default_graph if form in ("prov-ttl", "prov-rdfxml") else graph
        return one.serialize(format=_RDF[form], **({"auto_compact": False} if form == "rdf-jsonld" else {}))
    document.serialize(out, format={"prov-n": "provn"}.get(form, form.removeprefix("prov-")))
    found: Any = out.getvalue()
    return found.decode() if isinstance(found, bytes) else found


def document() -> ProvDocument:
    made = ProvDocument()
    made.add_namespace("ex", "http://example.org/")
    made.add_namespace("h", "urn:hash::sha256:")
    return made


@pytest.fixture(params=FORMATS)
def read(request: pytest.FixtureRequest) -> Any:
    form = {"rdf-jsonld": "prov-jsonld"}.get(request.param, request.param)
    return lambda document: told(written(document, request.param), form)


def names(files: tuple[ev.File, ...]) -> list[str]:
    return sorted(each.name for each in files)


def test_between_an_activity_and_one_it_was_informed_by_stands_a_thing_without_a_name(read: Any) -> None:
    doc = document()
    for name in ("validate", "extract"):  # the later first: that they are related says which is
        doc.activity(f"ex:{name}")
    doc.wasInformedBy("ex:validate", "ex:extract")
    made, notes = read(doc)
    assert list(made) == ["extract", "validate"]
    assert made["extract"].outputs == made["validate"].inputs == (ev.File("extract > validate (no name given)"),)
    assert not any("wasInformedBy" in note for note in notes)


def test_where_a_thing_between_them_is_told_none_is_inferred(read: Any) -> None:
    doc = document()
    doc.wasGeneratedBy("ex:dump", "ex:extract")
    doc.used("ex:validate", "ex:dump")
    doc.wasInformedBy("ex:validate", "ex:extract")
    made, _notes = read(doc)
    assert names(made["extract"].outputs) == names(made["validate"].inputs) == ["dump"]


def test_activities_of_one_name_are_told_apart(read: Any) -> None:
    doc = document()
    for name in ("run1", "run2", "run3"):
        doc.activity(f"ex:{name}", other_attributes={"prov:label": "Run of sort"})
    doc.wasInformedBy("ex:run2", "ex:run1")
    doc.wasInformedBy("ex:run3", "ex:run1")
    made, _notes = read(doc)
    between = {file.name for file in made["run1"].outputs}
    assert between == {f"Run of sort (run1) > Run of sort ({run}) (no name given)" for run in ("run2", "run3")}


def test_who_made_a_thing_is_told_of_the_step_that_made_it(read: Any) -> None:
    doc = document()
    doc.agent("ex:jane", {"prov:type": PROV["Person"], "prov:label": "Jane Example"})
    doc.agent("ex:council", {"prov:type": PROV["Organization"], "prov:label": "The Council"})
    doc.agent("ex:r", {"prov:type": PROV["SoftwareAgent"], "prov:label": "R"})
    for agent in ("jane", "council", "r"):
        doc.wasAttributedTo("ex:open", f"ex:{agent}")
    doc.wasGeneratedBy("ex:open", "ex:clean")
    made, notes = read(doc)
    step = made["clean"]
    assert (step.agent_role, step.on_behalf_of, step.tool) == ("person", "The Council", "R")
    assert "Jane" not in repr(step) and not any("wasAttributedTo" in note for note in notes)


def test_who_did_a_step_in_a_role_goes_before_whom_its_result_is_attributed_to(read: Any) -> None:
    doc = document()
    doc.agent("ex:a", {"prov:type": PROV["Person"]})
    doc.agent("ex:b", {"prov:type": PROV["Person"]})
    doc.wasGeneratedBy("ex:open", "ex:clean")
    doc.wasAssociatedWith("ex:clean", "ex:a", other_attributes={"prov:role": "Data officer"})
    doc.wasAttributedTo("ex:open", "ex:b")
    doc.wasAttributedTo("ex:open", "ex:a")
    made, notes = read(doc)
    assert made["clean"].agent_role == "Data officer"
    assert notes["A step has one role: this further one is left out"] == 1


def test_of_a_derivation_without_an_activity_too(read: Any) -> None:
    doc = document()
    doc.agent("ex:council", {"prov:type": PROV["Organization"], "prov:label": "The Council"})
    doc.wasDerivedFrom("ex:second", "ex:first")
    doc.wasAttributedTo("ex:second", "ex:council")
    made, _notes = read(doc)
    assert made["second"].on_behalf_of == "The Council" and made["second"].confidence == "inferred"


def test_what_no_step_made_is_told_by_those_that_took_it(read: Any) -> None:
    doc = document()
    doc.agent("ex:ons", {"prov:type": PROV["Organization"], "prov:label": "Office for National Statistics"})
    doc.agent("ex:jane", {"prov:type": PROV["Person"], "prov:label": "Jane Example"})
    doc.used("ex:join", "ex:areas")
    for agent in ("ons", "jane"):
        doc.wasAttributedTo("ex:areas", f"ex:{agent}")
    doc.wasAttributedTo("ex:elsewhere", "ex:ons")
    made, notes = read(doc)
    assert made["join"].original["attributed"] == [["areas", "Office for National Statistics"]]
    assert made["join"].on_behalf_of is None and "Jane" not in repr(made)
    assert notes["wasAttributedTo: no step made or took what is attributed, and who did it is told of a step"] == 1
    assert notes["Who it was is not shown: a journey names roles, not people"] == 1


def test_members_of_a_collection_are_what_a_step_took_and_made(read: Any) -> None:
    doc = document()
    for name in ("in", "out", "part"):
        doc.collection(f"ex:{name}")
    for collection, entity in (("in", "a.csv"), ("in", "b.csv"), ("out", "c.csv"), ("out", "part"), ("part", "d.csv")):
        doc.hadMember(f"ex:{collection}", f"ex:{entity}")
    doc.used("ex:clean", "ex:in")
    doc.wasGeneratedBy("ex:out", "ex:clean")
    made, notes = read(doc)
    assert names(made["clean"].inputs) == ["a.csv", "b.csv", "in"]
    assert names(made["clean"].outputs) == ["c.csv", "d.csv", "out", "part"]
    assert not any("hadMember" in note or "No activity took" in note for note in notes)


def test_a_member_stays_what_it_was_to_the_step_that_put_it_there(read: Any) -> None:
    doc = document()
    for entity in ("old.csv", "new.csv", "made.csv"):
        doc.hadMember("ex:all", f"ex:{entity}")
    doc.used("ex:clean", "ex:old.csv")
    doc.wasGeneratedBy("ex:all", "ex:clean")
    doc.wasGeneratedBy("ex:made.csv", "ex:extract")
    made, notes = read(doc)
    assert names(made["clean"].inputs) == ["old.csv"] and names(made["clean"].outputs) == ["all", "new.csv"]
    assert notes["Another step made this member of a collection: that it is in it has no place"] == 1


def test_a_collection_that_no_step_knows_is_told(read: Any) -> None:
    doc = document()
    doc.hadMember("ex:all", "ex:a.csv")
    doc.hadMember("ex:a.csv", "ex:all")  # and one that holds itself ends
    doc.used("ex:clean", "ex:b.csv")
    made, notes = read(doc)
    assert names(made["clean"].inputs) == ["b.csv"]
    assert [count for note, count in notes.items() if note.startswith("hadMember: no step took")] == [2]


def test_a_special_thing_has_the_bytes_of_the_general_one(read: Any) -> None:
    doc = document()
    doc.entity(f"h:{'a' * 64}")
    doc.entity("ex:f1", {"ex:basename": "in.csv"})
    doc.specializationOf("ex:f1", f"h:{'a' * 64}")
    doc.specializationOf("ex:x", "ex:y")
    doc.used("ex:clean", "ex:f1")
    made, notes = read(doc)
    assert made["clean"].inputs == (ev.File("in.csv", "a" * 64),)
    assert notes["specializationOf: no step took or made what is the special one of the two"] == 1


def test_what_still_has_no_place_is_told_with_the_reason(read: Any) -> None:
    doc = document()
    doc.used("ex:clean", "ex:a", other_attributes={"prov:role": "table"})
    doc.wasInvalidatedBy("ex:a", "ex:clean")
    doc.alternateOf("ex:a", "ex:b")
    doc.wasInfluencedBy("ex:a", "ex:b")
    doc.wasStartedBy("ex:clean", "ex:mail", time="2026-07-01T10:00:00")
    made, notes = read(doc)
    assert str(made["clean"].started).startswith("2026-07-01T10:00:00")
    for kind in ("wasInvalidatedBy", "alternateOf", "wasInfluencedBy", "wasStartedBy"):
        assert [count for note, count in notes.items() if note.startswith(f"{kind}: ")] == [1], kind
    assert notes["The attribute http://www.w3.org/ns/prov#role of used has no place in a step"] == 1


def test_pairs_of_a_dictionary() -> None:
    text = """document
      prefix ex <http://example.org/>
      entity(ex:d, [prov:type='prov:Dictionary', prov:hadDictionaryMember='ex:p1', prov:hadDictionaryMember='ex:p2'])
      entity(ex:p1, [prov:type='prov:KeyEntityPair', prov:pairKey="one", prov:pairEntity='ex:a.csv'])
      entity(ex:p2, [prov:type='prov:KeyEntityPair', prov:pairKey="two"])
      used(ex:clean, ex:d, -)
    endDocument"""
    made, notes = told(text)
    assert names(made["clean"].inputs) == ["a.csv", "d"]
    assert notes["hadDictionaryMember has no place in a step"] == 1


def test_members_are_not_taken_without_end() -> None:
    lines = [f"hadMember(ex:c, ex:m{n})" for n in range(150)] + [f"used(ex:a{n}, ex:c, -)" for n in range(150)]
    made, notes = told("document\nprefix ex <http://example.org/>\n" + "\n".join(lines) + "\nendDocument")
    assert sum(len(step.inputs) for step in made.values()) <= 20_150
    assert notes["A collection has too many members, or too many steps took it: the rest is left out"] == 1
