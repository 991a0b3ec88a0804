"""What the workflow makes of an event: rows of `journey_move`, and the steps that a timeline shows of it (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from .. import events as ev
from ..rows import moment

# Of a change to the dataset: where its release stands afterwards.
CHANGES = {
    "created": "identified",
    "published": "published",
    "noticed": "published",
    "restored": "published",
    "withdrawn": "withdrawn",
}
# Moves that a timeline tells of as steps. Publication and withdrawal are told by the change to the dataset itself.
STEPS = {"approve": "approve", "schedule": "approve", "return": "reject"}


def _row(event: ev.Event, state: str, **values: Any) -> dict[str, Any]:
    same = {"id": event.id, "package_id": event.package, "stream": event.stream, "sequence": event.sequence}
    return same | {"state": state, "since": moment(event.recorded), "agent_role": event.actor_role, **values}


def of_move(event: ev.Event, body: ev.WorkflowMoved) -> dict[str, Any]:
    """The row of `journey_move` that a move is."""
    return _row(
        event,
        body.state,
        move=body.move,
        owner_role=body.owner_role,
        reason=body.reason or body.privacy_statement,
        due=date.fromisoformat(body.due) if body.due else None,
        publish_at=moment(body.publish_at),
        embargo=moment(body.embargo),
        content=body.content,
    )


def of_change(event: ev.Event, body: ev.DatasetChanged) -> Iterator[dict[str, Any]]:
    """A dataset that came, was opened or was taken away moved without anybody saying so."""
    if event.package and body.change in CHANGES:
        yield _row(event, CHANGES[body.change], reason=body.reason)


def of_step(event: ev.Event, body: ev.StepRecorded) -> Iterator[dict[str, Any]]:
    """Only a re-use moves a release by itself: the other steps may be told long after they were done."""
    if body.type == "reuse":
        yield from of_reuse(event)


def of_reuse(event: ev.Event) -> Iterator[dict[str, Any]]:
    if event.package:
        yield _row(event, "in-use")


def step_of(body: ev.WorkflowMoved) -> dict[str, Any] | None:
    """The step of the journey that a move is, if it is one: type, rationale and a piece of evidence."""
    if body.move not in STEPS:
        return None
    value = body.reason or (body.publish_at and f"to be published at {body.publish_at}")
    evidence = ev.Evidence("approval", value=value or "approved by a second person", sha256=body.content)
    return {"type": STEPS[body.move], "rationale": body.reason, "evidence": evidence if body.move != "return" else None}
