"""The forms of the feed besides RDF, one module each: what a form is. Pure.

A module of this folder makes one ``Form`` out of functions of what the public sees; ``registry.FORMS`` lists them.
Addresses, entity tags, compression, files and privacy are the room's, not the form's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..catalogue import Catalogue
from ..source import Source


@dataclass(frozen=True)
class Entry:
    """A dataset of the feed: what the public sees of it, its IRI, and when the feed's answer last changed (UTC)."""

    package_id: str
    uri: str
    modified: datetime
    source: Source
    #: Columns of its files in the DataStore by resource: name and PostgreSQL type. Only for forms that want them.
    columns: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form, given for one dataset, for all of them, or for both.

    ``one`` makes the document of a dataset, at ``/dataset/<id or name>.<suffix>``; None for a dataset that has none (404).
    ``whole`` makes the document of all, at ``address``, as chunks: it must not hold what it has read. Same input,
    same bytes; raise ``version`` when they change.
    """

    name: str
    media_type: str
    label: str
    version: str
    one: Callable[[Entry, Catalogue], bytes | None] | None = None
    suffix: str = ""
    whole: Callable[[Iterable[Entry], Catalogue], Iterator[bytes]] | None = None
    address: str = ""
    #: False for what is compressed already (XLSX).
    compress: bool = True
    #: How ``Accept`` names it: by a ``profile`` beside the media type, or (``plain``) by the media type alone.
    profile: str = ""
    plain: bool = False
    #: Whether ``one`` wants the columns of the dataset's files.
    columns: bool = False


def N_(label: str) -> str:
    """Marks a label for the translators; pages translate it."""
    return label


def as_json(document: object) -> bytes:
    """JSON in UTF-8, readable, ending in a line end."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def open_list(head: dict[str, Any], name: str) -> bytes:
    """The beginning of an object whose last member, ``name``, is a list that goes on; ``CLOSE_LIST`` ends it."""
    start = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("}").rstrip()
    return f"{start}{',' if head else ''}\n {json.dumps(name)}: [\n".encode()


CLOSE_LIST = b"\n]}\n"


def joined(
    head: Callable[[Catalogue], bytes],
    one: Callable[[Entry, Catalogue], bytes],
    separator: bytes = b"",
    tail: Callable[[Catalogue], bytes] = lambda _site: b"",
) -> Callable[[Iterable[Entry], Catalogue], Iterator[bytes]]:
    """A ``whole`` that writes one part for each dataset between ``head`` and ``tail``; empty parts are left out."""

    def whole(entries: Iterable[Entry], site: Catalogue) -> Iterator[bytes]:
        yield head(site)
        between = b""
        for entry in entries:
            if part := one(entry, site):
                yield between + part
                between = separator
        yield tail(site)

    return whole
