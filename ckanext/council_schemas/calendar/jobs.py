"""The daily job of the calendar, for the schedule."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from . import read, remind, status, store

log = logging.getLogger(__name__)
PAGE = 50


def daily() -> None:
    """Keep the day on which each obligation was first met, so that a later correction is not late; send reminders."""
    offset = 0
    while True:
        total, names = read.councils(PAGE, offset)
        for name in names:
            try:
                _council(name)
            except Exception:
                model.Session.rollback()
                log.exception("The calendar of %s could not be kept; tried again tomorrow", name)
        offset += PAGE
        if offset >= total:
            return


def _council(name: str) -> None:
    context: Any = {"ignore_auth": True}
    organization = tk.get_action("organization_show")(context, {"id": name, "include_users": False})
    calendar = read.calendar(organization, read.today())
    met = [
        (entry.obligation.set_id, entry.obligation.period.key, entry.on)
        for entry in calendar.entries
        if entry.status == status.PUBLISHED and entry.on
    ]
    store.keep_seen(organization["id"], met)
    model.Session.commit()
    remind.send(calendar)
