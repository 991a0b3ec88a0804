"""When a held file becomes public, and who is told: in one transaction, the signals after it."""

from __future__ import annotations

import logging
from typing import Any

import ckan.logic
from ckan import model
from ckan.lib.search import SearchError, SearchIndexError
from ckan.plugins import plugin_loaded
from ckan.plugins import toolkit as tk

from .. import signals
from .model import FAILED, PASSED, PERSONAL, PROBLEMS, UNREADABLE, WAIVED, Check, now

log = logging.getLogger(__name__)


def judged(check: Check) -> str:
    """The state that a check's counts and the decisions on it make. What could not be read needs both persons."""
    unread = check.state in (UNREADABLE, FAILED)
    if unread and not check.personal_decided:
        return check.state
    if check.personal and not check.personal_decided:
        return PERSONAL
    if check.problems and not check.problems_waived:
        return PROBLEMS
    return WAIVED if unread or check.personal or check.problems else PASSED


def settle(check: Check, *told: str, user: str = "", **more: Any) -> None:
    """Commit a check's new state, release the file if nothing holds it any more, and send what is to be told."""
    free = check.held and check.state in (PASSED, WAIVED)
    if free:
        check.held, check.released = False, now()
        package: Any = model.Package.get(check.package_id)
        if package is not None:
            package.metadata_modified = now()  # the public sees another dataset from now on
    facts = _facts(check, user) | more
    resource_id, package_id, how = check.resource_id, check.package_id, _how(check)
    counts = {
        name: getattr(check, name) for name in ("state", "table", "rows", "bytes", "problems", "warnings", "personal")
    }
    model.repo.commit()
    for name in told:
        send(name, facts | (counts if name == "file_checked" else {}))
    if free:
        _publish(resource_id, package_id)
        send("file_released", facts | {"how": how})


def _facts(check: Check, user: str) -> dict[str, Any]:
    return {
        "check_id": check.id,
        "resource_id": check.resource_id,
        "package_id": check.package_id,
        "sha256": check.sha256,
        "name": check.name,
        "user_id": user,
        "held": check.held,
    }


def _how(check: Check) -> str:
    if check.state == PASSED:
        return "passed"
    return "approved" if check.personal_decided else "waived"


def send(name: str, facts: dict[str, Any]) -> None:
    """A receiver that fails must not undo what is committed."""
    try:
        getattr(signals, name).send(facts["resource_id"], **facts)
    except Exception:
        log.exception("A receiver of %s failed for %s", name, facts["resource_id"])


def _publish(resource_id: str, package_id: str) -> None:
    """Into the search index, and into the DataStore, whose load waited."""
    try:
        ckan.logic.index_update_package({"ignore_auth": True}, package_id)
    except (SearchError, SearchIndexError, OSError):
        log.exception("The dataset %s is not indexed yet; the scheduled indexing mends it", package_id)
    if plugin_loaded("xloader"):
        try:
            tk.get_action("xloader_submit")({"ignore_auth": True}, {"resource_id": resource_id})
        except (tk.ValidationError, tk.ObjectNotFound) as error:
            log.warning("The file %s could not be queued for the DataStore: %s", resource_id, error)
