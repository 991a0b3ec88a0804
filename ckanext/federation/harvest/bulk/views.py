"""The default views of new files, as ``package_create_default_resource_views`` adds them: a new file has none yet.

CKAN's action makes the first of each type in a batch; the others of that type differ from it by their file alone (CKAN gives
each the first place: it looks for a file's other views in the database, where they are not yet).
"""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.lib import datapreview
from ckan.plugins import toolkit

from .made import Made
from .others import OWN_VIEWS, views_are_plain

_SAME = ("title", "description", "view_type", "order", "config")


class Views:
    """Adds the views of one run's files, as ``user``."""

    def __init__(self, user: str):
        self._context: Any = {"user": user, "ignore_auth": True, "session": model.Session, "defer_commit": True}
        self._types: list[tuple[Any, dict[str, Any]]] = []
        self._first: dict[str, dict[str, Any]] = {}

    def renew(self) -> None:
        """Before a batch."""
        self._first = {}
        if not self._types:
            self._types = [(plugin, _about(plugin)) for plugin in datapreview.get_default_view_plugins() or []]

    def add(self, batch: list[Made]) -> None:
        """Add to the session what each file shall have."""
        for one in batch:
            for plugin, view in self._types:
                for file in one.data.get("resources") or []:
                    if plugin.can_view({"resource": file, "package": one.data}):
                        self._add(view, file["id"])

    def _add(self, view: dict[str, Any], resource_id: str) -> None:
        kind = view["view_type"]
        if kind in self._first:
            made = model.ResourceView()
            made.from_dict({**self._first[kind], "resource_id": resource_id})
            model.Session.add(made)
            return
        toolkit.get_action("resource_view_create")(self._context.copy(), {"resource_id": resource_id, **view})
        if kind not in OWN_VIEWS and views_are_plain():
            there = (one for one in model.Session.new if isinstance(one, model.ResourceView))
            first = next(one for one in there if (one.resource_id, one.view_type) == (resource_id, kind))
            self._first[kind] = {name: getattr(first, name) for name in _SAME}


def _about(plugin: Any) -> dict[str, Any]:
    about = plugin.info()
    view = {"view_type": about["name"], "title": about.get("default_title", toolkit._("View"))}
    return view | {"description": about.get("default_description", "")}
