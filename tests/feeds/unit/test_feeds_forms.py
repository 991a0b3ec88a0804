"""Datasets in other people's shapes: what the public dictionary says, and the rules of each format."""

import csv
import io
import json
import re
import weakref
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from ckanext.feeds.catalogue import Catalogue
from ckanext.feeds.forms import (
    Entry,
    croissant,
    dcat_us,
    dcat_us_3,
    fields,
    read,
    registry,
    schema_org,
    spreadsheets,
    tables,
    uk,
    workbook,
)
from ckanext.feeds.source import Source

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
SITE = Catalogue(
    uri="https://data.example",
    title="Open data",
    description="Ours",
    homepage="https://data.example/",
    languages=("en_GB", "cy"),
    publisher_uri="",
    publisher_name="Aireborough",
    modified=datetime(2026, 11, 1, 12),
    email="open@aireborough.example",
    page_types=("dataset", "dataset_series"),
)
ORGANIZATION = {"id": "o-1", "name": "aireborough", "title": "Aireborough Council", "email": "web@aireborough.example"}
FULL = {
    "id": "11111111-1111-4111-8111-111111111111",
    "name": "air-quality",
    "type": "dataset",
    "state": "active",
    "title": "Air quality Ŵ",
    "notes": "Hourly readings <b>& more</b>",
    "license_id": "uk-ogl",
    "frequency": "http://publications.europa.eu/resource/authority/frequency/MONTHLY",
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/ENVI"],
    "tags": [{"name": "air"}, {"name": "pollution"}],
    "gss_area": "E08000035",
    "language": ["http://publications.europa.eu/resource/authority/language/CYM"],
    "temporal_coverage": [{"start": "2026-07-01", "end": "2026-09-30"}, {"start": "2026-10-01", "end": ""}],
    "spatial_coverage": [
        {"text": "Market Cross", "geom": json.dumps({"type": "Point", "coordinates": [-1.5, 53.8]})},
        {"geom": json.dumps({"type": "Polygon", "coordinates": [[[-2, 53], [-1, 53], [-1, 54], [-2, 53]]]})},
    ],
    "contact": [{"name": "Environment", "email": "mailto:env@aireborough.example"}],
    "conforms_to": ["https://standards.example/air"],
    "documentation": ["https://docs.example/a b"],
    "metadata_created": "2026-01-01T10:00:00.123456",
    "metadata_modified": "2026-02-01T10:00:00.123456",
    "issued": "2023-02",
    "modified": "2026-10-05T08:30:00",
    "version": "2",
    "identifier": "AQ-1",
    "url": "https://air.example/",
    "resources": [
        {
            "id": "aaaaaaaa-0000-4000-8000-000000000001",
            "url": "https://data.example/f.csv",
            "url_type": "upload",
            "format": "CSV",
            "name": "July",
            "size": 1234,
            "hash": "sha256:" + "ab" * 32,
            "last_modified": "2026-08-01T00:00:00.5",
        },
        {"id": "aaaaaaaa-0000-4000-8000-000000000002", "url": "https://air.example/map", "format": "HTML"},
        {"id": "aaaaaaaa-0000-4000-8000-000000000003", "url": "no address", "format": "CSV"},
    ],
}
BARE = {
    "id": "22222222-2222-4222-8222-222222222222",
    "name": "bare",
    "title": "",
    "metadata_modified": "2026-02-01T10:00:00",
}

# The rules of Project Open Data 1.1 and of DCAT-US 3.0 that our fields come under, written from their documents.
_DAY = r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$"
_URL = {"type": "string", "format": "uri", "pattern": "^https?://"}
_TEXTS = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "minLength": 1}}
_TEXT = {"type": "string", "minLength": 1}
POD = {
    "type": "object",
    "required": [
        "title",
        "description",
        "keyword",
        "modified",
        "publisher",
        "contactPoint",
        "identifier",
        "accessLevel",
    ],
    "additionalProperties": False,
    "properties": {
        "@type": {"const": "dcat:Dataset"},
        "identifier": _TEXT,
        "title": _TEXT,
        "description": _TEXT,
        "keyword": _TEXTS,
        "modified": {"pattern": _DAY},
        "issued": {"pattern": _DAY},
        "publisher": {"required": ["name"], "properties": {"@type": {"const": "org:Organization"}, "name": _TEXT}},
        "contactPoint": {
            "required": ["fn", "hasEmail"],
            "properties": {
                "@type": {"const": "vcard:Contact"},
                "fn": _TEXT,
                "hasEmail": {"pattern": r"^mailto:[\w.-]+@[\w.-]+\.[\w.-]+$"},
            },
        },
        "accessLevel": {"enum": ["public", "restricted public", "non-public"]},
        "rights": {"type": "string", "minLength": 1, "maxLength": 255},
        "license": _URL,
        "spatial": _TEXT,
        "temporal": {"pattern": r"^\d{4}[^/]*/\d{4}[^/]*$"},
        "accrualPeriodicity": {"pattern": r"^(irregular|R/P(\d+(\.\d+)?[YMWD]|T\d+[HMS]))$"},
        "theme": _TEXTS,
        "language": {"type": "array", "items": {"pattern": "^[a-z]{2,3}$"}},
        "landingPage": _URL,
        "references": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _URL},
        "conformsTo": _URL,
        "distribution": {
            "type": "array",
            "items": {
                "additionalProperties": False,
                "anyOf": [{"required": ["downloadURL", "mediaType"]}, {"required": ["accessURL"]}],
                "properties": {
                    "@type": {"const": "dcat:Distribution"},
                    "title": _TEXT,
                    "description": _TEXT,
                    "downloadURL": _URL,
                    "accessURL": _URL,
                    "mediaType": {"pattern": r"^[-\w]+/[-\w]+(\.[-\w]+)*([+][-\w]+)?$"},
                    "format": _TEXT,
                    "conformsTo": _URL,
                },
            },
        },
    },
}
_MOMENT = {"anyOf": [{"format": "date-time", "pattern": "T"}, {"format": "date"}, {"pattern": r"^\d{4}(-\d\d)?$"}]}
_NODE = {"type": "object", "required": ["@type"]}
US3 = {
    "type": "object",
    "required": ["title", "description", "identifier", "publisher", "contactPoint"],
    "properties": {
        "@id": _URL,
        "identifier": {"type": "object", "properties": {"@id": _URL}},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "keyword": _TEXTS,
        "contactPoint": {
            "required": ["fn", "hasEmail"],
            "properties": {"hasEmail": {"pattern": r"^mailto:\S+@[\w.-]+\.[\w.-]+$"}},
        },
        "publisher": {**_NODE, "required": ["name"]},
        "created": _MOMENT,
        "issued": _MOMENT,
        "modified": _MOMENT,
        "temporal": {"type": "array", "items": {"properties": {"startDate": _MOMENT, "endDate": _MOMENT}}},
        "spatial": {"type": "array", "items": {"properties": {"bbox": {"pattern": "^POLYGON"}}}},
        "language": {"type": "array", "items": {"type": "string", "maxLength": 2}},
        "landingPage": {**_NODE, "required": ["title"]},
        "theme": {"type": "array", "items": {**_NODE, "required": ["prefLabel"]}},
        "distribution": {
            "type": "array",
            "items": {
                "properties": {
                    "accessURL": _URL,
                    "downloadURL": _URL,
                    "byteSize": {"type": "string"},
                    "issued": _MOMENT,
                    "modified": _MOMENT,
                    "checksum": {"required": ["algorithm", "checksumValue"]},
                }
            },
        },
    },
}


def entry(dataset, organization=ORGANIZATION):
    return Entry(
        dataset["id"], f"https://data.example/dataset/{dataset['id']}", SITE.modified, Source(dataset, organization)
    )


def record(dataset, organization=ORGANIZATION):
    return read.entry(entry(dataset, organization), SITE)


def problems(schema, document):
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{'/'.join(map(str, e.path))}: {e.message}" for e in checker.iter_errors(document)]


def test_a_dataset_is_read_once_for_all():
    found = record(FULL)
    assert (found.interval, found.frequency.label) == ("R/P1M", "Monthly")
    assert found.licence.url.startswith("https://www.nationalarchives.gov.uk/")
    assert found.contact is not None and found.contact.email == "env@aireborough.example"
    assert found.languages == ("cy",)
    assert (found.issued, found.modified, found.record_created) == (
        "2023-02",
        "2026-10-05T08:30:00",
        "2026-01-01T10:00:00Z",
    )
    assert [p.name for p in found.places] == ["Leeds", "Market Cross", ""]
    assert found.places[2].box == (-2, 53, -1, 54)
    assert found.documentation == ("https://docs.example/a%20b",)
    july, page, nowhere = found.files
    assert (july.media_type, july.size, july.checksum) == ("text/csv", 1234, ("sha256", "ab" * 32))
    assert july.modified == "2026-08-01T00:00:00Z"
    assert july.is_download and not page.is_download and not nowhere.url


def test_nothing_is_made_up():
    found = record(BARE, None)
    assert found.title == "bare"
    assert (found.issued, found.modified, found.interval, found.licence.title) == ("", "", "", "")
    assert found.publisher is not None and found.publisher.name == "Aireborough"
    assert found.contact is not None and found.contact.email == "open@aireborough.example"


@pytest.mark.parametrize(
    ("given_fields", "organization", "expected"),
    [
        ({"maintainer": "Jo", "maintainer_email": "jo@x.example"}, ORGANIZATION, ("Jo", "jo@x.example")),
        ({"author_email": "a@x.example"}, ORGANIZATION, ("Aireborough Council", "a@x.example")),
        ({"contact": [{"name": "Team"}]}, ORGANIZATION, ("Aireborough Council", "web@aireborough.example")),
        ({"contact": [{"name": "Team", "email": "mailto:managed services"}]}, None, ("Aireborough", "open@aireborough.example")),
        ({"extras": [{"key": "contact_name", "value": "X"}, {"key": "contact_email", "value": "x@y.example"}]}, None, ("X", "x@y.example")),
    ],
)  # fmt: skip
def test_whom_to_ask(given_fields, organization, expected):
    contact = record({**BARE, **given_fields}, organization).contact
    assert contact is not None and (contact.name, contact.email) == expected


@pytest.mark.parametrize("dataset", [FULL, BARE], ids=["full", "bare"])
def test_dcat_us_11(dataset):
    document = dcat_us.entry(record(dataset))
    assert problems(POD, document) == []
    assert document["identifier"] == f"https://data.example/dataset/{dataset['id']}"


def test_dcat_us_11_of_everything():
    found = dcat_us.entry(record(FULL))
    assert found["temporal"] == "2026-07-01/2026-09-30"
    assert found["distribution"][0]["downloadURL"] == "https://data.example/f.csv"
    assert found["distribution"][1]["accessURL"] == "https://air.example/map"
    assert found["distribution"][2]["accessURL"].endswith(
        "/dataset/air-quality/resource/aaaaaaaa-0000-4000-8000-000000000003"
    )
    assert found["accrualPeriodicity"] == "R/P1M"


def test_dcat_us_11_says_what_is_restricted():
    closed = dcat_us.entry(
        record({**FULL, "access_rights": "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"})
    )
    assert closed["accessLevel"] == "restricted public" and closed["rights"]


def test_without_any_mail_address_the_organisation_is_named_and_no_address_made_up():
    import dataclasses

    site = dataclasses.replace(SITE, email="")
    found = dcat_us.entry(read.dataset(BARE, {"title": "Council"}, site))
    assert found["contactPoint"] == {"@type": "vcard:Contact", "fn": "Council"}
    assert problems(POD, found) == ["contactPoint: 'hasEmail' is a required property"]


@pytest.mark.parametrize("dataset", [FULL, BARE], ids=["full", "bare"])
def test_dcat_us_3(dataset):
    assert problems(US3, dcat_us_3.entry(record(dataset))) == []


def test_dcat_us_3_of_everything():
    found = dcat_us_3.entry(record(FULL))
    assert found["modified"] == "2026-10-05T08:30:00Z"
    assert found["temporal"][1] == {"@type": "PeriodOfTime", "startDate": "2026-10-01"}
    assert [p.get("centroid") for p in found["spatial"]] == [None, "POINT (-1.5 53.8)", None]
    assert found["distribution"][0]["checksum"]["algorithm"] == "SHA-256"


@pytest.mark.parametrize("dataset", [FULL, BARE], ids=["full", "bare"])
def test_schema_org_keeps_googles_rules(dataset):
    found = json.loads(schema_org.FORM.one(entry(dataset), SITE))
    assert found["@context"] == "https://schema.org/" and found["@type"] == "Dataset"
    assert found["name"] and found["description"]
    assert found["@id"] == f"https://data.example/dataset/{dataset['id']}"
    for download in found.get("distribution", []):
        assert download["contentUrl"].startswith("https://")
    recommended = {
        "license",
        "keywords",
        "identifier",
        "version",
        "temporalCoverage",
        "spatialCoverage",
        "includedInDataCatalog",
    }
    assert dataset is BARE or recommended <= found.keys()


def test_schema_org_of_a_dataset_without_schema():
    extras = [{"key": "language", "value": '["http://publications.europa.eu/resource/authority/language/CYM"]'}]
    found = schema_org.dataset({**BARE, "extras": extras}, "https://data.example/x", SITE)
    assert found["inLanguage"] == ["cy"] and found["name"] == "bare"


def test_a_script_element_cannot_be_ended_from_inside():
    text = schema_org.script({**FULL, "title": "</script><script>alert(1)//<!--"}, "https://data.example/x", SITE)
    assert "<" not in text and ">" not in text
    assert json.loads(text)["name"].startswith("</script>")


def load_croissant(document):
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    return mlcroissant.Dataset(jsonld=json.loads(json.dumps(document)))


@pytest.mark.parametrize("dataset", [FULL, BARE], ids=["full", "bare"])
def test_mlcroissant_loads_croissant(dataset):
    columns = {
        "aaaaaaaa-0000-4000-8000-000000000001": [("Date", "timestamp"), ("NO₂ / µg", "numeric"), ("note", "text")]
    }
    loaded = load_croissant(croissant.dataset(record(dataset), SITE, columns))
    assert not loaded.metadata.ctx.issues.errors
    assert str(loaded.metadata.ctx.conforms_to) and loaded.metadata.name
    if dataset is FULL:
        assert [f.id for f in loaded.metadata.file_objects] == [r["id"] for r in FULL["resources"][:2]]
        (rows,) = loaded.metadata.record_sets
        assert [(f.name, str(f.data_types[0])) for f in rows.fields] == [
            ("Date", "https://schema.org/DateTime"),
            ("NO₂ / µg", "https://schema.org/Float"),
            ("note", "https://schema.org/Text"),
        ]


def test_croissant_is_live_only_where_no_checksum_or_a_frequency_says_so():
    one = {**FULL, "frequency": "", "resources": FULL["resources"][:1]}
    assert "isLiveDataset" not in croissant.dataset(record(one), SITE, {})
    load_croissant(croissant.dataset(record(one), SITE, {}))
    assert croissant.dataset(record(FULL), SITE, {})["isLiveDataset"] is True


def test_croissant_reads_the_rows_it_describes(tmp_path):
    (tmp_path / "f.csv").write_text("Date,Value\n2026-07-01,1.5\n2026-07-02,2.5\n")
    dataset = {**FULL, "resources": FULL["resources"][:1]}
    document = croissant.dataset(
        record(dataset), SITE, {FULL["resources"][0]["id"]: [("Date", "date"), ("Value", "numeric")]}
    )
    # The file as if it had been downloaded: what is tested is that columns and types lead to the rows.
    document["isLiveDataset"] = True
    document["distribution"][0] |= {"contentUrl": "f.csv"}
    document["distribution"][0].pop("sha256")
    path = tmp_path / "croissant.json"
    path.write_text(json.dumps(document))
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    loaded = mlcroissant.Dataset(jsonld=str(path))
    rows = list(loaded.records(record_set=loaded.metadata.record_sets[0].id))
    values = [next(v for k, v in row.items() if str(k).endswith("/2")) for row in rows]
    assert values == [1.5, 2.5]


def test_uk_records_keep_the_models_schema():
    made = uk.records(FULL, ORGANIZATION, SITE)
    path = SHARED / "schemas" / "ukgov-mem" / "generated" / "ukgov_mem.schema.json"
    if not path.exists():
        pytest.skip("the model's JSON Schema is not beside the project")
    schema = json.loads(path.read_text())
    # The model's list of organisations has central bodies only; no council's record can keep it.
    for name, definition in schema["$defs"].items():
        if "enum" in definition and len(definition["enum"]) > 100:
            schema["$defs"][name] = {"type": "string"}
    for each, kind in zip(made, ["Dataset", *["Distribution"] * 3], strict=True):
        own = {**schema, **schema["$defs"][kind]}
        own.pop("title", None)
        assert problems(own, each) == [], kind


def test_uk_gives_a_dataset_without_contact_all_the_same():
    import dataclasses

    made = uk.records(BARE, None, dataclasses.replace(SITE, email=""))
    assert made[0]["identifier"].endswith(BARE["id"]) and "contactPoint" not in made[0]


def whole(form, datasets):
    return b"".join(form.whole([entry(d) for d in datasets], SITE))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_whole_catalogues_are_well_formed(count):
    datasets = [FULL, BARE, {**FULL, "id": BARE["id"].replace("2", "3")}][:count]
    for form in (dcat_us.FORM, dcat_us_3.FORM):
        document = json.loads(whole(form, datasets))
        assert len(document["dataset"]) == count and document["conformsTo"]
    assert len(json.loads(whole(uk.FORM, datasets))) == sum(1 + len(d.get("resources", [])) for d in datasets)
    assert len(list(csv.reader(io.StringIO(whole(spreadsheets.DATASETS_CSV, datasets).decode())))) == count + 1


@pytest.mark.parametrize("form", [f for f in registry.FORMS if f.whole], ids=lambda f: f.name)
def test_a_whole_catalogue_holds_nothing_it_has_read(form):
    """Datasets are read one by one, and none is kept: memory does not grow with the catalogue."""
    references, most = [], 0

    def entries():
        nonlocal most
        for number in range(300):
            each = entry({**FULL, "id": str(number)})
            references.append(weakref.ref(each.source))
            most = max(most, sum(reference() is not None for reference in references))
            yield each
            del each

    assert sum(1 for _ in form.whole(entries(), SITE)) >= 1
    assert len(references) == 300 and most <= 3


def test_one_dataset_in_each_form():
    for form in registry.FORMS:
        if form.one:
            json.loads(form.one(entry(FULL), SITE))
        assert form.one or form.whole
    assert len({f.name for f in registry.FORMS}) == len(registry.FORMS)
    assert len({f.address for f in registry.FORMS if f.address}) == sum(bool(f.address) for f in registry.FORMS)


def test_tables():
    rows = list(csv.DictReader(io.StringIO(whole(spreadsheets.DATASETS_CSV, [FULL]).decode())))
    (row,) = rows
    assert row["Title"] == "Air quality Ŵ" and row["Number of files"] == "3" and row["Formats"] == "CSV; HTML"
    assert (row["Covers from"], row["Covers to"]) == ("2026-07-01", "2026-09-30")
    files = list(csv.DictReader(io.StringIO(whole(spreadsheets.FILES_CSV, [FULL, BARE]).decode())))
    assert [f["File"] for f in files] == ["July", "", ""]
    assert files[0]["Checksum"] == "sha256:" + "ab" * 32 and files[0]["Position in the dataset"] == "1"


#: A column that is renamed or moved breaks somebody's script: this list only grows at its end.
COLUMNS = (
    "Title", "Description", "Organisation", "Publisher", "Topics", "Tags", "Licence", "Licence address", "Access",
    "How often updated", "First published", "Last updated", "Covers from", "Covers to", "Area", "Languages",
    "Contact name", "Contact email", "Number of files", "Formats", "Page", "Address (URI)", "Type",
    "Added to the catalogue", "Catalogue entry changed", "ID",
)  # fmt: skip
FILE_COLUMNS = (
    "Dataset", "Organisation", "File", "Description", "Format", "Media type", "Size in bytes", "Address", "Last updated",
    "Licence", "Checksum", "Position in the dataset", "Dataset page", "File page", "Dataset ID", "File ID",
)  # fmt: skip


def test_columns_stay():
    assert tuple(c.name for c in tables.DATASETS)[: len(COLUMNS)] == COLUMNS
    assert tuple(c.name for c in tables.FILES)[: len(FILE_COLUMNS)] == FILE_COLUMNS


@given(st.text())
def test_no_cell_of_a_csv_begins_a_formula(title):
    dataset = record({**BARE, "title": title})
    (_, row) = csv.reader(io.StringIO(b"".join(tables.as_csv(tables.dataset_rows([dataset]))).decode()))
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row[0].removeprefix("'") in (dataset.title, dataset.title.removeprefix("'"))


def test_a_workbook_runs_nothing_and_is_the_same_each_time():
    made = whole(spreadsheets.DATASETS_XLSX, [{**FULL, "title": "=HYPERLINK(1)", "notes": "n" * 40000}])
    assert made == whole(spreadsheets.DATASETS_XLSX, [{**FULL, "title": "=HYPERLINK(1)", "notes": "n" * 40000}])
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    assert [c.value for c in sheet[1]] == [c.name for c in tables.DATASETS]
    assert (
        sheet["A2"].value == "=HYPERLINK(1)" and sheet["A2"].data_type != "f" and len(str(sheet["B2"].value)) == 32767
    )
    assert sheet["S2"].value == 3
    xml = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml and "hyperlink" not in xml


def test_a_workbook_of_too_many_rows_goes_on_in_another_sheet():
    rows = [["n"], *[[n] for n in range(5)]]
    made = b"".join(workbook.as_workbook(iter(rows), "Files", datetime(2026, 1, 1), most_rows=3))
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Files", "Files 2", "Files 3"]
    assert [[c.value for c in r] for r in book["Files 3"].iter_rows()] == [["n"], [4]]
    empty = openpyxl.load_workbook(
        io.BytesIO(b"".join(workbook.as_workbook(iter([["n"]]), "Files", datetime(2026, 1, 1))))
    )
    assert empty.active is not None and empty.active["A1"].value == "n"


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "email", "uri", "text", "geom"]), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
_NAMES = sorted(
    (FULL.keys() | {"extras", "publisher", "creator", "organization", "spatial", "maintainer"})
    - {"id", "name", "state"}
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(_NAMES), _ANY, max_size=6))
def test_whatever_was_harvested_is_given_in_every_form(odd):
    dataset = {**FULL, **odd}
    for form in registry.FORMS:
        if form.one:
            json.loads(form.one(entry(dataset, None), SITE))
        if form.whole and form.address.endswith((".csv", ".json")):
            whole(form, [dataset])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ('{"type":"Point","coordinates":[1,2]}', (1, 2, 1, 2)),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}, (1, 2, 1, 2)),
        ({"type": "Polygon", "coordinates": [[[500, 2], [1, 2]]]}, None),
        ("{broken", None),
        ("POINT (1 2)", None),
        (None, None),
        ({"coordinates": [float("nan"), 1]}, None),
    ],
)
def test_boxes(shape, expected):
    assert fields.box(shape) == expected


@pytest.mark.parametrize(
    ("value", "day", "moment"),
    [
        ("2026-07-01", "2026-07-01", "2026-07-01"),
        ("2026", "2026", "2026"),
        ("2026-02-30", "", ""),
        ("2026-07-01T10:00:00.123456", "2026-07-01T10:00:00.123456", "2026-07-01T10:00:00Z"),
        ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00+00:00", "2026-07-01T10:00:00+00:00"),
        ("1/2/2026", "2026-02-01", "2026-02-01"),
        (2026, "2026", "2026"),
        ("soon", "", ""),
        (None, "", ""),
    ],
)
def test_dates(value, day, moment):
    assert (fields.date(value), fields.moment(value)) == (day, moment)


@given(st.datetimes(min_value=datetime(1000, 1, 1)) | st.text(max_size=12))
def test_dates_are_those_of_the_metadata_schema(value):
    from ckanext.council_schemas import dates

    written = value.isoformat() if isinstance(value, datetime) else value
    assert fields.date(written) == (dates.iso(fields.text(written)) or "")


@pytest.mark.parametrize(
    ("value", "algorithm", "expected"),
    [
        ("sha256:" + "a" * 64, "", ("sha256", "a" * 64)),
        ("A" * 32, "MD5", ("md5", "a" * 32)),
        ("a" * 64, "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", ("sha256", "a" * 64)),
        ("a" * 32, "sha256", None),
        ("a" * 33, "", None),
        ("not hex", "md5", None),
        (None, None, None),
    ],
)
def test_checksums(value, algorithm, expected):
    assert fields.checksum(value, algorithm) == expected


def test_modules_of_this_folder_are_pure():
    folder = Path(read.__file__).parent
    for path in folder.glob("*.py"):
        assert re.search(r"pure", path.read_text().splitlines()[0], re.IGNORECASE), path.name
