"""Erasure of what an event kept as it came: which bytes are left of it, and whether an erasure accounts for them (pure)."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import replace

from .bodies import EvidenceErased, LineageReceived, ProvReceived
from .events import Event, EventError, from_bytes, to_bytes

TYPES = ("lineage-received", "prov-received")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")


def without(event: Event) -> Event | None:
    """The event without what it kept as it came; None where it keeps nothing of the kind, or no longer."""
    body = event.body
    if isinstance(body, LineageReceived) and body.document:
        # Names of files and sentences about them are taken from the report.
        return replace(event, body=replace(body, document="", links=(), warnings=()))
    if isinstance(body, ProvReceived) and body.document:
        return replace(event, body=replace(body, document=""))
    return None


def told(event: Event, digest: str, reason: str) -> EvidenceErased | None:
    """What the ledger says of the erasure of an event, whose hash in the chain is `digest`; None where nothing is to be erased."""
    left = without(event)
    if left is None:
        return None
    before, after = to_bytes(event), to_bytes(left)
    return EvidenceErased(event.id, event.sequence, digest, _sha256(after), len(before) - len(after), reason)


def accounts(erasure: EvidenceErased | None, raw: bytes, sequence: int, digest: str) -> bool:
    """Whether an erasure is of the event in this place, and left these bytes: nothing else of the event may have gone."""
    if erasure is None or (erasure.sequence, erasure.digest, erasure.left) != (sequence, digest, _sha256(raw)):
        return False
    try:
        event = from_bytes(raw)
    except EventError:
        return False
    body = event.body
    is_empty = isinstance(body, LineageReceived | ProvReceived) and not body.document
    return event.id == erasure.event and is_empty


def holds(kept: str, text: str) -> bool:
    """Whether what was kept holds a text, in whatever case, and however its format writes letters that are not ASCII."""
    plain = html.unescape(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), kept))
    return text.casefold() in plain.casefold()


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
