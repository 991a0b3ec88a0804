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


@dataclass(frozen=True, slots=True)
class Hints:
    """What the network said of the bytes: the final address, the media type, the charset (or "")."""

    url: str = ""
    content_type: str = ""
    charset: str = ""


@dataclass(slots=True)
class Page:
    """One answer of a node. ``next_url``: where the next page is, or ""; ``total``: what the node says it has;
    ``repeats``: identities of records that are another record over again, to that record's."""

    items: list[Any]
    next_url: str = ""
    total: int | None = None
    notes: list[str] = field(default_factory=list)
    repeats: dict[str, str] = field(default_factory=dict)


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


@dataclass(slots=True)
class Record:
    """One dataset of a feed, uncleaned; ``refused`` says why it must not be published (or "").

    ``publisher`` and each of ``contacts`` are dicts of name, email, url, uri, id; ``temporal`` is pairs of
    start and end; ``spatial`` holds text, addresses, boxes or GeoJSON; ``licences`` addresses or texts.
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
    version: Any = ""
    conforms_to: list[Any] = field(default_factory=list)
    documentation: list[Any] = field(default_factory=list)
    distributions: list[Distribution] = field(default_factory=list)
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
