"""What a dialect hands on: pages of items, and records with neutral fields; pure.

An *item* is one dataset of a feed as the feed has it (a JSON value). A *record* is that item with its
parts found and named alike whatever the dialect, still uncleaned: cleaning is the converter's work.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any


class FeedError(Exception):
    """The feed as a whole cannot be used; its text says why, for a steward."""


class BrokenFeed(FeedError):
    """The feed is cut short or broken somewhere; what comes before that may be whole."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the network said of the bytes: the final address, the media type, the charset (or "")."""

    url: str = ""
    content_type: str = ""
    charset: str = ""


@dataclass(slots=True)
class Page:
    """One answer of a node. ``next_url``: where the next page is, or ""; ``total``: what the node says it has;
    ``repeats``: identities of records that are another record over again, to that record's; ``unfetched``: the items'
    ``documents`` (address to text) are still to be fetched; of a feed of changes ``withdrawn`` (identities of what left) and
    ``token`` (where the next run goes on)."""

    items: list[Any]
    next_url: str = ""
    total: int | None = None
    notes: list[str] = field(default_factory=list)
    repeats: dict[str, str] = field(default_factory=dict)
    unfetched: bool = False
    withdrawn: list[str] = field(default_factory=list)
    token: str = ""


@dataclass(slots=True)
class Distribution:
    """One file or service of a dataset, uncleaned."""

    id: Any = ""
    title: Any = ""
    description: Any = ""
    access_url: Any = ""
    download_url: Any = ""
    format: Any = ""
    media_type: Any = ""
    size: Any = None
    hash: Any = ""
    issued: Any = ""
    modified: Any = ""
    licence: Any = ""
    rights: Any = ""
    availability: Any = ""
    status: Any = ""
    hash_algorithm: Any = ""
    compression: Any = ""
    packaging: Any = ""
    temporal_resolution: Any = ""
    spatial_resolution: Any = ""
    languages: list[Any] = field(default_factory=list)
    conforms_to: list[Any] = field(default_factory=list)
    documentation: list[Any] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """One dataset of a feed, uncleaned; ``refused`` says why it must not be published (or "").

    ``publisher``, ``creator`` and each of ``contacts`` are dicts of name, email, url, uri, id, type; ``temporal`` is pairs
    of start and end; ``spatial`` holds text, addresses, boxes or GeoJSON; ``licences`` addresses or texts;
    ``other_ids``: identifiers that the dataset has elsewhere; ``kind``: dct:type; ``hops``: the portals that it passed before
    its node, the origin first, each with portal, url, remote_id, source_type, remote_modified and content_hash as far as told;
    ``owner``: the organisation that has it at its node, where that is another than its publisher; ``own`` (of files too): fields
    that only a portal like this one has, under the names that they have here.
    """

    upstream_id: str
    title: Any = ""
    description: Any = ""
    keywords: list[Any] = field(default_factory=list)
    themes: list[Any] = field(default_factory=list)
    issued: Any = ""
    modified: Any = ""
    landing_page: Any = ""
    licences: list[Any] = field(default_factory=list)
    rights: Any = ""
    access_rights: Any = ""
    publisher: dict[str, Any] = field(default_factory=dict)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    languages: list[Any] = field(default_factory=list)
    spatial: list[Any] = field(default_factory=list)
    temporal: list[tuple[Any, Any]] = field(default_factory=list)
    frequency: Any = ""
    provenance: Any = ""
    legacy_source: Any = ""
    lgsl_service: Any = ""
    version: Any = ""
    version_notes: Any = ""
    kind: Any = ""
    creator: dict[str, Any] = field(default_factory=dict)
    temporal_resolution: Any = ""
    spatial_resolution: Any = ""
    conforms_to: list[Any] = field(default_factory=list)
    documentation: list[Any] = field(default_factory=list)
    legislation: list[Any] = field(default_factory=list)
    referenced_by: list[Any] = field(default_factory=list)
    has_version: list[Any] = field(default_factory=list)
    other_ids: list[Any] = field(default_factory=list)
    distributions: list[Distribution] = field(default_factory=list)
    hops: list[dict[str, str]] = field(default_factory=list)
    owner: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: str = ""


def canonical(item: Any) -> str:
    """The item as JSON that is the same whatever the order of its keys; ASCII, so that any text survives storage."""
    return json.dumps(item, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)


def sha256(text: str | bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def as_list(value: Any) -> list[Any]:
    """A list of what may be a list, one value, or nothing."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def whole(value: Any) -> int | None:
    """A number of things, also where the feed writes it as text; None when it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,12}", value.strip()) else None
