"""The signals of this room, on ``toolkit.signals.ckanext``.

``journey:changed``: sender is the dataset's id; ``package_id``. Sent once for each dataset whose journey changed, after the
commit of the change, so that a listener reads it by ``journey_show`` and may write and commit on its own account. A
listener that fails is logged; the change stands. A rebuild makes the same rows again and is no change; it tells only of
datasets whose runs are folded anew.

``journey:all-changed``: the same for whoever would rather hear of all of a commit's datasets at once; ``package_ids``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from sqlalchemy import event

log = logging.getLogger(__name__)

changed = tk.signals.ckanext.signal("journey:changed")
all_changed = tk.signals.ckanext.signal("journey:all-changed")

# In the session's own notes: the datasets whose journey this transaction changed; and those of it, once committed.
_NOTED, _COMMITTED = "journey_changed", "journey_committed"


def note(package_ids: Iterable[str]) -> None:
    """Remember datasets for the signal: what is written on the session's connection is told of when it is committed."""
    model.Session().info.setdefault(_NOTED, {}).update(dict.fromkeys(package_ids))


def send(package_ids: Iterable[str]) -> None:
    """Tell the listeners now, of what is committed."""
    there = list(package_ids)
    if there:
        _tell(all_changed, None, package_ids=there)
    for package_id in there:
        _tell(changed, package_id, package_id=package_id)


def _tell(signal: Any, sender: str | None, **told: Any) -> None:
    for receiver in list(signal.receivers_for(sender)):
        try:
            receiver(sender, **told)
        except Exception:
            log.exception("Journey: a listener to %s failed for %s", signal.name, told)


def later(package_ids: Iterable[str]) -> None:
    """Have the worker tell the listeners of what is committed: for a page that folds what it reads, and should not wait."""
    wanted = sorted(package_ids)
    if wanted:
        try:
            tk.enqueue_job(send, [wanted], title="journey:changed", rq_kwargs={"result_ttl": 0})
        except Exception:
            log.exception("Journey: nobody was told that the journeys of %d datasets changed", len(wanted))


@event.listens_for(model.Session, "after_commit")
def _committed(session: Any) -> None:
    if not session.in_nested_transaction() and _NOTED in session.info:
        session.info[_COMMITTED] = session.info.pop(_NOTED)


@event.listens_for(model.Session, "after_transaction_end")
def _ended(session: Any, transaction: Any) -> None:
    """Only here may a listener use the session again. What was noted and not committed was rolled back."""
    if transaction.parent is None:
        session.info.pop(_NOTED, None)
        send(session.info.pop(_COMMITTED, ()))
