"""Each format of a journey: valid, whole, escaped by its own rules, without what is not public, small enough."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journey_export_sample import EVIL, SECRET, about, file, hop, journey, made_id, row, rows
from prov.model import ProvDocument
from pyoxigraph import NamedNode, RdfFormat, parse

from ckanext.journey.exports import crate, document, drawing, gemini, openlineage, prov_json, prov_rdf, registry, table

LINEAGE = Path(__file__).parents[3].parent / "shared" / "lineage"
PROV = "http://www.w3.org/ns/prov#"
RENDERED = [form for form in registry.FORMATS if form.render]


@pytest.fixture
def doc() -> document.Document:
    hops = [
        hop(2, "data.region.example", url="https://data.region.example/spend"),
        hop(1, "origin <&>", remote_id="s-1"),
    ]
    return document.build(about(), journey(rows(), hops=hops), 1000)


@pytest.fixture
def bare() -> document.Document:
    """A dataset of which nothing is known."""
    nothing = about(
        publisher=None, publisher_url=None, licence=None, licence_url=None, created=None, resources=(), notes=None
    )
    return document.build(nothing, journey([], stage=None), 1000)


@pytest.fixture
def hub() -> document.Document:
    """A step that reads ten thousand files."""
    many = [file(f"part-{n}.csv", "input", None) for n in range(10_000)]
    steps = [row("first", "extract", 1), row("hub", "join", 2, io=[*many, file("all.csv", "output", "e" * 64, 5)])]
    return document.build(about(), journey(steps), 5000)


def needs(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} of the recorded standards is not beside the project")
    return path


@pytest.mark.parametrize("form", RENDERED, ids=lambda form: form.name)
def test_what_is_not_public_is_in_no_format(doc, form):
    assert SECRET.encode() not in form.render(doc)


@pytest.mark.parametrize("form", RENDERED, ids=lambda form: form.name)
def test_a_dataset_without_any_step_has_every_format(bare, form):
    assert form.render(bare) or form.name == "openlineage-ndjson"  # no step, no line


@pytest.mark.parametrize("form", RENDERED, ids=lambda form: form.name)
def test_a_hub_of_ten_thousand_files_is_cut_and_says_so(hub, form):
    begun = time.perf_counter()
    content = form.render(hub)
    assert time.perf_counter() - begun < 5
    assert len(content) < 8_000_000
    assert hub.cut == {"steps": 0, "files": 5003}
    if form.is_text and form.name != "svg":
        assert b"This export was cut" in content


def test_ten_thousand_steps_keep_the_latest():
    steps = [row(str(n), "clean", 1 + n % 28, io=[file(f"{n}.csv", "output", None)]) for n in range(10_000)]
    shown = journey(steps)
    found = document.build(about(), shown, 100)
    assert [step["id"] for step in found.steps] == [step["id"] for step in shown["steps"][-50:]]
    assert found.cut == {"steps": 9950, "files": 0}


def test_steps_that_were_not_even_read_count_as_cut():
    found = document.build(about(), journey([row("one", "clean", 1)], total=7), 100)
    assert found.cut["steps"] == 6
    assert "6 earlier steps" in str(found.notice)


def test_reports_that_are_not_folded_yet_are_told():
    found = document.build(about(), journey([row("one", "clean", 1)]) | {"waiting": 1200}, 100)
    assert found.notice == "1,200 reports of the organisation's tools are not in it yet."


# PROV-JSON


def test_prov_json_goes_through_the_prov_package_and_back(doc):
    content = prov_json.render(doc).decode()
    first = ProvDocument.deserialize(content=content, format="json")
    again = ProvDocument.deserialize(content=first.serialize(format="json"), format="json")
    assert first == again
    for kind in ("entity", "activity", "agent", "used", "wasGeneratedBy", "wasAssociatedWith", "wasDerivedFrom"):
        assert len(json.loads(first.serialize(format="json"))[kind]) == len(json.loads(content)[kind]), kind


def test_prov_json_also_where_nothing_is_known(bare):
    assert ProvDocument.deserialize(content=prov_json.render(bare).decode(), format="json").get_records()


def test_prov_names_nothing_that_it_does_not_declare(doc):
    told = json.loads(prov_json.render(doc))
    known = {name for kind in ("entity", "activity", "agent") for name in told[kind]}
    things = ("entity", "activity", "agent", "plan", "generatedEntity", "usedEntity", "delegate", "responsible")
    things += ("collection", "influencer", "influencee", "alternate1", "alternate2")
    for kind, relations in told.items():
        if kind not in ("prefix", "entity", "activity", "agent"):
            for values in relations.values():
                assert {values[f"prov:{name}"] for name in things if f"prov:{name}" in values} <= known


# PROV-O


def triples(doc, form):
    render = {RdfFormat.TURTLE: prov_rdf.turtle, RdfFormat.JSON_LD: prov_rdf.json_ld}[form]
    return {(t.subject, t.predicate, t.object) for t in parse(render(doc), format=form)}


def prov(name):
    return NamedNode(PROV + name)


def here(doc, name):
    return NamedNode(f"{doc.page}#{name}")


def test_turtle_and_json_ld_say_the_same(doc):
    found = triples(doc, RdfFormat.TURTLE)
    assert len(found) > 150
    assert found == triples(doc, RdfFormat.JSON_LD)


def test_prov_o_uses_only_terms_of_the_ontology_and_within_their_domains_and_ranges(doc):
    ontology = list(parse(path=str(needs(LINEAGE / "prov" / "ontology" / "prov-o.ttl")), format=RdfFormat.TURTLE))
    rdf, rdfs = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
    terms = {t.subject.value for t in ontology if isinstance(t.subject, NamedNode)}
    parents: dict = {}
    for t in ontology:
        if t.predicate.value == f"{rdfs}subClassOf" and isinstance(t.object, NamedNode):
            parents.setdefault(t.subject, set()).add(t.object)
    told = triples(doc, RdfFormat.TURTLE)
    classes: dict = {}
    for subject, verb, target in told:
        for term in (subject, verb, target):
            if isinstance(term, NamedNode) and term.value.startswith(PROV):
                assert term.value in terms, term
        if verb.value == f"{rdf}type":
            classes.setdefault(subject, set()).update({target, *parents.get(target, ())})
    checked = 0
    for side, place in ((f"{rdfs}domain", 0), (f"{rdfs}range", 2)):
        rules = {t.subject: t.object for t in ontology if t.predicate.value == side and isinstance(t.object, NamedNode)}
        for triple in told:
            wanted, thing = rules.get(triple[1]), triple[place]
            if wanted in {prov(name) for name in ("Entity", "Activity", "Agent", "Association", "Plan", "Role")}:
                assert wanted in classes.get(thing, set()), triple
                checked += 1
    assert checked > 50


def test_prov_o_has_roles_plans_times_and_revisions(doc):
    found = triples(doc, RdfFormat.TURTLE)
    verbs = {verb.value.removeprefix(PROV) for _, verb, _ in found}
    assert {
        "qualifiedAssociation", "hadPlan", "hadRole", "agent", "generatedAtTime", "invalidatedAtTime", "wasDerivedFrom",
        "hadPrimarySource", "used", "wasGeneratedBy", "startedAtTime", "endedAtTime", "actedOnBehalfOf", "atLocation",
    } <= verbs  # fmt: skip
    plans = {target for _, verb, target in found if verb == prov("hadPlan")}
    assert len(plans) == 1
    assert {subject for subject, verb, target in found if target == prov("Plan")} == plans
    raw, open_csv = (here(doc, f"file-{made_id(name)}") for name in ("raw.csv", "open.csv"))
    assert (open_csv, prov("wasDerivedFrom"), raw) in found


def test_a_file_that_takes_anothers_place_is_its_revision():
    from ckanext.journey.rows import artefact_id

    old, new = "d" * 64, "e" * 64
    ids = {sha: artefact_id(about().id, "open.csv", sha, "res-1") for sha in (old, new)}
    more = {"kind": "file", "resource_id": "res-1"}
    steps = [
        row("a", "receive", 1, resource_id="res-1", io=[file("open.csv", "output", old, artefact=ids[old], **more)]),
        row("b", "receive", 2, resource_id="res-1", detail={"replaces": old},
            io=[file("open.csv", "output", new, artefact=ids[new], **more)]),
    ]  # fmt: skip
    doc = document.build(about(), journey(steps), 100)
    wanted = (here(doc, f"file-{ids[new]}"), prov("wasRevisionOf"), here(doc, f"file-{ids[old]}"))
    assert wanted in triples(doc, RdfFormat.TURTLE)


def test_the_same_bytes_join_the_steps(doc):
    """What was cleaned and what was received are two files of the same bytes."""
    told = [
        row("a", "clean", 1, io=[file("open.csv", "output", "b" * 64)]),
        row("b", "receive", 2, io=[file("upload.csv", "output", "b" * 64)]),
    ]
    found = triples(document.build(about(), journey(told), 100), RdfFormat.TURTLE)
    assert (
        here(doc, f"file-{made_id('upload.csv')}"),
        prov("alternateOf"),
        here(doc, f"file-{made_id('open.csv')}"),
    ) in found


def test_a_file_that_comes_back_is_made_once():
    steps = [row(str(n), "receive", n, io=[file("x.csv", "output", "b" * 64)]) for n in (1, 2)]
    told = json.loads(prov_json.render(document.build(about(), journey(steps), 100)))
    assert len([each for each in told["wasGeneratedBy"].values() if "file-" in each["prov:entity"]]) == 1
    assert [each for each in told["wasInfluencedBy"].values() if "file-" in each["prov:influencee"]]


def test_only_files_in_force_of_this_dataset_are_its_members():
    more = {"kind": "file", "resource_id": "r"}
    sides = [
        file("mine.csv", "output", "1" * 64, **more),
        file("past.csv", "output", "2" * 64, invalidated="2025-03-06T09:00:00+00:00", **more),
        file("theirs.csv", "input", "3" * 64, **(more | {"package_id": made_id("another dataset")})),
        file("named.csv", "input", None),
    ]
    doc = document.build(about(), journey([row("x", "join", 1, io=sides)]), 100)
    found = triples(doc, RdfFormat.TURTLE)
    assert {target for _, verb, target in found if verb == prov("hadMember")} == {
        here(doc, f"file-{made_id('mine.csv')}")
    }
    names = {side["name"] for event in openlineage.events(doc) for side in event["inputs"]}
    assert names == {"dataset/spend/theirs.csv", "dataset/spend/named.csv"}


def test_portals_are_entities_in_their_order(doc):
    found = triples(doc, RdfFormat.TURTLE)
    dataset = NamedNode(f"https://data.example/dataset/{doc.about.id}")
    first, second = here(doc, "hop-1"), here(doc, "hop-2")
    assert (second, prov("wasDerivedFrom"), first) in found
    assert (dataset, prov("wasDerivedFrom"), second) in found
    portals = {subject: target.value for subject, verb, target in found if verb.value == f"{doc.terms}portal"}
    assert portals == {first: "origin <&>", second: "data.region.example"}


# OpenLineage


def test_openlineage_is_valid_against_the_schema_and_its_facets(doc):
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from referencing import Registry, Resource

    spec = needs(LINEAGE / "openlineage" / "spec")
    schemas = [json.loads(path.read_text()) for path in (spec / "OpenLineage.json", *(spec / "facets").glob("*.json"))]
    known = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in schemas)
    by_id = {each["$id"]: each for each in schemas}
    check = Draft202012Validator.FORMAT_CHECKER
    root = next(each for each in schemas if each["$id"].endswith("OpenLineage.json"))
    whole = validator_for(root)(root, registry=known, format_checker=check)
    facets = 0
    for event in json.loads(openlineage.render(doc)):
        whole.validate(event)
        sides = [*event["inputs"], *event["outputs"]]
        groups = [event["run"]["facets"], event["job"]["facets"]]
        groups += [side[name] for side in sides for name in ("facets", "inputFacets", "outputFacets") if name in side]
        for name, facet in [pair for group in groups for pair in group.items()]:
            if not name.startswith("towpath_"):
                schema = by_id[facet["_schemaURL"]]
                Draft202012Validator(schema, registry=known, format_checker=check).validate({name: facet})
                facets += 1
    assert facets > 20


def test_openlineage_tells_a_start_and_an_end_of_each_step(doc):
    told = json.loads(openlineage.render(doc))
    by_run: dict = {}
    for event in told:
        by_run.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert by_run[made_id("fail")] == ["START", "FAIL"]
    assert by_run[made_id("clean")] == ["START", "COMPLETE"]
    assert len(by_run) == len(doc.steps)
    assert told == [json.loads(line) for line in openlineage.lines(doc).splitlines()]
    checksums = [
        f
        for e in told
        for s in (*e["inputs"], *e["outputs"])
        for n, f in s.get("facets", {}).items()
        if "checksum" in n
    ]
    assert {each["sha256"] for each in checksums} == {"a" * 64, "b" * 64, "d" * 64}


def test_a_step_that_runs_has_no_end():
    doc = document.build(about(), journey([row("x", "clean", 1, state="running")]), 100)
    assert [event["eventType"] for event in openlineage.events(doc)] == ["START"]


def test_this_portal_reads_its_own_openlineage(doc):
    from ckanext.journey.lineage import document as incoming
    from ckanext.journey.lineage import fold, shape

    states: dict = {}
    for event in openlineage.events(doc):
        told = incoming.single(incoming.decode(json.dumps(event).encode()))
        seen = {"links": [], "visibility": "public", "warnings": (), "recorded": "2025-04-01T00:00:00Z", "sequence": 1}
        run = event["run"]["runId"]
        states[run] = fold.fold(states.get(run), told.kind, told.data, seen)
    found = {run: shape.step(state, {}, None) for run, state in states.items()}
    clean = found[made_id("clean")]
    assert (clean.type, clean.tool, clean.rows_in, clean.rows_out) == ("clean", "Python", 12, 10)
    assert [each.sha256 for each in (*clean.inputs, *clean.outputs)] == ["a" * 64, "b" * 64]
    assert {run: step.type for run, step in found.items()} == {step["id"]: step["type"] for step in doc.steps}


# Process Run Crate


def validated(folder: Path, severity: str = "REQUIRED") -> list[str]:
    """What roc-validator finds, with the context from beside the project and nothing else from the network."""
    import responses
    from rocrate_validator import models, services

    context = needs(LINEAGE / "rocrate" / "ro-crate-1.1-context.jsonld").read_text()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
        for method in ("GET", "HEAD"):
            network.add(
                method, "https://w3id.org/ro/crate/1.1/context", body=context, content_type="application/ld+json"
            )
        settings = models.ValidationSettings(
            rocrate_uri=str(folder), profile_identifier="process-run-crate-0.5",
            requirement_severity=models.Severity[severity], no_cache=True, abort_on_first=False,
        )  # fmt: skip
        result = services.validate(settings)
    return [f"{issue.check.identifier} {issue.message}" for issue in result.get_issues()]


def test_the_crate_passes_its_validator(doc, tmp_path):
    pytest.importorskip("rocrate_validator")
    held = crate.Carried("data/res-1/open data.csv", 3, "b" * 64)
    (tmp_path / "data" / "res-1").mkdir(parents=True)
    (tmp_path / "data" / "res-1" / "open data.csv").write_text("a,b")
    (tmp_path / crate.METADATA).write_bytes(crate.metadata(doc, {"res-1": held}))
    assert validated(tmp_path) == []


def test_a_crate_without_tools_or_files_passes_too(bare, tmp_path):
    pytest.importorskip("rocrate_validator")
    (tmp_path / crate.METADATA).write_bytes(crate.render(bare))
    assert validated(tmp_path) == []


def test_the_validator_would_find_a_run_without_its_instrument(doc, tmp_path):
    pytest.importorskip("rocrate_validator")
    told = json.loads(crate.render(doc))
    for entity in told["@graph"]:
        entity.pop("instrument", None)
    (tmp_path / crate.METADATA).write_text(json.dumps(told))
    assert any("instrument" in each for each in validated(tmp_path))


def test_the_crate_links_what_it_holds(doc):
    told = json.loads(crate.metadata(doc, {"res-1": crate.Carried("data/res-1/open data.csv", 3, "b" * 64)}, 1))
    by_id = {entity["@id"]: entity for entity in told["@graph"]}
    assert len(by_id) == len(told["@graph"])
    root = by_id["./"]
    assert root["hasPart"] == [{"@id": "data/res-1/open%20data.csv"}, {"@id": "https://maps.example/a%20b.json"}]
    assert "1 files are referred to" in root["description"]
    received = by_id[f"#step-{made_id('receive2')}"]
    assert received["result"] == {"@id": "data/res-1/open%20data.csv"}
    assert by_id[f"#step-{made_id('receive1')}"]["result"] == {"@id": f"#file-{made_id('old.csv')}"}
    assert not [entity for entity in told["@graph"] if "Person" in str(entity["@type"])]
    named = re.findall(r'"@id": "(#[^"]+)"', json.dumps(told))
    assert set(named) <= by_id.keys()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.example/a/../../etc/passwd", "passwd"),
        ("https://x.example/..", "file"),
        ("https://x.example/a\\b:c*.csv", "a_b_c_.csv"),
        ("", "file"),
    ],
)
def test_a_name_cannot_leave_the_crate(url, name):
    assert crate.path_of({"id": "r", "url": url}) == f"data/r/{name}"


# Texts


def test_gemini_says_in_plain_words_what_happened(doc):
    lines = gemini.statement(doc).splitlines()
    assert lines[0].endswith("comes from Northgate.")
    assert lines[1] == "It came through these portals, in this order: origin <&>, data.region.example."
    wanted = (
        "1. Extracted on 1 March 2025 by: Revenues analyst, on behalf of Finance. System: Northgate. Tool: Crystal 9. "
    )
    assert wanted + "Rows: 12 out." in lines
    assert any(line.startswith("4. Validated (failed) on 4 March 2025") for line in lines)
    assert len(lines) == 3 + len(doc.steps)


def test_gemini_says_what_nobody_recorded(bare):
    assert "is not recorded" in gemini.statement(bare)
    assert "No step of its processing is recorded." in gemini.statement(bare)


def test_the_iso_fragment_is_well_formed_and_in_the_order_of_its_schema(doc):
    root = ET.fromstring(gemini.xml(doc))
    gmd = f"{{{gemini.GMD}}}"
    lineage = root.find(f"{gmd}lineage/{gmd}LI_Lineage")
    kinds = [child.tag.removeprefix(gmd) for child in lineage]
    assert kinds == ["statement", *["processStep"] * len(doc.steps), *["source"] * 3]
    for step in lineage.iter(f"{gmd}LI_ProcessStep"):
        order = [child.tag.removeprefix(gmd) for child in step]
        assert order == [name for name in ("description", "rationale", "dateTime") if name in order]
    assert lineage.findtext(f"{gmd}statement/{{{gemini.GCO}}}CharacterString") == gemini.statement(doc)


def test_csv_has_a_row_a_step_and_no_formula(doc):
    content = table.render(doc)
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert found[0] == list(table.HEADER)
    assert len(found) == 1 + len(doc.steps)
    assert {len(line) for line in found} == {len(table.HEADER)}
    assert found[2][table.HEADER.index("why")].startswith("'=cmd|")
    assert found[2][table.HEADER.index("rows_in")] == "12"
    assert not [cell for line in found[1:] for cell in line if cell.startswith(("=", "+", "-", "@", "\t"))]


# Pictures


def test_the_svg_is_well_formed_and_runs_nothing(doc):
    root = ET.fromstring(drawing.svg(doc))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "text", "g", "path", "circle", "ellipse"}
    assert not [
        name for element in root.iter() for name in element.attrib if name.lower().startswith("on") or "href" in name
    ]
    assert "<script>" in (root.find("{http://www.w3.org/2000/svg}title").text or "")


def test_the_svg_draws_every_station(doc):
    text = drawing.svg(doc).decode()
    for station in doc.journey["path"]:
        assert f">{station['label']}</text>" in text


def test_the_png_is_a_picture_of_the_whole_width(doc):
    content = drawing.png(doc)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20], "big") == drawing.PNG_WIDTH


def test_without_a_font_no_png_is_made(doc, monkeypatch):
    monkeypatch.setattr(drawing, "has_font", lambda: False)
    with pytest.raises(drawing.NoFontError, match="font"):
        drawing.png(doc)


# Names and choices


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("https://x.example/a b[1]#c#d", "https://x.example/a%20b%5B1%5D#c%23d"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://", None),
        ("https://x.example/%zz", "https://x.example/%25zz"),
        ("not one", None),
        (None, None),
        ("http://[bad", None),
    ],
)
def test_addresses(value, found):
    assert document.address(value) == found


@given(st.text())
def test_any_text_makes_a_valid_address_or_none(text):
    for value in (text, f"https://x.example/{text}", f"http://{text}"):
        found = document.address(value)
        assert found is None or NamedNode(found)


@given(st.text(min_size=1), st.text(min_size=1))
def test_slugs_are_plain_and_keep_names_apart(one, other):
    assert re.fullmatch(r"[a-z0-9-]+", document.slug(one))
    assert (document.slug(one) == document.slug(other)) == (one == other)


@given(st.text())
def test_any_text_goes_through_every_format(text):
    step = row(
        "x", "clean", 1, rationale=text, tool=text, agent_role=text, on_behalf_of=text, io=[file(text, "output", None)]
    )
    doc = document.build(
        about(title=document.clean(text), resources=()), journey([step], hops=[hop(1, text or "x")]), 100
    )
    for form in RENDERED:
        if form.name not in ("png",):
            content = form.render(doc)
            content.decode()
            if form.media_type.endswith("xml"):
                ET.fromstring(content)
    assert triples(doc, RdfFormat.TURTLE) == triples(doc, RdfFormat.JSON_LD)


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ([("text/html", 1), ("application/xhtml+xml", 1), ("application/xml", 0.9), ("*/*", 0.8)], None),
        ([("*/*", 1)], None),
        ([], None),
        ([("text/turtle", 1)], "prov-ttl"),
        ([("application/ld+json", 1)], "prov-jsonld"),
        ([("application/json", 1)], "prov-json"),
        ([("application/provenance+json", 1)], "prov-json"),
        ([("text/csv", 1), ("text/html", 0.5)], "csv"),
        ([("text/csv", 0.5), ("text/html", 0.5)], None),
        ([("image/svg+xml", 0.2), ("image/png", 0.3)], "png"),
        ([("application/zip", 1)], "crate"),
        ([("text/turtle", 0)], None),
    ],
)
def test_the_format_that_a_client_likes(accept, name):
    found = registry.negotiate(accept)
    assert (found.name if found else None) == name


def test_names_and_extensions_are_unique():
    assert len(registry.BY_NAME) == len(registry.BY_EXTENSION) == len(registry.FORMATS)


def test_evil_texts_are_in_the_sample():
    assert "<script>" in EVIL and "\x00" in EVIL
