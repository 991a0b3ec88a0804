"""CKAN's action API and DKAN's imitation of it: package_search, package_show, current_package_list_with_resources; pure.

DKAN answers a list where CKAN answers an object, localises dates, and puts the licence's address in
``license_title``; DataPress's facade nests ``result.result``.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .. import people
from ..record import Distribution, FeedError, Page, Record, as_list, whole
from .decode import Document
from .terms import Watched, label, left_over

ROWS = 200
_MOST_PLACES = 20
_PACKAGE = {"owner_org", "creator_user_id", "num_resources", "relationships_as_object"}
_FREQUENCY = ("frequency", "accrual_periodicity", "update_frequency", "frequency-of-update")
_SIDES = ("bbox-west-long", "bbox-south-lat", "bbox-east-long", "bbox-north-lat")  # as ckanext-spatial names them
# CKAN's own book-keeping, which says nothing of the data.
_PLUMBING = frozenset(
    {
        *(
            "id",
            "name",
            "state",
            "type",
            "private",
            "isopen",
            "num_resources",
            "num_tags",
            "creator_user_id",
            "owner_org",
        ),
        *("revision_id", "resources", "extras", "organization", "relationships_as_object", "relationships_as_subject"),
        *("metadata_created", "metadata_modified", "author", "author_email", "tracking_summary", "harvest_object_id"),
        *(
            "harvest_source_id",
            "harvest_source_title",
            "revision_timestamp",
            "log_message",
            "plugin_data",
            "license_title",
        ),
        *(
            "license_id",
            "license_url",
            "package_id",
            "position",
            "resource_type",
            "datastore_active",
            "url_type",
            "hash",
        ),
        *(
            "cache_url",
            "cache_last_updated",
            "mimetype_inner",
            "webstore_url",
            "webstore_last_updated",
            "url",
            "ckan_url",
        ),
        *("resource_group_id", "on_same_domain", "datastore_contains_all_records_of_source_file", "result"),
    }
)


def accepts(document: Document) -> bool:
    """An answer of the action API."""
    value = document.value
    if isinstance(value, list):  # a dump, or the lines of one
        return bool(value) and all(isinstance(one, dict) and is_package(one) for one in value[:20])
    return isinstance(value, dict) and (
        ("success" in value and ("result" in value or "error" in value)) or is_result(value)
    )


def is_result(value: dict[str, Any]) -> bool:
    """What package_search found, without the envelope that says whether it did."""
    return (
        isinstance(value.get("results"), list) and "count" in value and bool({"facets", "search_facets"} & value.keys())
    )


def is_package(item: dict[str, Any]) -> bool:
    """A package dict as CKAN 2 has it, with a list of resources."""
    return isinstance(item.get("resources"), list) and len(_PACKAGE & item.keys()) >= 2


def page(document: Document) -> Page:
    """The answer's datasets; package_search leads on by ``start``.

    :raises FeedError: the node says that the call failed, or lists names instead of datasets.
    """
    value = document.value
    if isinstance(value, dict) and value.get("success") is False:
        raise FeedError(f"The node's API says it failed: {str(value.get('error'))[:300]}")
    items, total = _unwrap(value.get("result") if isinstance(value, dict) and "success" in value else value)
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
    fields = Watched({**extras, **{key: value for key, value in item.items() if value not in (None, "", [])}})
    notes = ["it is marked private upstream, though the feed is public"] if item.get("private") is True else []
    left: list[str] = []
    dated = _reference_dates(fields)
    record = Record(
        upstream_id=identity(item),
        title=label(fields.get("title")) or fields.get("name"),
        description=label(fields.get("notes") or fields.get("description")),
        keywords=[
            tag.get("display_name") or tag.get("name") if isinstance(tag, dict) else tag for tag in _tags(fields)
        ],
        themes=[
            *_listed(fields.get("theme")),
            *_listed(fields.get("theme-primary")),
            *(_group(one) for one in as_list(fields.get("groups"))),
        ],
        issued=fields.get("issued")
        or dated.get("publication")
        or dated.get("creation")
        or fields.get("metadata_created"),
        modified=fields.get("modified") or dated.get("revision") or fields.get("metadata_modified"),
        landing_page=fields.get("ckan_url") or fields.get("url"),
        licences=_licences(fields),
        access_rights=fields.get("access_rights"),
        publisher=_publisher(fields),
        contacts=_contacts(fields),
        languages=_listed(fields.get("language") or fields.get("metadata-language")),
        spatial=_spatial(fields),
        temporal=_periods(fields),
        frequency=next((fields[name] for name in _FREQUENCY if fields.get(name)), ""),
        rights=fields.get("rights") or fields.get("licence-custom"),
        **_more(fields),
        distributions=[_file(one, left) for one in as_list(item.get("resources")) if isinstance(one, dict)],
        refused=_refusal(item),
    )
    record.notes = [*notes, *left_over([*fields.unread(but=_PLUMBING), *left])]
    return record


def _more(fields: Watched) -> dict[str, Any]:
    """The rarer fields, under ckanext-dcat's and ckanext-spatial's names."""
    return {
        "provenance": fields.get("provenance"),
        "version": fields.get("version"),
        "version_notes": fields.get("version_notes"),
        "kind": fields.get("dcat_type"),
        "temporal_resolution": fields.get("temporal_resolution"),
        "spatial_resolution": next(iter(_listed(fields.get("spatial_resolution_in_meters"))), ""),
        "conforms_to": _listed(fields.get("conforms_to")),
        "documentation": _listed(fields.get("documentation")),
        "legislation": _listed(fields.get("applicable_legislation")),
        "referenced_by": _listed(fields.get("is_referenced_by")),
        "has_version": _listed(fields.get("has_version")),
        "other_ids": [
            *(fields[name] for name in ("identifier", "guid", "uri") if fields.get(name)),
            *_listed(fields.get("alternate_identifier")),
        ],
    }


def _refusal(item: dict[str, Any]) -> str:
    return "It is deleted upstream." if str(item.get("state", "active")).lower() in {"deleted", "draft"} else ""


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
    stated += _listed(fields.get("licence"))
    known = [one for one in stated if one and str(one).lower() not in {"notspecified", "none", "license not specified"}]
    return known[:1]


def _publisher(fields: dict[str, Any]) -> dict[str, Any]:
    organisation = fields.get("organization")
    if isinstance(organisation, dict) and (organisation.get("title") or organisation.get("name")):
        return {"name": organisation.get("title") or organisation.get("name"), "id": organisation.get("name")}
    publishers = _listed(fields.get("publisher"))
    if publishers and isinstance(publishers[0], dict):
        return publishers[0]
    author = "" if _is_person(fields.get("author")) else fields.get("author")
    return {"name": fields.get("publisher_name") or (publishers[0] if publishers else "") or author}


def _is_person(author: Any) -> bool:
    """Old CKAN names who typed the dataset in as its author: a person is no publisher."""
    return isinstance(author, str) and people.name(author)[1]


def _contacts(fields: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [one for one in _listed(fields.get("contact")) if isinstance(one, dict)]
    if listed:
        return listed
    for name in ("contact", "maintainer", "author"):
        email = fields.get(f"{name}_email") or fields.get(f"{name}-email")
        if email:
            title = fields.get(f"{name}_name") or fields.get(f"{name}-name") or fields.get(name)
            return [{"name": title if isinstance(title, str) else "", "email": email}]
    return [{"name": fields["author"]}] if _is_person(fields.get("author")) else []


def _spatial(fields: dict[str, Any]) -> list[Any]:
    own = [one for one in _listed(fields.get("spatial_coverage")) if one]
    named = [fields[key] for key in ("spatial", "spatial_uri", "spatial_text", "spatial-text") if fields.get(key)]
    sides = [fields.get(name) for name in _SIDES]
    box = (
        [",".join(map(str, sides))]
        if all(side not in ("", None) for side in sides) and not fields.get("spatial")
        else []
    )
    # data.gov.uk: "111000: England, Wales", of which the number says which of the four nations.
    covered = str(fields.get("geographic_coverage") or "").partition(":")[2].strip()
    return [*own, *named, *box, *([covered] if covered else [])][:_MOST_PLACES]


def _reference_dates(fields: dict[str, Any]) -> dict[str, Any]:
    """Dates by what they are of, as ckanext-spatial keeps them."""
    listed = [one for one in _listed(fields.get("dataset-reference-date")) if isinstance(one, dict)]
    return {str(one.get("type")): one.get("value") for one in listed}


def _periods(fields: dict[str, Any]) -> list[tuple[Any, Any]]:
    listed = [one for one in _listed(fields.get("temporal_coverage")) if isinstance(one, dict)]
    if listed:
        return [(one.get("start"), one.get("end")) for one in listed]
    start = fields.get("temporal_start") or fields.get("temporal_coverage-from")
    end = fields.get("temporal_end") or fields.get("temporal_coverage-to")
    return [(start, end)] if start or end else []


def _file(stated: dict[str, Any], left: list[str]) -> Distribution:
    one = Watched(stated)
    file = Distribution(
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
        availability=one.get("availability"),
        status=one.get("status"),
        hash_algorithm=one.get("hash_algorithm"),
        compression=one.get("compress_format"),
        packaging=one.get("package_format"),
        temporal_resolution=one.get("temporal_resolution"),
        spatial_resolution=one.get("spatial_resolution_in_meters"),
        languages=_listed(one.get("language")),
        conforms_to=_listed(one.get("conforms_to")) or _listed(one.get("schema-url") or one.get("schema_url")),
        documentation=_listed(one.get("documentation")),
    )
    left += one.unread("resource.", _PLUMBING)
    return file
