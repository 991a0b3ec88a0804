"""Bodies of what this portal saw itself: changes, files, their checks, table loads, downloads (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
class TableLoaded:
    resource_id: str
    name: str
    rows: int | None = None
    file_sha256: str | None = None
    file_rows: int | None = None
    tool: str | None = None
    tool_version: str | None = None


@dataclass(frozen=True)
class DownloadsCounted:
    """How often files were downloaded on a day (UTC): resource id to count. No address, no user."""

    day: str
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CaptureFailed:
    """Something happened that could not be recorded in full."""

    hook: str
    error: str
