"""DataPress: the export of v3 (London, Leeds), of v2 and of v1; pure.

v3 is a bare list with ``masthead``, ``team`` and a list of resources. v2 and v1 key resources by id, or
list them, or nest them under ``organization``.
"""

from __future__ import annotations

from typing import Any

from ..record import Distribution, Page, Record, as_list
from . import ckan_api
from .decode import Document
from .terms import Watched, left_over, objects

_V3 = {"masthead", "sharing", "createdAt", "updatedAt", "nextReviewDate", "canonical", "topics"}
_V1 = {
    "license_id",
    "licence",
    "metadata_created",
    "metadata_modified",
    "maintainer_email",
    "london_smallest_geography",
}
_PLUMBING = frozenset({"sharing", "slug", "canonical", "organization", "masthead", "team", "publisher", "archivedAt"})
_FREQUENCY = ("update_frequency", "updateFrequency", "Update frequency", "frequency")
_PLACE = ("smallest_geography", "geo", "London Smallest Geography", "geography")


def accepts(document: Document) -> bool:
    """A list of objects, or an object of them by id, that have DataPress's own names."""
    items = [item for item in _items(document.value)[:20] if isinstance(item, dict)]
    return any(len(_V3 & item.keys()) >= 3 or _is_v1(item) for item in items)


def _is_v1(item: dict[str, Any]) -> bool:
    """CKAN's field names of old in a bare list, with the files keyed by id or nested under ``organization``."""
    nested = isinstance(item.get("organization"), dict) and "resources" in item["organization"]
    named = not ckan_api.is_package(item) and "title" in item and bool(_V1 & item.keys()) and "@type" not in item
    return named and (isinstance(item.get("resources"), dict | list) or nested)


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and ckan_api.is_result(value):
        return []
    if isinstance(value, dict):
        for key in ("datasets", "results"):
            if isinstance(value.get(key), list):
                return value[key]
        inside = list(value.values())
        if inside and all(isinstance(one, dict) for one in inside):
            return inside
    return []


def page(document: Document) -> Page:
    """The whole export: it has no pages."""
    return Page(_items(document.value))


def identity(item: Any) -> str:
    """The five characters of DataPress's id (v1: a UUID)."""
    return str(item.get("id") or "") if isinstance(item, dict) else ""


def read(item: dict[str, Any]) -> Record:
    """The record of one dataset of the export."""
    item = Watched(item)
    custom = Watched(item.get("custom"))
    contact = item.get("contact") or custom.get("author_email") or item.get("maintainer_email")
    organisation = item.get("organization") if isinstance(item.get("organization"), dict) else {}
    resources = item.get("resources") or organisation.get("resources")  # type: ignore[union-attr]
    left: list[str] = []
    record = Record(
        upstream_id=identity(item),
        title=item.get("title"),
        description=item.get("description") or item.get("notes"),
        keywords=[_title(tag) for tag in as_list(item.get("tags"))],
        themes=[_title(topic) for topic in as_list(item.get("topics"))],
        issued=item.get("createdAt") or item.get("metadata_created"),
        modified=item.get("updatedAt") or item.get("metadata_modified"),
        landing_page=item.get("webpage") or item.get("canonical"),
        licences=_licence(item),
        access_rights=item.get("access_rights"),
        publisher=_publisher(item, custom),
        contacts=[_contact(contact, custom)] if contact else [],
        spatial=[custom.get(name) for name in _PLACE if isinstance(custom.get(name), str) and custom.get(name)][:1],
        temporal=_periods(resources),
        frequency=next((custom.get(name) for name in _FREQUENCY if custom.get(name)), ""),
        documentation=[link.get("url") for link in objects(item.get("links"))],
        distributions=[_file(one, left) for one in objects(resources)]
        + [_link(one) for one in objects(item.get("links"))],
        refused=_refusal(item),
    )
    record.notes = left_over([*item.unread(but=_PLUMBING), *custom.unread("custom.", frozenset({"author"})), *left])
    return record


def _refusal(item: dict[str, Any]) -> str:
    if item.get("sharing", "public") not in ("public", None, ""):
        return f"It is shared as “{item['sharing']}”, not with the public."
    return "It is archived upstream." if item.get("archivedAt") else ""


def _title(value: Any) -> Any:
    return (value.get("title") or value.get("name") or value.get("id")) if isinstance(value, dict) else value


def _licence(item: dict[str, Any]) -> list[Any]:
    stated = item.get("licence", item.get("license"))
    if isinstance(stated, dict):
        return [stated.get("url") or stated.get("title")] if stated.get("url") or stated.get("title") else []
    return [one for one in (stated, item.get("license_url"), item.get("license_id")) if one][:1]


def _publisher(item: dict[str, Any], custom: dict[str, Any]) -> dict[str, Any]:
    """The team owns the dataset; the masthead is the council it appears under; one portal hosts many."""
    for owner in (item.get("team"), item.get("masthead"), item.get("organization")):
        if isinstance(owner, dict) and (owner.get("title") or owner.get("name")):
            return {"name": owner.get("title") or owner.get("name"), "id": owner.get("id")}
    masthead = item.get("masthead")
    named = item.get("publisher") or custom.get("author") or (masthead if isinstance(masthead, str) else "")
    return {"name": _title(named), "id": item["team"] if isinstance(item.get("team"), str) else ""}


def _contact(contact: Any, custom: dict[str, Any]) -> dict[str, Any]:
    if isinstance(contact, dict):
        return {"name": contact.get("name"), "email": contact.get("email")}
    has_address = "@" in str(contact)
    return {
        "name": custom.get("author") or (contact if not has_address else ""),
        "email": contact if has_address else "",
    }


def _periods(resources: Any) -> list[tuple[Any, Any]]:
    """One period from the earliest start to the latest end of the files."""
    starts, ends = [], []
    for one in objects(resources):
        starts.append(one.get("timeframeFrom") or one.get("temporal_coverage_from"))
        ends.append(one.get("timeframeTo") or one.get("temporal_coverage_to"))
    start = min((value for value in starts if isinstance(value, str) and value), default="")
    end = max((value for value in ends if isinstance(value, str) and value), default="")
    return [(start, end)] if start or end else []


def _file(stated: dict[str, Any], left: list[str]) -> Distribution:
    one = Watched(stated)
    name = one.get("filename") or ""
    ending = name.rsplit(".", 1)[-1] if "." in name else ""
    file = Distribution(
        id=one.get("id"),
        title=one.get("title") or name,
        description=one.get("description"),
        download_url=one.get("url"),
        access_url=one.get("webpage"),
        format=one.get("format") or (ending if len(ending) <= 7 else ""),
        media_type=one.get("check_mimetype") or one.get("mimetype"),
        size=one.get("size") or one.get("check_size"),
        hash=one.get("hash") or one.get("check_hash"),
        modified=one.get("timestamp") or one.get("check_timestamp"),
    )
    periods = {"timeframeFrom", "timeframeTo", "temporal_coverage_from", "temporal_coverage_to"}
    left += one.unread("resource.", frozenset({"dataset", "check_http_status", "order", "filename", *periods}))
    return file


def _link(one: dict[str, Any]) -> Distribution:
    return Distribution(
        id=one.get("id"),
        title=one.get("title"),
        description=one.get("description"),
        access_url=one.get("url"),
        format="HTML",
    )
