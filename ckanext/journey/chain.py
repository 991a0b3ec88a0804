"""The hash chain of a stream of events and how to find what was done to it (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from . import erased
from .bodies import EvidenceErased
from .events import EventError, from_bytes

GENESIS = "0" * 64
Erasures = Mapping[str, EvidenceErased]
NONE: Erasures = MappingProxyType({})


@dataclass(frozen=True)
class Link:
    """A row of the ledger as it is stored; the last five repeat what `raw` says."""

    stream: str
    sequence: int
    raw: bytes
    hash: str
    previous: str
    id: str
    type: str
    recorded: str
    package: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Head:
    """What is remembered of a stream outside the ledger: how long it is and its last hash."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Finding:
    """The first thing wrong in a stream. `kind` is changed, dropped, reordered or added."""

    stream: str
    sequence: int
    kind: str
    detail: str


def digest(previous: str, raw: bytes) -> str:
    """SHA-256, as 64 hexadecimal digits, over the previous digest's 32 bytes and the raw bytes."""
    return hashlib.sha256(bytes.fromhex(previous) + raw).hexdigest()


def verify(stream: str, links: Iterable[Link], head: Head | None, erasures: Erasures = NONE) -> Finding | None:
    """The first event of a stream that was changed, dropped, reordered or added; None if all is well.

    `erasures` are those that the same stream tells of, by the event's id: each stands later in the chain and is checked there.
    `links` come in the order of their sequence. Cutting off the end shows only against `head`; an operator
    who rewrites the whole chain and the head is found by a checkpoint held elsewhere, not here.
    """
    previous, expected, rest = GENESIS, 1, iter(links)
    for link in rest:
        finding = _place(stream, link, expected, rest, erasures) or _content(stream, link, previous, erasures)
        if finding:
            return finding
        if head is None or expected > head.sequence:
            return Finding(stream, expected, "added", "it stands after the last event that was recorded")
        previous, expected = link.hash, expected + 1
    length = head.sequence if head else 0
    if expected <= length:
        return Finding(stream, expected, "dropped", f"events {expected} to {length} at the end are gone")
    if head and head.hash != previous:
        return Finding(stream, length, "changed", "its hash is not the one remembered as the last")
    return None


def _place(stream: str, link: Link, expected: int, rest: Iterable[Link], erasures: Erasures) -> Finding | None:
    """Is this the event that belongs here? Bytes that cannot be read, or lie, are left to `_content`."""
    if link.sequence > expected:
        gone = (
            f"event {expected} is" if link.sequence == expected + 1 else f"events {expected} to {link.sequence - 1} are"
        )
        return Finding(stream, expected, "dropped", f"{gone} missing")
    if link.sequence < expected:
        return Finding(stream, link.sequence, "added", "two events bear this number")
    told = _told(link)
    if told is None or not _fits(link, erasures) or told == (stream, expected):
        return None
    if told[0] != stream:
        return Finding(stream, expected, "added", f"it belongs to stream {told[0]}")
    if told[1] < expected:
        return Finding(stream, told[1], "added", f"events {told[1]} and {expected} both say they are event {told[1]}")
    elsewhere = any(_told(other) == (stream, expected) for other in rest)
    kind = "reordered" if elsewhere else "dropped"
    return Finding(stream, expected, kind, f"event {told[1]} stands in its place")


def _fits(link: Link, erasures: Erasures) -> bool:
    """Whether the bytes give the hash, or are those that an erasure left."""
    if digest(link.previous, link.raw) == link.hash:
        return True
    return erased.accounts(erasures.get(link.id), link.raw, link.sequence, link.hash)


def _told(link: Link) -> tuple[str, int] | None:
    try:
        event = from_bytes(link.raw)
    except EventError:
        return None
    return event.stream, event.sequence


def _content(stream: str, link: Link, previous: str, erasures: Erasures) -> Finding | None:
    """Does the event say what it said when it was recorded?"""
    here = link.sequence
    if not _fits(link, erasures):
        return Finding(stream, here, "changed", "its bytes do not give its hash")
    try:
        event = from_bytes(link.raw)
    except EventError as error:
        return Finding(stream, here, "changed", str(error))
    if link.previous != previous:
        # This one is whole, so it is the event before whose hash was made anew.
        return Finding(stream, max(here - 1, 1), "changed", f"event {here} was built on another hash than it has now")
    told = (event.id, event.type, event.recorded, event.package, event.key)
    if told != (link.id, link.type, link.recorded, link.package, link.key):
        return Finding(stream, here, "changed", "its columns do not say what its bytes say")
    return None


class BrokenError(RuntimeError):
    """A chain was found broken where only a whole one will do."""

    def __init__(self, finding: Finding):
        super().__init__(f"stream {finding.stream}: event {finding.sequence} {finding.kind}: {finding.detail}")
        self.finding = finding
