"""DCAT-US 1.1: a dataset as an entry of ``data.json``. Pure.

Source: Project Open Data Metadata Schema 1.1 (https://resources.data.gov/resources/dcat-us/). ``bureauCode`` and
``programCode`` are for federal agencies of the United States and are left out. What the schema requires and nobody gave:
``keyword`` falls back to the themes, then to the publisher's name; ``description`` to the title; ``contactPoint`` to the
organisation, then the portal, without ``hasEmail`` when neither has a mail address.
"""

from __future__ import annotations

from typing import Any

from ..catalogue import Catalogue
from . import CLOSE_LIST, Entry, Form, as_json, joined, open_list, read
from .record import CLOSED, RESTRICTED, Dataset, File, Period, Place

CONTEXT = "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld"
SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
DESCRIBED_BY = "https://project-open-data.cio.gov/v1.1/schema/catalog.json"
_ACCESS = {CLOSED: "non-public", RESTRICTED: "restricted public"}
_RIGHTS = {CLOSED: "The data is not open to the public.", RESTRICTED: "The data may be used on certain conditions."}


def catalogue(address: str) -> dict[str, Any]:
    """The catalogue without its datasets. ``address`` is that of the document itself."""
    return {
        "@context": CONTEXT,
        "@id": address,
        "@type": "dcat:Catalog",
        "conformsTo": SCHEMA,
        "describedBy": DESCRIBED_BY,
    }


def entry(dataset: Dataset) -> dict[str, Any]:
    publisher = {"@type": "org:Organization", "name": dataset.publisher.name} if dataset.publisher else None
    made = {
        "@type": "dcat:Dataset",
        "identifier": dataset.uri,
        "title": dataset.title,
        "description": dataset.description or dataset.title,
        "keyword": keywords(dataset),
        "modified": dataset.modified or dataset.record_modified,
        "issued": dataset.issued or dataset.record_created,
        "publisher": publisher,
        "contactPoint": _contact(dataset),
        "accessLevel": _ACCESS.get(dataset.access, "public"),
        "rights": _RIGHTS.get(dataset.access),
        "license": dataset.licence.url,
        "spatial": next(filter(None, map(_place, dataset.places)), None),
        "temporal": next(filter(None, map(_period, dataset.periods)), None),
        "accrualPeriodicity": _frequency(dataset),
        "theme": [theme.label for theme in dataset.themes],
        "language": list(dataset.languages),
        "landingPage": dataset.page,
        "references": [a for a in dict.fromkeys((dataset.landing_page, *dataset.documentation)) if a],
        "conformsTo": next(iter(dataset.conforms_to), None),
        "distribution": [_distribution(file) for file in dataset.files],
    }
    return filled(made)


def keywords(dataset: Dataset) -> list[str]:
    """Never empty for a dataset that has a publisher: catalogues refuse a dataset without a keyword."""
    found = list(dataset.keywords) or [theme.label for theme in dataset.themes]
    return found or ([dataset.publisher.name] if dataset.publisher else [])


def filled(record: dict[str, Any]) -> dict[str, Any]:
    """Without what nobody said."""
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}


def _contact(dataset: Dataset) -> dict[str, Any] | None:
    if dataset.contact is None:
        return None
    email = f"mailto:{dataset.contact.email}" if dataset.contact.email else None
    return filled({"@type": "vcard:Contact", "fn": dataset.contact.name, "hasEmail": email})


def _place(place: Place) -> str:
    """The box as ``west,south,east,north``, else the name."""
    return ",".join(f"{degrees:g}" for degrees in place.box) if place.box else place.name or place.uri


def _period(period: Period) -> str | None:
    """Both ends: the schema has no open periods."""
    return f"{period.start}/{period.end}" if period.start and period.end else None


def _frequency(dataset: Dataset) -> str | None:
    if dataset.interval:
        return dataset.interval
    return "irregular" if dataset.frequency.uri.endswith(("/IRREG", "/AS_NEEDED")) else None


def _distribution(file: File) -> dict[str, Any]:
    """``downloadURL`` wants a media type beside it; a file of an unknown one is given as an address to look at."""
    direct = file.is_download and bool(file.url) and bool(file.media_type)
    return filled(
        {
            "@type": "dcat:Distribution",
            "title": file.name or file.format or None,
            "description": file.description,
            "downloadURL": file.url if direct else None,
            "accessURL": None if direct else file.url or file.page,
            "mediaType": file.media_type if direct else None,
            "format": file.format,
            "conformsTo": next(iter(file.conforms_to), None),
        }
    )


def _one(each: Entry, site: Catalogue) -> bytes:
    return as_json(entry(read.entry(each, site)))


def _head(site: Catalogue) -> bytes:
    return open_list(catalogue(f"{site.base}{ADDRESS}"), "dataset")


ADDRESS = "/data.json"
FORM = Form(
    name="dcat-us",
    media_type="application/json",
    label="DCAT-US 1.1 (data.json)",
    version="1",
    one=_one,
    suffix="dcat-us.json",
    whole=joined(_head, _one, b",", lambda _: CLOSE_LIST),
    address=ADDRESS,
    profile=SCHEMA,
    plain=True,
)
