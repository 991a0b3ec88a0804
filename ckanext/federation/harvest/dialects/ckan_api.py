"""CKAN's action API and DKAN's imitation of it: package_search, package_show, current_package_list_with_resources; pure.

DKAN answers a list where CKAN answers an object, localises dates, and puts the licence's address in
``license_title``; DataPress's facade nests ``result.result``.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..record import Distribution, FeedError, Page, Record, as_list, whole
from .decode import Document
from .terms import label

ROWS = 200


def accepts(document: Document) -> bool:
    """An answer of the action API."""
    value = document.value
    return isinstance(value, dict) and "success" in value and ("result" in value or "error" in value)


def page(document: Document) -> Page:
    """The answer's datasets; package_search leads on by ``start``.

    :raises FeedError: the node says that the call failed, or lists names instead of datasets.
    """
    if document.value.get("success") is False:
        raise FeedError(f"The node's API says it failed: {str(document.value.get('error'))[:300]}")
    items, total = _unwrap(document.value.get("result"))
    if items and all(isinstance(item, str) for item in items):
        raise FeedError("The address lists names only. Register package_search instead.")
    url = document.hints.url
    return Page(items, next_url=_next(url, len(items), total) if total is not None else "", total=total)


def _unwrap(result: Any) -> tuple[list[Any], int | None]:
    if isinstance(result, dict) and "results" not in result and "result" in result:
        return _unwrap(result["result"])
    if isinstance(result, dict) and "results" in result:
        return as_list(result["results"]), whole(result.get("count"))
    if isinstance(result, list) and result and all(isinstance(one, list) for one in result):
        return [item for one in result for item in one], None
    return as_list(result), None


def _next(url: str, got: int, total: int | None) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    start = int(query["start"]) if query.get("start", "").isdigit() else 0
    if not got or total is None or start + got >= total:
        return ""
    query["start"] = str(start + got)
    return urlunsplit(parts._replace(query=urlencode(query)))


def identity(item: Any) -> str:
    """CKAN's id, which stays when the name changes."""
    return str(item.get("id") or item.get("name") or "") if isinstance(item, dict) else ""


def read(item: dict[str, Any]) -> Record:
    """The record of one package dict; extras count as fields that the package lacks."""
    extras = {one.get("key"): one.get("value") for one in as_list(item.get("extras")) if isinstance(one, dict)}
    fields = {**extras, **{key: value for key, value in item.items() if value not in (None, "", [])}}
    notes = ["it is marked private upstream, though the feed is public"] if item.get("private") is True else []
    return Record(
        upstream_id=identity(item),
        title=label(fields.get("title")) or fields.get("name"),
        description=label(fields.get("notes") or fields.get("description")),
        keywords=[
            tag.get("display_name") or tag.get("name") if isinstance(tag, dict) else tag for tag in _tags(fields)
        ],
        themes=[*_listed(fields.get("theme")), *(_group(one) for one in as_list(fields.get("groups")))],
        issued=fields.get("issued") or fields.get("metadata_created"),
        modified=fields.get("modified") or fields.get("metadata_modified"),
        landing_page=fields.get("ckan_url") or fields.get("url"),
        licences=_licences(fields),
        access_rights=fields.get("access_rights"),
        publisher=_publisher(fields),
        contacts=_contacts(fields),
        languages=_listed(fields.get("language")),
        spatial=_spatial(fields),
        temporal=_periods(fields),
        frequency=fields.get("frequency") or fields.get("accrual_periodicity") or fields.get("update_frequency"),
        provenance=fields.get("provenance"),
        version=fields.get("version"),
        conforms_to=_listed(fields.get("conforms_to")),
        distributions=[_file(one) for one in as_list(item.get("resources")) if isinstance(one, dict)],
        notes=notes,
        refused="It is deleted upstream." if str(item.get("state", "active")).lower() in {"deleted", "draft"} else "",
    )


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str) and value.startswith("["):
        try:
            return as_list(json.loads(value))
        except ValueError:
            return [value]
    return as_list(value)


def _tags(fields: dict[str, Any]) -> list[Any]:
    return as_list(fields.get("tags")) or [part for part in str(fields.get("tag_string") or "").split(",") if part]


def _group(one: Any) -> Any:
    return (one.get("display_name") or one.get("title") or one.get("name")) if isinstance(one, dict) else one


def _licences(fields: dict[str, Any]) -> list[Any]:
    stated = [fields.get("license_url"), fields.get("license_id"), fields.get("license_title"), fields.get("license")]
    known = [one for one in stated if one and str(one).lower() not in {"notspecified", "none", "license not specified"}]
    return known[:1]


def _publisher(fields: dict[str, Any]) -> dict[str, Any]:
    organisation = fields.get("organization")
    if isinstance(organisation, dict) and (organisation.get("title") or organisation.get("name")):
        return {"name": organisation.get("title") or organisation.get("name"), "id": organisation.get("name")}
    publishers = _listed(fields.get("publisher"))
    if publishers and isinstance(publishers[0], dict):
        return publishers[0]
    return {"name": fields.get("publisher_name") or (publishers[0] if publishers else "") or fields.get("author")}


def _contacts(fields: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [one for one in _listed(fields.get("contact")) if isinstance(one, dict)]
    if listed:
        return listed
    for name in ("contact", "maintainer", "author"):
        email = fields.get(f"{name}_email") or fields.get(f"{name}-email")
        if email:
            title = fields.get(f"{name}_name") or fields.get(f"{name}-name") or fields.get(name)
            return [{"name": title if isinstance(title, str) else "", "email": email}]
    return []


def _spatial(fields: dict[str, Any]) -> list[Any]:
    own = [one for one in _listed(fields.get("spatial_coverage")) if one]
    named = [fields[key] for key in ("spatial", "spatial_uri", "spatial_text") if fields.get(key)]
    return (own + named)[:3]


def _periods(fields: dict[str, Any]) -> list[tuple[Any, Any]]:
    listed = [one for one in _listed(fields.get("temporal_coverage")) if isinstance(one, dict)]
    if listed:
        return [(one.get("start"), one.get("end")) for one in listed]
    start = fields.get("temporal_start") or fields.get("temporal_coverage-from")
    end = fields.get("temporal_end") or fields.get("temporal_coverage-to")
    return [(start, end)] if start or end else []


def _file(one: dict[str, Any]) -> Distribution:
    return Distribution(
        id=one.get("id"),
        title=one.get("name") or one.get("title"),
        description=one.get("description"),
        download_url=one.get("url"),
        access_url=one.get("access_url"),
        format=one.get("format"),
        media_type=one.get("mimetype") if "/" in str(one.get("mimetype")) else "",
        size=one.get("size"),
        hash=one.get("hash"),
        issued=one.get("issued") or one.get("created"),
        modified=one.get("modified") or one.get("last_modified"),
        licence=one.get("license"),
        rights=one.get("rights"),
    )
