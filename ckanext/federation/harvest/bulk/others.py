"""Whether new datasets may be made together: not where a plugin that we do not know has its own way of making one."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p

# Actions that a batch does in its own way.
REPLACED = frozenset({"package_create", "package_show", "package_owner_org_update", "activity_create"})
REPLACED |= {"package_create_default_resource_views"}
# What these chain to them is known: of a harvested, public link they change nothing. ``activity`` is CKAN's own.
KNOWN = frozenset({"portal", "journey", "feeds", "council_schemas", "federation", "activity"})


def allowed() -> bool:
    """False when another plugin overrides or chains one of the actions that a batch replaces."""
    return not any(
        REPLACED & set(plugin.get_actions()) for plugin in p.PluginImplementations(p.IActions) if _other(plugin)
    )


def _other(plugin: Any) -> bool:
    parts = type(plugin).__module__.split(".")
    return parts[0] != "ckanext" or parts[1] not in KNOWN
