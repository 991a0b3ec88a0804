"""From one event to the rows that show it: a function of the event alone, so that a rebuild gives the same (pure).

A run that a tool reports is told in several events; those are folded together in `lineage/fold.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from . import captured
from . import events as ev
from .rows import (
    PORTAL_ROLE,
    Row,
    artefact_id,
    evidence_row,
    file_rows,
    hold_row,
    make_id,
    moment,
    step_id,
    step_row,
    system_id,
    system_row,
)
from .workflow import moved

__all__ = ["PORTAL_ROLE", "Row", "artefact_id", "make_id", "project", "step_id", "system_id"]

# To be raised when the same events make other rows: a portal then makes its tables again by itself (`upgrading.py`).
VERSION = 2


def project(event: ev.Event) -> tuple[Row, ...]:
    """The rows of an event, in the order in which they must be written."""
    return tuple(PROJECTORS[type(event.body)](event, event.body))


def _registered(event: ev.Event, body: ev.SystemRegistered) -> Iterator[Row]:
    details = asdict(body)
    name, retires = details.pop("name"), details.pop("retirement_date")
    details["retirement_date"] = date.fromisoformat(retires) if retires else None
    yield system_row(event, name, "replace", registered=True, **details)


def _recorded(event: ev.Event, body: ev.StepRecorded) -> Iterator[Row]:
    step = step_id(event.id)
    if body.system:
        yield system_row(event, body.system)
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
    if body.original:
        values["detail"] = {"original": body.original}
    yield step_row(event, "", body.type, plan_id=plan, **values)
    for direction, items in (("input", body.inputs), ("output", body.outputs)):
        for position, item in enumerate(items):
            yield from file_rows(event, step, direction, position, item)
    for position, item in enumerate(body.evidence):
        yield evidence_row(step, position, item)
    for values in moved.of_step(event, body):
        yield Row("journey_move", values)


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
        yield system_row(event, body.legacy_source)
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
        yield step_row(event, "", kind, started=event.recorded, detail=detail, rationale=body.reason)
    for values in moved.of_change(event, body):
        yield Row("journey_move", values)


def _moved(event: ev.Event, body: ev.WorkflowMoved) -> Iterator[Row]:
    yield Row("journey_move", moved.of_move(event, body))
    told = moved.step_of(body)
    if told:
        yield step_row(event, "", told["type"], started=event.recorded, rationale=told["rationale"])
        if told["evidence"]:
            yield evidence_row(step_id(event.id), 0, told["evidence"])


def _received(event: ev.Event, body: ev.FileReceived) -> Iterator[Row]:
    step, time = step_id(event.id), moment(event.recorded)
    if body.held:
        since = time if body.held == "again" else None
        yield hold_row(event, body.resource_id, body.name, body.sha256, body.check, since)
    if body.replaces and body.replaces != body.sha256:
        old = artefact_id(event.package, body.name, body.replaces, body.resource_id)
        yield Row("journey_artefact", {"id": old, "invalidated": time}, "update")
    yield step_row(
        event, "", "receive", started=event.recorded, resource_id=body.resource_id, detail={"replaces": body.replaces}
    )
    item = ev.File(body.name, body.sha256, body.bytes, body.rows)
    more = {"resource_id": body.resource_id, "kind": "file", "format": body.format, "version": body.modified}
    yield from file_rows(event, step, "output", 0, item, **more)
    # An earlier file that comes back is in force again.
    current = {"id": artefact_id(event.package, body.name, body.sha256, body.resource_id), "invalidated": None, **more}
    yield Row("journey_artefact", current, "update")


def _loaded(event: ev.Event, body: ev.TableLoaded) -> Iterator[Row]:
    step = step_id(event.id)
    counts = {"rows_in": body.file_rows, "rows_out": body.rows, "tool": body.tool, "tool_version": body.tool_version}
    yield step_row(event, "", "load", started=event.recorded, resource_id=body.resource_id, **counts)
    if body.file_sha256:
        source = ev.File(body.name, body.file_sha256, None, body.file_rows)
        yield from file_rows(event, step, "input", 0, source, resource_id=body.resource_id)


def _imported(event: ev.Event, body: ev.HarvestImported) -> Iterator[Row]:
    auto = {"capture": "harvest", "run_id": body.run_id, "agent_role": PORTAL_ROLE}
    begun = body.fetched or event.recorded
    if body.fetched or body.fetch_sha256:
        fetch = step_id(event.id, "fetch")
        detail = {"url": body.fetch_url, "records": body.fetch_records, "portal": body.title or body.portal}
        yield step_row(event, "fetch", "harvest-fetch", started=begun, detail=detail, **auto)
        if body.fetch_sha256:
            feed = ev.File(body.fetch_url or body.portal, body.fetch_sha256, body.fetch_bytes)
            yield from file_rows(event, fetch, "output", 0, feed, kind="feed")
    step = step_id(event.id)
    detail = {"portal": body.title or body.portal, "upstream_id": body.upstream_id, "outcome": body.outcome}
    yield step_row(event, "", "harvest-import", started=begun, ended=event.recorded, detail=detail, **auto)
    if body.raw_sha256:
        record = ev.File(body.record_url or body.upstream_id, body.raw_sha256)
        yield from file_rows(event, step, "input", 0, record, kind="record")
    yield Row("journey_hop", {"package_id": event.package}, "clear")
    yield from _hops(event, body, step)


def _hops(event: ev.Event, body: ev.HarvestImported, step: str) -> Iterator[Row]:
    """The portals in the order in which the record passed them, or was met at."""
    for position, hop in enumerate(body.portals(), 1):
        values = asdict(hop) | {"observed": bool(hop.observed)}
        values |= {"id": make_id("hop", event.package, position), "package_id": event.package, "position": position}
        values |= {"step_id": step, "harvested": moment(event.recorded)}
        yield Row("journey_hop", values, "replace")


def _harvest_withdrawn(event: ev.Event, body: ev.HarvestWithdrawn) -> Iterator[Row]:
    detail = {"portal": body.portal, "upstream_id": body.upstream_id}
    told = {"capture": "harvest", "run_id": body.run_id, "rationale": body.reason, "detail": detail}
    if body.explains:
        yield Row("journey_step", {"id": body.explains, **told}, "update")
    else:
        yield step_row(event, "", "withdraw", started=event.recorded, agent_role=PORTAL_ROLE, **told)


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
    ev.WorkflowMoved: _moved,
    ev.CaptureFailed: _failed,
    **captured.PROJECTORS,
}
