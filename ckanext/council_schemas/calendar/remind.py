"""Notices by email through CKAN's mailer: what falls due soon, what is late, and what stays late; each once.

A notice is claimed in the database before it is sent, so that two jobs at once send one. A claim whose sending failed is
given back, and tried again by the next job.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.mailer import MailerException, mail_recipient
from sqlalchemy.dialects.postgresql import insert

from .. import vocabularies
from . import show, status
from .model import Reminder
from .read import Calendar
from .status import Entry

log = logging.getLogger(__name__)

SOON, LATE, STILL_LATE = "soon", "late", "still-late"
SOON_DAYS, STILL_DAYS = 14, 30


def N_(text: str) -> str:
    return text


HEADS = {
    SOON: N_("To be published within two weeks:"),
    LATE: N_("The last day has passed:"),
    STILL_LATE: N_("Late for a month or more:"),
}


@dataclass(frozen=True)
class Notice:
    """One thing to tell one address."""

    kind: str
    address: str
    entry: Entry

    def key(self, organization_id: str) -> str:
        one = self.entry.obligation
        return "|".join((organization_id, one.set_id, one.period.key, self.kind, self.address.lower()))


def kind(entry: Entry, today: date) -> str | None:
    """What there is to tell of an obligation today, if anything."""
    due = entry.obligation.due
    if not due or not entry.obligation.binding or entry.status not in (status.DUE, status.LATE, status.UPCOMING):
        return None
    days = (due - today).days
    if entry.status == status.LATE:
        return STILL_LATE if -days >= STILL_DAYS else LATE
    return SOON if 0 <= days <= SOON_DAYS else None


def notices(calendar: Calendar) -> Iterator[Notice]:
    """What to tell whom: the address that the calendar's page shows to editors. Without one there is nobody to tell."""
    for entry in calendar.entries:
        told = kind(entry, calendar.today)
        address = show.owner(entry, calendar.said, calendar.files)["email"] if told else ""
        if told and address:
            yield Notice(told, address, entry)


def send(calendar: Calendar) -> int:
    """Send what was not sent before, one mail for each address; gives how many were sent. Commits."""
    if not tk.config.get("smtp.mail_from"):
        log.info("The calendar sends no reminders: this portal sends no mail (smtp.mail_from)")
        return 0
    sent = 0
    fresh: dict[str, list[Notice]] = {}
    for notice in _claimed(calendar):
        fresh.setdefault(notice.address, []).append(notice)
    for address, found in sorted(fresh.items()):
        keys = [notice.key(calendar.organization["id"]) for notice in found]
        try:
            subject = tk._("Transparency Code: {council}").format(council=calendar.organization["title"])
            mail_recipient(address, address, subject, text(calendar, found))
            _settle(keys, "sent")
            sent += 1
        except Exception as error:  # whatever it was, what was not sent is not held to be
            _settle(keys, None)
            if not isinstance(error, (MailerException, OSError)):
                raise
            log.warning("No reminder could be sent to %s: %s", address, error)
    return sent


def _claimed(calendar: Calendar) -> Iterable[Notice]:
    """Those notices that nobody sent or is sending."""
    wanted = {notice.key(calendar.organization["id"]): notice for notice in notices(calendar)}
    rows = [
        {"key": key, "organization_id": calendar.organization["id"], "address": each.address, "state": "sending", "sent_at": _now()}
        for key, each in wanted.items()
    ]  # fmt: skip
    if not rows:
        return []
    table: Any = Reminder.__table__
    done = model.Session.execute(insert(table).values(rows).on_conflict_do_nothing().returning(table.c.key))
    claimed = [wanted[key] for key in done.scalars()]
    model.Session.commit()
    return claimed


def _settle(keys: list[str], state: str | None) -> None:
    table: Any = Reminder.__table__
    where = table.c.key.in_(keys)
    model.Session.execute(sa.update(table).where(where).values(state=state) if state else sa.delete(table).where(where))
    model.Session.commit()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def text(calendar: Calendar, found: list[Notice]) -> str:
    """The mail: what is late first, each with its last day, and where to see why."""
    sets = vocabularies.get("transparency_set")
    lines: list[str] = []
    for each in (STILL_LATE, LATE, SOON):
        mine = [notice.entry.obligation for notice in found if notice.kind == each]
        if mine:
            lines += [tk._(HEADS[each]), *(f"- {sets.label(o.set_id)}, {o.period.key}: {o.due}" for o in mine), ""]
    address = tk.h.url_for("council_calendar.organization", id=calendar.organization["name"], qualified=True)
    return "\n".join([*lines, address])
