"""DCAT-AP 3.0.1's shapes over datasets of many kinds, and back through ckanext-dcat's parser."""

import json

import pytest
import rdflib
from ckan import model
from ckan.tests import factories, helpers
from ckanext.dcat.processors import RDFParser
from rdflib import DCAT, DCTERMS, RDF, Literal, URIRef

from ckanext.feeds import sync

FULL = {
    "ckan.plugins": "feeds dcat scheming_datasets",
    "scheming.dataset_schemas": "ckanext.dcat.schemas:dcat_ap_full.yaml",
    "scheming.presets": "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml",
}
EU = "http://publications.europa.eu/resource/authority/"
SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]})

WHOLE = {
    "title": "Parking places",
    "notes": "Where they are",
    "url": "https://council.example/parking",
    "tag_string": "parking,cars",
    "version": "1.2",
    "version_notes": "More of them",
    "identifier": "https://council.example/id/parking",
    "issued": "2024-01-31",
    "modified": "2025-06-01T10:00:00",
    "frequency": EU + "frequency/QUARTERLY",
    "provenance": "Counted by wardens",
    "dcat_type": "test-type",
    "theme": [EU + "data-theme/TRAN"],
    "language": [EU + "language/ENG", "cy"],
    "documentation": ["https://council.example/parking/notes"],
    "conforms_to": ["Parking standard 1", "https://council.example/standard"],
    "is_referenced_by": ["https://doi.org/10.1", "Annual report"],
    "alternate_identifier": ["alt-1", "https://doi.org/10.1/2"],
    "applicable_legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"],
    "has_version": ["https://council.example/parking/1.1"],
    "access_rights": "public",
    "temporal_resolution": "P1D",
    "spatial_resolution_in_meters": [1.5],
    "contact": [{"name": "Parking team", "email": "parking@council.example"}, {"name": "Nobody", "email": ""}],
    "publisher": [
        {"name": "Council", "uri": "https://council.example/", "email": "a@b.example", "type": "LocalAuthority"}
    ],
    "creator": [{"name": "Wardens", "url": "https://council.example/wardens"}],
    "temporal_coverage": [{"start": "2020", "end": "2020-12"}, {"start": "2021-01-01", "end": "2021-12-31T00:00:00"}],
    "spatial_coverage": [
        {"uri": "https://council.example/place", "text": "Town", "geom": SQUARE, "bbox": SQUARE},
        {"text": "Centre", "centroid": json.dumps({"type": "Point", "coordinates": [0.5, 0.5]})},
    ],
    "qualified_relation": [
        {"uri": "https://council.example/rel", "relation": "https://council.example/x", "role": "https://e.org/role"},
        {"relation": "https://council.example/y"},
    ],
    "provenance_activity": [
        {
            "label": "Count",
            "startedAtTime": "2024-01-01T00:00:00",
            "dct_type": "https://e.org/type",
            "wasAssociatedWith": [{"name": "Warden", "type": "https://e.org/agent-type"}],
        }
    ],
    "qualified_attribution": [{"role": "https://e.org/role", "agent": [{"name": "A contractor"}]}],
    "license_id": "uk-ogl",
    "resources": [
        {
            "name": "Places",
            "description": "All",
            "url": "https://council.example/parking.csv",
            "download_url": "https://council.example/parking.csv",
            "format": "CSV",
            "mimetype": "text/csv",
            "size": 1234,
            "hash": "d41d8cd98f00b204e9800998ecf8427e",
            "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_md5",
            "rights": "Some rights",
            "availability": EU + "planned-availability/STABLE",
            "status": "http://purl.org/adms/status/Completed",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "issued": "2024",
            "modified": "2025-06",
            "temporal_resolution": "PT15M",
            "spatial_resolution_in_meters": 2,
            "language": ["en"],
            "documentation": ["https://council.example/help"],
            "conforms_to": ["https://council.example/schema"],
            "compress_format": "application/gzip",
            "package_format": "https://www.iana.org/assignments/media-types/application/zip",
            "access_services": [
                {
                    "title": "Map service",
                    "endpoint_url": ["https://council.example/wms"],
                    "endpoint_description": "Ask for capabilities",
                    "contact": [{"name": "GIS"}],
                    "publisher": [{"name": "Council"}],
                    "license": "Open",
                    "access_rights": "public",
                    "theme": ["https://e.org/theme"],
                    "landing_page": ["https://council.example/map"],
                    "serves_dataset": ["https://e.org/other"],
                },
                {"title": "Without an endpoint"},
            ],
        },
        {"name": "No address", "url": "", "format": "Punch card", "hash": "whatever", "size": 0},
    ],
}

ODD = [
    {"title": "Nothing but a title", "notes": ""},
    {"url": "see our page", "notes": "<p>HTML &amp; <script>alert(1)</script></p>\x0b", "theme": ["", "Roads"]},
    {"issued": "summer 2019", "modified": "10:30", "frequency": "now and then", "language": ["", "xx", "English"]},
    {
        "contact": [{"email": "mailto:managed services"}],
        "publisher": [{"email": "not mail"}],
        "license_id": "notspecified",
    },
    {"contact": [{"uri": "no uri", "name": "X"}], "publisher": [{"uri": "the council"}], "license_id": "other-open"},
    {"access_rights": "https://e.org/rights", "provenance": "https://e.org/prov", "dcat_type": "https://e.org/t"},
    {"spatial_coverage": [{"uri": "Leeds", "text": "Leeds", "geom": "POINT(1 2)"}, {"geom": "broken", "bbox": "{}"}]},
    {"temporal_coverage": [{"start": "ever", "end": "soon"}], "temporal_resolution": "daily"},
    {"spatial_resolution_in_meters": "big", "identifier": "https://e.org/1 2", "version": "https://e.org/v"},
    {"uri": "not a uri", "homepage": "nowhere", "applicable_legislation": ["The Act"], "has_version": ["One"]},
    {"resources": [{"url": "https://e.org/a b|c[1].csv", "format": "csv"}, {"url": "www.e.org", "mimetype": "CSV"}]},
    {"resources": [{"url": "javascript:alert(1)", "license": "Ask", "language": "en, cy", "status": "done"}]},
    {"resources": [{"url": "/local/file.csv", "access_url": "no", "download_url": "https://e.org/%zz", "rights": "R"}]},
    {
        "resources": [
            {"url": "https://e.org/x", "format": "https://e.org/format", "mimetype": "https://e.org/type", "uri": "bad"}
        ]
    },
    {"resources": [{"url": "https://e.org/y", "issued": "2024-13-45", "availability": "yes"}]},
]


def stored(fields, **more):
    """A dataset as the validators would never let it in: written past them, as old and harvested data is."""
    plain = {k: v for k, v in fields.items() if k not in ("tag_string", "resources")}
    package = factories.Dataset(
        **{"title": "T", "notes": "N", **more},
        resources=[{"url": "https://e.org/f"} for _ in fields.get("resources", [])],
    )
    entity = model.Package.get(package["id"])
    for name, value in plain.items():
        if name in ("title", "notes", "url", "version", "license_id"):
            setattr(entity, name, value)
        else:
            entity.extras[name] = value if isinstance(value, str) else json.dumps(value)
    for resource, values in zip(entity.resources, fields.get("resources", []), strict=True):
        for name, value in values.items():
            if name in ("url", "format", "name", "description", "mimetype", "hash", "size"):
                setattr(resource, name, value)
            else:
                resource.extras = {
                    **(resource.extras or {}),
                    name: value if isinstance(value, str) else json.dumps(value),
                }
    model.Session.commit()
    sync.refresh_one(package["id"])
    return package


@pytest.mark.ckan_config("ckan.plugins", "feeds dcat")
@pytest.mark.usefixtures("with_plugins", "feeds_db")
def test_an_empty_catalogue_conforms(read, violations):
    assert violations(read("/catalog.ttl")) == []


def full(test):
    for key, value in FULL.items():
        test = pytest.mark.ckan_config(key, value)(test)
    return pytest.mark.usefixtures("with_plugins", "feeds_db")(test)


@full
def test_a_full_dataset_conforms_and_comes_back(app, read, violations):
    org = factories.Organization()
    dataset = helpers.call_action("package_create", name="parking", owner_org=org["id"], **WHOLE)
    status = helpers.call_action("feeds_status")
    assert status["failures"] == []
    graph = read("/catalog.ttl")
    assert violations(graph) == []
    assert violations(read("/dataset/parking.rdf")) == []
    assert not list(graph.triples((None, DCAT.qualifiedAttribution, None)))

    for extension, name in (("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")):
        parser = RDFParser()
        parser.parse(app.get(f"/dataset/parking.{extension}").body, _format=name)
        (back,) = parser.datasets()
        same = ("title", "notes", "url", "version", "version_notes", "identifier", "issued", "modified", "frequency")
        assert {k: back.get(k) for k in same} == {k: dataset.get(k) for k in same}
        assert back["provenance"] == "Counted by wardens"
        assert back["theme"] == WHOLE["theme"]
        assert {t["name"] for t in back["tags"]} == {"parking", "cars"}
        # A plain one comes back as a blank node's name: the parser does not look for its notation.
        assert "https://doi.org/10.1/2" in back["alternate_identifier"]
        assert back["has_version"] == WHOLE["has_version"]
        assert {c["name"] for c in back["contact"]} == {"Parking team", "Nobody"}
        assert back["publisher"][0]["name"] == "Council"
        assert back["publisher"][0]["email"] == "a@b.example"
        assert {(t["start"], t["end"]) for t in back["temporal_coverage"]} == {
            ("2020", "2020-12"),
            ("2021-01-01", "2021-12-31T00:00:00"),
        }
        # With a schema, ckanext-dcat's parser drops boxes and points; without one it keeps them.
        assert back["spatial_coverage"][0]["uri"] == "https://council.example/place"
        files = {r["name"]: r for r in back["resources"]}
        assert files["Places"]["url"] == "https://council.example/parking.csv"
        assert files["Places"]["format"] == "CSV"
        assert files["Places"]["size"] == 1234
        assert files["Places"]["hash"] == "d41d8cd98f00b204e9800998ecf8427e"
        assert files["No address"]["format"] == "Punch card"
        assert "mimetype" not in files["No address"]


@full
def test_odd_datasets_conform(read, violations):
    for fields in ODD:
        stored(fields)
    assert helpers.call_action("feeds_status")["failures"] == []
    graph = read("/catalog.rdf")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(ODD)
    assert violations(graph) == []
    for extension in ("ttl", "jsonld", "nt"):
        assert len(read(f"/catalog.{extension}")) == len(graph)


@pytest.mark.ckan_config("ckan.plugins", "feeds dcat")
@pytest.mark.usefixtures("with_plugins", "feeds_db")
def test_without_a_schema(read, violations):
    factories.Dataset(
        license_id="uk-ogl",
        author="A",
        author_email="a@council.example",
        maintainer="M",
        maintainer_email="m@council.example",
        extras=[
            {"key": k, "value": v}
            for k, v in {
                "publisher_name": "P",
                "theme": json.dumps(["https://e.org/theme", "Words"]),
                "language": "en,cy",
                "spatial": SQUARE,
                "spatial_uri": "https://e.org/leeds",
                "spatial_text": "Leeds",
                "temporal_start": "2020-01-01",
                "temporal_end": "never",
                "frequency": "Monthly",
                "provenance": "A plain text",
                "conforms_to": json.dumps(["One"]),
                "source": json.dumps(["https://e.org/source"]),
                "alternate_identifier": "x",
                "dcat_issued": "2024",
            }.items()
        ],
        resources=[{"url": "https://e.org/a.xlsx", "format": "XLSX", "size": 10, "mimetype": "application/zip"}],
    )
    factories.Dataset(owner_org=factories.Organization(title="")["id"])
    factories.Dataset(owner_org=None)
    graph = read("/catalog.ttl")
    assert helpers.call_action("feeds_status")["failures"] == []
    assert violations(graph) == []
    assert (None, DCTERMS.accrualPeriodicity, URIRef(EU + "frequency/MONTHLY")) in graph
    parser = RDFParser()
    parser.parse(graph.serialize(format="turtle"), _format="turtle")
    assert "uk-ogl" in {d["license_id"] for d in parser.datasets()}


def test_shapes_do_find_what_is_wrong(violations):
    """The check itself: what ckanext-dcat writes for a plain provenance text is refused."""
    graph, dataset = rdflib.Graph(), URIRef("https://e.org/d")
    graph.add((dataset, RDF.type, DCAT.Dataset))
    graph.add((dataset, DCTERMS.provenance, Literal("plain")))
    assert any("provenance" in line for line in violations(graph))
    assert any("title" in line for line in violations(graph))


@pytest.mark.ckan_config("ckan.plugins", "feeds council_schemas scheming_datasets scheming_organizations dcat")
@pytest.mark.usefixtures("with_plugins", "feeds_db")
def test_a_councils_dataset(read, violations):
    from ckanext.feeds import council

    org = factories.Organization(title="Aireborough")
    dataset = helpers.call_action(
        "package_create",
        title="Spend",
        name="spend",
        notes="Over 500 pounds",
        owner_org=org["id"],
        license_id="uk-ogl",
        tags=[{"name": "spend"}],
        theme=[EU + "data-theme/GOVE"],
        frequency=EU + "frequency/QUARTERLY",
        legacy_source="Civica",
        transparency_set="fraud",
        gss_area="E08000035",
        sensitivity="statutory",
        provenance="From the ledger",
        contact=[{"name": "Data team", "email": "data@aireborough.example"}],
        resources=[{"url": "https://aireborough.example/spend.csv", "name": "2026 Q1", "format": "CSV"}],
    )
    assert helpers.call_action("feeds_status")["failures"] == []
    graph, ref = read("/catalog.ttl"), URIRef(f"http://test.ckan.net/dataset/{dataset['id']}")
    assert violations(graph) == []
    assert (ref, DCTERMS.spatial, URIRef(council.STATISTICAL_GEOGRAPHY + "E08000035")) in graph
    assert (ref, DCTERMS.conformsTo, URIRef(council.TRANSPARENCY_CODE)) in graph
    assert (None, rdflib.RDFS.label, Literal("Civica")) in graph
    assert "statutory" not in graph.serialize(format="nt")
