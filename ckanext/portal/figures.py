"""The numbers of the home page."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

# Figures of other plugins: shown if the plugin offers an action of this name that returns {"datasets": number}.
OTHERS = {"harvested": "federation_figures", "journeys": "journey_figures"}


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
    found = {}
    for name, action in OTHERS.items():
        try:
            found[name] = tk.get_action(action)({"ignore_auth": True}, {})["datasets"]
        except KeyError:
            continue
        except (tk.ObjectNotFound, SQLAlchemyError) as error:
            log.warning("%s cannot be counted: %s", name, error)
            model.Session.rollback()
    return found
