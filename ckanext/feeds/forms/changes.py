"""Changes of the catalogue as an Atom feed and as a JSON Feed, newest first, in pages. Pure.

Sources: RFC 4287 (Atom), RFC 5005 section 3 (paged feeds), RFC 6721 (``at:deleted-entry``), JSON Feed 1.1. A dataset is
one entry, that of its last change; who reads every page has each dataset of the catalogue and each withdrawn one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree  # type: ignore[attr-defined]

from ..catalogue import Catalogue
from .dcat_us import filled
from .record import Dataset
from .sitemap import stamp

ATOM, TOMBSTONES = "http://www.w3.org/2005/Atom", "http://purl.org/atompub/tombstones/1.0"
JSON_FEED = "https://jsonfeed.org/version/1.1"
_SUMMARY = 500
#: When an empty feed last changed.
NEVER = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Change:
    """``dataset`` is None for one that was withdrawn. ``number`` grows with each change; ``when`` is UTC."""

    number: int
    uri: str
    when: datetime
    dataset: Dataset | None


@dataclass(frozen=True)
class Words:
    """What people read in the feed, in their language."""

    title: str
    withdrawn: str


@dataclass(frozen=True)
class Page:
    """Addresses of this page, the first one and the next one (empty on the last), and when the feed last changed."""

    address: str
    first: str
    following: str
    updated: datetime


def atom(changes: Sequence[Change], page: Page, site: Catalogue, words: Words) -> bytes:
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    _text(feed, "id", page.first)
    _text(feed, "title", words.title)
    _text(feed, "updated", stamp(page.updated))
    for rel, address in (("self", page.address), ("first", page.first), ("next", page.following)):
        if address:
            etree.SubElement(feed, f"{{{ATOM}}}link", rel=rel, href=address, type="application/atom+xml")
    etree.SubElement(feed, f"{{{ATOM}}}link", rel="alternate", href=site.base + "/", type="text/html")
    _text(etree.SubElement(feed, f"{{{ATOM}}}author"), "name", site.publisher_name)
    for change in changes:
        if change.dataset is None:
            gone = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=change.uri, when=stamp(change.when))
            _text(gone, "comment", words.withdrawn, TOMBSTONES)
        else:
            _entry(feed, change, change.dataset)
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _entry(feed: Any, change: Change, dataset: Dataset) -> None:
    entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
    _text(entry, "id", change.uri)
    _text(entry, "title", dataset.title)
    _text(entry, "updated", stamp(change.when))
    if dataset.record_created.endswith("Z"):
        _text(entry, "published", dataset.record_created)
    etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=dataset.page, type="text/html")
    if dataset.publisher:
        _text(etree.SubElement(entry, f"{{{ATOM}}}author"), "name", dataset.publisher.name)
    for word in (*dataset.keywords, *(theme.label for theme in dataset.themes)):
        etree.SubElement(entry, f"{{{ATOM}}}category", term=word)
    _text(entry, "summary", summary(dataset))


def _text(parent: Any, name: str, value: str, namespace: str = ATOM) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{name}").text = value


def json_feed(changes: Sequence[Change], page: Page, site: Catalogue, words: Words) -> bytes:
    """A withdrawn dataset is an item whose ``_towpath`` says so: JSON Feed has no tombstones of its own."""
    made = {
        "version": JSON_FEED,
        "title": words.title,
        "home_page_url": site.base + "/",
        "feed_url": page.address,
        "next_url": page.following,
        "authors": [{"name": site.publisher_name}],
        "language": site.language,
    }
    items = [_item(change, words) for change in changes]
    return json.dumps(filled(made) | {"items": items}, ensure_ascii=False, indent=1).encode()


def _item(change: Change, words: Words) -> dict[str, Any]:
    state = {"change": change.number, "withdrawn": change.dataset is None}
    if change.dataset is None:
        return {
            "id": change.uri,
            "title": words.withdrawn,
            "content_text": words.withdrawn,
            "date_modified": stamp(change.when),
            "_towpath": state,
        }
    dataset = change.dataset
    published = dataset.record_created if dataset.record_created.endswith("Z") else ""
    made = {
        "id": change.uri,
        "url": dataset.page,
        "external_url": dataset.landing_page,
        "title": dataset.title,
        "date_published": published,
        "date_modified": stamp(change.when),
        "authors": [filled({"name": dataset.publisher.name, "url": dataset.publisher.url})]
        if dataset.publisher
        else None,
        "tags": [*dataset.keywords, *(theme.label for theme in dataset.themes)],
        "_towpath": state,
    }
    return {**filled(made), "content_text": summary(dataset)}


def summary(dataset: Dataset) -> str:
    text = dataset.description or dataset.title
    return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1].rsplit(" ", 1)[0] + "…"
