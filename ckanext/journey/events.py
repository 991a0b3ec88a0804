"""What can stand in the ledger: frozen event types and their canonical JSON (pure).

Times are ISO 8601 strings in UTC; a day without a time stays a plain date. Row and byte counts are whole
numbers, None when nobody recorded them. Roles stand for people: no event carries a person's name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from . import bodies

VERSION = 1


class EventError(ValueError):
    """The bytes are not an event of a kind and version known here."""


@dataclass(frozen=True)
class File:
    """One side of a step: a file or table as it was at that moment.

    A tool also says in which `namespace` the name holds; `package` and `resource` are what of ours that is, if anything.
    """

    name: str
    sha256: str | None = None
    bytes: int | None = None
    rows: int | None = None
    namespace: str | None = None
    package: str | None = None
    resource: str | None = None


@dataclass(frozen=True)
class Evidence:
    kind: str
    value: str | None = None
    url: str | None = None
    sha256: str | None = None
    visibility: str = "public"


@dataclass(frozen=True)
class Plan:
    """The script or written procedure that was followed (prov:Plan)."""

    name: str
    version: str | None = None
    repository: str | None = None
    commit: str | None = None


@dataclass(frozen=True)
class Hop:
    """A portal the record passed through, as an upstream portal asserts it; ``observed``: this portal saw it there itself, as
    the node `node`."""

    portal: str
    url: str | None = None
    remote_id: str | None = None
    source_type: str | None = None
    remote_modified: str | None = None
    content_hash: str | None = None
    observed: bool | None = None
    node: str | None = None


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
class DatasetChanged:
    """`change` is created, published, noticed, updated, edited, withdrawn or restored.

    `fields` maps the name of each field whose value changed to a short hash of the new one (None: gone).
    `added`, `removed` and `altered` count the dataset's files.
    """

    change: str
    legacy_source: str | None = None
    fields: dict[str, str | None] = field(default_factory=dict)
    added: int = 0
    removed: int = 0
    altered: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class FileReceived:
    """`held`: its check (`check`) keeps it from the public; `again` if the same bytes were public before, else `first`."""

    resource_id: str
    name: str
    sha256: str
    bytes: int
    rows: int | None = None
    format: str | None = None
    modified: str | None = None
    replaces: str | None = None
    held: str | None = None
    check: str | None = None


@dataclass(frozen=True)
class TableLoaded:
    resource_id: str
    name: str
    rows: int | None = None
    file_sha256: str | None = None
    file_rows: int | None = None
    tool: str | None = None
    tool_version: str | None = None


@dataclass(frozen=True)
class HarvestImported:
    """A record of another portal was created or updated here. `asserted`: the portals before that one; `met`: those after it,
    where this portal met the same dataset."""

    portal: str
    upstream_id: str
    title: str | None = None
    portal_url: str | None = None
    record_url: str | None = None
    source_type: str | None = None
    upstream_modified: str | None = None
    content_hash: str | None = None
    raw_sha256: str | None = None
    run_id: str | None = None
    outcome: str | None = None
    fetched: str | None = None
    fetch_url: str | None = None
    fetch_sha256: str | None = None
    fetch_bytes: int | None = None
    fetch_records: int | None = None
    asserted: tuple[Hop, ...] = field(default=(), metadata={"of": Hop})
    met: tuple[Hop, ...] = field(default=(), metadata={"of": Hop})

    def portals(self) -> tuple[Hop, ...]:
        """All of them in the order from the origin."""
        url, modified = self.record_url or self.portal_url, self.upstream_modified
        names = (self.title or self.portal, url, self.upstream_id, self.source_type, modified, self.content_hash)
        return (*self.asserted, Hop(*names, True, self.portal), *self.met)


@dataclass(frozen=True)
class HarvestWithdrawn:
    """The other portal no longer offers the record. `explains` is the step by which the dataset went, if there is one."""

    portal: str
    upstream_id: str
    run_id: str | None = None
    reason: str | None = None
    explains: str | None = None


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
class CaptureFailed:
    """Something happened that could not be recorded in full."""

    hook: str
    error: str


Body = (
    SystemRegistered
    | StepRecorded
    | DatasetChanged
    | FileReceived
    | TableLoaded
    | HarvestImported
    | HarvestWithdrawn
    | WorkflowMoved
    | CaptureFailed
    | bodies.LineageReceived
    | bodies.ProvReceived
    | bodies.AliasRegistered
    | bodies.FileChecked
    | bodies.DownloadsCounted
    | bodies.ReuseRecorded
)

BODIES: dict[str, type] = {
    "system-registered": SystemRegistered,
    "step-recorded": StepRecorded,
    "dataset-changed": DatasetChanged,
    "file-received": FileReceived,
    "table-loaded": TableLoaded,
    "harvest-imported": HarvestImported,
    "harvest-withdrawn": HarvestWithdrawn,
    "workflow-moved": WorkflowMoved,
    "capture-failed": CaptureFailed,
    **bodies.BODIES,
}
TYPE_OF: dict[type, str] = {cls: name for name, cls in BODIES.items()}


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
