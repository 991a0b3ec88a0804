"""The action that tells of a re-use."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import access, capture, read, reuse
from ...bodies import ReuseRecorded
from ...projection import step_id
from .. import schema
from .shared import validated


def journey_reuse_create(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell of what somebody made with a dataset: an app, a story, a study. It becomes a step of the kind `reuse`.

    :param dataset: the dataset's id or name
    :param title: what it is called
    :param url: where it can be seen (optional); told twice with one address, it is one re-use
    :param description: what it does, in plain words (optional)
    :param kind: a word for it: app, article, study, service ... (optional)

    :returns: the step as `journey_show` gives it
    """
    tk.check_access("journey_reuse_create", context, data_dict)
    data = validated(data_dict, schema.reuse_schema(), context)
    package: Any = model.Package.get(data["dataset"])
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    body = ReuseRecorded(data["title"], data.get("url"), data.get("description"), data.get("kind"))
    user_id, role = capture.actor(context, capture.stream_of(package))
    event = reuse.record(package, body, body.url or body.title, user_id, role)
    if not context.get("defer_commit"):
        model.Session.commit()
        access.reindex(package.id)
    steps = read.journey(model.Session.connection(), package.id, access.EVERYTHING)["steps"]
    return next(step for step in steps if step["id"] == step_id(event.id))
