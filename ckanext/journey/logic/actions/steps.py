"""The action that adds a step to a journey."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import access, capture, config, ledger, read, store
from ... import events as ev
from ...projection import step_id
from .. import schema
from .shared import validated


def journey_step_create(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Add a step to a dataset's journey. A step once told stays; a mistake is put right by a further step.

    :param dataset: the dataset's id or name
    :param type: one of the step types (extract, clean, validate ...)
    :param started_at: day or time in ISO 8601 (optional); also `ended_at`
    :param system: the legacy system, by the name or id it has in the register, or by a new name (optional)
    :param agent_role: the role of who did it, never a name (optional); also `on_behalf_of`
    :param tool: what it was done with (optional); also `tool_version`
    :param plan: the script or procedure followed: dict of name, version, repository, commit (optional)
    :param rationale: why and how, in plain words (optional)
    :param inputs: list of dicts of name, sha256, bytes, rows (optional); also `outputs`
    :param rows_in: number of rows (optional); also `rows_out`, `rows_rejected`, `rows_merged`, `rows_split`
    :param evidence: list of dicts of kind, value, url, sha256, visibility (public, organisation or restricted)
    :param visibility: who sees the step (optional, default: public)
    :param key: a word of the caller's own; told twice with the same key, a step is recorded once (optional)

    :returns: the step as `journey_show` gives it
    """
    tk.check_access("journey_step_create", context, data_dict)
    data = validated(_shaped(data_dict), schema.step_schema(), context)
    package = model.Package.get(data["dataset"])
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    _whole(data)
    stream = capture.stream_of(package)
    conn = model.Session.connection()
    body = _step(data, _system_name(conn, stream, data.get("system")))
    user_id, role = capture.actor(context, stream)
    key = f"told:{package.id}:{data['key']}" if data.get("key") else None
    draft = ledger.Draft(body, stream, package.id, user_id, role, key)
    event = ledger.append(conn, draft, config.lock_seconds())
    if not context.get("defer_commit"):
        model.Session.commit()
        access.reindex(package.id)
    steps = read.journey(model.Session.connection(), package.id, access.EVERYTHING)["steps"]
    return next(step for step in steps if step["id"] == step_id(event.id))


def _shaped(data_dict: dict[str, Any]) -> dict[str, Any]:
    """The shape that CKAN's validation takes: it knows lists of dicts, but no dict in a dict."""
    data, errors = dict(data_dict), {}
    if data.get("plan"):
        data["plan"] = [data["plan"]]
    for name in ("plan", "inputs", "outputs", "evidence"):
        items = data.get(name)
        if items in (None, "", [], {}):  # CKAN's validation takes an empty list for a missing one, and refuses it
            data.pop(name, None)
        elif not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            told = tk._("Give a dict") if name == "plan" else tk._("Give a list of dicts")
            errors[name] = [told]
        elif len(items) > schema.MOST_ITEMS:
            errors[name] = [tk._("At most {most}").format(most=schema.MOST_ITEMS)]
    if errors:
        raise tk.ValidationError(errors)
    return data


def _whole(data: dict[str, Any]) -> None:
    """What can only be said of several fields together."""
    errors: dict[str, Any] = {}
    started, ended = data.get("started_at"), data.get("ended_at")
    if started and ended and (ended < started[: len(ended)] if len(ended) == 10 else ended < started):
        errors["ended_at"] = [tk._("It cannot end before it starts")]
    for number, item in enumerate(data.get("evidence") or []):
        if not (item.get("value") or item.get("url") or item.get("sha256")):
            places = errors.setdefault("evidence", [{} for _ in data["evidence"]])
            places[number] = {"value": [tk._("Say what the evidence is, or give its address")]}
    if errors:
        raise tk.ValidationError(errors)


def _system_name(conn: Any, stream: str, given: str | None) -> str | None:
    """A system of the organisation may be named by its id."""
    found = store.find_system(conn, given) if given else None
    return found.name if found and found.stream == stream else given


def _step(data: dict[str, Any], system: str | None) -> ev.StepRecorded:
    same = (
        "agent_role on_behalf_of tool tool_version rationale visibility rows_in rows_out rows_rejected "
        "rows_merged rows_split"
    )
    (plan,) = data.get("plan") or [None]
    told: dict[str, Any] = {name: data.get(name) for name in same.split()}
    return ev.StepRecorded(
        type=data["type"],
        **told,
        started=data.get("started_at"),
        ended=data.get("ended_at"),
        system=system,
        plan=ev.Plan(**plan) if plan else None,
        inputs=tuple(ev.File(**item) for item in data.get("inputs") or []),
        outputs=tuple(ev.File(**item) for item in data.get("outputs") or []),
        evidence=tuple(ev.Evidence(**item) for item in data.get("evidence") or []),
    )
