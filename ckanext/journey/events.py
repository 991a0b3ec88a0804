"""What can stand in the ledger: an event of the chain and its canonical JSON (pure).

What an event says is its body (`bodies/`). Times are ISO 8601 strings in UTC; a day without a time stays a plain date. Row
and byte counts are whole numbers, None when nobody recorded them. Roles stand for people: no event carries a person's name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from .bodies import (
    BODIES,
    TYPE_OF,
    Body,
    CaptureFailed,
    DatasetChanged,
    Evidence,
    File,
    FileReceived,
    HarvestImported,
    HarvestWithdrawn,
    Hop,
    Plan,
    StepRecorded,
    SystemRegistered,
    TableLoaded,
    WorkflowMoved,
)

__all__ = [
    "BODIES",
    "VERSION",
    "Body",
    "CaptureFailed",
    "DatasetChanged",
    "Event",
    "EventError",
    "Evidence",
    "File",
    "FileReceived",
    "HarvestImported",
    "HarvestWithdrawn",
    "Hop",
    "Plan",
    "StepRecorded",
    "SystemRegistered",
    "TableLoaded",
    "WorkflowMoved",
    "from_bytes",
    "plain",
    "to_bytes",
]

VERSION = 1


class EventError(ValueError):
    """The bytes are not an event of a kind and version known here."""


@dataclass(frozen=True)
class Event:
    """A body and where it stands. `actor` is a salted commitment to who acted, never who it was."""

    id: str
    stream: str
    sequence: int
    recorded: str
    body: Body
    package: str | None = None
    actor: str | None = None
    actor_role: str | None = None
    key: str | None = None

    @property
    def type(self) -> str:
        return TYPE_OF[type(self.body)]


def plain(value: Any) -> Any:
    """A dataclass as a dict without what is empty; the rest as it is."""
    if is_dataclass(value):
        pairs = ((f.name, plain(getattr(value, f.name))) for f in fields(value))
        return {name: item for name, item in pairs if item is not None and item not in ([], {})}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def to_bytes(event: Event) -> bytes:
    """The canonical JSON of an event: sorted keys, no spaces, UTF-8. These bytes are what is hashed."""
    document = {"v": VERSION, "type": event.type, **plain(event)}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _build(cls: type, document: dict[str, Any]) -> Any:
    known = {f.name: f for f in fields(cls)}
    values = {}
    for name, item in document.items():
        if name not in known:
            raise EventError(f"{cls.__name__} has no field {name!r}")
        nested = known[name].metadata.get("of")
        if isinstance(item, list):
            values[name] = tuple(_build(nested, part) if nested else part for part in item)
        else:
            values[name] = _build(nested, item) if nested else item
    return cls(**values)


def from_bytes(raw: bytes) -> Event:
    """The event that these bytes are; raises EventError."""
    try:
        document = json.loads(raw)
        version, kind, body = document.pop("v"), document.pop("type"), document.pop("body", {})
        if version != VERSION or kind not in BODIES:
            raise EventError(f"unknown event: version {version}, type {kind}")
        return Event(body=_build(BODIES[kind], body), **document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EventError(f"not an event: {error}") from error
