"""The datasets that both sides get, made from their number alone; pure."""

import json
from typing import Any

THEMES = ("ECON", "TRAN", "ENVI", "HEAL", "GOVE", "EDUC")
WORDS = (
    *(
        "parking",
        "spend",
        "library",
        "air",
        "quality",
        "school",
        "planning",
        "contract",
        "salary",
        "cycle",
        "waste",
        "bridge",
    ),
    *(
        "licence",
        "council",
        "ward",
        "survey",
        "traffic",
        "flood",
        "housing",
        "grant",
        "budget",
        "street",
        "tree",
        "bus",
    ),
)
FORMATS = (
    ("CSV", "text/csv"),
    ("JSON", "application/json"),
    ("XLSX", "application/vnd.ms-excel"),
    ("PDF", "application/pdf"),
)
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
EU = "http://publications.europa.eu/resource/authority"
Record = dict[str, Any]


def _word(number: int, place: int) -> str:
    return WORDS[(number * 7 + place * 11 + number // len(WORDS)) % len(WORDS)]


def record(number: int, batch: str, resources: int) -> Record:
    """One dataset in neutral terms. `batch` keeps the identifiers of one feed apart from another's."""
    base = f"https://data.example.org/{batch}/{number}"
    words = [_word(number, place) for place in range(60)]
    return {
        "id": base,
        "name": f"{batch}-{number:05}",
        "title": f"{words[0].title()} {words[1]} {words[2]} {number} ({batch})",
        "description": " ".join(words) + ".",
        "keywords": sorted({words[0], words[1], words[2], words[3]}),
        "theme": f"{EU}/data-theme/{THEMES[number % len(THEMES)]}",
        "publisher": "Aireborough Council",
        "contact": "Open data team",
        "email": "opendata@example.org",
        "issued": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T09:00:00Z",
        "modified": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T09:00:00Z",
        "page": f"{base}/page",
        "files": [
            {
                "title": f"{words[0].title()} {place + 1}",
                "description": f"File {place + 1} of {resources}",
                "url": f"{base}/files/{place + 1}.{FORMATS[place % 4][0].lower()}",
                "format": FORMATS[place % 4][0],
                "media_type": FORMATS[place % 4][1],
            }
            for place in range(resources)
        ],
    }


def records(size: int, batch: str, resources: int = 3) -> list[Record]:
    return [record(number, batch, resources) for number in range(size)]


def _date(day: int) -> str:
    return f"2026-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"


def _jsonld_distribution(file: Record) -> Record:
    return {
        "@type": "dcat:Distribution",
        "dct:title": file["title"],
        "dct:description": file["description"],
        "dcat:accessURL": {"@id": file["url"]},
        "dct:format": {"@id": f"ftype:{file['format']}"},
        "dct:license": {"@id": LICENCE},
    }


def _jsonld_dataset(each: Record) -> Record:
    return {
        "@id": each["id"],
        "@type": "dcat:Dataset",
        "dct:identifier": each["id"],
        "dct:title": each["title"],
        "dct:description": each["description"],
        "dcat:keyword": each["keywords"],
        "dcat:theme": {"@id": each["theme"]},
        "dct:issued": each["issued"],
        "dct:modified": each["modified"],
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": each["publisher"]},
        "dcat:contactPoint": {
            "@type": "vcard:Kind",
            "vcard:fn": each["contact"],
            "vcard:hasEmail": {"@id": f"mailto:{each['email']}"},
        },
        "dcat:landingPage": {"@id": each["page"]},
        "dcat:distribution": [_jsonld_distribution(file) for file in each["files"]],
    }


def dcat_ap(found: list[Record], day: int = 1) -> bytes:
    """A catalogue as ArcGIS Hub writes DCAT-AP 2.1.1 (JSON-LD), without the defects: both sides can read all of it.

    `day` is the catalogue's own date: another one makes other bytes of the same datasets.
    """
    context = {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "ftype": f"{EU}/file-type/",
    }
    head = {
        "@context": context,
        "@id": "https://data.example.org",
        "@type": "dcat:Catalog",
        "dct:title": "Benchmark catalogue",
    }
    head["dct:modified"] = _date(day)
    return json.dumps({**head, "dcat:dataset": [_jsonld_dataset(each) for each in found]}).encode()


def _data_json_dataset(each: Record) -> Record:
    files = [
        {
            "@type": "dcat:Distribution",
            "title": file["title"],
            "description": file["description"],
            "format": file["format"],
            "mediaType": file["media_type"],
            "accessURL": file["url"],
        }
        for file in each["files"]
    ]
    return {
        "@type": "dcat:Dataset",
        "identifier": each["id"],
        "landingPage": each["page"],
        "title": each["title"],
        "description": each["description"],
        "keyword": each["keywords"],
        "issued": each["issued"],
        "modified": each["modified"],
        "publisher": {"name": each["publisher"]},
        "contactPoint": {"@type": "vcard:Contact", "fn": each["contact"], "hasEmail": f"mailto:{each['email']}"},
        "accessLevel": "public",
        "license": LICENCE,
        "theme": [each["theme"]],
        "language": ["en"],
        "distribution": files,
    }


def data_json(found: list[Record], day: int = 1) -> bytes:
    """A DCAT-US 1.1 data.json; `day` as in dcat_ap."""
    head = {"@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld", "@type": "dcat:Catalog"}
    conforms = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}
    head["modified"] = _date(day)
    return json.dumps({**head, **conforms, "dataset": [_data_json_dataset(each) for each in found]}).encode()
