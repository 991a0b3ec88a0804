"""Removes, after a time, the originals of files whose tidied or redacted copies were used: bytes, cells, quotations.

What stays is the record: that it was done, by whom, when, why, how many cells in which lines and columns. It can be run
again at any time: what was removed is marked last.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.common import config

from . import copies, settings, store
from .model import Decision, Redacted, now

log = logging.getLogger(__name__)
REMOVED = "original_removed"


def due(days: int) -> list[str]:
    """The used copies whose originals are older than so many days, by their decisions' ids."""
    if days <= 0 or not store.ready() or not config.get("ckan.storage_path"):
        return []
    used = sa.func.coalesce(Decision.answered, Decision.made) < now() - timedelta(days=days)
    query = sa.select(Decision.id).where(
        Decision.kind.in_((copies.TIDY, copies.REDACT)), Decision.state == copies.USED, used
    )
    there = sa.not_(Decision.detail.has_key(REMOVED))
    return list(model.Session.execute(query.where(there).order_by(Decision.made)).scalars())


def remove(days: int | None = None) -> int:
    """Remove what is due, each original in a transaction of its own; gives how many. ``days``: else the setting's."""
    found = due(settings.original_days() if days is None else days)
    done = 0
    for decision_id in found:
        try:
            _remove(decision_id)
            done += 1
        except OSError as error:  # tried again tomorrow
            model.Session.rollback()
            log.error("The original %s could not be removed: %s", copies.original(decision_id), error)
    return done


def _remove(decision_id: str) -> None:
    wanted: Any = model.Session.get(Decision, decision_id, populate_existing=True, with_for_update=True)
    for place in (copies.original(decision_id), copies.path(decision_id)):
        place.unlink(missing_ok=True)
    model.Session.execute(sa.update(Redacted).where(Redacted.decision_id == decision_id).values(original=""))
    check = store.get(wanted.check_id)
    if check is not None and not check.current:
        check.report = {}  # it quotes cells of the original; its counts stay
    plain = [{**change, "examples": []} for change in wanted.detail.get("changes") or []]
    wanted.detail = {**wanted.detail, "changes": plain, REMOVED: now().isoformat(timespec="seconds")}
    model.repo.commit()
