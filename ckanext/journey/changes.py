"""What of a dataset changed, told by names and hashes of fields (pure).

Only hashes are kept, and none of what names a person: author, maintainer and contact never count as a change.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

_NOT_TOLD = frozenset(
    [
        "id",
        "name",
        "state",
        "private",
        "type",
        "metadata_created",
        "metadata_modified",
        "modified",
        "creator_user_id",
        "owner_org",
        "organization",
        "num_resources",
        "num_tags",
        "isopen",
        "license_title",
        "license_url",
        "revision_id",
        "relationships_as_object",
        "relationships_as_subject",
        "extras",
        "tags",
        "groups",
        "resources",
        "plugin_data",
        "tracking_summary",
        "author",
        "author_email",
        "maintainer",
        "maintainer_email",
        "contact",
        "save",
        "pkg_name",
        "tag_string",
        "__extras",
        "__junk",
        "return_to",
    ]
)
_FILE_FIELDS = ("name", "description", "format", "url")


@dataclass(frozen=True)
class Changes:
    """Names of changed fields with a hash of their new value (None: gone); counts of changed files."""

    fields: dict[str, str | None]
    added: int = 0
    removed: int = 0
    altered: int = 0


def short(value: Any) -> str | None:
    """A date or text as text, None for nothing."""
    if value is None or value == "":
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def normalise(data: dict[str, Any]) -> dict[str, Any]:
    """A dataset's told fields in one shape, extras among them; empty ones left out.

    Files become `file:<id>` entries; an uploaded file's address says nothing that its checksum does not.
    """
    told = {name: value for name, value in data.items() if isinstance(name, str) and name not in _NOT_TOLD}
    extras = data.get("extras")
    for extra in extras if isinstance(extras, list) else []:
        if extra.get("key") not in _NOT_TOLD:
            told[extra.get("key")] = extra.get("value")
    if data.get("tags"):
        told["tags"] = sorted(str(tag.get("name") or tag.get("display_name") or "") for tag in data["tags"])
    told = {name: _decoded(value) for name, value in told.items()}
    told = {name: value for name, value in told.items() if value not in (None, "", [], {}, False)}
    for resource in data.get("resources") or []:
        names = _FILE_FIELDS[:3] if resource.get("url_type") == "upload" else _FILE_FIELDS
        told[f"file:{resource.get('id')}"] = {n: resource.get(n) for n in names if resource.get(n)}
    return told


def _decoded(value: Any) -> Any:
    """Multi-valued fields come as JSON text from one schema and as lists from another."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def fingerprint(values: dict[str, Any]) -> dict[str, str]:
    """A short hash of each value; 64 bits tell a change, not the value."""
    return {name: _hash(value) for name, value in values.items()}


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def changed_fields(before: dict[str, str | None], now: dict[str, str], with_files: bool) -> Changes:
    """The difference between two fingerprints; without `with_files` the files are as they were."""
    old = {name: value for name, value in before.items() if value}
    if not with_files:
        old = {name: value for name, value in old.items() if not name.startswith("file:")}
    fields: dict[str, str | None] = {name: value for name, value in now.items() if old.get(name) != value}
    fields |= {name: None for name in old if name not in now}
    files = [name for name in fields if name.startswith("file:")]
    return Changes(
        fields,
        added=sum(1 for name in files if name not in old),
        removed=sum(1 for name in files if fields[name] is None),
        altered=sum(1 for name in files if name in old and fields[name] is not None),
    )


def choose_change(stage: str | None, is_new: bool, is_open: bool, is_deleted: bool, differs: bool) -> str | None:
    """What to call a change, from the stage before it and how things stand now; None if it is none.

    A dataset older than its journey is `noticed`: that it changed is known, when it was published is not.
    """
    if stage is None and is_open and not is_new:
        return "noticed"
    if stage in (None, "draft"):
        return "published" if is_open else _behind_doors(stage, is_deleted, differs)
    if stage == "published":
        if not is_open:
            return "withdrawn"
        return "updated" if differs else None
    if is_open:
        return "restored"
    return "edited" if differs else None


def _behind_doors(stage: str | None, is_deleted: bool, differs: bool) -> str | None:
    if is_deleted:
        return "withdrawn"
    if stage is None:
        return "created"
    return "edited" if differs else None
