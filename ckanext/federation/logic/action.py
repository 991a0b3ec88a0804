"""The federation's actions: nodes, plans, runs, and where a dataset comes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ckan import model
from ckan.logic import validate
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from .. import nodes
from ..harvest import apply, dialects, lane, run, store
from . import schema

__all__ = [
    "federation_node_create",
    "federation_node_list",
    "federation_node_register_known",
    "federation_node_show",
    "federation_node_update",
    "federation_outcome_show",
    "federation_plan",
    "federation_plan_apply",
    "federation_record_show",
    "federation_run",
    "federation_run_list",
    "federation_run_show",
]
PUBLIC = ("name", "title", "description", "url", "dialect", "state", "records", "health", "last_success")


@toolkit.side_effect_free
def federation_node_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The nodes: name, title, site, state, health, how many datasets come from each, when they were last fetched.

    Stewards of a node also get its settings, its latest run and when the next is due.
    """
    toolkit.check_access("federation_node_list", context, data_dict)
    return _shown(context, store.nodes())


@toolkit.side_effect_free
def federation_node_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One node; see ``federation_node_list``.

    :param id: the node's name or id
    """
    toolkit.check_access("federation_node_show", context, data_dict)
    return _shown(context, [_node(toolkit.get_or_bust(data_dict, "id"))])[0]


@validate(schema.node_create)
def federation_node_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Register a node.

    :param name: short name, as in addresses
    :param feed_url: address of the feed
    :param url: address of the site (the feed's host when left out)
    :param title: (the name when left out)
    :param dialect: one of ``auto`` (told from the feed; the default), arcgis-hub, datapress, dcat-us, dcat-rdf, ckan,
        dkan, socrata, opendatasoft
    :param organization: name or id of the organisation that owns what no other does; one of the node's name is made
        when left out
    :param organization_policy: ``create`` (the default), ``match`` or ``node``
    :param contacts: ``team`` (the default: persons' names and addresses are withheld) or ``all``
    :param licence_map: object of a licence as the node states it to a licence id of the portal
    :param interval_hours: hours between harvests (24)
    :param state: ``active`` (the default) or ``paused``
    """
    toolkit.check_access("federation_node_create", context, data_dict)
    if store.node(data_dict["name"]):
        raise toolkit.ValidationError({"name": [toolkit._("There is a node of that name.")]})
    parts = urlsplit(data_dict["feed_url"])
    values = {
        "title": data_dict["name"],
        "url": f"{parts.scheme}://{parts.netloc}",
        "dialect": dialects.AUTO,
        "state": "active",
        "organization_policy": "create",
        "contacts": "team",
        "licence_map": {},
        "interval_hours": 24,
        "description": "",
        **{key: value for key, value in data_dict.items() if key != "organization" and value not in (None, "")},
    }
    values["organization_id"] = data_dict.get("organization") or _own_organization(context, values)
    node = store.add_node(values)
    model.Session.commit()
    return _shown(context, [node])[0]


def _own_organization(context: Context, values: dict[str, Any]) -> str:
    group = model.Group.by_name(values["name"])
    if group is not None and group.is_organization and group.state == "active":
        return group.id
    name = f"{values['name']}-node" if group is not None else values["name"]
    create = toolkit.get_action("organization_create")
    maker: Context = {"user": apply.user(), "ignore_auth": True}
    return create(maker, {"name": name, "title": values["title"]})["id"]


@validate(schema.node_update)
def federation_node_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change a node; only what is given changes. A change of conversion converts its records again at the next run.

    :param id: the node's name or id; for the others see ``federation_node_create``
    """
    toolkit.check_access("federation_node_update", context, data_dict)
    fields = ("title", "description", "url", "feed_url", "dialect", "state", "organization_policy", "contacts")
    values = {key: data_dict[key] for key in (*fields, "licence_map", "interval_hours") if key in data_dict}
    if data_dict.get("organization"):
        values["organization_id"] = data_dict["organization"]
    if values.get("feed_url", "") != _node(data_dict["id"])["feed_url"] and "feed_url" in values:
        values |= {"etag": "", "last_modified": "", "feed_sha256": ""}
    if values.get("state") == "active":
        values["due"] = None
    store.change_node(data_dict["id"], modified=run.now(), **values)
    model.Session.commit()
    return _shown(context, [_node(data_dict["id"])])[0]


def federation_node_register_known(context: Context, data_dict: DataDict) -> list[str]:
    """Register the nodes that the portal knows by name, paused; those that are there stay as they are.

    :returns: the names of those that were added
    """
    toolkit.check_access("federation_node_register_known", context, data_dict)
    create = toolkit.get_action("federation_node_create")
    added = []
    for node in nodes.known():
        if not store.node(node["name"]):
            create(_trusted(context), {**node, "state": "paused"})
            added.append(node["name"])
    return added


@validate(schema.node_id)
def federation_plan(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Fetch a node's feed and make a plan of what a harvest would do, without doing it.

    :param id: the node's name or id
    :returns: the run with its outcomes, as ``federation_run_show``
    """
    toolkit.check_access("federation_plan", context, data_dict)
    made = _in_lane(lambda: run.plan(_node(data_dict["id"]), _user(context), _progress(context)))
    return _run(made, 1000, 0)


@validate(schema.run_node)
def federation_run(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Harvest a node: make a plan, and apply it unless the guard holds it for a steward.

    :param id: the node's name or id
    :param approve: apply the plan though the guard holds it
    :returns: the run with its outcomes, as ``federation_run_show``
    """
    toolkit.check_access("federation_run", context, data_dict)
    node, approve = _node(data_dict["id"]), data_dict["approve"]
    made = _in_lane(lambda: run.harvest(node, _user(context), approve, _progress(context)))
    return _run(made, 1000, 0)


@validate(schema.plan_apply)
def federation_plan_apply(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Apply a plan that waits.

    :param id: the run's id
    :param approve: needed where the guard holds it
    :param background: let the job worker do it, and return at once
    """
    toolkit.check_access("federation_plan_apply", context, data_dict)
    if data_dict["background"]:
        from .. import jobs

        toolkit.enqueue_job(
            jobs.apply_plan,
            [data_dict["id"], _user(context), data_dict["approve"]],
            title=f"Apply plan {data_dict['id']}",
            rq_kwargs={"timeout": jobs.LONGEST},
        )
    else:
        _in_lane(lambda: run.apply_plan(data_dict["id"], _user(context), data_dict["approve"], _progress(context)))
    return _run(data_dict["id"], 1000, 0)


@toolkit.side_effect_free
@validate(schema.run_show)
def federation_run_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A run: status, counts, why it is held or failed, and its outcomes with their reasons, notes and differences.

    :param id: the run's id
    :param status: only outcomes of this status (planned, created, updated, restored, withdrawn, refused, quarantined, failed)
    :param action: only outcomes of this action (create, update, restore, withdraw, refuse)
    :param limit: most outcomes (100; up to 1,000)
    :param offset: outcomes to pass over
    """
    toolkit.check_access("federation_run_show", context, data_dict)
    window = data_dict["limit"], data_dict["offset"]
    return _run(data_dict["id"], *window, status=data_dict["status"], action=data_dict["action"])


@toolkit.side_effect_free
@validate(schema.run_list)
def federation_run_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """A node's runs, the latest first.

    :param id: the node's name or id
    :param limit: most runs (20; up to 200)
    :param offset: runs to pass over
    """
    toolkit.check_access("federation_run_list", context, data_dict)
    return [_plain(row) for row in store.runs(data_dict["id"], data_dict["limit"], data_dict["offset"])]


@toolkit.side_effect_free
@validate(schema.run_show)
def federation_outcome_show(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Outcomes of a run with their raw records, for looking into what was refused or quarantined.

    See ``federation_run_show`` for the parameters.
    """
    toolkit.check_access("federation_outcome_show", context, data_dict)
    rows = store.outcomes(
        data_dict["id"], data_dict["status"], data_dict["action"], data_dict["limit"], data_dict["offset"]
    )
    return [_plain(row) for row in rows]


@toolkit.side_effect_free
def federation_record_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Where a dataset was harvested from: node, upstream id, page and dates, when, what conversion left out.

    Who may edit the dataset also gets the raw record.

    :param id: the dataset's id or name
    """
    toolkit.check_access("federation_record_show", context, data_dict)
    package = model.Package.get(toolkit.get_or_bust(data_dict, "id"))
    record = store.record_of(package.id) if package else None
    if not record:
        raise toolkit.ObjectNotFound(toolkit._("This dataset was not harvested."))
    fields = ["node_name", "node_title", "node_url", "upstream_id", "upstream_page", "upstream_issued"]
    fields += ["upstream_modified", "harvested", "first_harvested", "state", "content_hash", "raw_sha256"]
    if _may("package_update", context, {"id": data_dict["id"]}):
        fields += ["raw", "notes", "reason", "run_id"]
    return _plain({key: record[key] for key in fields})


def _node(name_or_id: str) -> dict[str, Any]:
    node = store.node(name_or_id)
    if not node:
        raise toolkit.ObjectNotFound(toolkit._("There is no node “{name}”.").format(name=name_or_id))
    return node


def _shown(context: Context, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    counts, latest, busy = store.record_counts(ids), store.latest_runs(ids), lane.taken(ids)
    return [_shown_node(context, row, counts, latest, busy) for row in rows]


def _shown_node(context: Context, row: Any, counts: Any, latest: Any, busy: Any) -> dict[str, Any]:
    last = latest.get(row["id"])
    node = {**row, "records": counts.get(row["id"], {}), "running": row["id"] in busy}
    node["health"] = _health(row, last, node["running"])
    node["last_success"] = store.last_success(row["id"])
    if not _may("federation_run_list", context, {"id": row["id"]}):
        return _plain({key: node[key] for key in PUBLIC} | {"records": {"active": node["records"].get("active", 0)}})
    hidden = ("etag", "last_modified", "feed_sha256", "policy_digest")
    node = {key: value for key, value in node.items() if key not in hidden}
    return _plain({**node, "last_run": _plain(last) if last else None})


def _health(node: dict[str, Any], last: dict[str, Any] | None, running: bool) -> str:
    """``new``, ``running``, ``ok``, ``waiting`` (a plan waits for a steward), ``failed`` or ``interrupted``."""
    if running:
        return "running"
    if last is None:
        return "new"
    kinds = {"done": "ok", "unchanged": "ok", "planned": "waiting", "held": "waiting", "failed": "failed"}
    return kinds.get(last["status"], "interrupted")


def _run(run_id: str, limit: int, offset: int, status: str = "", action: str = "") -> dict[str, Any]:
    found = store.run(run_id)
    if not found:
        raise toolkit.ObjectNotFound(toolkit._("There is no such run."))
    node = _node(found["node_id"])
    rows = store.outcomes(run_id, status, action, limit, offset)
    outcomes = [{key: value for key, value in _plain(row).items() if key not in ("raw", "signature")} for row in rows]
    results = store.outcome_counts(run_id) if found["status"] == "applying" else found["results"]
    return {
        **_plain(found),
        "results": results,
        "node": node["name"],
        "node_title": node["title"],
        "outcomes": outcomes,
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}


def _may(action: str, context: Context, data_dict: DataDict) -> bool:
    if context.get("ignore_auth"):
        return True
    try:
        return toolkit.check_access(action, {"user": context.get("user", "")}, data_dict)
    except toolkit.NotAuthorized:
        return False


def _user(context: Context) -> str:
    return context.get("user") or ""


def _trusted(context: Context) -> Context:
    """As the same user, once this action's own check has passed."""
    return {"user": _user(context), "ignore_auth": True}


def _progress(context: Context) -> Any:
    return context.get("federation_progress") or (lambda _line: None)


def _in_lane(work: Any) -> Any:
    try:
        return work()
    except (lane.Busy, run.Stale) as error:
        raise toolkit.ValidationError({"id": [toolkit._(str(error))]}) from None
