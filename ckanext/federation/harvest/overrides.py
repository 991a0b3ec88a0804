"""The fields of a harvested dataset that a steward holds against its feed, with both values."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from . import merge, portal, shape, store


def of(record: store.Row) -> list[dict[str, Any]]:
    """``{"field", "here", "feed"}`` of each; none when the dataset is as the harvest left it."""
    touched, held = store.touched(record), record["overrides"]
    if not touched and not held:
        return []
    try:
        here = toolkit.get_action("package_show")({"ignore_auth": True, "user": ""}, {"id": record["package_id"]})
    except toolkit.ObjectNotFound:
        return []
    return merge.overrides(here, shape.fit(record["dataset"], portal.dataset_shape()), touched, held)
