"""From one event to the rows that show it: a function of the event alone, so that a rebuild gives the same (pure).

Ids are UUIDv5 of what identifies the thing, never random.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
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


def step_id(event_id: str, part: str = "") -> str:
    return make_id("step", event_id, part)


def project(event: ev.Event) -> tuple[Row, ...]:
    """The rows of an event, in the order in which they must be written."""
    return tuple(PROJECTORS[type(event.body)](event, event.body))


def moment(text: str | None) -> datetime | None:
    """A time or a plain day (its midnight, UTC) from ISO 8601."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_day(text: str | None) -> bool:
    return bool(text) and len(str(text)) == 10


def _system(event: ev.Event, name: str, mode: str = "keep", **details: Any) -> Row:
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


def _step(event: ev.Event, part: str, kind: str, **values: Any) -> Row:
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
        "day_only": _is_day(started) or _is_day(ended),
        "recorded": moment(event.recorded),
        "agent_role": event.actor_role,
        "capture": "auto",
        "confidence": "observed",
        "visibility": "public",
        "detail": {},
    }
    return Row("journey_step", row | values)


def _file(event: ev.Event, step: str, direction: str, position: int, item: ev.File, **more: Any) -> Iterator[Row]:
    artefact = {
        "id": artefact_id(event.package, item.name, item.sha256, more.get("resource_id")),
        "package_id": event.package,
        "name": item.name,
        "sha256": item.sha256,
        "bytes": item.bytes,
        "rows": item.rows,
        "generated": moment(event.recorded) if direction == "output" else None,
        **more,
    }
    yield Row("journey_artefact", artefact, "fill")
    link = {"step_id": step, "direction": direction, "position": position, "artefact_id": artefact["id"]}
    yield Row("journey_step_io", link | {"name": item.name, "rows": item.rows, "bytes": item.bytes})


def _evidence(step: str, position: int, item: ev.Evidence) -> Row:
    values = {"id": make_id("evidence", step, position), "step_id": step, "position": position, **asdict(item)}
    return Row("journey_evidence", values)


def _registered(event: ev.Event, body: ev.SystemRegistered) -> Iterator[Row]:
    details = asdict(body)
    name, retires = details.pop("name"), details.pop("retirement_date")
    details["retirement_date"] = date.fromisoformat(retires) if retires else None
    yield _system(event, name, "replace", registered=True, **details)


def _recorded(event: ev.Event, body: ev.StepRecorded) -> Iterator[Row]:
    step = step_id(event.id)
    if body.system:
        yield _system(event, body.system)
    plan = make_id("plan", *asdict(body.plan).values()) if body.plan else None
    if body.plan:
        yield Row("journey_plan", {"id": plan, **asdict(body.plan)})
    same = (
        "started ended on_behalf_of tool tool_version rationale run_id rows_in rows_out rows_rejected rows_merged "
        "rows_split capture confidence visibility"
    )
    values = {name: getattr(body, name) for name in same.split()}
    values["agent_role"] = body.agent_role
    values["system_id"] = system_id(event.stream, body.system) if body.system else None
    yield _step(event, "", body.type, plan_id=plan, **values)
    for direction, items in (("input", body.inputs), ("output", body.outputs)):
        for position, item in enumerate(items):
            yield from _file(event, step, direction, position, item)
    for position, item in enumerate(body.evidence):
        yield _evidence(step, position, item)


# What a reader sees of a change to the dataset; what is not here is kept but not shown as a step.
CHANGES = {
    "created": "identify",
    "published": "publish",
    "restored": "publish",
    "noticed": "correct",
    "updated": "correct",
    "withdrawn": "withdraw",
}
STAGES = {
    "created": "draft",
    "published": "published",
    "noticed": "published",
    "restored": "published",
    "withdrawn": "withdrawn",
}


def _changed(event: ev.Event, body: ev.DatasetChanged) -> Iterator[Row]:
    time = moment(event.recorded)
    values: dict[str, Any] = {"package_id": event.package, "stream": event.stream, "updated": time}
    values["fields"] = body.fields
    if body.legacy_source:
        yield _system(event, body.legacy_source)
        values["legacy_system_id"] = system_id(event.stream, body.legacy_source)
    elif "legacy_source" in body.fields:
        values["legacy_system_id"] = None
    if body.change in STAGES:
        values |= {"stage": STAGES[body.change], "since": None if body.change == "noticed" else time}
    yield Row("journey_dataset", values, "replace")
    if body.change in CHANGES:
        detail: dict[str, Any] = {"change": body.change}
        if body.change == "updated":
            detail["fields"] = sorted(name for name in body.fields if not name.startswith("file:"))
        detail |= {name: getattr(body, name) for name in ("added", "removed", "altered") if getattr(body, name)}
        kind = CHANGES[body.change]
        yield _step(event, "", kind, started=event.recorded, detail=detail, rationale=body.reason)


def _received(event: ev.Event, body: ev.FileReceived) -> Iterator[Row]:
    step, time = step_id(event.id), moment(event.recorded)
    if body.replaces and body.replaces != body.sha256:
        old = artefact_id(event.package, body.name, body.replaces, body.resource_id)
        yield Row("journey_artefact", {"id": old, "invalidated": time}, "update")
    yield _step(
        event, "", "receive", started=event.recorded, resource_id=body.resource_id, detail={"replaces": body.replaces}
    )
    item = ev.File(body.name, body.sha256, body.bytes, body.rows)
    more = {"resource_id": body.resource_id, "kind": "file", "format": body.format, "version": body.modified}
    yield from _file(event, step, "output", 0, item, **more)
    # An earlier file that comes back is in force again.
    current = {"id": artefact_id(event.package, body.name, body.sha256, body.resource_id), "invalidated": None, **more}
    yield Row("journey_artefact", current, "update")


def _loaded(event: ev.Event, body: ev.TableLoaded) -> Iterator[Row]:
    step = step_id(event.id)
    counts = {"rows_in": body.file_rows, "rows_out": body.rows, "tool": body.tool, "tool_version": body.tool_version}
    yield _step(event, "", "load", started=event.recorded, resource_id=body.resource_id, **counts)
    if body.file_sha256:
        source = ev.File(body.name, body.file_sha256, None, body.file_rows)
        yield from _file(event, step, "input", 0, source, resource_id=body.resource_id)


def _imported(event: ev.Event, body: ev.HarvestImported) -> Iterator[Row]:
    auto = {"capture": "harvest", "run_id": body.run_id, "agent_role": PORTAL_ROLE}
    begun = body.fetched or event.recorded
    if body.fetched or body.fetch_sha256:
        fetch = step_id(event.id, "fetch")
        detail = {"url": body.fetch_url, "records": body.fetch_records, "portal": body.title or body.portal}
        yield _step(event, "fetch", "harvest-fetch", started=begun, detail=detail, **auto)
        if body.fetch_sha256:
            feed = ev.File(body.fetch_url or body.portal, body.fetch_sha256, body.fetch_bytes)
            yield from _file(event, fetch, "output", 0, feed, kind="feed")
    step = step_id(event.id)
    detail = {"portal": body.title or body.portal, "upstream_id": body.upstream_id, "outcome": body.outcome}
    yield _step(event, "", "harvest-import", started=begun, ended=event.recorded, detail=detail, **auto)
    if body.raw_sha256:
        record = ev.File(body.record_url or body.upstream_id, body.raw_sha256)
        yield from _file(event, step, "input", 0, record, kind="record")
    yield Row("journey_hop", {"package_id": event.package}, "clear")
    yield from _hops(event, body, step)


def _hops(event: ev.Event, body: ev.HarvestImported, step: str) -> Iterator[Row]:
    """The portals in the order in which the record passed them; the last is the one harvested here."""
    last = ev.Hop(
        body.title or body.portal,
        body.record_url or body.portal_url,
        body.upstream_id,
        body.source_type,
        body.upstream_modified,
        body.content_hash,
    )
    for position, hop in enumerate((*body.asserted, last), 1):
        values = asdict(hop) | {"remote_modified": hop.remote_modified}
        values |= {"id": make_id("hop", event.package, position), "package_id": event.package, "position": position}
        values |= {"observed": hop is last, "step_id": step, "harvested": moment(event.recorded)}
        values["node"] = body.portal if hop is last else None
        yield Row("journey_hop", values, "replace")


def _harvest_withdrawn(event: ev.Event, body: ev.HarvestWithdrawn) -> Iterator[Row]:
    detail = {"portal": body.portal, "upstream_id": body.upstream_id}
    told = {"capture": "harvest", "run_id": body.run_id, "rationale": body.reason, "detail": detail}
    if body.explains:
        yield Row("journey_step", {"id": body.explains, **told}, "update")
    else:
        yield _step(event, "", "withdraw", started=event.recorded, agent_role=PORTAL_ROLE, **told)


def _failed(event: ev.Event, body: ev.CaptureFailed) -> Iterator[Row]:
    values = {"event_id": event.id, "package_id": event.package, "hook": body.hook, "error": body.error}
    yield Row("journey_failure", values | {"stream": event.stream, "recorded": moment(event.recorded)})


PROJECTORS: dict[type, Callable[[ev.Event, Any], Iterator[Row]]] = {
    ev.SystemRegistered: _registered,
    ev.StepRecorded: _recorded,
    ev.DatasetChanged: _changed,
    ev.FileReceived: _received,
    ev.TableLoaded: _loaded,
    ev.HarvestImported: _imported,
    ev.HarvestWithdrawn: _harvest_withdrawn,
    ev.CaptureFailed: _failed,
}
