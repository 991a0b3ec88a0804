"""DCAT-US 3.0: a dataset and the catalogue as JSON. Pure.

Source: the JSON Schemas of DCAT-US 3.0 (https://github.com/GSA/dcat-us). A dataset must have title, description,
identifier, publisher and contactPoint; what nobody gave is filled by the rules of ``dcat_us.py`` or left out.
"""

from __future__ import annotations

from typing import Any

from ..catalogue import Catalogue
from . import CLOSE_LIST, Entry, Form, as_json, joined, open_list, read
from .dcat_us import filled, keywords
from .record import CLOSED, RESTRICTED, Agent, Concept, Dataset, File, Period, Place

VERSION = "https://resources.data.gov/dcat-us/3.0.0"
_ACCESS = {CLOSED: "Not open to the public", RESTRICTED: "Open on certain conditions"}
_ALGORITHMS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_FREQUENCIES = {"IRREG": "irregular", "AS_NEEDED": "asNeeded", "NOT_PLANNED": "notPlanned", "NEVER": "notPlanned"}


def catalogue(site: Catalogue, address: str) -> dict[str, Any]:
    """The catalogue without its datasets."""
    made = {
        "@id": address,
        "@type": "Catalog",
        "conformsTo": {"@id": VERSION, "@type": "Standard", "title": "DCAT-US 3.0"},
        "title": site.title,
        "description": site.description,
        "language": site.language[:2],
        "publisher": {"@type": "Agent", "name": site.publisher_name},
        "homepage": {"@type": "Document", "title": site.title, "accessURL": site.base + "/"},
    }
    return filled(made)


def entry(dataset: Dataset) -> dict[str, Any]:
    made = {
        "@id": dataset.uri,
        "@type": "Dataset",
        "identifier": {"@id": dataset.uri, "@type": "Identifier"},
        "otherIdentifier": [{"@type": "Identifier", "notation": dataset.identifier}] if dataset.identifier else None,
        "title": dataset.title,
        "description": dataset.description or dataset.title,
        "keyword": keywords(dataset),
        "theme": [_concept(theme) for theme in dataset.themes],
        "publisher": _organisation(dataset.publisher),
        "creator": filled({"@type": "Agent", "name": dataset.creators[0].name}) if dataset.creators else None,
        "contactPoint": _contact(dataset),
        "accessRights": _ACCESS.get(dataset.access, "Open to the public"),
        "created": _date(dataset.created),
        "issued": _date(dataset.issued or dataset.record_created),
        "modified": _date(dataset.modified or dataset.record_modified),
        "accrualPeriodicity": dataset.interval or _FREQUENCIES.get(dataset.frequency.uri.rsplit("/", 1)[-1]),
        "spatial": [_location(place) for place in dataset.places],
        "temporal": [_period(period) for period in dataset.periods],
        "language": list(dataset.languages),
        "version": dataset.version,
        "landingPage": {"@type": "Document", "title": dataset.title, "accessURL": dataset.page},
        "page": [{"@type": "Document", "title": url, "accessURL": url} for url in dataset.documentation],
        "relation": [dataset.landing_page] if dataset.landing_page else None,
        "conformsTo": _standards(dataset.conforms_to),
        "distribution": [_distribution(file) for file in dataset.files],
    }
    return filled(made)


def _concept(theme: Concept) -> dict[str, Any]:
    return filled({"@id": theme.uri, "@type": "Concept", "prefLabel": theme.label})


def _organisation(agent: Agent | None) -> dict[str, Any] | None:
    return filled({"@id": agent.uri, "@type": "Organization", "name": agent.name}) if agent else None


def _contact(dataset: Dataset) -> dict[str, Any] | None:
    if dataset.contact is None:
        return None
    email = f"mailto:{dataset.contact.email}" if dataset.contact.email else None
    return filled({"@type": "Kind", "fn": dataset.contact.name, "hasEmail": email})


def _date(value: str) -> str:
    """A date and time without a zone is UTC, and says so: the schema takes no other."""
    has_zone = value.endswith("Z") or value[16:].count("+") + value[16:].count("-") > 0
    return value + "Z" if "T" in value and not has_zone else value


def _location(place: Place) -> dict[str, Any]:
    return filled({"@id": place.uri, "@type": "Location", "prefLabel": place.name, **_shape(place)})


def _shape(place: Place) -> dict[str, str]:
    """The box as a WKT polygon, or the point of a box without extent."""
    if place.box is None:
        return {}
    west, south, east, north = place.box
    if (west, south) == (east, north):
        return {"centroid": f"POINT ({west:g} {south:g})"}
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return {"bbox": f"POLYGON (({', '.join(f'{x:g} {y:g}' for x, y in ring)}))"}


def _period(period: Period) -> dict[str, Any]:
    return filled({"@type": "PeriodOfTime", "startDate": _date(period.start), "endDate": _date(period.end)})


def _standards(addresses: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"@id": address, "@type": "Standard"} for address in addresses]


def _distribution(file: File) -> dict[str, Any]:
    direct = file.is_download and bool(file.url)
    checksum = None
    if file.checksum:
        algorithm, value = file.checksum
        checksum = {"@type": "Checksum", "algorithm": _ALGORITHMS[algorithm], "checksumValue": value}
    return filled(
        {
            "@id": file.uri,
            "@type": "Distribution",
            "title": file.name or file.format,
            "description": file.description,
            "accessURL": file.page if direct else file.url or file.page,
            "downloadURL": file.url if direct else None,
            "mediaType": file.media_type,
            "format": file.format,
            "byteSize": str(file.size) if file.size else None,
            "checksum": checksum,
            "issued": _date(file.issued),
            "modified": _date(file.modified),
            "license": file.licence.url or file.licence.title,
            "conformsTo": _standards(file.conforms_to),
        }
    )


def _one(each: Entry, site: Catalogue) -> bytes:
    return as_json(entry(read.entry(each, site)))


def _head(site: Catalogue) -> bytes:
    return open_list(catalogue(site, f"{site.base}{ADDRESS}"), "dataset")


ADDRESS = "/catalog.dcat-us-3.json"
FORM = Form(
    name="dcat-us-3",
    media_type="application/json",
    label="DCAT-US 3",
    version="1",
    one=_one,
    suffix="dcat-us-3.json",
    whole=joined(_head, _one, b",", lambda _: CLOSE_LIST),
    address=ADDRESS,
    profile=VERSION,
)
