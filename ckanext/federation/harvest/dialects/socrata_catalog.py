"""Socrata's discovery API (``/api/catalog/v1``), as one answer or as JSON Lines; pure.

Licence is null on nearly all; the agency and the update frequency sit in the domain's own metadata.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..record import Distribution, Page, Record, as_list
from .decode import Document
from .terms import Watched, left_over, mapping

_PLUMBING = frozenset(
    {
        *(
            "id",
            "parent_fxf",
            "type",
            "updatedAt",
            "createdAt",
            "metadata_updated_at",
            "columns_format",
        ),
        *("columns_field_name", "lens_view_type", "lens_display_type"),
        *(
            "blob_mime_type",
            "hide_from_data_json",
            "publication_date",
            "page_views",
            "download_count",
            "locked",
            "obe_fxf",
        ),
        *("rdfid", "nbe_fxf", "locale", "previewImageId", "preview_image_url", "contact_email"),
    }
)


def accepts(document: Document) -> bool:
    """Rows with ``resource`` and ``permalink``."""
    items = _items(document.value)
    return bool(items) and all(isinstance(one, dict) and isinstance(one.get("resource"), dict) for one in items[:20])


def _items(value: Any) -> list[Any]:
    return as_list(value.get("results")) if isinstance(value, dict) else value if isinstance(value, list) else []


def page(document: Document) -> Page:
    """The rows; ``offset`` leads on until ``resultSetSize``."""
    items = _items(document.value)
    total = document.value.get("resultSetSize") if isinstance(document.value, dict) else None
    parts = urlsplit(document.hints.url)
    query = dict(parse_qsl(parts.query))
    reached = len(items) + (int(query["offset"]) if query.get("offset", "").isdigit() else 0)
    if not isinstance(total, int) or not items or reached >= total:
        return Page(items, total=total if isinstance(total, int) else None)
    query["offset"] = str(reached)
    return Page(items, next_url=urlunsplit(parts._replace(query=urlencode(query))), total=total)


def identity(item: Any) -> str:
    """The same identifier as the domain's data.json has: ``https://DOMAIN/api/views/{4x4}``."""
    resource = item.get("resource") if isinstance(item, dict) else None
    if not isinstance(resource, dict) or not resource.get("id"):
        return ""
    domain = mapping(item.get("metadata")).get("domain")
    return f"https://{domain}/api/views/{resource['id']}" if domain else str(resource["id"])


def read(item: dict[str, Any]) -> Record:
    """The record of one row."""
    resource = Watched(item["resource"])
    groups = mapping(item.get("classification"))
    stated: dict[str, Any] = {
        str(one.get("key")): one.get("value") for one in as_list(groups.get("domain_metadata")) if isinstance(one, dict)
    }
    record = Record(
        upstream_id=identity(item),
        title=resource.get("name"),
        description=resource.get("description"),
        keywords=[*as_list(groups.get("domain_tags")), *as_list(groups.get("tags"))],
        themes=[groups.get("domain_category"), *as_list(groups.get("categories"))],
        issued=resource.get("publication_date") or resource.get("createdAt"),
        modified=resource.get("data_updated_at") or resource.get("updatedAt"),
        landing_page=item.get("link") or item.get("permalink"),
        licences=as_list(mapping(item.get("metadata")).get("license")),
        publisher={"name": _ending(stated, "agency") or resource.get("attribution")},
        provenance=_how(resource, stated),
        documentation=[resource["attribution_link"]] if resource.get("attribution_link") else [],
        contacts=[{"email": resource["contact_email"]}] if resource.get("contact_email") else [],
        frequency=_ending(stated, "update-frequency"),
        distributions=_files(item, resource),
        refused="" if item.get("published", True) is not False else "It is not published upstream.",
    )
    told = ("agency", "update-frequency", "automation", "data-collection")
    further = [key for key, value in stated.items() if value and not key.lower().endswith(told)]
    record.notes = left_over([*resource.unread(but=_PLUMBING), *further])
    return record


def _how(resource: Watched, stated: dict[str, Any]) -> str:
    """How it is kept up to date and where it comes from, in a sentence each."""
    told = {
        "Updated automatically": _ending(stated, "automation"),
        "Data collection": _ending(stated, "data-collection"),
        "Attribution": resource.get("attribution") if _ending(stated, "agency") else "",
        "Standing": resource.get("provenance"),
    }
    return "\n\n".join(f"{label}: {value}." for label, value in told.items() if value)


def _ending(stated: dict[str, Any], name: str) -> Any:
    return next((value for key, value in stated.items() if str(key).lower().endswith(name)), "")


def _files(item: dict[str, Any], resource: dict[str, Any]) -> list[Distribution]:
    base = identity(item)
    files = []
    if resource.get("type") == "dataset" and base.startswith("http"):
        files = [
            Distribution(
                title=f"{kind.upper()} download", download_url=f"{base}/rows.{kind}?accessType=DOWNLOAD", format=kind
            )
            for kind in ("csv", "json")
        ]
    page_address = item.get("link") or item.get("permalink")
    return [*files, Distribution(title="Page on the source's portal", access_url=page_address, format="HTML")]
