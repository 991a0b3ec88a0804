"""Each rule on the triples it is for."""

import pytest
from rdflib import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef

from ckanext.feeds import vocabulary
from ckanext.feeds.ranges import ADMS, DCT_FORMAT, DCT_IDENTIFIER, DCT_TITLE, GSP, LOCN, SPDX, VCARD
from ckanext.feeds.rules import About, correct

DATASET = URIRef("https://example.org/dataset/1")
FILE = URIRef("https://example.org/dataset/1/resource/2")
ABOUT = About(title="Bins", page="https://example.org/dataset/1", resource_pages={str(FILE): "https://example.org/r/2"})


def corrected(*triples, about=ABOUT):
    return correct([(DATASET, RDF.type, DCAT.Dataset), *triples], DATASET, about)


def with_file(*triples, about=ABOUT):
    return corrected((DATASET, DCAT.distribution, FILE), (FILE, RDF.type, DCAT.Distribution), *triples, about=about)


def test_an_empty_dataset_gets_title_and_description():
    graph = corrected()
    assert graph.value(DATASET, DCT_TITLE) == graph.value(DATASET, DCTERMS.description) == Literal("Bins")


@pytest.mark.parametrize(
    ("predicate", "text", "cls", "label"),
    [
        (DCTERMS.provenance, "From Uniform", DCTERMS.ProvenanceStatement, RDFS.label),
        (DCTERMS.accessRights, "Public", DCTERMS.RightsStatement, RDFS.label),
        (DCTERMS.conformsTo, "Schema 1", DCTERMS.Standard, RDFS.label),
        (DCTERMS.accrualPeriodicity, "when the moon is full", DCTERMS.Frequency, RDFS.label),
        (DCTERMS.language, "Klingon", DCTERMS.LinguisticSystem, RDFS.label),
        (DCAT.theme, "Bins", SKOS.Concept, SKOS.prefLabel),
        (DCTERMS.spatial, "Aireborough", DCTERMS.Location, SKOS.prefLabel),
        (DCTERMS.publisher, "The council", FOAF.Agent, FOAF.name),
        (FOAF.page, "See the shelf", FOAF.Document, RDFS.label),
    ],
)
def test_a_text_becomes_a_node(predicate, text, cls, label):
    graph = corrected((DATASET, predicate, Literal(text)))
    node = graph.value(DATASET, predicate)
    assert isinstance(node, BNode)
    assert (node, RDF.type, cls) in graph
    assert graph.value(node, label) == Literal(text)


@pytest.mark.parametrize(
    ("predicate", "text", "uri"),
    [
        (DCTERMS.language, "en", "language/ENG"),
        (DCTERMS.accrualPeriodicity, "Monthly", "frequency/MONTHLY"),
        (DCAT.theme, "Environment", "data-theme/ENVI"),
    ],
)
def test_a_known_word_becomes_its_code(predicate, text, uri):
    assert corrected((DATASET, predicate, Literal(text))).value(DATASET, predicate) == URIRef(
        vocabulary.AUTHORITY + uri
    )


def test_a_theme_has_a_label():
    theme = URIRef(vocabulary.AUTHORITY + "data-theme/TRAN")
    graph = corrected((DATASET, DCAT.theme, theme))
    assert graph.value(theme, SKOS.prefLabel) == Literal("Transport", lang="en")


def test_a_theme_that_is_no_address():
    graph = corrected((DATASET, DCAT.theme, URIRef("Roads & bridges")))
    assert graph.value(graph.value(DATASET, DCAT.theme), SKOS.prefLabel) == Literal("Roads & bridges")


def test_identifiers_are_texts():
    graph = corrected((DATASET, DCT_IDENTIFIER, URIRef("https://example.org/id")))
    assert graph.value(DATASET, DCT_IDENTIFIER) == Literal("https://example.org/id")


def test_landing_pages_that_are_no_address_go():
    graph = corrected((DATASET, DCAT.landingPage, URIRef("see above")))
    assert graph.value(DATASET, DCAT.landingPage) is None


def test_qualified_attribution_is_provs():
    node = BNode()
    graph = corrected(
        (DATASET, DCAT.qualifiedAttribution, node),
        (node, RDF.type, DCAT.Attribution),
        (node, DCAT.agent, URIRef("https://example.org/agent")),
        (node, DCAT.hadRole, URIRef("https://example.org/role")),
    )
    node = graph.value(DATASET, PROV.qualifiedAttribution)
    assert (node, RDF.type, PROV.Attribution) in graph
    assert graph.value(node, PROV.agent) == URIRef("https://example.org/agent")
    assert not list(graph.triples((None, DCAT.qualifiedAttribution, None)))
    assert not list(graph.triples((None, RDF.type, DCAT.Attribution)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Literal("2026-01-31", datatype=XSD.date), Literal("2026-01-31", datatype=XSD.date)),
        (Literal("0001-01-01T10:30:00", datatype=XSD.dateTime), None),
        (Literal("soon", datatype=XSD.dateTime), Literal("soon")),
        (Literal("summer 2019"), Literal("summer 2019")),
    ],
)
def test_dates(value, expected):
    assert corrected((DATASET, DCTERMS.issued, value)).value(DATASET, DCTERMS.issued) == expected


def test_one_modification_date():
    graph = corrected((DATASET, DCTERMS.modified, Literal("2026")), (DATASET, DCTERMS.modified, Literal("2025")))
    assert len(list(graph.objects(DATASET, DCTERMS.modified))) == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mailto:a@example.org", URIRef("mailto:a@example.org")),
        ("mailto: a@example.org", URIRef("mailto:a@example.org")),
        ("mailto:managed services", None),
        ("mailto:", None),
    ],
)
def test_contacts_without_proper_mail(address, expected):
    contact = BNode()
    graph = corrected(
        (DATASET, DCAT.contactPoint, contact),
        (contact, RDF.type, VCARD.Organization),
        (contact, VCARD.fn, Literal("Team")),
        (contact, VCARD.hasEmail, URIRef(address)),
    )
    assert (graph.value(DATASET, DCAT.contactPoint), RDF.type, VCARD.Kind) in graph
    assert graph.value(contact, VCARD.hasEmail) == expected


def test_agents_are_named():
    agent, nobody = URIRef("https://example.org/agents/leeds-city"), BNode()
    graph = corrected(
        (DATASET, DCTERMS.creator, agent),
        (agent, RDF.type, FOAF.Agent),
        (DATASET, DCTERMS.publisher, nobody),
        (nobody, RDF.type, FOAF.Agent),
    )
    assert graph.value(agent, FOAF.name) == Literal("example.org")
    assert graph.value(DATASET, DCTERMS.publisher) is None
    assert (nobody, None, None) not in graph


@pytest.mark.parametrize(
    ("triples", "expected"),
    [
        ([(FILE, DCAT.accessURL, URIRef("https://e.org/a"))], "https://e.org/a"),
        ([(FILE, DCAT.downloadURL, URIRef("https://e.org/b"))], "https://e.org/b"),
        ([], "https://example.org/r/2"),
        ([(FILE, DCAT.accessURL, URIRef("on request"))], "https://example.org/r/2"),
    ],
)
def test_every_distribution_has_an_access_url(triples, expected):
    assert with_file(*triples).value(FILE, DCAT.accessURL) == URIRef(expected)


def test_formats_and_media_types():
    graph = with_file((FILE, DCT_FORMAT, Literal("csv")), (FILE, DCAT.mediaType, Literal("text/csv; charset=utf-8")))
    node = graph.value(FILE, DCT_FORMAT)
    assert node == URIRef(vocabulary.AUTHORITY + "file-type/CSV")
    assert set(graph.objects(node, RDF.type)) == {DCTERMS.IMT, DCTERMS.MediaTypeOrExtent}
    assert graph.value(FILE, DCAT.mediaType) == URIRef(vocabulary.IANA + "text/csv")


def test_unknown_formats():
    graph = with_file((FILE, DCT_FORMAT, Literal("Punch card")), (FILE, DCAT.mediaType, Literal("punched")))
    node = graph.value(FILE, DCT_FORMAT)
    assert isinstance(node, BNode) and graph.value(node, RDFS.label) == Literal("Punch card")
    assert graph.value(FILE, DCAT.mediaType) is None


@pytest.mark.parametrize(
    ("value", "algorithm", "expected"),
    [
        ("d41d8cd98f00b204e9800998ecf8427e", None, "md5"),
        ("sha256:" + "ab" * 32, None, "sha256"),
        ("AB" * 20, "SHA-1", "sha1"),
        ("abc", None, None),
        ("not a hash", "md5", None),
    ],
)
def test_checksums(value, algorithm, expected):
    node = BNode()
    said = [(FILE, SPDX.checksum, node), (node, SPDX.checksumValue, Literal(value))]
    if algorithm:
        said.append((node, SPDX.algorithm, Literal(algorithm)))
    graph = with_file(*said)
    found = graph.value(FILE, SPDX.checksum)
    if expected is None:
        assert found is None
    else:
        assert str(graph.value(found, SPDX.algorithm)).endswith("checksumAlgorithm_" + expected)
        assert graph.value(found, SPDX.checksumValue).datatype == XSD.hexBinary


@pytest.mark.parametrize(("size", "kept"), [("12", True), ("0", True), ("-1", False), ("12 MB", False), ("1.5", False)])
def test_sizes(size, kept):
    found = with_file((FILE, DCAT.byteSize, Literal(size))).value(FILE, DCAT.byteSize)
    assert found == (Literal(size, datatype=XSD.nonNegativeInteger) if kept else None)


@pytest.mark.parametrize(
    ("text", "kept"), [("P1D", True), ("PT15M", True), ("daily", False), ("P", False), ("PT", False)]
)
def test_durations(text, kept):
    found = corrected((DATASET, DCAT.temporalResolution, Literal(text, datatype=XSD.duration, normalize=False)))
    assert (found.value(DATASET, DCAT.temporalResolution) is not None) is kept


def test_the_licence_of_the_dataset_is_that_of_its_files():
    about = About(title="T", page="https://e.org/d", licence_url="https://e.org/ogl", licence_title="OGL")
    graph = with_file(about=about)
    assert graph.value(FILE, DCTERMS.license) == URIRef("https://e.org/ogl")
    assert (URIRef("https://e.org/ogl"), RDF.type, DCTERMS.LicenseDocument) in graph
    own = with_file((FILE, DCTERMS.license, URIRef("https://e.org/other")), about=about)
    assert list(own.objects(FILE, DCTERMS.license)) == [URIRef("https://e.org/other")]


def test_geometry_of_a_named_place():
    place = URIRef("https://example.org/leeds")
    shape = Literal("POLYGON ((0 0, 2 0, 1 3, 0 0))", datatype=GSP.wktLiteral)
    graph = corrected(
        (DATASET, DCTERMS.spatial, place),
        (place, RDF.type, DCTERMS.Location),
        (place, SKOS.prefLabel, Literal("Leeds")),
        (place, LOCN.geometry, shape),
    )
    assert not list(graph.triples((None, LOCN.geometry, None)))
    assert graph.value(place, DCAT.bbox) is None
    (own,) = set(graph.objects(DATASET, DCTERMS.spatial)) - {place}
    assert "2.0000 3.0000" in graph.value(own, DCAT.bbox)
    assert graph.value(graph.value(own, GSP.hasGeometry), GSP.asWKT) == shape


def test_relationships_without_a_role_are_plain_relations():
    node, other = BNode(), URIRef("https://example.org/other")
    graph = corrected(
        (DATASET, DCAT.qualifiedRelation, node), (node, RDF.type, DCAT.Relationship), (node, DCTERMS.relation, other)
    )
    assert graph.value(DATASET, DCAT.qualifiedRelation) is None
    assert graph.value(DATASET, DCTERMS.relation) == other


def test_services_without_an_endpoint_go():
    service = BNode()
    graph = with_file((FILE, DCAT.accessService, service), (service, RDF.type, DCAT.DataService))
    assert graph.value(FILE, DCAT.accessService) is None


def test_subjects_that_are_no_address():
    agent = URIRef("the council")
    graph = corrected(
        (agent, RDF.type, FOAF.Agent), (agent, FOAF.name, Literal("Leeds")), (DATASET, DCTERMS.creator, agent)
    )
    node = graph.value(DATASET, DCTERMS.creator)
    assert isinstance(node, BNode) and graph.value(node, FOAF.name) == Literal("Leeds")


def test_what_nothing_points_to_any_more_goes():
    node, below = BNode(), BNode()
    graph = corrected((node, RDFS.seeAlso, below), (below, RDFS.label, Literal("x")))
    assert not list(graph.triples((None, RDFS.label, None)))


def test_other_identifiers_need_a_notation():
    graph = corrected((DATASET, ADMS.identifier, Literal("doi:1")), (DATASET, ADMS.identifier, BNode()))
    nodes = list(graph.objects(DATASET, ADMS.identifier))
    assert [graph.value(n, SKOS.notation) for n in nodes] == [Literal("doi:1")]


def test_the_input_is_left_alone():
    raw = Graph()
    raw.add((DATASET, DCTERMS.provenance, Literal("x")))
    correct(raw, DATASET, ABOUT)
    assert len(raw) == 1
