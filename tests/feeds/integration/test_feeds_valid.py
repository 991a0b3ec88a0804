"""Valid as published: the demo's datasets, a dataset with every field filled in and one with the least, as the portal gives them.

DCAT-AP 3.0.1 by its SHACL shapes, the UK metadata exchange model by its JSON Schema, schema.org by what Google asks of datasets.
"""

import json
import pathlib

import jsonschema
import pytest
from bs4 import BeautifulSoup
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rdflib import DCAT, URIRef

from ckanext.feeds.ranges import RESOURCE
from ckanext.portal.demo import build, describe, seeds

PLUGINS = "feeds council_schemas scheming_datasets scheming_organizations dcat"
MODEL = pathlib.Path(__file__).parents[3].parent / "shared" / "schemas" / "ukgov-mem"
EU = "http://publications.europa.eu/resource/authority/"
SQUARE = json.dumps(
    {"type": "Polygon", "coordinates": [[[-1.8, 53.7], [-1.3, 53.7], [-1.3, 53.9], [-1.8, 53.9], [-1.8, 53.7]]]}
)
POINT = json.dumps({"type": "Point", "coordinates": [-1.5, 53.8]})
AGENT = {
    "uri": "https://www.aireborough.example/id/team",
    "name": "Monitoring team",
    "email": "team@aireborough.example",
    "url": "https://www.aireborough.example/team",
    "type": "http://purl.org/adms/publishertype/LocalAuthority",
    "identifier": "https://ror.org/00000000",
}
CONTACT = {name: AGENT[name] for name in ("uri", "name", "email", "identifier", "url")}
SERVICE = {
    "uri": "https://maps.aireborough.example/service",
    "title": "Map service",
    "description": "The stations on a map",
    "endpoint_description": "https://maps.aireborough.example/wms?request=GetCapabilities",
    "endpoint_url": ["https://maps.aireborough.example/wms"],
    "serves_dataset": ["https://data.aireborough.example/dataset/air"],
    "access_rights": EU + "access-right/PUBLIC",
    "conforms_to": ["http://www.opengis.net/def/serviceType/ogc/wms"],
    "format": [EU + "file-type/WMS_SRVC"],
    "identifier": "wms-1",
    "language": [EU + "language/ENG"],
    "rights": "None reserved",
    "landing_page": ["https://maps.aireborough.example/"],
    "keyword": ["map"],
    "applicable_legislation": ["http://www.legislation.gov.uk/id/ukpga/2008/27"],
    "contact": [CONTACT],
    "creator": [AGENT],
    "publisher": [AGENT],
    "license": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "modified": "2026-01-31",
    "theme": [EU + "data-theme/ENVI"],
}
# Every field of the form. A field that is added to the schema and not here makes the test fail.
FULL = {
    "title": "Air quality <monitoring>",
    "name": "air-quality-full",
    "notes": "Nitrogen dioxide by hour at **eleven** stations & what they cost.",
    "tag_string": "air quality, nitrogen dioxide",
    "theme": [EU + "data-theme/ENVI", EU + "data-theme/HEAL"],
    "license_id": "uk-ogl",
    "contact": [CONTACT],
    "transparency_set": "grants-vcse",
    "lgsl_service": "437",
    "esd_function": "14",
    "use_area": ["open-data"],
    "language": [EU + "language/ENG", EU + "language/CYM"],
    "gss_area": "E08000035",
    "spatial_coverage": [
        {"text": "Leeds"},
        {"uri": "https://example.org/id/north", "text": "North", "geom": SQUARE, "bbox": SQUARE, "centroid": POINT},
    ],
    "temporal_coverage": [{"start": "2025-01-01", "end": "2025-12-31"}, {"start": "2023", "end": "2024-06"}],
    "legacy_source": "Envitech EnviDAS",
    "provenance": "Exported by hour, then cleaned.",
    "quality_statement": "Two stations have **gaps**.",
    "frequency": EU + "frequency/QUARTERLY",
    "created": "2019",
    "issued": "2020-05-01",
    "modified": "2026-03",
    "version": "2.1",
    "version_notes": "A station more",
    "sensitivity": "statutory",
    "dpia_status": "approved",
    "security_classification": "OFFICIAL",
    "access_rights": EU + "access-right/PUBLIC",
    "temporal_resolution": "PT1H",
    "spatial_resolution_in_meters": [25],
    "url": "https://www.aireborough.example/air",
    "identifier": "https://www.aireborough.example/id/air",
    "alternate_identifier": ["old-portal-17", "https://doi.org/10.5281/zenodo.1"],
    "publisher": [AGENT],
    "creator": [AGENT, {"name": "University of Leeds"}],
    "homepage": "https://air.aireborough.example/",
    "documentation": ["https://www.aireborough.example/air/notes.pdf"],
    "conforms_to": ["https://schemas.aireborough.example/air.json"],
    "applicable_legislation": ["http://www.legislation.gov.uk/id/ukpga/1995/25"],
    "hvd_category": ["http://data.europa.eu/bna/c_dd313021"],
    "is_referenced_by": ["https://doi.org/10.5281/zenodo.2"],
    "has_version": ["https://www.aireborough.example/air/2"],
    "dcat_type": EU + "dataset-type/STATISTICAL",
    "qualified_relation": [
        {
            "uri": "https://www.aireborough.example/id/rel",
            "relation": "https://www.aireborough.example/weather",
            "role": "http://www.iana.org/assignments/relation/related",
        }
    ],
    "uri": "https://data.aireborough.example/id/air",
    "provenance_activity": [
        {
            "uri": "https://www.aireborough.example/id/export",
            "label": "Export",
            "seeAlso": "https://www.aireborough.example/export",
            "dct_type": "https://www.aireborough.example/types/export",
            "startedAtTime": "2026-01-01T09:00:00",
            "wasAssociatedWith": [AGENT],
        }
    ],
    "qualified_attribution": [{"agent": [AGENT], "role": "http://registry.it.csiro.au/def/isotc211/CI_RoleCode/owner"}],
}
FILE = {
    "url": "https://data.aireborough.example/air.csv",
    "name": "All hours",
    "description": "A row for each hour & station",
    "format": "CSV",
    "mimetype": "text/csv",
    "compress_format": "application/gzip",
    "package_format": "application/zip",
    "size": 123456,
    "hash": "d41d8cd98f00b204e9800998ecf8427e",
    "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_md5",
    "rights": "None reserved",
    "availability": EU + "planned-availability/STABLE",
    "status": "http://purl.org/adms/status/Completed",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "access_url": "https://www.aireborough.example/air",
    "download_url": "https://data.aireborough.example/air.csv",
    "issued": "2020-05-01",
    "modified": "2026-03-02",
    "temporal_resolution": "PT1H",
    "spatial_resolution_in_meters": 25,
    "language": [EU + "language/ENG"],
    "documentation": ["https://www.aireborough.example/air/columns.html"],
    "conforms_to": ["https://schemas.aireborough.example/air.json"],
    "applicable_legislation": ["http://www.legislation.gov.uk/id/ukpga/1995/25"],
    "access_services": [SERVICE],
    "uri": "https://data.aireborough.example/id/air/csv",
}
LEAST = {"title": "Bins", "notes": "Rounds.", "license_id": "uk-ogl", "name": "bins"}


@pytest.fixture
def org(with_plugins, feeds_db):
    return factories.Organization(
        title="Aireborough Borough Council", name="aireborough", gss_code="E08000035", sector="public",
        email="opendata@aireborough.example",
    )  # fmt: skip


pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", PLUGINS),
    pytest.mark.ckan_config("ckanext.dcat.rdf.profiles", "euro_dcat_ap_3"),
]


def made(org, kind="dataset", **values):
    return call_action("package_create", type=kind, owner_org=org["id"], **values)


def test_every_field_of_the_form_is_filled_in(with_plugins):
    schema = tk.h.scheming_get_dataset_schema("dataset")
    series = {"in_series", "owner_org"}
    assert {f["field_name"] for f in schema["dataset_fields"]} - series == set(FULL)
    assert {f["field_name"] for f in schema["resource_fields"]} == set(FILE)
    for fields, told in ((schema["dataset_fields"], FULL), (schema["resource_fields"], FILE)):
        for field in fields:
            if "repeating_subfields" in field:
                filled = {name for group in told[field["field_name"]] for name in group}
                assert {f["field_name"] for f in field["repeating_subfields"]} == filled, field["field_name"]


def test_the_catalogue_passes_the_shapes(org, read, violations):
    series = made(
        org, "dataset_series", title="Air quality", notes="A year each.", name="air-series", license_id="uk-ogl"
    )
    made(org, **FULL, in_series=[series["id"]], resources=[FILE, {"url": "https://e.org/x.csv"}])
    made(org, **LEAST)
    made(org, "analytics-project", title="Finding fumes", notes="Where to look", name="fumes", license_id="uk-ogl")
    assert call_action("feeds_status")["failures"] == []
    graph = read("/catalog.ttl")
    assert violations(graph) == []
    catalogue, listed = URIRef("http://test.ckan.net"), set(graph.objects(None, DCAT.dataset))
    assert len(listed) == 2 and (catalogue, RESOURCE, URIRef(f"http://test.ckan.net/dataset/{series['id']}")) in graph
    assert "fumes" not in graph.serialize(format="nt"), "projects are in no feed, unless the portal says otherwise"
    for name in ("air-quality-full", "bins", "air-series"):
        assert violations(read(f"/dataset/{name}.ttl")) == [], name


@pytest.mark.ckan_config("ckanext.feeds.excluded_types", "harvest")
def test_a_project_in_the_feed_breaks_nothing(org, read, violations):
    data = made(org, **LEAST)
    told = {
        "problem": "Fumes",
        "model": "A map",
        "datasets": [data["id"]],
        "use_area": ["prediction"],
        "code_url": "https://e.org/code",
    }
    made(
        org,
        "analytics-project",
        title="Finding fumes",
        notes="Where to look",
        name="fumes",
        license_id="uk-ogl",
        **told,
    )
    assert call_action("feeds_status")["failures"] == []
    assert violations(read("/catalog.ttl")) == []


@pytest.fixture(scope="module")
def model_problems():
    """What the UK model's JSON Schema finds in a record, with its list of central bodies relaxed."""
    path = MODEL / "generated" / "ukgov_mem.schema.json"
    if not path.exists():
        pytest.skip("the recorded UK metadata model is not beside the project")
    schema = json.loads(path.read_text())
    assert "acas" in schema["$defs"]["OrganisationValues"].pop("enum"), "the one enum that is relaxed"

    def check(record):
        found = {**schema["$defs"][record["type"].removeprefix("dcat:")], "$defs": schema["$defs"]}
        checker = jsonschema.Draft201909Validator(found, format_checker=jsonschema.FormatChecker())
        return [f"{'/'.join(map(str, e.path))}: {e.message}" for e in checker.iter_errors(record)]

    return check


def structured(page):
    """The one description that a page has for search engines."""
    (found,) = BeautifulSoup(page.body, "html.parser").select('script[type="application/ld+json"]')
    return json.loads(found.string)


def google(record):
    """What Google's rules for datasets find wrong: the required properties, and the forms of the recommended ones."""
    wrong = []
    wrong += ["name"] if not record.get("name") else []
    wrong += ["description"] if not 50 <= len(record.get("description", "")) <= 5000 else []
    wrong += [
        name for name in ("creator", "publisher", "license", "url", "includedInDataCatalog") if not record.get(name)
    ]
    wrong += ["license"] if not str(record.get("license")).startswith("https://") else []
    wrong += [
        f"agent {a}"
        for a in [*record["creator"], *record["publisher"]]
        if a["@type"] != "Organization" or not a["name"]
    ]
    wrong += [
        f"file {f}" for f in record.get("distribution", []) if not f.get("contentUrl") or not f.get("encodingFormat")
    ]
    wrong += [f"geo {p}" for p in record.get("spatialCoverage", []) if not p.get("name")]
    wrong += ["@type"] if (record["@context"], record["@type"]) != ("https://schema.org/", "Dataset") else []
    return wrong


def test_the_uk_model_and_schema_org(app, org, model_problems):
    made(org, **FULL, resources=[FILE])
    made(org, **LEAST)
    for name in ("air-quality-full", "bins"):
        for record in app.get(f"/dataset/export/{name}/mem.json").json:
            assert model_problems(record) == []
        assert google(structured(app.get(f"/dataset/{name}"))) == []
    record = structured(app.get("/dataset/air-quality-full"))
    assert record["name"] == FULL["title"], "a title cannot end the script"
    assert record["temporalCoverage"] == ["2025-01-01/2025-12-31", "2023/2024-06"]
    leeds, north = record["spatialCoverage"]
    assert leeds["name"] == "Leeds" and leeds["geo"]["@type"] == "GeoShape"
    south, west, north_end, east = map(float, leeds["geo"]["box"].split())
    assert 53 < south < 53.8 < north_end < 54.2 and -2.2 < west < -1.55 < east < -1
    assert north["geo"] == {"@type": "GeoShape", "box": "53.7 -1.8 53.9 -1.3"}
    assert record["publisher"][0]["contactPoint"]["email"] == AGENT["email"]
    assert record["distribution"][0]["contentUrl"] == FILE["download_url"]
    assert record["inLanguage"] == ["en", "cy"]
    assert "statutory" not in json.dumps(record) and "approved" not in json.dumps(record)
    assert app.get("/dataset/export/air-quality-full/schemaorg.json").json == record


def test_schema_org_of_series_and_projects(app, org):
    series = made(
        org, "dataset_series", title="Air quality", notes="A year each.", name="air-series", license_id="uk-ogl"
    )
    data = made(org, **LEAST, in_series=[series["id"]])
    made(
        org, "analytics-project", title="Fumes", notes="Where", name="fumes", license_id="uk-ogl", datasets=[data["id"]]
    )
    assert google(structured(app.get("/dataset_series/air-series"))) == []
    assert structured(app.get("/dataset/bins"))["isPartOf"] == f"http://test.ckan.net/dataset_series/{series['id']}"
    project = structured(app.get("/analytics-project/fumes"))
    assert project["@type"] == "CreativeWork" and project["isBasedOn"] == [f"http://test.ckan.net/dataset/{data['id']}"]


def test_the_demos_datasets(app, with_plugins, feeds_db, read, violations, model_problems):
    demo = seeds.read()
    for seed in demo.council["organisations"]:
        call_action("organization_create", {"user": factories.Sysadmin()["name"]}, **describe.organisation(seed))
    for series in demo.series():
        call_action("package_create", **describe.series(demo, series))
    for name, built in build.build_all(demo).items():
        seed = next(each for each in demo.datasets if each["name"] == name)
        files = [
            {**describe.resource(seed, file), "url_type": "", "url": f"https://e.org/{file.name}"}
            for file in built.files
        ]
        call_action("package_create", **describe.package(demo, seed, built), resources=files)
    assert call_action("feeds_status")["failures"] == []
    assert violations(read("/catalog.ttl")) == []
    for seed in demo.datasets:
        for record in app.get(f"/dataset/export/{seed['name']}/mem.json").json:
            assert model_problems(record) == [], seed["name"]
        assert google(app.get(f"/dataset/export/{seed['name']}/schemaorg.json").json) == [], seed["name"]
