"""Event bodies of what tools report, of file checks and privacy decisions, of downloads and of re-uses (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class DatasetLink:
    """What of ours a dataset of a report (namespace and name) stood for when the report came in."""

    namespace: str
    name: str
    package: str | None = None
    resource: str | None = None


@dataclass(frozen=True)
class LineageReceived:
    """An OpenLineage event, character for character as it came. `kind` is run, job or dataset.

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
    """A file in W3C PROV, character for character as it came; its steps are events of their own, after this one.

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


@dataclass(frozen=True)
class FileChecked:
    """`change` is checked, waived, tidied or decided (about personal data); `outcome` a word for the result.

    `summary` holds counts only (rows, errors, warnings), `reason` why something was waived or decided. `held`: the public
    could not see the file (of a rewritten one, the file before; `copy` is the other's name) then. Two changes are no steps: `released` tells that it can
    from now on, `held` that it could not all the while, where nobody had told.
    """

    change: str
    resource_id: str | None = None
    outcome: str | None = None
    name: str | None = None
    sha256: str | None = None
    sha256_before: str | None = None
    rows: int | None = None
    rows_before: int | None = None
    rows_rejected: int | None = None
    schema: str | None = None
    tool: str | None = None
    tool_version: str | None = None
    reason: str | None = None
    report_url: str | None = None
    held: bool | None = None
    check: str | None = None
    copy: str | None = None
    summary: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DownloadsCounted:
    """How often files were downloaded on a day (UTC): resource id to count. No address, no user."""

    day: str
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ReuseRecorded:
    """Somebody built something with the data."""

    title: str
    url: str | None = None
    description: str | None = None
    kind: str | None = None


BODIES: dict[str, type] = {
    "lineage-received": LineageReceived,
    "prov-received": ProvReceived,
    "alias-registered": AliasRegistered,
    "file-checked": FileChecked,
    "downloads-counted": DownloadsCounted,
    "reuse-recorded": ReuseRecorded,
}
