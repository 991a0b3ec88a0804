"""Another Towpath portal's feed of changes: datasets as they are now, and tombstones of those that left; pure.

The feed is read whole once, and from then on from the token that it ended with: only what changed since. A portal that no
longer knows the token answers 410; the whole is read again then, as it is now and then anyway.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..record import Page, Record, as_list
from . import ckan_api
from .decode import Document

SERIES = "dataset_series"
# Fields of a council's dataset type that CKAN's other portals do not have, or do not have so. What is internal to a council is in no
# feed; series are not harvested; a dataset's own address (``uri``) becomes one of its identifiers.
_OWN = (
    *(
        "transparency_set",
        "esd_function",
        "use_area",
        "gss_area",
        "quality_statement",
        "created",
        "homepage",
        "creator",
    ),
    *("security_classification", "hvd_category", "qualified_relation", "qualified_attribution", "provenance_activity"),
)
_OWN_OF_FILES = ("applicable_legislation", "access_services", "download_url")
_MAPPED = ("legacy_source", "lgsl_service")
_HOP = ("portal", "url", "remote_id", "source_type", "remote_modified", "content_hash")
_MOST_HOPS = 20


def accepts(document: Document) -> bool:
    """An answer of ``/feeds/changes.json``."""
    value = document.value
    return isinstance(value, dict) and isinstance(value.get("changes"), list) and "next" in value and "more" in value


def page(document: Document) -> Page:
    """The datasets of an answer; those that left are its ``withdrawn``, and ``token`` is where the next run goes on."""
    value, url = document.value, document.hints.url
    changes = [one for one in value["changes"] if isinstance(one, dict)]
    token = str(value.get("next") or "")
    return Page(
        [one for one in changes if "withdrawn" not in one],
        next_url=since(url, token) if value.get("more") is True and token else "",
        withdrawn=[identity(one) for one in changes if "withdrawn" in one],
        token=token,
    )


def since(url: str, token: str) -> str:
    """The address of what changed since the token."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), "since": token}
    return urlunsplit(parts._replace(query=urlencode(query)))


def identity(item: Any) -> str:
    """CKAN's id there, which stays when the name changes."""
    return str(item.get("id") or "") if isinstance(item, dict) else ""


def read(item: dict[str, Any]) -> Record:
    """The record of one change, with the portals that the dataset passed before that portal."""
    stated = item.get("dataset") if isinstance(item.get("dataset"), dict) else {}
    assert isinstance(stated, dict)
    dataset = {key: value for key, value in stated.items() if key not in (*_OWN, *_MAPPED, "organization")}
    files = [one for one in as_list(stated.get("resources")) if isinstance(one, dict)]
    dataset["resources"] = [_file(one) for one in files]
    record = ckan_api.read(dataset)
    record.upstream_id = identity(item)
    record.landing_page = record.landing_page or item.get("uri")
    record.legacy_source = stated.get("legacy_source") or ""
    record.lgsl_service = stated.get("lgsl_service") or ""
    record.licences = [stated[name] for name in ("license_id", "license_url") if stated.get(name)]
    record.own = {name: stated[name] for name in _OWN if stated.get(name)}
    for file, distribution in zip(files, record.distributions, strict=True):
        distribution.own = {name: file[name] for name in _OWN_OF_FILES if file.get(name)}
    record.other_ids = [*record.other_ids, *as_list(item.get("uri"))]
    _organisations(record, stated.get("publisher"), item.get("organization"))
    record.hops = _hops(item.get("journey"))
    if stated.get("type") == SERIES and not record.refused:
        record.refused = "It is a series of datasets; its datasets are harvested one by one."
    return record


def _file(stated: dict[str, Any]) -> dict[str, Any]:
    """What other CKANs say of a file, too. When it was put there is its date of issue only where it states none."""
    left = {*_OWN_OF_FILES, *(("created",) if stated.get("issued") else ())}
    return {key: value for key, value in stated.items() if key not in left}


def _organisations(record: Record, publishers: Any, owner: Any) -> None:
    """A dataset that states no publisher is published by the organisation that has it."""
    record.publisher = next((one for one in as_list(publishers) if isinstance(one, dict) and one.get("name")), {})
    if isinstance(owner, dict) and (owner.get("title") or owner.get("name")):
        record.owner = {"name": owner.get("title") or owner.get("name")}
        record.publisher = record.publisher or record.owner


def _hops(journey: Any) -> list[dict[str, str]]:
    told = as_list(journey.get("hops")) if isinstance(journey, dict) else []
    hops = [one for one in told if isinstance(one, dict) and one.get("portal")]
    hops.sort(key=lambda one: one["position"] if isinstance(one.get("position"), int) else 0)
    return [{name: str(one[name])[:1000] for name in _HOP if one.get(name)} for one in hops[:_MOST_HOPS]]
