"""The journey's API."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from .. import access, capture, config, ledger, path, read, store
from .. import events as ev
from ..indexing import IDS
from ..projection import step_id, system_id
from . import schema

__all__ = [
    "journey_event_list",
    "journey_rebuild",
    "journey_show",
    "journey_step_create",
    "journey_system_create",
    "journey_system_list",
    "journey_system_show",
    "journey_verify",
]


def _validated(data_dict: dict[str, Any], rules: dict[str, Any], context: Any) -> dict[str, Any]:
    data, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return data


@tk.side_effect_free
def journey_show(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A dataset's journey, as far as the caller may see it.

    :param id: the dataset's id or name
    :param limit: how many of the latest steps, 1 to 500 (optional, default: 500)
    :param offset: how many of the latest steps to leave out (optional, default: 0)

    :returns: `dataset`, `stage` (draft, published, withdrawn or None), `since`, `total` (number of steps), `systems`,
      `steps` (in the order of the way, each with `inputs`, `outputs`, `rows`, `evidence`), `hops`, `path` (what the
      picture shows); editors also get `failures`, what could not be recorded
    """
    tk.check_access("journey_show", context, data_dict)
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    limit = min(max(_number(data_dict, "limit", read.LIMIT), 1), read.LIMIT)
    allowed = access.allowed(context, package)
    found = read.journey(model.Session.connection(), package.id, allowed, limit, _number(data_dict, "offset", 0))
    if "organisation" not in allowed:
        found.pop("failures")
    found["path"] = path.stations(found)
    return {"dataset": {"id": package.id, "name": package.name, "title": package.title}, **found}


def _number(data_dict: dict[str, Any], name: str, default: int) -> int:
    value = data_dict.get(name, default)
    if not str(value).isdigit() or int(value) > 10**9:
        raise tk.ValidationError({name: [tk._("Give a whole number, 0 or more")]})
    return int(value)


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
    data = _validated(_shaped(data_dict), schema.step_schema(), context)
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
        if items in (None, ""):
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


def journey_system_create(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Register a legacy system of an organisation, or tell the register more of one that a step has named.

    :param organization: the organisation's id or name
    :param name: what the organisation calls the system; two spellings that differ in case or spaces are one system
    :param kind: one of the kinds of systems (finance, planning ...) (optional)
    :param vendor: (optional); also `product`, `version`, `description`
    :param custodian_role: the role that answers for it, never a name (optional)
    :param retirement_date: the day on which it is, or was, switched off (optional)

    :returns: the system
    """
    tk.check_access("journey_system_create", context, data_dict)
    data = _validated(data_dict, schema.system_schema(), context)
    organisation = model.Group.get(data.pop("organization"))
    if organisation is None or not organisation.is_organization:
        raise tk.ValidationError({"organization": [tk._("There is no such organisation")]})
    stream, conn = organisation.id, model.Session.connection()
    body = ev.SystemRegistered(**data)
    known = store.find_system(conn, system_id(stream, body.name))
    if known is None or store.differs(known, body):
        user_id, role = capture.actor(context, stream)
        ledger.append(conn, ledger.Draft(body, stream, None, user_id, role), config.lock_seconds())
        if not context.get("defer_commit"):
            model.Session.commit()
    return access.system_dict(store.find_system(model.Session.connection(), system_id(stream, body.name)))


@tk.side_effect_free
def journey_system_list(context: Any, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """The register of legacy systems: those that were registered, and those of datasets the caller may read.

    :param organization: only this organisation's, by id or name (optional)

    :returns: list of systems, each with `datasets`, the number of datasets from it that the caller may read
    """
    tk.check_access("journey_system_list", context, data_dict)
    stream = None
    if data_dict.get("organization"):
        organisation = model.Group.get(data_dict["organization"])
        if organisation is None:
            raise tk.ObjectNotFound(tk._("Organisation not found"))
        stream = organisation.id
    counts = _counts(context)
    rows = store.systems(model.Session.connection(), stream)
    systems = [access.system_dict(row) | {"datasets": counts.get(row.id, 0)} for row in rows]
    return [system for system in systems if system["registered"] or system["datasets"]]


def _counts(context: Any) -> dict[str, int]:
    query = {"rows": 0, "facet": "true", "facet.field": [IDS], "facet.limit": -1, "include_private": True}
    found = tk.get_action("package_search")(access.as_caller(context), query)
    return found["facets"].get(IDS, {})


@tk.side_effect_free
def journey_system_show(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A legacy system and the datasets that come from it.

    :param id: the system's id
    :param start: how many of the datasets to leave out (optional, default: 0)
    :param rows: how many datasets to give, at most 100 (optional, default: 20)

    :returns: the system with `count` and `results`, the datasets the caller may read
    """
    tk.check_access("journey_system_show", context, data_dict)
    row = store.find_system(model.Session.connection(), tk.get_or_bust(data_dict, "id"))
    if row is None:
        raise tk.ObjectNotFound(tk._("System not found"))
    query = {"fq": f'+{IDS}:"{row.id}"', "sort": "title_string asc", "include_private": True}
    query |= {"start": _number(data_dict, "start", 0), "rows": min(_number(data_dict, "rows", 20), 100)}
    found = tk.get_action("package_search")(access.as_caller(context), query)
    if not row.registered and not found["count"]:
        raise tk.ObjectNotFound(tk._("System not found"))
    return access.system_dict(row) | {"count": found["count"], "datasets": found["count"], "results": found["results"]}


@tk.side_effect_free
def journey_event_list(context: Any, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Events of the ledger as they stand, oldest first. For administrators of the organisation.

    :param organization: the organisation's id or name; sysadmins may leave it out and read every stream
    :param dataset: only this dataset's events, by id or name (optional)
    :param after: only events of a greater sequence (optional, default: 0)
    :param limit: at most 1000 (optional, default: 100)

    :returns: list of dicts of stream, sequence, type, recorded, package, raw (text), hash, previous
    """
    tk.check_access("journey_event_list", context, data_dict)
    stream = _stream(data_dict)
    package = None
    if data_dict.get("dataset"):
        found = model.Package.get(data_dict["dataset"])
        if found is None:
            raise tk.ObjectNotFound(tk._("Dataset not found"))
        package = found.id
    limit = min(_number(data_dict, "limit", 100), 1000)
    return store.events(model.Session.connection(), stream, package, _number(data_dict, "after", 0), limit)


def _stream(data_dict: dict[str, Any]) -> str | None:
    reference = data_dict.get("organization")
    if not reference:
        return None
    organisation = model.Group.get(reference)
    return organisation.id if organisation else reference


@tk.side_effect_free
def journey_verify(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check the chain of events of an organisation, or as a sysadmin of all.

    :param organization: the organisation's id or name (optional for sysadmins)

    :returns: `valid`; `streams`, a list of dicts of stream, events and finding, which is None or a dict of sequence,
      kind (changed, dropped, reordered or added) and detail
    """
    tk.check_access("journey_verify", context, data_dict)
    conn = model.Session.connection()
    stream = _stream(data_dict)
    results = []
    for name in [stream] if stream else ledger.streams(conn):
        count, finding = ledger.verify(conn, name)
        told = finding and {"sequence": finding.sequence, "kind": finding.kind, "detail": finding.detail}
        results.append({"stream": name, "events": count, "finding": told})
    return {"valid": not any(result["finding"] for result in results), "streams": results}


def journey_rebuild(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Make every table that pages read again from the ledger. For sysadmins.

    :returns: `events`, the number of events read
    """
    tk.check_access("journey_rebuild", context, data_dict)
    count = store.rebuild(model.Session.connection())
    model.Session.commit()
    return {"events": count}
