"""Nothing of a record is dropped without a note that says so."""

import json

import pytest

from ckanext.federation.harvest import dialects
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import Hints

POLICY = Policy("https://e.org/", registered_licences=frozenset(["notspecified", "uk-ogl"]))


def converted(item, wrap=lambda one: {"dataset": [one]}, content_type="application/json"):
    body = wrap(item) if callable(wrap) else wrap
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    module, document = dialects.choose("auto", body, Hints("https://e.org/feed", content_type))
    [one] = module.page(document).items
    return convert(module.read(one), POLICY)


US3 = {
    "@type": "Dataset",
    "identifier": "d1",
    "otherIdentifier": [{"@type": "Identifier", "schemaAgency": "DOI", "notation": "https://doi.org/10.5555/x"}],
    "title": "Bridges",
    "description": "All bridges.",
    "publisher": {"@type": "Organization", "name": "Wharfedale Council", "subOrganizationOf": {"name": "Yorkshire"}},
    "contactPoint": [{"fn": "Data team", "hasEmail": "mailto:data@wharfedale.example", "tel": "0113"}],
    "describedBy": {
        "@type": "Distribution",
        "downloadURL": "https://e.org/dictionary.pdf",
        "mediaType": "application/pdf",
    },
    "temporal": [{"@type": "PeriodOfTime", "startDate": "2020-01-01", "endDate": "2020-12-31"}],
    "spatialResolutionInMeters": "30",
    "temporalResolution": "P1D",
    "version": "2.1",
    "versionNotes": "Two bridges more",
    "accessRights": "public",
    "rights": ["Free for all."],
    "bureauCode": ["010:86"],
    "distribution": [
        {
            "@type": "Distribution",
            "title": "Table",
            "downloadURL": "https://e.org/b.csv",
            "mediaType": "text/csv",
            "checksum": {"algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "checksumValue": "00ff"},
            "byteSize": "many",
            "conformsTo": "https://e.org/schema",
            "availability": "stable",
            "characterEncoding": ["utf-8"],
        }
    ],
}


def test_dcat_us_3():
    found = converted(US3)
    dataset = found.dataset
    assert dataset["alternate_identifier"] == ["https://doi.org/10.5555/x"]
    assert dataset["documentation"] == ["https://e.org/dictionary.pdf"]
    assert dataset["temporal_coverage"] == [{"start": "2020-01-01", "end": "2020-12-31"}]
    assert (dataset["spatial_resolution_in_meters"], dataset["temporal_resolution"]) == ("30", "P1D")
    assert (dataset["version"], dataset["version_notes"]) == ("2.1", "Two bridges more")
    assert dataset["access_rights"].endswith("/PUBLIC")
    [file] = dataset["resources"]
    assert file["rights"] == "Free for all."
    assert (file["hash"], file["hash_algorithm"][-6:], file["conforms_to"]) == (
        "00ff",
        "sha256",
        ["https://e.org/schema"],
    )
    assert file["availability"] == "stable"
    [left] = [note for note in found.notes if note.startswith("not carried over")]
    for name in ("bureaucode", "publisher.suborganizationof", "contactpoint.tel", "distribution.characterencoding"):
        assert name in left
    assert any("size" in note for note in found.notes)


def test_what_no_vocabulary_has_is_said():
    found = converted(
        {
            "identifier": "1",
            "title": "x",
            "theme": ["https://e.org/themes/odd"],
            "language": ["tlh"],
            "keyword": ["a", "trees"],
            "publisher": {"name": "data.e.org"},
            "distribution": [{"downloadURL": "n/a", "mediaType": "nonsense"}],
        }
    )
    said = " | ".join(found.notes)
    for words in ("themes/odd", "tlh", "“a” is no word", "data.e.org", "stands for no address", "has no address"):
        assert words in said, words


def test_the_other_languages_stay_in_the_raw_record():
    turtle = b"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
    <https://e.org/1> a dcat:Dataset ; dct:title "Trees"@en, "Coed"@cy ; dct:description "Every tree"@en ."""
    module, document = dialects.choose("auto", turtle, Hints("https://e.org/", "text/turtle"))
    [item] = module.page(document).items
    assert "Coed" in json.dumps(item)
    found = convert(module.read(item), POLICY)
    assert found.dataset["title"] == "Trees"
    assert any("other languages (cy)" in note for note in found.notes)
    both = converted({"identifier": "1", "title": {"en": "Trees", "cy": "Coed"}})
    assert any("several languages (en, cy)" in note for note in both.notes)


@pytest.mark.parametrize(
    ("item", "wrap", "name"),
    [
        ({"id": "1", "title": "x", "poll_id": 7}, lambda one: {"success": True, "result": [one]}, "poll_id"),
        (
            {
                "id": "1",
                "title": "x",
                "sharing": "public",
                "topics": [],
                "createdAt": "2020",
                "custom": {"Odd one": "y"},
            },
            lambda one: [one],
            "custom.Odd one",
        ),
        (
            {"dataset_id": "x", "metas": {"default": {"title": "x", "mystery": 1}, "inspire": {"theme": "hydro"}}},
            lambda one: {"total_count": 1, "results": [one]},
            "inspire.theme",
        ),
        (
            {"id": "1", "attributes": {"title": "x", "region": "GB"}},
            lambda one: {"data": [one], "meta": {}},
            "region",
        ),
        (
            {
                "resource": {"id": "aaaa-bbbb", "name": "x", "columns_description": ["y"]},
                "permalink": "https://e.org/x",
            },
            lambda one: {"results": [one]},
            "columns_description",
        ),
    ],
)
def test_each_dialect_says_what_it_leaves(item, wrap, name):
    found = converted(item, wrap)
    assert any(note.startswith("not carried over") and name in note for note in found.notes), found.notes


def test_two_identifiers_of_one_local_name():
    found = converted({"dct:identifier": "1", "adms:identifier": "https://doi.org/10.5555/y", "dct:title": "x"})
    assert found.dataset["identifier"] == "1"
    assert found.dataset["alternate_identifier"] == ["https://doi.org/10.5555/y"]


def test_a_place_by_its_code_is_the_councils_area():
    found = converted(
        {"identifier": "1", "title": "x", "spatial": "http://statistics.data.gov.uk/id/statistical-geography/E08000035"}
    )
    assert found.dataset["gss_area"] == "E08000035"
    assert "gss_area" not in converted({"identifier": "1", "title": "x", "spatial": "Leeds"}).dataset
