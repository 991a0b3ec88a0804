"""Actions of the register of legacy systems."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import access, capture, config, ledger, retirement, store
from ... import events as ev
from ...indexing import IDS
from ...projection import system_id
from .. import schema
from .shared import number, validated


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
    data = validated(data_dict, schema.system_schema(), context)
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
    """A legacy system, the datasets that come from it, and what is lost when it is switched off.

    :param id: the system's id
    :param start: how many of the datasets to leave out (optional, default: 0)
    :param rows: how many datasets to give, at most 100 (optional, default: 20)

    :returns: the system with `count` and `results`, the datasets the caller may read, and `loss`: `only_here` (datasets that
      come from no other system: name, title, due), `only_count`, `elsewhere` (how many come from others too), `steps` (type,
      count, latest) and, for members, `templates` (id, name); `retires` is soon, past or None
    """
    tk.check_access("journey_system_show", context, data_dict)
    row = store.find_system(model.Session.connection(), tk.get_or_bust(data_dict, "id"))
    if row is None:
        raise tk.ObjectNotFound(tk._("System not found"))
    query = {"fq": f'+{IDS}:"{row.id}"', "sort": "title_string asc", "include_private": True}
    query |= {"start": number(data_dict, "start", 0), "rows": min(number(data_dict, "rows", 20), 100)}
    found = tk.get_action("package_search")(access.as_caller(context), query)
    if not row.registered and not found["count"]:
        raise tk.ObjectNotFound(tk._("System not found"))
    conn, eyes = model.Session.connection(), access.eyes(context)
    loss = {"loss": retirement.loss(conn, row, eyes, context), "retires": retirement.when(row.retirement_date)}
    return (
        access.system_dict(row)
        | loss
        | {"count": found["count"], "datasets": found["count"], "results": found["results"]}
    )
