"""What several bodies of events have: files, evidence, plans, portals passed (pure)."""

from __future__ import annotations

from dataclasses import dataclass


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
