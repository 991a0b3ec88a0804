"""A sample node in the shape of an ArcGIS Hub site: its two feeds and its files (pure).

The defects are those that real Hub feeds have. Of all datasets: ``accessUrl`` in the wrong case, no modification
date and no licence (DCAT-AP); ``theme`` and ``spatial`` as empty text, HTML or nothing as licence (DCAT-US). Of some: see
``DEFECTS``.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from . import samples
from .samples import Served

Seed = Mapping[str, Any]
DEFECTS = {
    "unrendered": "the template's {{description}} and {{orgContactEmail}} were never filled in",
    "sublayer": "listed a second time as its own layer 0",
    "epoch-dates": "dates are milliseconds since 1970 (DCAT-US)",
    "named-contact": "the contact is an officer, by name",
    "html-title": "the title holds HTML",
    "script-in-description": "the description holds a script",
    "null-keywords": "keywords are null",
    "null-language": "the language is null",
    "no-publisher": "the publisher is null",
    "no-title": "the title is null",
}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "ftype": "http://publications.europa.eu/resource/authority/file-type/",
    "lang": "http://publications.europa.eu/resource/authority/language/",
}
PROMISE = "<span style='font-size:large;'>Provided as it is; the council promises nothing about it.</span>"


def routes(node: Seed, base: str) -> dict[str, Served]:
    """Everything the node serves, by path below ``base`` (no slash at the end)."""
    found = {
        "/api/feed/dcat-ap/2.1.1.json": _json(dcat_ap(node, base), "application/ld+json"),
        "/api/feed/dcat-us/1.1.json": _json(dcat_us(node, base), "application/json"),
    }
    for dataset in node["datasets"]:
        slug, table = dataset["slug"], samples.table(dataset["slug"], dataset["rows"], dataset["columns"], node["box"])
        name = str(dataset["title"] or slug)
        found[f"/maps/{slug}"] = samples.page(name, [f"{len(table.rows)} features."], _links(slug, base))
        found[f"/datasets/{slug}.csv"] = samples.csv(table)
        found[f"/datasets/{slug}.geojson"] = samples.geojson(table)
        found[f"/datasets/{slug}.kml"] = samples.kml(name, table)
        found[f"/arcgis/rest/services/{slug}/FeatureServer/0"] = _json(_layer(slug, table.columns), "application/json")
    return found


def _links(slug: str, base: str) -> dict[str, str]:
    return {f"{base}/datasets/{slug}.{kind}": kind.upper() for kind in ("csv", "geojson", "kml")}


def _layer(slug: str, columns: list[str]) -> dict[str, Any]:
    return {
        "currentVersion": 11.3, "id": 0, "name": slug, "type": "Feature Layer", "geometryType": "esriGeometryPoint",
        "fields": [{"name": name, "type": "esriFieldTypeString", "alias": name} for name in columns],
    }  # fmt: skip


def item(slug: str) -> str:
    """The 32 hexadecimal digits that ArcGIS Online gives an item."""
    return hashlib.md5(f"item/{slug}".encode(), usedforsecurity=False).hexdigest()


def _identifiers(dataset: Seed) -> list[str]:
    """More than one for a dataset that is listed twice."""
    one = f"https://www.arcgis.com/home/item.html?id={item(dataset['slug'])}"
    return [one, f"{one}&sublayer=0"] if "sublayer" in dataset.get("defects", []) else [one]


def _has(dataset: Seed, defect: str) -> bool:
    return defect in dataset.get("defects", [])


def _iso(day: date) -> str:
    return f"{day.isoformat()}T09:30:00.000Z"


def _millis(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC).timestamp() * 1000)


def dcat_ap(node: Seed, base: str) -> dict[str, Any]:
    """The DCAT-AP 2.1.1 feed, JSON-LD."""
    return {
        "@context": CONTEXT,
        "@id": base,
        "@type": "dcat:Catalog",
        "dct:description": None,
        "dct:title": node["title"],
        "dct:publisher": node["publisher"],
        "foaf:homepage": {"foaf:Document": f"{base}/search"},
        "dct:language": {"@id": "lang:ENG"},
        "dct:creator": {"@id": base, "@type": "foaf:Agent", "foaf:name": node["publisher"]},
        "dcat:dataset": [
            _ap(node, dataset, identifier, base) for dataset in node["datasets"] for identifier in _identifiers(dataset)
        ],
    }


def _ap(node: Seed, dataset: Seed, identifier: str, base: str) -> dict[str, Any]:
    landing = f"{base}/maps/{dataset['slug']}"
    return {
        "@type": "dcat:Dataset",
        "@id": landing if "&" not in identifier else f"{landing}/about?layer=0",
        "dct:title": dataset["title"],
        "dct:description": dataset["description"],
        "dcat:contactPoint": _contact(node, dataset),
        "dct:publisher": None if _has(dataset, "no-publisher") else node["publisher"],
        "dcat:theme": "geospatial",
        "dct:accessRights": "public",
        "dct:identifier": identifier,
        "dcat:keyword": dataset["keywords"],
        "dct:provenance": "",
        "dct:issued": _iso(dataset["issued"]),
        "dct:language": None if _has(dataset, "null-language") else {"@id": "lang:ENG"},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:accessUrl": url,
                "dct:format": {"@id": f"ftype:{code}"},
                "dct:description": description,
                "dct:title": title,
            }
            for url, code, description, title in _distributions(dataset["slug"], base)
        ],
    }


def _contact(node: Seed, dataset: Seed) -> dict[str, str]:
    name = "Sam Sample (GIS Officer)" if _has(dataset, "named-contact") else f"{node['account']}_gis"
    email = "{{orgContactEmail}}" if _has(dataset, "unrendered") else node["email"]
    return {
        "@id": f"https://{node['account']}.maps.arcgis.com/sharing/rest/community/users/{node['account']}_gis?f=json",
        "@type": "Contact",
        "vcard:fn": name,
        "vcard:hasEmail": f"mailto:{email}",
    }


def _distributions(slug: str, base: str) -> list[tuple[str, str, str, str]]:
    """(address, EU file type, description, title)."""
    return [
        (f"{base}/maps/{slug}", "HTML", "Web Page", "ArcGIS Hub Dataset"),
        (f"{base}/arcgis/rest/services/{slug}/FeatureServer/0", "JSON", "Esri REST", "ArcGIS GeoService"),
        (f"{base}/datasets/{slug}.geojson", "GEOJSON", "GeoJSON", "GeoJSON"),
        (f"{base}/datasets/{slug}.csv", "CSV", "CSV", "CSV"),
        (f"{base}/datasets/{slug}.kml", "KML", "KML", "KML"),
    ]


MEDIA = {"HTML": "text/html", "JSON": "application/json", "GEOJSON": "application/vnd.geo+json", "CSV": "text/csv",
         "KML": "application/vnd.google-earth.kml+xml"}  # fmt: skip
FORMATS = {"HTML": "Web Page", "JSON": "ArcGIS GeoServices REST API", "GEOJSON": "GeoJSON", "CSV": "CSV", "KML": "KML"}


def dcat_us(node: Seed, base: str) -> dict[str, Any]:
    """The DCAT-US 1.1 feed (data.json)."""
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
        "dataset": [
            _us(node, dataset, identifier, base) for dataset in node["datasets"] for identifier in _identifiers(dataset)
        ],
    }


def _us(node: Seed, dataset: Seed, identifier: str, base: str) -> dict[str, Any]:
    when = _millis if _has(dataset, "epoch-dates") else _iso
    contact = _contact(node, dataset)
    return {
        "@type": "dcat:Dataset",
        "identifier": identifier,
        "landingPage": f"{base}/maps/{dataset['slug']}",
        "title": dataset["title"],
        "description": dataset["description"],
        "keyword": dataset["keywords"],
        "issued": when(dataset["issued"]),
        "modified": when(dataset["modified"]),
        "publisher": {"name": None if _has(dataset, "no-publisher") else node["publisher"]},
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": contact["vcard:fn"],
            "hasEmail": "mailto:gis help desk" if len(dataset["slug"]) % 3 == 0 else contact["vcard:hasEmail"],
        },
        "accessLevel": "public",
        "spatial": "" if len(dataset["slug"]) % 2 else ",".join(str(node["box"][i]) for i in (0, 2, 1, 3)),
        "license": PROMISE if len(dataset["slug"]) % 2 else "",
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": title,
                "format": FORMATS[code],
                "mediaType": MEDIA[code],
                "accessURL": url,
            }
            for url, code, _, title in _distributions(dataset["slug"], base)
        ],
        "theme": "",
    }


def _json(value: Any, content_type: str) -> Served:
    return Served(json.dumps(value, ensure_ascii=False, indent=1).encode(), f"{content_type}; charset=utf-8")
