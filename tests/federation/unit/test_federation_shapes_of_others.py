"""Shapes that feeds of other portals have, in small: nothing of them is lost without a word."""

import io
import json

import pytest

from ckanext.federation.harvest import dialects, reading, vocab
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import FeedError, Hints

POLICY = Policy("https://node.example/", registered_licences=frozenset({"notspecified", "uk-ogl"}))
RDF = (
    '<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dct="http://purl.org/dc/terms/" xmlns:dcat="http://www.w3.org/ns/dcat#"'
    ' xmlns:skos="http://www.w3.org/2004/02/skos/core#">{}</rdf:RDF>'
)


def read(feed, media="application/json", url="https://node.example/feed"):
    body = feed if isinstance(feed, bytes) else json.dumps(feed).encode()
    module, document = dialects.choose("auto", body, Hints(url, media))
    page = module.page(document)
    return page, [convert(module.read(item), POLICY) for item in page.items]


def named(number, **more):
    return {"@type": "Dataset", "identifier": f"https://node.example/{number}", "title": f"Dataset {number}", **more}


NESTED = {
    "@type": "Catalog",
    "dataset": [named(1)],
    "catalog": [
        {"@type": "Catalog", "dataset": [named(2)], "catalog": [{"@type": "Catalog", "dataset": [named(3)]}]},
        {"@type": "Catalog", "title": "Without any"},
    ],
    "datasetSeries": [
        {
            "@type": "DatasetSeries",
            "title": "Spend",
            "seriesMember": [named(4), {"@id": "https://node.example/1"}, named(5)],
            "first": named(4),
            "last": named(5),
        }
    ],
    "service": [{"@type": "DataService", "title": "An API"}],
}


def titles(found):
    return [one.dataset["title"] for one in found]


def test_catalogues_in_catalogues_and_members_of_series():
    page, found = read(NESTED)
    assert titles(found) == [f"Dataset {number}" for number in range(1, 6)]
    assert page.notes == [
        "1 series of datasets are in the feed; their datasets are harvested one by one.",
        "1 data services are in the feed; they are no datasets, and were left out.",
    ]
    page, found = read({key: NESTED[key] for key in ("@type", "datasetSeries")})
    assert titles(found) == ["Dataset 4", "Dataset 5"]


def test_a_catalogue_that_holds_itself_too_deep_ends():
    deep = {"@type": "Catalog", "dataset": [named(99)]}
    for number in range(20):
        deep = {"@type": "Catalog", "dataset": [named(number)], "catalog": [deep]}
    _page, found = read(deep)
    assert 1 < len(found) < 20


def test_a_large_one_is_read_in_parts_and_each_dataset_once():
    many = {**NESTED, "dataset": [named(number) for number in range(1_000, 1_450)]}
    one = reading.opened(
        io.BytesIO(json.dumps(many).encode()), Hints("https://node.example/feed", "application/json"), small=0
    )
    found = [one.module.identity(item) for page in one.pages() for item in page.items]
    assert len(found) == len(set(found)) == 454


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9, 0.99])
def test_of_one_that_is_cut_no_record_is_half(share):
    body = json.dumps(NESTED).encode()
    one = reading.opened(
        io.BytesIO(body[: int(len(body) * share)]), Hints("https://node.example/feed", "application/json")
    )
    assert [item["title"] for page in one.pages() for item in page.items] == ["Dataset 1"]
    assert one.cut


def test_opendatasofts_search_v1():
    feed = {
        "nhits": 3,
        "parameters": {"rows": 2, "format": "json"},
        "datasets": [
            {
                "datasetid": "air-quality",
                "metas": {
                    "title": "Air quality",
                    "keyword": "air",
                    "modified": "2015-04-09T10:29:11+00:00",
                    "domain": "x",
                },
                "interop_metas": {"inspire": {"file_identifier": "7"}},
                "has_records": True,
                "features": ["geo"],
                "fields": [{"name": "no2"}],
            },
            {
                "datasetid": "trees",
                "metas": {"title": "Trees", "theme": ["Environment"], "license": "OGL"},
                "has_records": False,
            },
        ],
    }
    page, (air, trees) = read(feed, url="https://node.example/api/datasets/1.0/search/?rows=2")
    assert page.total == 3 and page.next_url == "https://node.example/api/datasets/1.0/search/?rows=2&start=2"
    assert (
        air.dataset["identifier"] == "air-quality"
        and air.dataset["url"] == "https://node.example/explore/dataset/air-quality/"
    )
    assert [one["format"] for one in air.dataset["resources"]] == ["CSV", "JSON", "GeoJSON"]
    assert air.dataset["resources"][0]["url"] == "https://node.example/explore/dataset/air-quality/download/?format=csv"
    assert air.notes == ["not carried over, kept in the raw record: fields, inspire.file_identifier"]
    assert trees.dataset["theme"] == [vocab.THEME + "ENVI"]
    last, _found = read(
        {**feed, "datasets": feed["datasets"][:1]}, url="https://node.example/api/datasets/1.0/search/?start=2"
    )
    assert last.next_url == ""


def test_usmarts_own_terms():
    feed = {
        "dataset": [
            named(
                1,
                licence="http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
                contactPoint={"fn": "Jo Bloggs", "email": "jobloggs@node.example"},
                temporalCoverageStart="2018-01-01",
                temporalCoverageEnd=None,
                coverageArea="Wharfedale",
                lineage="From counters",
                accrualPeriodicity="Continous",
            ),
            named(2, boundingBoxWest="-3.4", boundingBoxSouth="55.8", boundingBoxEast="-3.1", boundingBoxNorth="56.1"),
        ]
    }
    _page, (counters, boxed) = read(feed)
    assert counters.dataset["license_id"] == "uk-ogl"
    assert counters.dataset["temporal_coverage"] == [{"start": "2018-01-01"}]
    assert counters.dataset["spatial_coverage"] == [{"text": "Wharfedale"}]
    assert counters.dataset["provenance"] == "From counters"
    assert counters.dataset["frequency"].endswith("/CONT")
    # Her name is withheld, and so is the address that tells it without a dot.
    assert "contact" not in counters.dataset and "bloggs" not in json.dumps(counters.dataset)
    assert counters.notes == ["contact: a person's name or address was withheld"]
    assert "55.8" in boxed.dataset["spatial_coverage"][0]["bbox"]


@pytest.mark.parametrize(
    ("name", "email", "shown"),
    [
        ("Bloggs", "jo.bloggs@node.example", []),
        ("Jo Bloggs", "opendata@node.example", [{"email": "opendata@node.example"}]),
        ("Parking team", "parking@node.example", [{"name": "Parking team", "email": "parking@node.example"}]),
        ("Parking team", "jo.bloggs@node.example", [{"name": "Parking team"}]),
    ],
)
def test_a_name_and_an_address_that_tell_each_other(name, email, shown):
    _page, (found,) = read({"dataset": [named(1, contactPoint={"fn": name, "hasEmail": f"mailto:{email}"})]})
    assert found.dataset.get("contact", []) == shown


def test_an_author_who_typed_it_in_is_no_publisher():
    item = {"id": "7", "name": "adur", "title": "Adur", "resources": [], "author": "Jo Bloggs", "type": "dataset"}
    more = {"theme-primary": "Transport", "extras": [{"key": "spatial-text", "value": "Adur, West Sussex"}]}
    feed = {
        "success": True,
        "result": {"count": 2, "results": [{**item, **more}, {**item, "id": "8", "author": "Adur District Council"}]},
    }
    _page, (person, council) = read(feed)
    assert "publisher" not in person.dataset and not person.publisher
    assert person.notes == ["contact: a person's name or address was withheld"]
    assert person.dataset["theme"] == [vocab.THEME + "TRAN"]
    assert person.dataset["spatial_coverage"] == [{"text": "Adur, West Sussex"}]
    assert council.publisher == {"name": "Adur District Council"}


def test_statements_that_have_nothing_but_a_description():
    statement = "<dct:{0}><dct:{1}><dct:description>{2}</dct:description></dct:{1}></dct:{0}>"
    service = (
        '<dcat:distribution><dcat:Distribution><dct:title>Map</dct:title><dcat:accessURL rdf:resource="https://node.example/ows"/>'
        '<dcat:accessService><dcat:DataService><dct:conformsTo rdf:resource="http://www.opengeospatial.org/standards/wms"/>'
        "</dcat:DataService></dcat:accessService></dcat:Distribution></dcat:distribution>"
    )
    theme = (
        f'<dcat:theme><skos:Concept rdf:about="{vocab.THEME}ENVI"><skos:prefLabel xml:lang="fr">Environnement</skos:prefLabel>'
        "</skos:Concept></dcat:theme>"
    )
    dataset = (
        '<dcat:DatasetSeries rdf:about="https://node.example/1"><dct:title>Water</dct:title>'
        + statement.format("accessRights", "RightsStatement", "Ask the agency.")
        + statement.format("provenance", "ProvenanceStatement", "Measured monthly.")
        + f"{theme}{service}</dcat:DatasetSeries>"
    )
    _page, (found,) = read(RDF.format(dataset).encode(), "application/rdf+xml")
    assert found.dataset["provenance"] == "Measured monthly."
    assert found.dataset["theme"] == [vocab.THEME + "ENVI"] and "tags" not in found.dataset
    assert "access_rights" not in found.dataset
    (file,) = found.dataset["resources"]
    assert (file["rights"], file["format"]) == ("Ask the agency.", "WMS")
    assert found.notes == []


@pytest.mark.parametrize(
    ("stated", "name"),
    [("OGC:WMS-1.3.0", "WMS"), ("WWW:LINK-1.0-http--link", "HTML"), ("WWW:DOWNLOAD-1.0-http--download", "CSV")],
)
def test_protocols_of_geonetwork(stated, name):
    assert vocab.format_of(stated, "", "https://node.example/a.csv") == name


def test_what_is_no_catalogue_stays_none():
    for feed in ({"catalog": "x"}, {"catalog": [], "service": []}, {"nhits": 0, "datasets": []}):
        with pytest.raises(FeedError):
            dialects.choose("ckan", json.dumps(feed).encode(), Hints("https://node.example/feed", "application/json"))


PACKAGE = {
    "id": "7",
    "name": "bins",
    "title": "Bins",
    "owner_org": "x",
    "num_resources": 1,
    "type": "dataset",
    "contact-name": "Waste team",
    "contact-email": "waste@node.example",
    "licence-custom": "Ask before you print it.",
    "geographic_coverage": "111000: England, Wales",
    "resources": [{"name": "Bins in 2019", "url": "https://node.example/bins", "format": "", "state": "active"}],
    "extras": [
        {"key": "frequency-of-update", "value": "annual"},
        {"key": "bbox-west-long", "value": "-6.3"},
        {"key": "bbox-south-lat", "value": "49.9"},
        {"key": "bbox-east-long", "value": "1.9"},
        {"key": "bbox-north-lat", "value": "55.8"},
        {"key": "licence", "value": '["Open Government Licence"]'},
        {"key": "metadata-language", "value": "eng"},
        {
            "key": "dataset-reference-date",
            "value": '[{"type": "creation", "value": "2010-01-01"}, {"type": "revision", "value": "2011-02-03"}]',
        },
    ],
}


@pytest.mark.parametrize(
    "feed",
    [
        {"success": True, "result": {"count": 1, "facets": {}, "results": [PACKAGE]}},
        {"count": 1, "sort": "score desc", "facets": {}, "search_facets": {}, "results": [PACKAGE]},
        [PACKAGE],
        (json.dumps(PACKAGE) + "\n" + json.dumps({**PACKAGE, "id": "8"}) + "\n").encode(),
    ],
    ids=["answer", "without its envelope", "dump", "lines of a dump"],
)
def test_data_gov_uks_extras_however_they_are_sent(feed):
    page, (bins, *_more) = read(feed)
    assert page.items[0]["id"] == "7"
    assert bins.dataset["license_id"] == "uk-ogl"
    assert (bins.dataset["issued"], bins.dataset["modified"]) == ("2010-01-01", "2011-02-03")
    assert bins.dataset["frequency"].endswith("/ANNUAL") and bins.dataset["language"][0].endswith("/ENG")
    assert bins.dataset["contact"] == [{"name": "Waste team", "email": "waste@node.example"}]
    assert "-6.3" in bins.dataset["spatial_coverage"][0]["bbox"]
    assert bins.dataset["spatial_coverage"][1] == {"text": "England, Wales"}
    (file,) = bins.dataset["resources"]
    assert (file["name"], file["rights"]) == ("Bins in 2019", "Ask before you print it.")
    assert bins.notes == []


def test_texts_beside_their_language_and_an_id_by_another_name():
    told = [{"language": "nb", "value": "<p>Ladestasjoner</p>"}]
    file = {"title": "API", "description": told, "downloadURL": "null", "accessURL": "https://node.example/api"}
    _page, (found,) = read(
        {
            "datasets": [
                {"id": "https://node.example/512", "title": "NOBIL", "description": told, "distribution": [file]}
            ]
        }
    )
    assert found.dataset["identifier"] == "https://node.example/512"
    assert found.dataset["notes"] == "Ladestasjoner"
    assert (found.dataset["resources"][0]["url"], found.dataset["resources"][0]["description"]) == (
        "https://node.example/api",
        "Ladestasjoner",
    )


def test_a_box_as_four_bare_numbers():
    place = {"@type": "Location", "bbox": [-3.4, 55.8, -3.1, 56.1]}
    _page, (found,) = read({"dataset": [named(1, spatial=[place])]})
    assert "55.8" in found.dataset["spatial_coverage"][0]["bbox"]
