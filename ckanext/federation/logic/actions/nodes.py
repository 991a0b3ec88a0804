"""Nodes: registered, changed, discovered, shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ckan import model
from ckan.logic import validate
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ... import config, nodes
from ...harvest import dialects, discover, fetch, portal, store
from ...model import now
from .. import schema
from .shared import find_node, progress_of, shown_nodes, trusted


@toolkit.side_effect_free
def federation_node_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The nodes: name, title, site, labels, licence policy, state, health, how many datasets come from each, when they were last fetched.

    Stewards of a node also get its settings, its latest run and when the next is due.
    """
    toolkit.check_access("federation_node_list", context, data_dict)
    return shown_nodes(context, store.nodes())


@toolkit.side_effect_free
def federation_node_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One node; see ``federation_node_list``.

    :param id: the node's name or id
    """
    toolkit.check_access("federation_node_show", context, data_dict)
    return shown_nodes(context, [find_node(toolkit.get_or_bust(data_dict, "id"))])[0]


@validate(schema.discover)
def federation_discover(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Which platform a site is and which feeds it offers, with the evidence and every address that was asked.

    :param url: the site's address
    :returns: ``platform``, ``platform_name``, ``evidence``, ``feed_url`` and ``dialect`` of the feed to register, ``offers``,
        ``tried``
    """
    toolkit.check_access("federation_discover", context, data_dict)
    try:
        return discover.discover(data_dict["url"], config.fetcher(), progress_of(context))
    except fetch.FetchError as error:
        raise toolkit.ValidationError({"url": [str(error)]}) from None


@validate(schema.node_create)
def federation_node_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Register a node.

    :param name: short name, as in addresses
    :param feed_url: address of the feed
    :param url: address of the site (the feed's host when left out)
    :param title: (the name when left out)
    :param dialect: one of ``auto`` (told from the feed; the default), arcgis-hub, datapress, dcat-us, dcat-rdf, ckan,
        dkan, socrata, opendatasoft, inventory, csvw
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
    return shown_nodes(context, [node])[0]


def _own_organization(context: Context, values: dict[str, Any]) -> str:
    group = model.Group.by_name(values["name"])
    if group is not None and group.is_organization and group.state == "active":
        return group.id
    name = f"{values['name']}-node" if group is not None else values["name"]
    create = toolkit.get_action("organization_create")
    maker: Context = {"user": portal.user(), "ignore_auth": True}
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
    if values.get("feed_url", "") != find_node(data_dict["id"])["feed_url"] and "feed_url" in values:
        values |= {"etag": "", "last_modified": "", "feed_sha256": "", "feed_token": ""}
    if values.get("state") == "active":
        values["due"] = None
    store.change_node(data_dict["id"], modified=now(), **values)
    model.Session.commit()
    return shown_nodes(context, [find_node(data_dict["id"])])[0]


def federation_node_register_known(context: Context, data_dict: DataDict) -> list[str]:
    """Register the nodes that the portal knows by name, paused; those that are there stay as they are.

    :returns: the names of those that were added
    """
    toolkit.check_access("federation_node_register_known", context, data_dict)
    create = toolkit.get_action("federation_node_create")
    added = []
    for node in nodes.known():
        if not store.node(node["name"]):
            create(trusted(context), {**node, "state": "paused"})
            added.append(node["name"])
    return added


@validate(schema.node_id)
def federation_node_pause(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Stop harvesting a node by schedule; its datasets stay. A run that is under way goes on.

    :param id: the node's name or id
    """
    return _set_state(context, data_dict, "paused")


@validate(schema.node_id)
def federation_node_resume(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Harvest a node by schedule again, soon.

    :param id: the node's name or id
    """
    return _set_state(context, data_dict, "active")


def _set_state(context: Context, data_dict: DataDict, state: str) -> dict[str, Any]:
    toolkit.check_access("federation_node_pause", context, data_dict)
    values: dict[str, Any] = {"due": None} if state == "active" else {}
    store.change_node(find_node(data_dict["id"])["id"], state=state, modified=now(), **values)
    model.Session.commit()
    return shown_nodes(context, [find_node(data_dict["id"])])[0]
