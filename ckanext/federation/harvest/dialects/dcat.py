"""DCAT as nested JSON: DCAT-US 1.1 and 3.0 data.json, ArcGIS Hub's DCAT-AP JSON-LD, Socrata, DKAN; pure.

All of them hang datasets under a catalogue and distributions under a dataset, with terms of the same local
names; ``terms`` takes care of prefixes and case. The RDF dialect frames its graphs to the same shape.
"""

from __future__ import annotations

import re
from typing import Any

from ..record import Distribution, Page, Record, as_list
from ..text import clean
from . import hub_item
from .decode import Document
from .terms import first, fold, label, objects, values

_LISTS = ("dataset", "datasets")


def accepts(document: Document) -> bool:
    """A catalogue object with datasets nested in it (none of them a mere reference), or a bare list of such."""
    items = _items(document.value)
    if items is None:
        return False
    nested = [item for item in items if isinstance(item, dict)]
    if not nested:
        return not items and isinstance(document.value, dict)
    return any({"title", "distribution", "identifier"} & fold(item).keys() for item in nested[:50])


def _items(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        terms = fold(value)
        if isinstance(terms.get("@graph"), list) and not terms.get("dataset"):
            return _of_graph(terms["@graph"])
        for name in _LISTS:
            if isinstance(terms.get(name), list | dict):
                return list(as_list(terms[name]))
        return None
    if isinstance(value, list) and value and all(_is_dataset(one) for one in value[:20]):
        return value
    return None


def _of_graph(graph: list[Any]) -> list[Any] | None:
    catalogues = [one for one in graph if isinstance(one, dict) and isinstance(fold(one).get("dataset"), list)]
    if catalogues and all(isinstance(one, dict) and len(one) > 1 for one in fold(catalogues[0])["dataset"]):
        return fold(catalogues[0])["dataset"]
    return None


def _is_dataset(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kinds = {str(kind).rsplit(":", 1)[-1].rsplit("#", 1)[-1] for kind in as_list(value.get("@type"))}
    bare = not any("://" in key for key in value)
    return bare and ("Dataset" in kinds or {"title", "distribution"} <= fold(value).keys())


def page(document: Document) -> Page:
    """The catalogue's datasets; a ``hydra:next`` or ``next`` address leads on."""
    terms = fold(document.value) if isinstance(document.value, dict) else {}
    view = fold(terms.get("view")) or terms
    following = first(view, "next", "nextpage")
    address = clean(following.get("@id") if isinstance(following, dict) else following)
    items = _items(document.value) or []
    return Page(items, next_url=address if address.startswith("http") else "", repeats=repeats(items))


def repeats(items: list[Any]) -> dict[str, str]:
    """The records that are another record of these over again (ArcGIS Hub), by identity."""
    objects_only = (one for one in items if isinstance(one, dict))
    return hub_item.repeats((identity(one), clean(label(first(fold(one), "title")))) for one in objects_only)


def identity(item: Any) -> str:
    """dct:identifier, else the dataset's own address, an ArcGIS item's in one way; "" when it has neither."""
    terms = fold(item)
    stated = clean(label(first(terms, "identifier")))
    if not stated or "{{" in stated:
        stated = clean(terms.get("@id"))
        if stated.startswith("_:") or "{{" in stated:
            return ""
    return hub_item.canonical(stated)


def read(item: Any) -> Record:
    """The record of one dataset object."""
    terms = fold(item)
    modified, frequency = _modified(terms)
    return Record(
        upstream_id=identity(item),
        title=label(first(terms, "title")),
        description=label(first(terms, "description", "abstract")),
        keywords=[label(one) for one in values(terms, "keyword", "keywords", "tag", "tags")],
        # ArcGIS Hub says "geospatial" of every dataset; it is a word, no theme.
        themes=[label(one) for one in values(terms, "theme", "themes", "category") if label(one) != "geospatial"],
        issued=label(first(terms, "issued", "created", "date")),
        modified=modified,
        landing_page=_landing(terms),
        licences=_licences(terms),
        rights=label(first(terms, "rights")),
        access_rights=_access(terms),
        publisher=_agent(first(terms, "publisher", "creator")),
        contacts=[_contact(one) for one in values(terms, "contactpoint")],
        languages=[_code(one) for one in values(terms, "language")],
        spatial=[fold(one) if isinstance(one, dict) else one for one in values(terms, "spatial", "bbox")],
        temporal=[period for one in values(terms, "temporal") if (period := _period(one))],
        frequency=frequency,
        provenance=label(first(terms, "provenance")),
        version=label(first(terms, "versioninfo", "version", "hasversion")),
        conforms_to=[_code(one) for one in values(terms, "conformsto")],
        documentation=[_code(one) for one in values(terms, "page", "references", "documentation")],
        distributions=_distributions(terms.get("distribution")),
    )


def _modified(terms: dict[str, Any]) -> tuple[Any, Any]:
    """DCAT-US lets ``modified`` hold a repeating interval (R/P1D): that is a frequency."""
    modified, frequency = label(first(terms, "modified", "updated")), _code(first(terms, "accrualperiodicity"))
    if isinstance(modified, str) and modified.startswith("R/P"):
        return "", frequency or modified
    return modified, frequency


def _landing(terms: dict[str, Any]) -> Any:
    page_address = _code(first(terms, "landingpage"))
    if page_address:
        return page_address
    own = clean(terms.get("@id"))
    return own if own.startswith("http") else ""


def _access(terms: dict[str, Any]) -> Any:
    return label(first(terms, "accesslevel")) or _code(first(terms, "accessrights"))


def _licences(terms: dict[str, Any]) -> list[Any]:
    """The dataset's licence, else the one that its distributions share (Opendatasoft repeats it on each)."""
    own = [_code(one) or label(one) for one in values(terms, "license", "licence")]
    if own:
        return own
    files = [fold(one) for one in objects(terms.get("distribution"))]
    stated = [_code(one) or label(one) for file in files for one in values(file, "license", "licence")]
    return list(dict.fromkeys(clean(one) for one in stated))


def _code(value: Any) -> Any:
    """The address of an object, or the value itself."""
    if isinstance(value, dict):
        return value.get("@id") or label(value)
    return value


def _agent(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        address = clean(value)
        return {"uri": address} if address.startswith("http") else {"name": address}
    terms = fold(value)
    return {
        "name": label(first(terms, "name", "preflabel", "label", "title", "fn")),
        "uri": terms.get("@id") or "",
        "email": _code(first(terms, "mbox", "hasemail", "email")),
        "url": _code(first(terms, "homepage", "page", "url")),
    }


def _contact(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        stated = clean(value)
        return {"name": "", "email": stated} if "@" in stated else {"name": "" if "://" in stated else stated}
    terms = fold(value)
    return {
        "name": label(first(terms, "fn", "name", "organization-name")),
        "email": _code(first(terms, "hasemail", "email", "mbox")),
        "url": _code(first(terms, "hasurl", "url")),
    }


def _period(value: Any) -> tuple[Any, Any] | None:
    if isinstance(value, dict):
        terms = fold(value)
        start = label(first(terms, "startdate", "hasbeginning", "start", "schema:startdate"))
        end = label(first(terms, "enddate", "hasend", "end"))
        return (start, end) if start or end else None
    parts = [part.strip() for part in clean(value).split("/")]
    return (parts[0], parts[1]) if len(parts) == 2 and re.match(r"\d{4}", parts[0]) else None


def _distributions(value: Any) -> list[Distribution]:
    """Objects in whatever shape; a mere address is a file too."""
    bare = [Distribution(access_url=one) for one in as_list(value) if isinstance(one, str)]
    return [_distribution(one) for one in objects(value)] + bare


def _distribution(value: dict[str, Any]) -> Distribution:
    terms = fold(value)
    media_type = _code(first(terms, "mediatype"))
    checksum = fold(first(terms, "checksum"))
    return Distribution(
        id=terms.get("@id") or label(first(terms, "identifier")),
        title=label(first(terms, "title")),
        description=label(first(terms, "description")),
        access_url=_code(first(terms, "accessurl", "accessservice")),
        download_url=_code(first(terms, "downloadurl")),
        # Hub says JSON of its map services, and what they are in the description only.
        format="Esri REST" if terms.get("description") == "Esri REST" else _code(first(terms, "format")),
        media_type=media_type.rsplit("/media-types/", 1)[-1] if isinstance(media_type, str) else media_type,
        size=label(first(terms, "bytesize")),
        hash=label(first(checksum, "checksumvalue")),
        issued=label(first(terms, "issued")),
        modified=label(first(terms, "modified")),
        licence=[_code(one) for one in values(terms, "license", "licence")],
        rights=label(first(terms, "rights")),
    )
