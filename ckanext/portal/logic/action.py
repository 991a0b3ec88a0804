from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import ckan.lib.helpers as h
from ckan import model
from ckan.lib.search import SearchIndexError
from ckan.logic import validate
from ckan.plugins import plugin_loaded
from ckan.plugins import toolkit as tk
from ckan.types import Context
from flask import has_request_context

from .. import autocomplete, figures, index_store, status
from . import loads
from .schema import portal_autocomplete_schema

log = logging.getLogger(__name__)


@tk.side_effect_free
@validate(portal_autocomplete_schema)
def portal_autocomplete(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """What a reader may mean who has typed so much: titles of datasets, organisations and tags.

    Only datasets that the user may see are considered, for each of the three.

    :param q: what has been typed; under two characters nothing is offered
    :param limit: the most suggestions returned (8)
    :returns: ``{"q", "suggestions": [{"kind": "dataset" | "organization" | "tag", "label", "url", "detail"}]}``
    """
    tk.check_access("portal_autocomplete", context, data_dict)
    found = autocomplete.suggestions(context, data_dict["q"], data_dict["limit"])
    return {"q": data_dict["q"], "suggestions": found}


@tk.side_effect_free
def portal_figures(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """How much is published: public datasets, organisations and files, and what other plugins count.

    :returns: ``{"datasets", "organisations", "files"}`` and, where those plugins are enabled, ``"harvested"``
        (datasets that came from other portals) and ``"journeys"`` (datasets whose journey is recorded)
    """
    tk.check_access("portal_figures", context, data_dict)
    return figures.public()


@tk.side_effect_free
def portal_status(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Each service: whether it is up and, for those who may see details, its version, memory and lag.

    :returns: ``{"status": "up" | "degraded" | "down", "checked": ISO date, "services": [...]}``; a service has
        ``name``, ``label``, ``up`` and, with details, ``version``, ``memory`` (bytes), ``pid``, ``port``,
        ``started``, ``lag`` (numbers by name), ``reason``, ``milliseconds``
    """
    tk.check_access("portal_status", context, data_dict)
    try:
        tk.check_access("portal_status_details", context, data_dict)
        details = True
    except tk.NotAuthorized:
        details = False
    return status.report(details)


def _saved_all_the_same(name: str) -> Callable[..., Any]:
    """A chained action: when the index cannot be written, the change is saved, and indexed later by the schedule.

    CKAN 2.12 writes the index before it commits, and lets a failure there undo the change.
    """

    @tk.chained_action
    def action(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
        try:
            return up(context, data_dict)
        except SearchIndexError as error:
            return _save(context, data_dict, error)

    action.__name__ = name
    return action


def _save(context: Context, data_dict: dict[str, Any], error: SearchIndexError) -> Any:
    # package_create leaves no package in the context; IndexedLater.after_dataset_create notes its id there.
    package = model.Package.get(context.pop("portal_created", "") or data_dict.get("id", ""))  # type: ignore[typeddict-item]
    if package is None or context.get("defer_commit"):
        raise error
    package_id, deleted = package.id, package.state == model.State.DELETED
    model.repo.commit()
    index_store.remember(package_id)
    context.setdefault("changed_entities", {}).setdefault("packages", set()).add(package_id)  # type: ignore[typeddict-item]
    log.warning("Dataset %s is saved, and will be indexed later: %s", package_id, error)
    if has_request_context() and tk.get_endpoint()[0] != "api":
        h.flash_notice(tk._("Saved. The search index cannot be reached now; search will show this change later."))
    if deleted:
        return None
    if context.get("return_id_only"):
        return package_id
    return tk.get_action("package_show")({"ignore_auth": True, "user": context.get("user", "")}, {"id": package_id})


package_create = _saved_all_the_same("package_create")
package_update = _saved_all_the_same("package_update")
package_delete = _saved_all_the_same("package_delete")


def get_actions() -> dict[str, Any]:
    """The plugin's actions; those that mend loading are chained only where there is something to chain to."""
    found = [portal_autocomplete, portal_figures, portal_status, package_create, package_update, package_delete]
    if plugin_loaded("datastore"):
        found.append(loads.datastore_create)
    if plugin_loaded("xloader"):
        found.append(loads.xloader_submit)
    return {each.__name__: each for each in found}
