"""Bodies of what tools report, as it came, and of the names by which they call datasets (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DatasetLink:
    """What of ours a dataset of a report (namespace and name) stood for when the report came in."""

    namespace: str
    name: str
    package: str | None = None
    resource: str | None = None


@dataclass(frozen=True)
class LineageReceived:
    """An OpenLineage event, character for character as it came; empty once it was erased. `kind` is run, job or dataset.

    `token` is the id of the ingest token, `visibility` what that token gives its steps, `warnings` what is odd.
    """

    kind: str
    document: str
    token: str | None = None
    visibility: str = "public"
    links: tuple[DatasetLink, ...] = field(default=(), metadata={"of": DatasetLink})
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProvReceived:
    """A file in W3C PROV, character for character as it came; empty once it was erased. Its steps are events of their own,
    after this one.

    `form` is the format that it was read as, `sha256` of its bytes, `token` the id of the ingest token, if it came by one.
    """

    form: str
    document: str
    sha256: str
    token: str | None = None


@dataclass(frozen=True)
class AliasRegistered:
    """A dataset that tools call `namespace` and `name` is this resource or dataset; both None: no longer."""

    namespace: str
    name: str
    package: str | None = None
    resource: str | None = None
