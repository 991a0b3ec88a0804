"""The parts that DCAT hangs on a dataset: agents, contacts, periods, distributions; pure."""

from __future__ import annotations

import re
from typing import Any

from ..record import Distribution, as_list
from ..text import clean
from .terms import code, first, fold, label, objects, values


def page_of(value: Any) -> Any:
    """The address of a document: of a Distribution of DCAT-US 3's ``describedBy`` where it can be had."""
    terms = fold(value)
    return code(first(terms, "downloadurl", "accessurl")) or code(value) if isinstance(value, dict) else value


def agent(value: Any, left: list[str], within: str) -> dict[str, Any]:
    """Name, uri, email, url, type, identifier of an agent; names of other terms go to ``left``."""
    if not isinstance(value, dict):
        address = clean(value)
        return {"uri": address} if address.startswith("http") else {"name": address}
    terms = fold(value)
    found = {
        "name": label(first(terms, "name", "preflabel", "label", "title", "fn")),
        "uri": terms.get("@id") or "",
        "email": code(first(terms, "mbox", "hasemail", "email")),
        "url": code(first(terms, "homepage", "page", "url")),
        "type": code(first(terms, "type")),
        "identifier": label(first(terms, "identifier")),
    }
    left += terms.unread(within)
    return found


def contact(value: Any, left: list[str]) -> dict[str, Any]:
    """Name, email, url of a contact point; names of other terms go to ``left``."""
    if not isinstance(value, dict):
        stated = clean(value)
        return {"name": "", "email": stated} if "@" in stated else {"name": "" if "://" in stated else stated}
    terms = fold(value)
    found = {
        "name": label(first(terms, "fn", "name", "organization-name")),
        "email": code(first(terms, "hasemail", "email", "mbox")),
        "url": code(first(terms, "hasurl", "url")),
        "identifier": label(first(terms, "hasuid")),
    }
    left += terms.unread("contactpoint.", frozenset({"type"}))
    return found


def period(value: Any) -> tuple[Any, Any] | None:
    """Start and end of a period, an object's or ``start/end``."""
    if isinstance(value, dict):
        terms = fold(value)
        start = label(first(terms, "startdate", "hasbeginning", "start", "schema:startdate"))
        end = label(first(terms, "enddate", "hasend", "end"))
        return (start, end) if start or end else None
    parts = [part.strip() for part in clean(value).split("/")]
    return (parts[0], parts[1]) if len(parts) == 2 and re.match(r"\d{4}", parts[0]) else None


def distributions(value: Any, left: list[str]) -> list[Distribution]:
    """Objects in whatever shape; a mere address is a file too."""
    bare = [Distribution(access_url=one) for one in as_list(value) if isinstance(one, str)]
    return [_distribution(one, left) for one in objects(value)] + bare


def _kind_of(standard: Any) -> str:
    """Which kind of service a standard of the OGC is."""
    found = re.search(r"/(wms|wfs|wmts|wcs|csw|sos)(?![a-z])", str(standard or ""), re.I)
    return found[1].upper() if found else ""


def _distribution(value: dict[str, Any], left: list[str]) -> Distribution:
    terms = fold(value)
    media_type = code(first(terms, "mediatype"))
    checksum = fold(first(terms, "checksum"))
    service = fold(first(terms, "accessservice"))
    described = [page_of(one) for name in ("describedby", "page", "documentation") for one in values(terms, name)]
    stated = code(first(terms, "format")) or _kind_of(code(first(service, "conformsto")))
    file = Distribution(
        id=terms.get("@id") or label(first(terms, "identifier")),
        title=label(first(terms, "title")),
        description=label(first(terms, "description")),
        access_url=code(first(terms, "accessurl"))
        or code(first(service, "endpointurl"))
        or code(terms.get("accessservice")),
        download_url=code(first(terms, "downloadurl")),
        # Hub says JSON of its map services, and what they are in the description only.
        format=stated if terms.get("description") != "Esri REST" else "Esri REST",
        media_type=media_type.rsplit("/media-types/", 1)[-1] if isinstance(media_type, str) else media_type,
        size=label(first(terms, "bytesize")),
        hash=label(first(checksum, "checksumvalue")),
        hash_algorithm=code(first(checksum, "algorithm")),
        issued=label(first(terms, "issued")),
        modified=label(first(terms, "modified")),
        licence=[code(one) for one in values(terms, "license", "licence")],
        rights=label(first(terms, "rights", "accessrestriction", "userestriction")),
        availability=code(first(terms, "availability")),
        status=code(first(terms, "status")),
        compression=code(first(terms, "compressformat")),
        packaging=code(first(terms, "packageformat")),
        temporal_resolution=label(first(terms, "temporalresolution")),
        spatial_resolution=label(first(terms, "spatialresolutioninmeters")),
        languages=[code(one) for one in values(terms, "language")],
        conforms_to=[code(one) for one in values(terms, "conformsto")],
        documentation=described,
        own={"applicable_legislation": [code(one) for one in values(terms, "applicablelegislation")]},
    )
    terms.get("describedbytype")
    left += terms.unread("distribution.", frozenset({"type"}))
    return file
