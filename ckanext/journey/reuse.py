"""Re-uses: what somebody made of a dataset, told by its editors, or by an analytics project that names it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from werkzeug.routing import BuildError

from . import capture, config, ledger
from .bodies import ReuseRecorded

PROJECT = "analytics-project"


def record(package: Any, body: ReuseRecorded, key: str, user_id: str | None, role: str | None) -> Any:
    """The event of a re-use; told again under one key, it is the same event. The caller commits."""
    draft = ledger.Draft(body, capture.stream_of(package), package.id, user_id, role, f"reuse:{key}:{package.id}")
    return ledger.append(model.Session.connection(), draft, config.lock_seconds())


def by_project(context: Any, data: dict[str, Any]) -> None:
    """A public project is a re-use of each public dataset that it names, within the transaction of its change."""
    project: Any = model.Package.get(data.get("id"))
    if project is None or project.type != PROJECT or project.private or project.state != "active":
        return
    body = ReuseRecorded(project.title or project.name, _address(project.name), None, PROJECT)
    for name in _names(data.get("datasets")):
        package: Any = model.Package.get(name)
        if package is None or package.private or package.state != "active":
            continue
        stream = capture.stream_of(package)
        user_id, role = capture.actor(context, stream)

        def work(_conn: sa.Connection, used: Any = package, who: Any = (user_id, role)) -> None:
            record(used, body, project.id, *who)

        capture.guarded("re-use", package.id, stream, work)


def _address(name: str) -> str:
    try:
        return tk.url_for(f"{PROJECT}.read", id=name, qualified=True)
    except BuildError:  # a process without the type's pages: CKAN leads on from here
        return tk.url_for("dataset.read", id=name, qualified=True)


def _names(given: Any) -> list[str]:
    """The ids of the form's list, which CKAN keeps as JSON text."""
    if isinstance(given, str):
        try:
            given = json.loads(given) if given.startswith("[") else [given]
        except ValueError:
            return []
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
