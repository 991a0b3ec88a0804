"""A dataset as schema.org's Dataset, for search engines (pure).

Source: schema.org, and what Google asks of datasets (Dataset structured data: name and description required; creator, licence,
identifier, coverage, catalogue, distribution recommended). ckanext-dcat's own profile knows none of the repeating groups of the DCAT-AP
schema (contact, places, periods, agents), and names no address of a file's content, so it is not used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import index, vocabularies
from . import mem

Record = dict[str, Any]
# Google leaves out descriptions that are shorter, and cuts longer ones.
SHORTEST, LONGEST = 50, 5000


@dataclass(frozen=True)
class Site:
    """The portal: its address without a slash at the end, its title and description."""

    url: str
    title: str
    description: str = ""


def dataset(dataset: Mapping[str, Any], site: Site) -> Record:
    """JSON-LD of ``package_show``'s dictionary; an analytics project is a CreativeWork. What has no value is left out."""
    of = dataset.get("organization") or {}
    page = _page(dataset, site)
    record = {
        "@context": "https://schema.org/",
        "@type": "CreativeWork" if dataset.get("type") == "analytics-project" else "Dataset",
        "@id": _address(dataset.get("uri")) or page,
        "url": page,
        "name": _text(dataset.get("title")) or _text(dataset.get("name")),
        "description": description(dataset, _text(of.get("title")), site.title),
        "identifier": [
            each
            for each in dict.fromkeys([_text(dataset.get("identifier")), *_list(dataset.get("alternate_identifier"))])
            if each
        ],
        "version": _text(dataset.get("version")),
        "keywords": [tag["name"] for tag in dataset.get("tags") or [] if tag.get("name")] + _themes(dataset),
        "inLanguage": _languages(dataset),
        "license": mem.licence(dataset),
        "isAccessibleForFree": True,
        "dateCreated": _text(dataset.get("created")),
        "datePublished": _text(dataset.get("issued")) or _text(dataset.get("metadata_created")),
        "dateModified": _text(dataset.get("modified")) or _text(dataset.get("metadata_modified")),
        "temporalCoverage": _one([_period(each) for each in _groups(dataset, "temporal_coverage")]),
        "spatialCoverage": _places(dataset),
        "creator": [_agent(each) for each in _groups(dataset, "creator")] or _publisher(dataset, of, site),
        "publisher": _publisher(dataset, of, site),
        "includedInDataCatalog": _filled(
            {"@type": "DataCatalog", "name": site.title, "description": site.description, "url": site.url}
        ),
        "isPartOf": _one([f"{site.url}/dataset_series/{each}" for each in _list(dataset.get("in_series"))]),
        "isBasedOn": [f"{site.url}/dataset/{each}" for each in _list(dataset.get("datasets"))],
        "citation": [each for each in _list(dataset.get("is_referenced_by")) if each],
        "sameAs": [each for each in map(_address, [dataset.get("homepage"), dataset.get("url")]) if each],
        "distribution": [_file(dataset, each, site) for each in dataset.get("resources") or [] if _download(each)],
    }
    return _filled(record)


def description(dataset: Mapping[str, Any], publisher: str, portal: str) -> str:
    """The dataset's own, made as long as Google asks by who publishes it and where."""
    title = _text(dataset.get("title")) or _text(dataset.get("name"))
    text = _text(dataset.get("notes")) or title
    if len(text) < SHORTEST:
        text = f"{text.rstrip('.')}. {title}, published by {publisher or portal} on {portal}."
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _page(dataset: Mapping[str, Any], site: Site) -> str:
    return f"{site.url}/{dataset.get('type') or 'dataset'}/{dataset['name']}"


def _publisher(dataset: Mapping[str, Any], of: Mapping[str, Any], site: Site) -> list[Record]:
    named = [_agent(each) for each in _groups(dataset, "publisher")]
    if not named and of:
        page = f"{site.url}/organization/{of.get('name')}"
        named = [{"@type": "Organization", "@id": page, "name": _text(of.get("title")) or of.get("name"), "url": page}]
    contact = next((_contact(each) for each in _groups(dataset, "contact")), None)
    return [{**each, "contactPoint": contact} if contact else each for each in named[:1]]


def _agent(group: Mapping[str, Any]) -> Record:
    name = _text(group.get("name")) or _text(group.get("uri")) or _text(group.get("email"))
    told = {"@id": _address(group.get("uri")), "name": name, "url": _address(group.get("url")), "email": _mail(group)}
    return _filled({"@type": "Organization", **told, "identifier": _text(group.get("identifier"))})


def _contact(group: Mapping[str, Any]) -> Record:
    told = {"name": _text(group.get("name")), "email": _mail(group), "url": _address(group.get("url"))}
    return _filled({"@type": "ContactPoint", "contactType": "customer service", **told})


def _mail(group: Mapping[str, Any]) -> str:
    return _text(group.get("email")).removeprefix("mailto:")


def _themes(dataset: Mapping[str, Any]) -> list[str]:
    return [vocabularies.get("theme").label(each) for each in _list(dataset.get("theme"))]


def _languages(thing: Mapping[str, Any]) -> list[str]:
    """``en`` and ``cy``; the name of any other."""
    tags = {"ENG": "en", "CYM": "cy"}
    codes = [each.rsplit("/", 1)[-1] for each in _list(thing.get("language"))]
    return [tags.get(code, code.lower()) for code in codes]


def _period(group: Mapping[str, Any]) -> str:
    """ISO 8601: from/to, with two points for an open end."""
    start, end = _text(group.get("start")), _text(group.get("end"))
    return f"{start or '..'}/{end or '..'}" if start or end else ""


def _places(dataset: Mapping[str, Any]) -> list[Record]:
    found = []
    for place in _groups(dataset, "spatial_coverage"):
        told = {"@id": _address(place.get("uri")), "name": _text(place.get("text")), "geo": _geo(place)}
        found.append(_filled({"@type": "Place", **told}))
    if not found and dataset.get("gss_area"):
        area = vocabularies.get("gss").label(_text(dataset["gss_area"]))
        found = [{"@type": "Place", "name": area, "identifier": _text(dataset["gss_area"])}]
    return [each for each in found if len(each) > 1]


def _geo(place: Mapping[str, Any]) -> Record | None:
    """The box of a geometry as Google reads it (south west north east), or a point."""
    for name in ("bbox", "geom", "centroid"):
        box = index.loads(index.box(place.get(name)))
        if box:
            (west, south), (east, north) = box["coordinates"][0][0], box["coordinates"][0][2]
            if (west, south) == (east, north):
                return {"@type": "GeoCoordinates", "latitude": south, "longitude": west}
            return {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    return None


def _file(dataset: Mapping[str, Any], resource: Mapping[str, Any], site: Site) -> Record:
    size = _text(resource.get("size"))
    told = {
        "@id": _address(resource.get("uri")) or f"{site.url}/dataset/{dataset.get('id')}/resource/{resource.get('id')}",
        "name": _text(resource.get("name")),
        "description": _text(resource.get("description")),
        "contentUrl": _download(resource),
        "encodingFormat": mem.media_type(resource),
        "contentSize": f"{size} B" if size.isdigit() and int(size) else "",
        "license": _address(resource.get("license")),
        "inLanguage": _languages(resource),
        "datePublished": _text(resource.get("issued")) or _text(resource.get("created")),
        "dateModified": _text(resource.get("modified")) or _text(resource.get("last_modified")),
    }
    return _filled({"@type": "DataDownload", **told})


def _download(resource: Mapping[str, Any]) -> str:
    return _address(resource.get("download_url")) or _address(resource.get("url"))


def _groups(dataset: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = index.loads(dataset.get(name))
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _one(values: list[str]) -> Any:
    kept = [each for each in values if each]
    return kept[0] if len(kept) == 1 else kept


def _list(value: Any) -> list[str]:
    value = index.loads(value)
    return [_text(each) for each in (value if isinstance(value, list) else [value]) if _text(each)]


def _address(value: Any) -> str:
    text = _text(value)
    return text if mem.is_address(text) else ""


def _filled(record: Record) -> Record:
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def script(record: Record) -> str:
    """As the content of a script element: nothing in it can end the element (HTML, 4.12.1.3)."""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
