"""What the portal measured of a file: the check it passed, its rows in the DataStore, or the upload itself."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.uploader import get_resource_uploader
from sqlalchemy.exc import ProgrammingError

from . import content, duties
from .content import Content
from .match import Evidence

log = logging.getLogger(__name__)
LARGEST = 200_000_000  # bytes; the fingerprint of a larger file is not taken here
SMALLEST = 200  # bytes: no document is smaller

Resource = dict[str, Any]
# The file checks' own table; read here by its columns, because the calendar also works where no file was checked yet.
CHECKS = sa.table(
    "council_schemas_check",
    *map(sa.column, ("resource_id", "current", "held", "state", "uploaded", "sha256", "rows")),
)
GOOD, OPEN = ("passed", "waived"), ("waiting", "running")


@dataclass(frozen=True)
class Check:
    """A file's current check. ``uploaded`` is UTC without zone."""

    state: str
    held: bool
    uploaded: datetime
    sha256: str
    rows: int


def checks(resource_ids: list[str]) -> dict[str, Check]:
    """The current check of each file that has one."""
    if not resource_ids:
        return {}
    of = CHECKS.c
    asked = sa.select(of.resource_id, of.state, of.held, of.uploaded, of.sha256, of.rows)
    try:
        with model.Session.begin_nested():
            found = model.Session.execute(asked.where(of.resource_id.in_(resource_ids), of.current.is_(True)))
            return {row.resource_id: Check(*row[1:]) for row in found}
    except ProgrammingError:
        log.warning("The tables of file checks are not there: run `ckan db upgrade -p council_schemas`")
        return {}


def measure(resource: Resource, set_id: str, check: Check | None) -> Evidence:
    """Whether a file holds data, by the surest measure there is; with the dates in it, where it can be read here."""
    path = _upload(resource)
    found = _judged(resource, set_id, check, path)
    if found.counts and path and set_id in duties.DATED and (held := _held(resource, path)):
        return replace(found, content=held)
    return found


def _judged(resource: Resource, set_id: str, check: Check | None, path: Path | None) -> Evidence:
    if check:
        return _checked(check, set_id)
    if resource.get("datastore_active"):
        rows = _datastore_rows(resource["id"])
        if rows is not None:
            return Evidence(rows > 0, rows, "" if rows else "no-rows", _digest(path))
    return _file(path, resource, set_id) if path else Evidence(False, reason="not-measured")


def _checked(check: Check, set_id: str) -> Evidence:
    if check.state in OPEN:
        return Evidence(False, None, "being-checked", check.sha256)
    if check.held or check.state not in GOOD:
        return Evidence(False, check.rows, "held" if check.held else "check-not-passed", check.sha256)
    if not check.rows and set_id not in duties.DOCUMENTS:
        return Evidence(False, 0, "no-rows", check.sha256)
    return Evidence(True, check.rows or None, "", check.sha256)


def _datastore_rows(resource_id: str) -> int | None:
    try:
        action = tk.get_action("datastore_search")
        return action({"ignore_auth": True}, {"resource_id": resource_id, "limit": 0})["total"]
    except (KeyError, tk.ObjectNotFound, tk.ValidationError):
        return None


def _upload(resource: Resource) -> Path | None:
    if resource.get("url_type") != "upload":
        return None
    path = get_resource_uploader(resource).get_path(resource["id"])
    return Path(path) if path and Path(path).is_file() else None


def _digest(path: Path | None) -> str:
    return _sha256(str(path), path.stat().st_mtime_ns) if path and path.stat().st_size < LARGEST else ""


def _kind(resource: Resource) -> str:
    return (resource.get("format") or Path(resource.get("url") or "").suffix[1:]).strip().lower()


def _file(path: Path, resource: Resource, set_id: str) -> Evidence:
    if _kind(resource) in content.TABLES | content.BOOKS:
        held = _held(resource, path)
        reason = "not-measured" if held is None else "no-rows"
        good = held is not None and held.rows > 0
        return Evidence(good, held.rows if held else None, "" if good else reason, _digest(path))
    if set_id not in duties.DOCUMENTS:
        return Evidence(False, reason="not-a-table")
    enough = path.stat().st_size >= SMALLEST
    return Evidence(enough, None, "" if enough else "no-rows", _digest(path))


def _held(resource: Resource, path: Path) -> Content | None:
    kind = _kind(resource)
    return _read(str(path), kind, path.stat().st_mtime_ns) if kind in content.TABLES | content.BOOKS else None


@lru_cache(maxsize=2048)
def _sha256(path: str, _stamp: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=512)
def _read(path: str, kind: str, _stamp: int) -> Content | None:
    try:
        return content.read(path, kind)
    except Exception as error:  # a damaged file may break its reader in any way
        log.info("%s cannot be read: %s", path, error)
        return None
