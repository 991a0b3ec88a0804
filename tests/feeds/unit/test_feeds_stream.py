"""Writers against two independent parsers, over whatever texts, addresses and blank nodes there are."""

import gzip
import json

import pyoxigraph as ox
import pytest
import rdflib
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from ckanext.feeds import formats, iris, ranges, stream
from ckanext.feeds.fragment import to_ntriples

RDFLIB = {"ttl": "turtle", "n3": "n3", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
OXIGRAPH = {
    "ttl": ox.RdfFormat.TURTLE,
    "n3": ox.RdfFormat.N3,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
}
FORMS = [*formats.OFFERED, formats.N3]

texts = st.text(max_size=30)
addresses = st.builds(lambda t: iris.clean_iri("https://example.org/" + t), texts).filter(bool).map(URIRef)
nodes = st.one_of(addresses, st.sampled_from([BNode("one"), BNode("two"), BNode("three")]))
predicates = st.sampled_from(
    [
        rdflib.DCTERMS.title,
        rdflib.DCAT.keyword,
        RDF.type,
        URIRef("https://example.org/odd#a-b.c"),
        URIRef("urn:x:terms:p"),
    ]
)
literals = st.one_of(
    st.builds(Literal, texts),
    st.builds(lambda t, tag: Literal(t, lang=tag), texts, st.sampled_from(["en", "cy", "en-gb", "zh-hant"])),
    st.builds(lambda t, d: Literal(t, datatype=d, normalize=False), texts, addresses),
    st.builds(lambda n: Literal(str(n), datatype=rdflib.XSD.integer), st.integers()),
    st.just(Literal(" leading, trailing \n\n\t]]> <b>&amp;</b> '''\"\"\" \\ @prefix x: <y> .")),
)
triples = st.tuples(nodes, predicates, st.one_of(nodes, literals))
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def graph_of(items):
    graph = Graph()
    for s, p, o in items:
        value = iris.clean_object(o)
        if p == RDF.type:
            value = iris.clean_predicate(o)
        if value is not None:
            graph.add((s, p, value))
    return graph


def as_set(graph, form):
    data = ox.serialize(ox.parse(graph, format=OXIGRAPH[form.ext]), format=ox.RdfFormat.N_TRIPLES)
    return set((data or b"").splitlines())


@quick
@given(st.lists(triples, max_size=12), st.lists(triples, max_size=12))
def test_every_parser_reads_what_was_written(first, second):
    fragments = [to_ntriples(graph_of(items), URIRef("urn:x:first"), str(n)) for n, items in enumerate((first, second))]
    expected = Graph()
    for data in fragments:
        expected.parse(data=data, format="nt")
    lines = as_set(b"".join(fragments), formats.N_TRIPLES)
    for form in FORMS:
        document = b"".join(stream.write(form, iter(fragments)))
        assert as_set(document, form) == lines, form
        parsed = Graph().parse(data=document, format=RDFLIB[form.ext])
        assert len(parsed) == len(expected), form


@quick
@given(st.lists(triples, max_size=10))
def test_a_fragment_says_what_its_graph_said(items):
    graph = graph_of(items)
    lean = Graph().parse(data=to_ntriples(graph, URIRef("urn:x:first"), "salt"), format="nt")
    assert {t for t in lean if not any(isinstance(x, BNode) for x in t)} == {
        t for t in graph if not any(isinstance(x, BNode) for x in t)
    }
    again = to_ntriples(lean, URIRef("urn:x:first"), "salt")
    assert isomorphic(Graph().parse(data=again, format="nt"), lean) or len(lean) > len(list(set(again.splitlines())))


def test_blank_nodes_of_two_datasets_stay_apart():
    graph = Graph()
    graph.add((BNode(), rdflib.FOAF.name, Literal("Someone")))
    one, two = (to_ntriples(graph, URIRef("urn:x:d"), salt) for salt in ("a", "b"))
    assert one.split()[0] != two.split()[0]
    assert one == to_ntriples(graph, URIRef("urn:x:d"), "a")


def test_many_equal_blank_nodes_are_one_and_quick():
    graph = Graph()
    for _ in range(300):
        node = BNode()
        graph.add((URIRef("urn:x:d"), rdflib.DCAT.contactPoint, node))
        graph.add((node, rdflib.FOAF.name, Literal("The same")))
    assert len(to_ntriples(graph, URIRef("urn:x:d"), "a").splitlines()) == 2


def test_blank_nodes_in_a_circle():
    graph, a, b = Graph(), BNode(), BNode()
    graph.add((a, rdflib.DCTERMS.relation, b))
    graph.add((b, rdflib.DCTERMS.relation, a))
    assert to_ntriples(graph, URIRef("urn:x:d"), "a")


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.ext)
def test_nothing_to_write(form):
    for batches in ([], [b""], [b"", b""]):
        document = b"".join(stream.write(form, iter(batches)))
        assert as_set(document, form) == set()


def test_the_dataset_leads():
    graph, first = Graph(), URIRef("https://example.org/z")
    graph.add((URIRef("https://example.org/a"), RDF.type, rdflib.DCAT.Distribution))
    graph.add((first, rdflib.DCTERMS.title, Literal("T")))
    graph.add((first, RDF.type, rdflib.DCAT.Dataset))
    lines = to_ntriples(graph, first, "x").decode().splitlines()
    assert [line.split()[0] for line in lines] == [first.n3(), first.n3(), "<https://example.org/a>"]
    assert "Dataset" in lines[0]


def test_json_ld_reads_well():
    data = b"".join(
        [
            b"<https://e.org/d> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n",
            b'<https://e.org/d> <http://purl.org/dc/terms/title> "Bins" .\n',
            b'<https://e.org/d> <http://www.w3.org/ns/dcat#keyword> "a" .\n',
            b'<https://e.org/d> <http://www.w3.org/ns/dcat#keyword> "b"@cy .\n',
        ]
    )
    document = json.loads(b"".join(stream.write(formats.JSON_LD, iter([data]))))
    assert document["@graph"] == [
        {
            "@id": "https://e.org/d",
            "@type": "dcat:Dataset",
            "dct:title": "Bins",
            "dcat:keyword": ["a", {"@value": "b", "@language": "cy"}],
        }
    ]
    assert document["@context"] == ranges.PREFIXES


def test_writers_are_lazy():
    def batches():
        yield b'<urn:x:a> <http://purl.org/dc/terms/title> "1" .\n'
        raise AssertionError("the second batch was read before the first was written")

    for form in FORMS:
        chunks = stream.compress(stream.write(form, batches()), "gzip")
        assert next(chunks)


@pytest.mark.parametrize("coding", ["gzip", "zstd", ""])
@given(chunks=st.lists(st.binary(max_size=200), max_size=10))
def test_compression(coding, chunks):
    packed = list(stream.compress(iter(chunks), coding))
    unpack = {"gzip": gzip.decompress, "zstd": unzstd, "": bytes}[coding]
    assert unpack(b"".join(packed)) == b"".join(chunks)
    assert list(stream.compress(iter(chunks), coding)) == packed


def unzstd(data):
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)
