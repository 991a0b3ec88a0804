"""Process Run Crate 0.5 (RO-Crate 1.1): the metadata of a crate, whose files are in it or elsewhere (pure)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from mimetypes import guess_type
from typing import Any
from urllib.parse import quote

from . import document
from .crate_actions import actions, references
from .document import Document

METADATA = "ro-crate-metadata.json"
_CRATE = "https://w3id.org/ro/crate/1.1"
_PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
# RO-Crate 1.1 has no word for a checksum; Workflow Run RO-Crate's terms have.
_SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"

Entity = dict[str, Any]


@dataclass(frozen=True)
class Carried:
    """A file in the crate: its path there (unquoted, with /), bytes and SHA-256."""

    path: str
    bytes: int
    sha256: str


def render(doc: Document) -> bytes:
    """The metadata alone: every file is a reference."""
    return metadata(doc, {})


def metadata(doc: Document, carried: dict[str, Carried], left_out: int = 0) -> bytes:
    """`carried` are the files in the crate by their resource's id; `left_out` counts those that would have made it too large."""
    files = {resource["id"]: _file(resource, carried.get(resource["id"])) for resource in doc.about.resources}
    here = {id: entity["@id"] for id, entity in files.items() if entity}
    told = actions(doc, here)
    parts = [entity for entity in files.values() if entity]
    for part in parts:
        if "://" in part["@id"]:
            part["sdDatePublished"] = doc.about.made[:10]
    graph = [*_root(doc, parts, told, left_out), *parts, *_publisher(doc), *told]
    context = [f"{_CRATE}/context", {"sha256": _SHA256}]
    return json.dumps({"@context": context, "@graph": _once(graph)}, ensure_ascii=False, indent=1).encode()


def _once(graph: list[Entity]) -> list[Entity]:
    found: dict[str, Entity] = {}
    for entity in graph:
        found.setdefault(entity["@id"], {key: value for key, value in entity.items() if value not in (None, "", [])})
    return list(found.values())


def path_of(resource: dict[str, Any]) -> str:
    """Where a resource's file stands in a crate."""
    name = document.clean(resource.get("url") or resource.get("name") or "").rsplit("/", 1)[-1]
    plain = re.sub(r"[^\w.\- ]+", "_", name).strip(". ")[-120:] or "file"
    return f"data/{resource['id']}/{plain}"


def _file(resource: dict[str, Any], carried: Carried | None) -> Entity | None:
    """A data entity; None for a resource that has no address at all."""
    address = document.address(resource.get("url"))
    id = quote(carried.path) if carried else address
    if not id:
        return None
    return {
        "@id": id,
        "@type": "File",
        "name": document.clean(resource.get("name") or resource.get("url") or resource["id"]),
        "description": document.clean(resource.get("description") or "") or None,
        "encodingFormat": _media_type(resource),
        "contentSize": str(carried.bytes) if carried else str(resource["size"]) if resource.get("size") else None,
        "sha256": carried.sha256 if carried else None,
        "url": address if carried else None,
    }


def _media_type(resource: dict[str, Any]) -> str:
    told = document.clean(resource.get("mimetype") or "")
    if "/" in told:
        return told
    names = (str(resource.get("url") or ""), f"x.{resource.get('format') or ''}".lower())
    return next((found for name in names if (found := guess_type(name)[0])), "application/octet-stream")


def _root(doc: Document, parts: list[Entity], told: list[Entity], left_out: int) -> list[Entity]:
    about = doc.about
    licence = document.address(about.licence_url) or "#licence"
    notices = [
        about.notes or f"The dataset “{about.title}” and how it came to be.",
        doc.notice,
        left_out and f"{left_out} files are referred to, not carried: the crate would have been too large.",
    ]
    runs = [entity for entity in told if entity["@type"] in ("CreateAction", "ActivateAction")]
    based = [entity for entity in told if entity["@id"].startswith(("#system-", "#hop-"))]
    return [
        {"@id": METADATA, "@type": "CreativeWork", "conformsTo": {"@id": _CRATE}, "about": {"@id": "./"}},
        {
            "@id": "./",
            "@type": "Dataset",
            "conformsTo": {"@id": _PROCESS},
            "name": document.clean(about.title),
            "description": document.clean("\n\n".join(each for each in notices if each)),
            "datePublished": (document.moment(about.created) or about.made)[:10],
            "dateModified": document.moment(about.modified),
            "license": {"@id": licence},
            "publisher": {"@id": publisher_id(doc)},
            "author": {"@id": publisher_id(doc)},
            "identifier": f"{about.site_url}/dataset/{about.id}",
            "url": f"{about.site_url}/dataset/{about.name}",
            "hasPart": references(parts),
            "mentions": references(runs),
            "isBasedOn": references(based),
        },
        {"@id": _PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": licence,
            "@type": "CreativeWork",
            "name": document.clean(about.licence or "Licence not recorded"),
            "description": document.clean(about.licence or "No licence is recorded for this dataset."),
        },
    ]


def publisher_id(doc: Document) -> str:
    return document.address(doc.about.publisher_url) or doc.about.site_url


def _publisher(doc: Document) -> list[Entity]:
    about, id = doc.about, publisher_id(doc)
    return [
        {"@id": id, "@type": "Organization", "name": document.clean(about.publisher or about.site_title), "url": id}
    ]
