"""The dataset through ckanext-dcat's own serializer and parser."""

import json

import pytest
from ckan.tests.helpers import call_action
from ckanext.dcat.processors import RDFParser, RDFSerializer
from geomet import wkt
from pyshacl import validate
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF

EU = "http://publications.europa.eu/resource/authority/"
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("ckanext.dcat.rdf.profiles", "euro_dcat_ap_3"),
    pytest.mark.ckan_config("ckanext.dcat.resource.inherit.license", True),
    pytest.mark.usefixtures("with_plugins"),
]
# Cardinalities, node kinds and ranges of DCAT-AP 3.0.1 for what our form fills in.
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcatap: <http://data.europa.eu/r5r/> . @prefix adms: <http://www.w3.org/ns/adms#> .
[] a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
    [ sh:path dct:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
    [ sh:path dcat:contactPoint ; sh:nodeKind sh:BlankNodeOrIRI ; sh:minCount 1 ] ,
    [ sh:path dcat:theme ; sh:nodeKind sh:IRI ; sh:minCount 2 ] ,
    [ sh:path dct:accrualPeriodicity ; sh:maxCount 1 ; sh:minCount 1 ; sh:class dct:Frequency ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:accessRights ; sh:maxCount 1 ; sh:minCount 1 ; sh:class dct:RightsStatement ] ,
    [ sh:path dct:provenance ; sh:minCount 1 ; sh:class dct:ProvenanceStatement ] ,
    [ sh:path dct:language ; sh:minCount 2 ; sh:class dct:LinguisticSystem ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:conformsTo ; sh:minCount 1 ; sh:class dct:Standard ] ,
    [ sh:path foaf:page ; sh:minCount 1 ; sh:class foaf:Document ] ,
    [ sh:path dcat:landingPage ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcatap:applicableLegislation ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path adms:identifier ; sh:minCount 1 ; sh:class adms:Identifier ] ,
    [ sh:path dct:issued ; sh:minCount 1 ; sh:maxCount 1 ; sh:or ( [sh:datatype xsd:date] [sh:datatype xsd:dateTime]
      [sh:datatype xsd:gYear] [sh:datatype xsd:gYearMonth] ) ] ,
    [ sh:path dct:modified ; sh:minCount 1 ; sh:maxCount 1 ; sh:or ( [sh:datatype xsd:date] [sh:datatype xsd:dateTime]
      [sh:datatype xsd:gYear] [sh:datatype xsd:gYearMonth] ) ] ,
    [ sh:path dct:spatial ; sh:minCount 1 ; sh:class dct:Location ] ,
    [ sh:path dct:temporal ; sh:minCount 1 ; sh:class dct:PeriodOfTime ] ,
    [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
[] a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:nodeKind sh:Literal ] .
[] a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
"""
FIELDS = {
    "theme": [EU + "data-theme/TRAN", EU + "data-theme/ENVI"],
    "frequency": EU + "frequency/QUARTERLY",
    "language": [EU + "language/CYM", EU + "language/ENG"],
    "access_rights": EU + "access-right/PUBLIC",
    "provenance": "Exported by hand, then cleaned.",
    "conforms_to": ["https://example.org/standard"],
    "documentation": ["https://example.org/doc"],
    "applicable_legislation": ["https://www.legislation.gov.uk/ukpga/1980/65"],
    "alternate_identifier": ["old-portal-17"],
    "url": "https://example.org/landing",
    "identifier": "https://example.org/id/1",
    "issued": "2024-01-31",
    "modified": "2025-06",
    "contact": [{"name": "Open data team", "email": "data@example.gov.uk"}],
    "temporal_coverage": [{"start": "2024-01-01", "end": "2024-03-31"}],
    "spatial_coverage": [{"text": "North", "geom": '{"type": "Point", "coordinates": [-1.5, 53.8]}'}],
}
OURS = {
    "legacy_source": "Idox Uniform",
    "transparency_set": "fraud",
    "gss_area": "E08000035",
    "sensitivity": "statutory",
}


def turtle(council):
    made = call_action(
        "package_create",
        **council(
            **FIELDS, **OURS, resources=[{"url": "https://example.org/a.csv", "name": "A"}], tags=[{"name": "parking"}]
        ),
    )
    return RDFSerializer().serialize_dataset(call_action("package_show", id=made["id"]), _format="ttl")


def test_valid_and_nothing_internal(council):
    text = turtle(council)
    graph = Graph().parse(data=text, format="turtle")
    conforms, _, report = validate(graph, shacl_graph=Graph().parse(data=SHAPES, format="turtle"), advanced=False)
    assert conforms, report
    assert "statutory" not in text
    licence = URIRef("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/")
    assert (None, DCTERMS.license, licence) in graph


def test_the_shapes_find_what_is_wrong(council):
    graph = Graph().parse(data=turtle(council), format="turtle")
    graph.remove((None, RDF.type, DCTERMS.ProvenanceStatement))
    assert not validate(graph, shacl_graph=Graph().parse(data=SHAPES, format="turtle"))[0]


def test_round_trip(council):
    parser = RDFParser()
    parser.parse(turtle(council), _format="turtle")
    read = next(parser.datasets())
    again = call_action(
        "package_create", {"harvested": True}, **council(**{k: v for k, v in read.items() if k != "name"})
    )
    shown = call_action("package_show", id=again["id"])
    for name, value in FIELDS.items():
        # ckanext-dcat writes other identifiers as nodes and reads them as text.
        if name in ("contact", "spatial_coverage", "alternate_identifier"):
            continue
        got = sorted(shown[name]) if isinstance(value, list) and isinstance(value[0], str) else shown[name]
        assert got == (sorted(value) if got is not shown[name] else value), name
    assert (shown["contact"][0]["name"], shown["contact"][0]["email"]) == ("Open data team", "data@example.gov.uk")
    assert json.loads(shown["spatial_coverage"][0]["geom"]) == json.loads(FIELDS["spatial_coverage"][0]["geom"])
    assert shown["license_id"] == "uk-ogl"
    assert shown["resources"][0]["url"] == "https://example.org/a.csv"


def test_a_picked_area_has_its_outline_its_box_and_its_centre(council):
    made = call_action("package_create", **council(spatial_coverage=[{"text": "Leeds"}]))
    (place,) = call_action("package_show", id=made["id"])["spatial_coverage"]
    graph = Graph().parse(data=RDFSerializer().serialize_dataset(made, _format="ttl"), format="turtle")
    (location,) = graph.objects(None, DCTERMS.spatial)
    assert str(location) == "http://statistics.data.gov.uk/id/statistical-geography/E08000035"
    geometry = URIRef("http://www.w3.org/ns/locn#geometry")
    for predicate, name in ((geometry, "geom"), (DCAT.bbox, "bbox"), (DCAT.centroid, "centroid")):
        (told,) = graph.objects(location, predicate)
        assert str(told.datatype).endswith("#wktLiteral")
        assert wkt.loads(str(told))["coordinates"] == json.loads(place[name])["coordinates"]
    # Another area is picked in its place, as from the form.
    again = call_action("package_patch", id=made["id"], spatial_coverage=[{**place, "text": "Bradford (E08000032)"}])
    (other,) = again["spatial_coverage"]
    assert other["text"] == "Bradford" and other["uri"].endswith("/E08000032") and other["geom"] != place["geom"]
    again = call_action("package_patch", id=made["id"], spatial_coverage=[{**other, "text": "E05001414"}])
    (ward,) = again["spatial_coverage"]
    assert ward["uri"].endswith("/E05001414") and not any(ward.get(name) for name in ("geom", "bbox", "centroid"))
