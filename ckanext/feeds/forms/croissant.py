"""Croissant 1.0: a dataset as machine-learning tools load it. Pure.

Source: https://docs.mlcommons.org/croissant/docs/croissant-spec.html. The specification wants a checksum of each file
unless the dataset is live; it is said to be live when a file has none or when more is to come (it has a frequency).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import Catalogue
from . import Form, as_json, read
from .dcat_us import filled
from .record import Dataset, File, Licence, Period, Place

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
# Search engines leave out shorter descriptions and cut longer ones.
_SHORTEST, _LONGEST = 50, 5000
# What nobody can say more of (RFC 2046).
_UNKNOWN_TYPE = "application/octet-stream"
_TERMS = (
    "citeAs", "column", "equivalentProperty", "excludes", "extract", "field", "fileObject", "fileProperty", "fileSet",
    "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references",
    "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
#: Types of the DataStore's columns (PostgreSQL's names) to those of Croissant; others are text.
_TYPES = {
    "int": "sc:Integer", "int2": "sc:Integer", "int4": "sc:Integer", "int8": "sc:Integer", "integer": "sc:Integer",
    "bigint": "sc:Integer", "float": "sc:Float", "float4": "sc:Float", "float8": "sc:Float", "numeric": "sc:Float",
    "double precision": "sc:Float", "bool": "sc:Boolean", "boolean": "sc:Boolean", "date": "sc:Date",
    "timestamp": "sc:DateTime", "timestamptz": "sc:DateTime", "time": "sc:Time",
}  # fmt: skip

#: Name and PostgreSQL type of each column, by resource.
Columns = Mapping[str, Sequence[tuple[str, str]]]


def context(language: str) -> dict[str, Any]:
    made: dict[str, Any] = {"@language": language[:2] or "en", "@vocab": "https://schema.org/"}
    made |= {"sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/", "dct": "http://purl.org/dc/terms/"}
    made |= {"rai": "http://mlcommons.org/croissant/RAI/", "conformsTo": "dct:conformsTo"}
    made |= {name: f"cr:{name}" for name in _TERMS}
    made |= {name: {"@id": f"cr:{name}", "@type": "@json"} for name in ("data", "examples")}
    return made | {"dataType": {"@id": "cr:dataType", "@type": "@vocab"}}


def dataset(record: Dataset, site: Catalogue, columns: Columns) -> dict[str, Any]:
    """The dataset with its files, and a record set for each file whose ``columns`` are known."""
    files = [file for file in record.files if file.url]
    agents = list(record.creators) or ([record.publisher] if record.publisher else [])
    made = {
        "@context": context(record.languages[0] if record.languages else site.language),
        "@type": "sc:Dataset",
        "@id": record.uri,
        "conformsTo": CONFORMS_TO,
        "name": record.title,
        "description": _describe(record),
        "url": record.page,
        "license": _licence(record.licence),
        "creator": [filled({"@type": "Organization", "name": a.name, "url": a.url}) for a in agents],
        "publisher": filled({"@type": "Organization", "name": record.publisher.name}) if record.publisher else None,
        "datePublished": record.issued or record.record_created,
        "dateModified": record.modified or record.record_modified,
        "dateCreated": record.created,
        "version": record.version,
        "keywords": list(record.keywords),
        "inLanguage": list(record.languages),
        "temporalCoverage": [_interval(period) for period in record.periods],
        "spatialCoverage": [_place(each) for each in record.places],
        "isLiveDataset": bool(record.interval) or any(_digest(file) is None for file in files) or None,
        "distribution": [_file(file) for file in files],
        "recordSet": [_records(file, columns[file.id]) for file in files if columns.get(file.id)],
    }
    return filled(made)


def _describe(record: Dataset) -> str:
    """The description; a short one between title and publisher, as search engines pass over it otherwise."""
    text = record.description
    if len(text) < _SHORTEST:
        by = f"Published by {record.publisher.name}" if record.publisher else ""
        parts = dict.fromkeys(part.strip().rstrip(".") for part in (record.title, text, by))
        text = " ".join(f"{part}." for part in parts if part)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _interval(period: Period) -> str:
    """ISO 8601, ``..`` for an open end."""
    return f"{period.start or '..'}/{period.end or '..'}"


def _place(each: Place) -> dict[str, Any]:
    """A Place; the box is ``south west north east``."""
    geo = None
    if each.box:
        west, south, east, north = each.box
        geo = {"@type": "GeoShape", "box": f"{south:g} {west:g} {north:g} {east:g}"}
        if (west, south) == (east, north):
            geo = {"@type": "GeoCoordinates", "latitude": south, "longitude": west}
    return filled({"@type": "Place", "@id": each.uri, "name": each.name, "geo": geo})


def _licence(licence: Licence) -> str:
    return licence.url or licence.title


def _digest(file: File) -> tuple[str, str] | None:
    return file.checksum if file.checksum and file.checksum[0] in ("md5", "sha256") else None


def _file(file: File) -> dict[str, Any]:
    digest = _digest(file)
    made = {
        "@type": "cr:FileObject",
        "@id": file.id,
        "name": file.name or file.id,
        "description": file.description,
        "contentUrl": file.url,
        "contentSize": f"{file.size} B" if file.size else None,
        "encodingFormat": file.media_type or _UNKNOWN_TYPE,
    }
    return filled(made | ({digest[0]: digest[1]} if digest else {}))


def _records(file: File, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Columns in their order. A column's address is made of its place, since its name may be anything."""
    rows = f"{file.id}/rows"
    return {
        "@type": "cr:RecordSet",
        "@id": rows,
        "name": file.name or file.id,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{rows}/{number}",
                "name": name,
                "dataType": _TYPES.get(kind, "sc:Text"),
                "source": {"fileObject": {"@id": file.id}, "extract": {"column": name}},
            }
            for number, (name, kind) in enumerate(columns, 1)
        ],
    }


FORM = Form(
    name="croissant",
    media_type="application/ld+json",
    label="Croissant",
    version="1",
    one=lambda each, site: as_json(dataset(read.entry(each, site), site, each.columns)),
    suffix="croissant.json",
    profile=CONFORMS_TO,
    columns=True,
)
