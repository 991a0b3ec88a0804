"""Chained actions: files are seen as they come in, and held ones are left out of what CKAN answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.plugins import plugin_loaded

from ...exports import shown
from ...review import hold, store, watch

Dict = dict[str, Any]
Action = Callable[..., Any]
ACTIVITY_LISTS = (
    "package_activity_list",
    "group_activity_list",
    "organization_activity_list",
    "user_activity_list",
    "recently_changed_packages_activity_list",
    "dashboard_activity_list",
)


def _watching(name: str) -> Action:
    @tk.chained_action
    def action(up: Action, context: Any, data_dict: Dict) -> Any:
        with watch.watched(context, data_dict.get("resources")) as call:
            done = up(context, shown.before_save(data_dict))
        watch.later(context, call)
        return done

    action.__name__ = name
    return action


package_create = _watching("package_create")
package_update = _watching("package_update")


@tk.chained_action
@tk.side_effect_free
def package_show(up: Action, context: Any, data_dict: Dict) -> Any:
    """The copy in the search index has no held files: whoever may see them reads the database."""
    wanted = data_dict.get("id") or data_dict.get("name_or_id")
    if not isinstance(wanted, str) or context.get("use_cache") is False or not store.holds_of(wanted):
        return up(context, data_dict)
    before = context.get("use_cache", True)
    context["use_cache"] = False
    try:
        return up(context, data_dict)
    finally:
        context["use_cache"] = before


@tk.chained_action
@tk.side_effect_free
def resource_search(up: Action, context: Any, data_dict: Dict) -> Any:
    found = up(context, data_dict)
    if context.get("search_query"):
        return found
    kept = [one for one in found["results"] if not _hidden(context, one)]
    return {**found, "count": found["count"] - len(found["results"]) + len(kept), "results": kept}


def _hidden(context: Any, resource: Dict) -> bool:
    return store.is_held(resource["id"]) and not hold.may_edit(context, resource["package_id"])


def _stripped(name: str) -> Action:
    @tk.chained_action
    @tk.side_effect_free
    def action(up: Action, context: Any, data_dict: Dict) -> Any:
        found = up(context, data_dict)
        for one in found if isinstance(found, list) else [found]:
            hold.strip_activity(context, one)
        return found

    action.__name__ = name
    return action


@tk.chained_action
@tk.side_effect_free
def activity_diff(up: Action, context: Any, data_dict: Dict) -> Any:
    """A difference is text: it cannot be stripped, so it waits until nothing of the dataset is held."""
    found = up(context, data_dict)
    for one in found["activities"]:
        package_id = (one.get("data") or {}).get("package", {}).get("id", "")
        if package_id and hold.hidden(context, package_id):
            raise tk.NotAuthorized(tk._("A file of this dataset waits for its check."))
    return found


@tk.chained_action
def xloader_submit(up: Action, context: Any, data_dict: Dict) -> Any:
    """A held file is not loaded; its release submits it."""
    if store.is_held(str(data_dict.get("resource_id") or "")):
        return False
    return up(context, data_dict)


def chained() -> dict[str, Action]:
    """Those that have something to chain to."""
    found = {each.__name__: each for each in (package_create, package_update, package_show, resource_search)}
    if plugin_loaded("xloader"):
        found["xloader_submit"] = xloader_submit
    if plugin_loaded("activity"):
        names = (*ACTIVITY_LISTS, "activity_show", "activity_data_show")
        found |= {name: _stripped(name) for name in names} | {"activity_diff": activity_diff}
    return found
