"""Rows of file checks, privacy decisions, downloads, re-uses and aliases (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from . import bodies
from . import events as ev
from .rows import Row, evidence_row, file_rows, hold_row, make_id, moment, release_rows, step_id, step_row
from .workflow import moved

# Who sees the evidence of a change to a file; why personal data may stand is for the organisation's members.
_CHECKS = {
    "checked": ("validate", "validation-report", "public"),
    "waived": ("validate", "approval", "organisation"),
    "tidied": ("standardise", None, "public"),
    "decided": ("disclosure-check", "disclosure-test", "organisation"),
    "redacted": ("anonymise", "disclosure-test", "organisation"),
}


def _checked(event: ev.Event, body: bodies.FileChecked) -> Iterator[Row]:
    if body.change == "released":
        yield from release_rows(event, str(body.resource_id), body.sha256, body.check)
        return
    rewritten = body.change == "tidied" or body.outcome == "redacted"
    before = body.sha256_before if rewritten else body.sha256
    if body.held and before and body.resource_id:
        since = None if body.change == "held" else moment(event.recorded)
        yield hold_row(event, body.resource_id, body.name or body.resource_id, before, body.check, since)
    if body.change != "held":
        yield from _judged(event, body)


def _judged(event: ev.Event, body: bodies.FileChecked) -> Iterator[Row]:
    change = "redacted" if body.change == "decided" and body.outcome == "redacted" else body.change
    kind, evidence, visibility = _CHECKS.get(change, ("validate", "validation-report", "organisation"))
    rewritten = change in ("tidied", "redacted")
    step, detail = step_id(event.id), {"check": body.change, "outcome": body.outcome, "schema": body.schema}
    counts = {name: value for name, value in body.summary.items() if isinstance(value, (int, str, bool))}
    values: dict[str, Any] = {"tool": body.tool, "tool_version": body.tool_version, "resource_id": body.resource_id}
    if body.held and not (body.sha256_before if rewritten else body.sha256):
        values["visibility"] = "restricted"  # nothing will tell when the file that it speaks of is released
    if rewritten:
        values |= {"rows_in": body.rows_before, "rows_out": body.rows, "rows_rejected": body.rows_rejected}
    yield step_row(event, "", kind, started=event.recorded, detail=detail | {"counts": counts}, **values)
    name, more = body.name or body.resource_id or "", {"resource_id": body.resource_id}
    before = body.sha256_before if rewritten else body.sha256
    if before:
        rows = body.rows_before if rewritten else body.rows
        yield from file_rows(event, step, "input", 0, ev.File(name, before, None, rows), **more)
    if rewritten and body.sha256:
        yield from file_rows(event, step, "output", 0, ev.File(body.copy or name, body.sha256, None, body.rows), **more)
    if evidence:
        value = "; ".join(part for part in (body.outcome, _counted(counts), body.schema) if part)
        public = ev.Evidence(evidence, value or body.change, body.report_url, body.sha256, visibility)
        yield evidence_row(step, 0, public)
    if body.reason:
        yield evidence_row(step, 1, ev.Evidence("approval", body.reason, visibility="organisation"))


def _counted(counts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(counts.items()))


def _downloads(event: ev.Event, body: bodies.DownloadsCounted) -> Iterator[Row]:
    for resource, count in sorted(body.counts.items()):
        values = {
            "package_id": event.package,
            "resource_id": resource,
            "day": date.fromisoformat(body.day),
            "downloads": count,
        }
        yield Row("journey_download", values, "replace")


def _reused(event: ev.Event, body: bodies.ReuseRecorded) -> Iterator[Row]:
    detail = {"title": body.title, "url": body.url, "kind": body.kind}
    yield step_row(event, "", "reuse", started=event.recorded, rationale=body.description or body.title, detail=detail)
    if body.url:
        yield evidence_row(step_id(event.id), 0, ev.Evidence("reuse", body.title, body.url))
    yield from (Row("journey_move", values) for values in moved.of_reuse(event))


def _aliased(event: ev.Event, body: bodies.AliasRegistered) -> Iterator[Row]:
    values = {"id": make_id("alias", event.stream, body.namespace, body.name), "stream": event.stream}
    values |= {"namespace": body.namespace, "name": body.name, "package_id": body.package, "resource_id": body.resource}
    yield Row("journey_alias", values, "replace")


def _later(event: ev.Event, body: bodies.LineageReceived) -> Iterator[Row]:
    """What tools report is folded with the rest of its run: see `lineage/project.py`."""
    yield from ()


def _kept(event: ev.Event, body: bodies.ProvReceived) -> Iterator[Row]:
    """The file itself: what it tells of are steps of their own."""
    yield from ()


def _erased(event: ev.Event, body: bodies.EvidenceErased) -> Iterator[Row]:
    """What a report told is folded without it: see `lineage/again.py`; a file's steps are events of their own."""
    yield from ()


PROJECTORS: dict[type, Callable[[ev.Event, Any], Iterator[Row]]] = {
    bodies.LineageReceived: _later,
    bodies.ProvReceived: _kept,
    bodies.EvidenceErased: _erased,
    bodies.AliasRegistered: _aliased,
    bodies.FileChecked: _checked,
    bodies.DownloadsCounted: _downloads,
    bodies.ReuseRecorded: _reused,
}
