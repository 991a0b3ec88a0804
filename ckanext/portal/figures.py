"""The numbers of the home page."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from ckan import model
from ckan.lib.search import SearchError, SolrConnectionError
from ckan.plugins import plugin_loaded
from ckan.plugins import toolkit as tk
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)


def public() -> dict[str, int]:
    """See the action portal_figures, which this is."""
    return {"datasets": _datasets(), "organisations": _organisations(), "files": _files()} | _others()


def _published() -> sa.ColumnElement[bool]:
    package = model.Package
    return sa.and_(package.state == model.State.ACTIVE, package.private.is_(False), package.type == "dataset")


def _datasets() -> int:
    return _count(sa.select(sa.func.count()).select_from(model.Package).where(_published()))


def _organisations() -> int:
    query = sa.select(sa.func.count()).select_from(model.Group)
    return _count(query.where(model.Group.state == model.State.ACTIVE, model.Group.is_organization.is_(True)))


def _files() -> int:
    query = sa.select(sa.func.count()).select_from(model.Resource)
    query = query.join(model.Package, model.Package.id == model.Resource.package_id)
    return _count(query.where(_published(), model.Resource.state == model.State.ACTIVE))


def _count(query: sa.Select[tuple[int]]) -> int:
    return model.Session.execute(query).scalar_one()


def _others() -> dict[str, int]:
    """What other plugins know, asked of their actions. One that cannot tell is left out."""
    found = {}
    for name, plugin, count in (("harvested", "federation", _harvested), ("journeys", "journey", _journeys)):
        if not plugin_loaded(plugin):
            continue
        try:
            found[name] = count()
        except (KeyError, SearchError, SolrConnectionError, SQLAlchemyError, tk.NotAuthorized) as error:
            log.warning("%s cannot be counted: %s", name, error)
            model.Session.rollback()
    return found


def _harvested() -> int:
    """Datasets that came from other portals and are here still."""
    return sum(node["records"].get("active", 0) for node in tk.get_action("federation_node_list")({}, {}))


def _journeys() -> int:
    """Published datasets of whose journey at least one step is told. A field that no dataset has counts none."""
    asked = {"fq": '+capacity:public +journey_steps:[* TO *] -journey_steps:"0"', "rows": 0, "facet": "false"}
    return tk.get_action("package_search")({"ignore_auth": True}, asked)["count"]
