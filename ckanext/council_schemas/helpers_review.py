"""Template helpers: what the checks of a dataset's files have to tell its editors."""

from typing import Any

from ckan.plugins import toolkit as tk

from .review import hold, store

Dict = dict[str, Any]


def council_held(pkg: Dict) -> list[Dict]:
    """The files of a dataset that their check holds back; none for a reader who may not edit it."""
    held = store.held_ids(pkg["id"])
    if not held or not hold.may_edit({"user": tk.current_user.name}, pkg["id"]):
        return []
    return [resource for resource in pkg.get("resources") or [] if resource.get("id") in held]
