"""File checks and what people decided about them, as events of the ledger: from council_schemas' signals, by their names.

Only counts are kept, and reasons for the organisation's members; no cell of a file ever is.
"""

from __future__ import annotations

import logging
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from . import access, capture, config, held, ledger, store
from .bodies import FileChecked
from .releases import work

log = logging.getLogger(__name__)
TOOL = "Towpath file check"
_COUNTS = ("problems", "warnings", "personal", "cells", "changes", "bytes")


def get_subscriptions() -> dict[Any, list[Any]]:
    signal = tk.signals.ckanext.signal
    return {
        signal("council_schemas:file_checked"): [checked],
        signal("council_schemas:file_waived"): [waived],
        signal("council_schemas:personal_data_decided"): [decided, work.redacted],
        signal("council_schemas:file_tidied"): [tidied],
        signal("council_schemas:file_released"): [released, work.released],
    }


def checked(sender: str, **told: Any) -> None:
    """A file was checked to its end, or could not be read."""
    _record(told, "checked", str(told.get("state") or ""), schema=told.get("table") or None, rows=told.get("rows"))


def waived(sender: str, **told: Any) -> None:
    """Problems of a file were waived, with a reason."""
    _record(told, "waived", "waived")


def decided(sender: str, **told: Any) -> None:
    """About what may be personal data: proposed, approved or refused by a second person, or redacted."""
    _record(told, "decided", str(told.get("decision") or ""), **_copy(told))


def tidied(sender: str, **told: Any) -> None:
    """A cleaned copy took a file's place."""
    changes = sum((told.get("changes") or {}).values())
    _record(told | {"changes": changes}, "tidied", "tidied", **_copy(told))


def released(sender: str, **told: Any) -> None:
    """The public can read a file from now on, and what the journey tells of it."""
    _record(told, "released", str(told.get("how") or ""))
    access.reindex(str(told.get("package_id")))


def held_before(told: dict[str, Any]) -> None:
    """A file is, or was, held back of which the ledger has not been told that."""
    _record(told | {"held": True}, "held", "held")


def _copy(told: dict[str, Any]) -> dict[str, Any]:
    """The copy of a file that took its place: what was before, and after."""
    if not told.get("tidied_sha256"):
        return {}
    before = {"sha256_before": told.get("sha256"), "rows_before": told.get("rows"), "copy": told.get("tidied_name")}
    return before | {"sha256": told["tidied_sha256"], "rows": told.get("tidied_rows")}


def _sha256(told: dict[str, Any]) -> str | None:
    """A file that could not be read, or not yet, has no checksum but that of its upload."""
    if told.get("sha256"):
        return str(told["sha256"])
    received = store.current_file(model.Session.connection(), str(told.get("resource_id") or ""))
    return received.sha256 if received else None


def _record(told: dict[str, Any], change: str, outcome: str, **more: Any) -> None:
    package = model.Package.get(told.get("package_id"))
    if package is None:
        return
    stream = capture.stream_of(package)
    user_id, role = capture.role_of(model.User.get(told["user_id"]) if told.get("user_id") else None, stream)
    if "sha256" not in more:
        more["sha256"] = _sha256(told)
    body = FileChecked(
        change,
        held=bool(told.get("held")) or None,
        check=str(told.get("check_id") or "") or None,
        resource_id=str(told.get("resource_id") or "") or None,
        outcome=outcome or None,
        name=told.get("name") or None,
        tool=TOOL if change in ("checked", "tidied") else None,
        tool_version=_version() if change in ("checked", "tidied") else None,
        reason=told.get("reason") or None,
        summary={name: told[name] for name in _COUNTS if isinstance(told.get(name), int)},
        **more,
    )

    def work(conn: sa.Connection) -> None:
        key = held.key(change, body.check) if change in ("held", "released") else None
        ledger.append(conn, ledger.Draft(body, stream, package.id, user_id, role, key), config.lock_seconds())

    capture.settled(lambda: capture.guarded("file check", package.id, stream, work))


def _version() -> str | None:
    try:
        return version("towpath")
    except PackageNotFoundError:
        return None
