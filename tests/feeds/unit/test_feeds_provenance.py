"""A journey in PROV-O: one activity of the dataset, each step after the one before, hops in their order."""

import pytest
from rdflib import DCTERMS, FOAF, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef

from ckanext.feeds import provenance
from ckanext.feeds.provenance import SPDX

DATASET = URIRef("https://council.example/dataset/1")
PAGE = "https://council.example/dataset/journey/1"
STEPS = [
    {"id": "a", "type": "extract", "started": "2025-01-02", "ended": None, "agent_role": "Data officer"},
    {
        "id": "b",
        "type": "disclosure-check",
        "started": "2025-01-03T10:00:00+00:00",
        "ended": "2025-01-03T11:00:00+00:00",
        "tool": "sdcMicro",
        "tool_version": "5.7",
        "inputs": [{"name": "raw.csv", "sha256": "a" * 64}],
        "outputs": [{"name": "open.csv", "sha256": "nonsense"}, {"name": "", "sha256": None}],
    },
    {"id": "c", "type": "publish", "started": "2025-01-04", "ended": "2025-01-04"},
    {"id": "d", "type": "reuse", "started": "2025-02-01"},
]
HOPS = [
    {
        "position": 2,
        "portal": "Region",
        "remote_id": "r-1",
        "url": "https://region.example/r 1",
        "content_hash": "b" * 64,
    },
    {
        "position": 1,
        "portal": "Council",
        "remote_id": "c-1",
        "url": "javascript:alert(1)",
        "remote_modified": "2025-01-01",
    },
]


def graph_of(journey, **fields):
    graph = Graph()
    for triple in provenance.triples(DATASET, fields, journey, PAGE):
        graph.add(triple)
    return graph


def test_steps_lead_back_from_the_publication():
    graph = graph_of({"steps": STEPS, "hops": [], "systems": []})
    a, b, c = (URIRef(f"{PAGE}#step-{name}") for name in "abc")
    assert list(graph.objects(DATASET, PROV.wasGeneratedBy)) == [c]
    assert list(graph.objects(c, PROV.wasInformedBy)) == [b] and list(graph.objects(b, PROV.wasInformedBy)) == [a]
    assert set(graph.subjects(RDF.type, PROV.Activity)) == {a, b, c}, "re-use did not make the dataset"
    assert graph.value(b, RDFS.label) == Literal("Disclosure check")
    assert graph.value(a, PROV.startedAtTime) == Literal("2025-01-02", datatype=XSD.date)
    assert graph.value(b, PROV.endedAtTime).datatype == XSD.dateTime
    names = {str(graph.value(agent, FOAF.name)) for agent in graph.objects(None, PROV.wasAssociatedWith)}
    assert names == {"Data officer", "sdcMicro 5.7"}
    used = graph.value(b, PROV.used)
    assert graph.value(graph.value(used, SPDX.checksum), SPDX.checksumValue) == Literal(
        "a" * 64, datatype=XSD.hexBinary
    )
    made = list(graph.objects(b, PROV.generated))
    assert [str(graph.value(entity, RDFS.label)) for entity in made] == ["open.csv"]
    assert graph.value(made[0], SPDX.checksum) is None


def test_the_statement_tells_it_in_words():
    journey = {"systems": [{"name": "Northgate"}], "steps": STEPS, "hops": HOPS}
    statement = graph_of(journey).value(DATASET, DCTERMS.provenance)
    text = str(graph_of(journey).value(None, RDFS.label) or "")
    graph = graph_of(journey)
    text = str(graph.value(graph.value(DATASET, DCTERMS.provenance), RDFS.label))
    assert statement is not None
    assert text == (
        "From Northgate. Steps: extract (2025-01-02), disclosure check (2025-01-03), publish (2025-01-04). "
        "Harvested through Council, Region."
    )


def test_what_the_dataset_says_itself_stays_the_only_answer():
    graph = graph_of({"steps": STEPS}, provenance="Counted", provenance_activity=[{"label": "Count"}])
    assert not list(graph.objects(DATASET, DCTERMS.provenance))
    assert not list(graph.objects(DATASET, PROV.wasGeneratedBy))
    assert list(graph.subjects(PROV.generated, DATASET)) == [URIRef(f"{PAGE}#step-c")]


def test_hops_in_their_order():
    graph = graph_of({"hops": HOPS})
    last = graph.value(DATASET, PROV.wasDerivedFrom)
    first = graph.value(last, PROV.wasDerivedFrom)
    assert [str(graph.value(hop, DCTERMS.identifier)) for hop in (first, last)] == ["c-1", "r-1"]
    names = [str(graph.value(graph.value(hop, PROV.wasAttributedTo), FOAF.name)) for hop in (first, last)]
    assert names == ["Council", "Region"]
    assert graph.value(last, RDFS.seeAlso) == URIRef("https://region.example/r%201")
    assert graph.value(first, RDFS.seeAlso) is None
    assert graph.value(first, PROV.wasDerivedFrom) is None


@pytest.mark.parametrize(
    "journey", [None, {}, {"steps": None, "hops": None, "systems": None}, {"steps": [{}], "hops": [{}]}]
)
def test_little_or_nothing_to_tell(journey):
    graph = graph_of(journey)
    assert len(graph) < 9
    assert graph.serialize(format="nt") is not None


def test_a_long_journey_is_cut():
    steps = [{"id": str(n), "type": "clean", "inputs": [{"name": f"f{m}"} for m in range(99)]} for n in range(200)]
    graph = graph_of({"steps": steps})
    assert len(set(graph.subjects(RDF.type, PROV.Activity))) == 50
    assert len(set(graph.subjects(RDF.type, PROV.Entity))) == 500
