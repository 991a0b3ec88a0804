"""Which organisation a harvested dataset belongs to, by its own publisher and the node's policy."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

from .. import nodes
from . import store
from .text import slug

log = logging.getLogger(__name__)
# "fed" and a number: the key of an advisory lock (links.py has 2 and 3).
MAKING = 0x66656404


class Organisations:
    """Resolves publishers of one node; remembers what it resolved, in memory and in the database.

    Policies: ``node``: everything belongs to the node's own organisation; ``match``: to an organisation of the
    publisher's name where there is one; ``create``: and where there is none it is made.
    """

    def __init__(self, node: store.Row, user: str):
        self._node, self._user = node, user
        self._titles = {key.casefold(): title for key, title in nodes.about(node["name"])["organization_map"].items()}
        stored = store.organizations(node["id"])
        alive = set(model.Session.execute(_active().where(model.Group.id.in_(list(stored.values())))).scalars())
        self._ids = {key: value for key, value in stored.items() if value in alive}

    def of(self, publisher: dict[str, str]) -> str:
        """The organisation's id for a publisher's name."""
        name = publisher.get("name", "")
        name = self._titles.get(name.casefold(), name)
        if not name or self._node["organization_policy"] == "node":
            return self._node["organization_id"]
        key = name.casefold()
        if key not in self._ids:
            found = _existing(name)
            if not found and self._node["organization_policy"] == "create":
                _lock()
                found = _existing(name) or self._create(name)
            if not found:
                return self._node["organization_id"]
            store.add_organization(self._node["id"], key, found)
            model.Session.commit()
            self._ids[key] = found
        return self._ids[key]

    def _create(self, title: str) -> str:
        name = slug(title) or "publisher"
        if len(name) < 2 or name in {"new", "edit", "search"} or model.Group.by_name(name):
            name = f"{name[:60]}-{self._node['name']}"[:100]
        context: Context = {"user": self._user, "ignore_auth": True}
        try:
            return toolkit.get_action("organization_create")(context, {"name": name, "title": title})["id"]
        except toolkit.ValidationError as error:
            # The portal's own form may ask for more than a feed knows; the dataset still has a home.
            model.Session.rollback()
            log.warning("No organisation was made for %r: %s", title, error)
            return ""


def _lock() -> None:
    """Until the transaction ends no other lane makes an organisation: two whose nodes have one publisher would both make it."""
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(MAKING, 0)))


def _active() -> sa.Select:
    return sa.select(model.Group.id).where(model.Group.is_organization.is_(True), model.Group.state == "active")


def _existing(name: str) -> str:
    named = sa.or_(sa.func.lower(model.Group.title) == name.lower(), model.Group.name == (slug(name) or name))
    return model.Session.execute(_active().where(named).order_by(model.Group.created).limit(1)).scalar() or ""
