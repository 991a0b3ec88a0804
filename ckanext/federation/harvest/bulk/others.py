"""Whether new datasets may be made together: not where a plugin that we do not know has its own way of making one."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p

# Actions that a batch does in its own way.
REPLACED = frozenset({"package_create", "package_show", "package_owner_org_update", "activity_create"})
REPLACED |= {"package_create_default_resource_views"}
# What these chain to them is known: of a harvested, public link they change nothing. ``activity`` is CKAN's own.
KNOWN = frozenset({"portal", "journey", "feeds", "council_schemas", "federation", "activity"})

# ckanext-charts chains the making of a view, to do more for those of its own types.
OWN_VIEWS = frozenset({"charts_view", "charts_builder_view"})


def allowed() -> bool:
    """False when another plugin overrides or chains one of the actions that a batch replaces."""
    return not _overridden(REPLACED, KNOWN)


def views_are_plain() -> bool:
    """False when another plugin has its own way of making a view."""
    return not _overridden(frozenset({"resource_view_create"}), KNOWN | {"charts"})


def _overridden(actions: frozenset[str], known: frozenset[str]) -> bool:
    return any(
        actions & set(plugin.get_actions()) for plugin in p.PluginImplementations(p.IActions) if _other(plugin, known)
    )


def _other(plugin: Any, known: frozenset[str]) -> bool:
    parts = type(plugin).__module__.split(".")
    return parts[0] != "ckanext" or parts[1] not in known
