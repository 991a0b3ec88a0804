"""Bodies of what people tell: systems, steps, re-uses, moves of a release, erasures (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .parts import Evidence, File, Plan


@dataclass(frozen=True)
class SystemRegistered:
    name: str
    kind: str | None = None
    vendor: str | None = None
    product: str | None = None
    version: str | None = None
    custodian_role: str | None = None
    retirement_date: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class StepRecorded:
    """A step somebody told of. `original`: what the file that it was read from calls it, where our words say less."""

    type: str
    started: str | None = None
    ended: str | None = None
    system: str | None = None
    agent_role: str | None = None
    on_behalf_of: str | None = None
    tool: str | None = None
    tool_version: str | None = None
    rationale: str | None = None
    plan: Plan | None = field(default=None, metadata={"of": Plan})
    run_id: str | None = None
    rows_in: int | None = None
    rows_out: int | None = None
    rows_rejected: int | None = None
    rows_merged: int | None = None
    rows_split: int | None = None
    inputs: tuple[File, ...] = field(default=(), metadata={"of": File})
    outputs: tuple[File, ...] = field(default=(), metadata={"of": File})
    evidence: tuple[Evidence, ...] = field(default=(), metadata={"of": Evidence})
    capture: str = "manual"
    confidence: str = "attested"
    visibility: str = "public"
    original: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReuseRecorded:
    """Somebody built something with the data."""

    title: str
    url: str | None = None
    description: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class WorkflowMoved:
    """A release moved on its way to publication, or off it; `state` is where it stands now (workflow.stages).

    `content` is a hash over the metadata and the files that the move was about: what was approved is what is published.
    `publish_at` and `embargo` are moments in UTC, `due` is a day.
    """

    move: str
    state: str
    reason: str | None = None
    owner_role: str | None = None
    due: str | None = None
    publish_at: str | None = None
    embargo: str | None = None
    content: str | None = None
    privacy_statement: str | None = None


@dataclass(frozen=True)
class EvidenceErased:
    """What an earlier event of the stream kept as it came was erased. `event` and `sequence` say of which, `digest` is its
    hash in the chain, `left` SHA-256 of the bytes that it has since, `erased` how many bytes were taken out.
    """

    event: str
    sequence: int
    digest: str
    left: str
    erased: int
    reason: str
