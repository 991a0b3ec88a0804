"""The rows of the projections and the ids they go by (pure).

Ids are UUIDv5 of what identifies the thing, never random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from . import events as ev

NAMESPACE = UUID("5d2c1d6c-6f0e-5b0a-9d5e-0c3f5c8f7a11")
PORTAL_ROLE = "system"


@dataclass(frozen=True)
class Row:
    """A row to write. `mode` says what happens if its key is there already:

    keep (leave it), fill (fill its blanks), replace (the new values win), update (only change a row that is
    there), clear (delete all rows that match `values`).
    """

    table: str
    values: dict[str, Any]
    mode: str = "keep"


def make_id(*parts: object) -> str:
    return str(uuid5(NAMESPACE, "\x1f".join("" if part is None else str(part) for part in parts)))


def slug(name: str) -> str:
    """The form in which two spellings of one system's name are equal."""
    return " ".join(name.split()).casefold()


def system_id(stream: str, name: str) -> str:
    return make_id("system", stream, slug(name))


def artefact_id(package: str | None, name: str, sha256: str | None, resource: str | None = None) -> str:
    """The same bytes in one file of a dataset are one artefact; one without a checksum goes by its name."""
    if sha256:
        return make_id("artefact", package, resource, sha256)
    return make_id("artefact-name", package, resource, name)


_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def node_of(item: ev.File, stream: str, package: str | None) -> str:
    """What the graph joins by: the same bytes are one node wherever they are, else the file of ours that is meant, else
    the same name in one place: the namespace that a tool gave, or the dataset whose journey it is.

    A file without a byte is like no other.
    """
    if item.sha256 and item.sha256 != _EMPTY:
        return make_id("bytes", item.sha256)
    if item.package:
        return make_id("held", item.package, item.resource)
    return make_id("named", stream, item.namespace or package, item.name)


def step_id(event_id: str, part: str = "") -> str:
    return make_id("step", event_id, part)


def moment(text: str | None) -> datetime | None:
    """A time or a plain day (its midnight, UTC) from ISO 8601."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_day(text: str | None) -> bool:
    return bool(text) and len(str(text)) == 10


def system_row(event: ev.Event, name: str, mode: str = "keep", **details: Any) -> Row:
    values = {
        "id": system_id(event.stream, name),
        "stream": event.stream,
        "slug": slug(name),
        "name": " ".join(name.split()),
        "recorded": moment(event.recorded),
        "registered": False,
        **details,
    }
    return Row("journey_system", values, mode)


def step_row(event: ev.Event, part: str, kind: str, **values: Any) -> Row:
    started, ended = values.pop("started", None), values.pop("ended", None)
    row = {
        "id": step_id(event.id, part),
        "event_id": event.id,
        "stream": event.stream,
        "sequence": event.sequence,
        "package_id": event.package,
        "type": kind,
        "state": "complete",
        "started": moment(started),
        "ended": moment(ended),
        # Told as a day at one end, a step is shown in days: no page claims to know more.
        "day_only": is_day(started) or is_day(ended),
        "recorded": moment(event.recorded),
        "agent_role": event.actor_role,
        "capture": "auto",
        "confidence": "observed",
        "visibility": "public",
        "detail": {},
    }
    return Row("journey_step", row | values)


def file_rows(event: ev.Event, step: str, direction: str, position: int, item: ev.File, **more: Any) -> Iterator[Row]:
    """An artefact and its place in a step."""
    artefact = _reported(event, item) if item.namespace else _held(event, direction, item, more)
    yield Row("journey_artefact", artefact, "fill")
    link = {"step_id": step, "direction": direction, "position": position, "artefact_id": artefact["id"]}
    link |= {"node": node_of(item, event.stream, event.package), "at": moment(event.recorded)}
    yield Row("journey_step_io", link | {"name": item.name, "rows": item.rows, "bytes": item.bytes})


def _held(event: ev.Event, direction: str, item: ev.File, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": artefact_id(event.package, item.name, item.sha256, more.get("resource_id")),
        "package_id": event.package,
        "name": item.name,
        "sha256": item.sha256,
        "bytes": item.bytes,
        "rows": item.rows,
        "generated": moment(event.recorded) if direction == "output" else None,
        **more,
    }


def _reported(event: ev.Event, item: ev.File) -> dict[str, Any]:
    """A tool's file: a dataset's only if it is known to be one of ours. It says nothing but what it goes by, so that runs
    may be folded in any order; its rows and bytes stand with each step.
    """
    owner = " ".join(part or "" for part in (item.package, event.stream, item.namespace, item.name))
    return {
        "id": artefact_id(owner, item.name, item.sha256, item.resource),
        "package_id": item.package,
        "resource_id": item.resource,
        "namespace": item.namespace,
        "name": item.name,
        "sha256": item.sha256,
    }


def evidence_row(step: str, position: int, item: ev.Evidence) -> Row:
    values = {"id": make_id("evidence", step, position), "step_id": step, "position": position, **asdict(item)}
    return Row("journey_evidence", values)


def hold_row(
    event: ev.Event, resource_id: str, name: str, sha256: str, check: str | None, since: datetime | None = None
) -> Row:
    """A file that the public may not see. `since`: what was told of the same bytes before may be seen."""
    values = {
        "id": event.id,
        "package_id": event.package,
        "stream": event.stream,
        "resource_id": resource_id,
        "check_id": check,
        "artefact_id": artefact_id(event.package, name, sha256, resource_id),
        "name": name,
        "sha256": sha256,
        "node": node_of(ev.File(name, sha256), event.stream, event.package),
        "told": moment(event.recorded),
        "since": since,
    }
    return Row("journey_hold", values)


def release_rows(event: ev.Event, resource_id: str, sha256: str | None, check: str | None) -> Iterator[Row]:
    """The public may see it: by its bytes, whichever upload they came with, and by the check that held it."""
    for name, value in (("sha256", sha256), ("check_id", check)):
        if value:
            yield Row("journey_hold", {"package_id": event.package, "resource_id": resource_id, name: value}, "clear")
