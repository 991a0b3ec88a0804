"""The rest of what happens when an action has succeeded: the activity stream's entry, and other listeners' part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.plugins import toolkit

from ...model import new_id
from .made import Made


def succeeded(batch: list[Made], user: Any) -> None:
    """As if ``package_create`` had said so of each dataset; the activity stream's own listener would show each anew."""
    if p.plugin_loaded("activity") and toolkit.config.get("ckan.activity_streams_enabled"):
        _activities(batch, user)
    told = toolkit.signals.action_succeeded
    others = [one for one in told.receivers_for("package_create") if one.__module__ != "ckanext.activity.subscriptions"]
    for one in batch:
        for receiver in others:
            receiver("package_create", context=one.context, data_dict=one.given, result=one.id)


def _activities(batch: list[Made], user: Any) -> None:
    from ckanext.activity.model import Activity

    rows = [
        {
            "id": new_id(),
            "timestamp": datetime.utcnow(),
            "user_id": user.id,
            "object_id": one.id,
            "activity_type": "new package",
            "data": {"package": one.shown, "actor": user.name},
            "permission_labels": one.labels,
        }
        for one in batch
    ]
    model.Session.connection().execute(sa.insert(Activity.__table__), rows)
