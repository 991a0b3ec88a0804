"""The columns of a dataset's files, asked of the DataStore as the public sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context

_PUBLIC = Context(user="", auth_user_obj=None, ignore_auth=False)
# One question each; a dataset of more files is described without the columns of the rest.
_MOST_FILES = 50


def of(dataset: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Name and PostgreSQL type of each column, by resource, of the files that are in the DataStore."""
    try:
        search = toolkit.get_action("datastore_search")
    except KeyError:
        return {}
    found = {}
    # ``datastore_active`` is set behind the hooks' back, so each file is asked about.
    for each in (dataset.get("resources") or [])[:_MOST_FILES]:
        try:
            shown = search(Context(_PUBLIC), {"resource_id": each["id"], "limit": 0, "include_total": False})
        except (toolkit.ObjectNotFound, toolkit.NotAuthorized, toolkit.ValidationError):
            continue
        found[each["id"]] = [(field["id"], field["type"]) for field in shown["fields"] if field["id"] != "_id"]
    return found
