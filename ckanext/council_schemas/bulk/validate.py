"""What CKAN would make of a dataset, by its own validation, with nothing written."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.plugins import toolkit as tk

from . import people

Dict = dict[str, Any]


def validated(user: Any, data: Dict, package_id: str = "") -> tuple[Dict, Dict]:
    """The dataset as it would be shown once saved, and the errors that would prevent it.

    As ``package_create`` does it, or for ``package_id`` ``package_update``: with the type's own schema, as the user.
    """
    plugin: Any = lib_plugins.lookup_package_plugin(data["type"])
    package: Any = model.Package.get(package_id) if package_id else None
    action, schema = ("package_update", plugin.update_package_schema()) if package else (
        "package_create", plugin.create_package_schema()
    )  # fmt: skip
    context = people.context(user, **({"package": package} if package else {}))
    made, errors = lib_plugins.plugin_validate(plugin, context, deepcopy(data), schema, action)
    if errors:
        return {}, errors
    shown, _ = lib_plugins.plugin_validate(
        plugin, people.context(user), _plain(made), plugin.show_package_schema(), "package_show"
    )
    return _without_missing(shown), {}


def _plain(made: Dict) -> Dict:
    """As the database gives it: nothing stands for what is missing, and lists that are not there are empty."""
    return {"resources": [], "extras": [], "tags": []} | _without_missing(made)


def _without_missing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_missing(each) for key, each in value.items() if each is not tk.missing}
    return [_without_missing(each) for each in value] if isinstance(value, list) else value


def sentences(errors: Any) -> list[str]:
    """What CKAN's validation said of one field, however deep, as sentences."""
    if isinstance(errors, str):
        return [errors]
    if isinstance(errors, dict):
        return [f"{key}: {each}" for key, inner in errors.items() for each in sentences(inner)]
    if isinstance(errors, list):
        return [each for inner in errors for each in sentences(inner)]
    return []
