"""Email to those who must act, and to those who wait, through CKAN's mailer. A portal without mail says so in its log."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from ckan import model
from ckan.lib.mailer import MailerException
from ckan.plugins import toolkit as tk

from .. import events as ev

log = logging.getLogger(__name__)

# To whom each move is news: those who may decide, or those who worked on it.
DECIDERS, WORKERS = "deciders", "workers"
AUDIENCE = {
    "submit": DECIDERS,
    "lapse": DECIDERS,
    "approve": WORKERS,
    "schedule": WORKERS,
    "return": WORKERS,
    "publish": WORKERS,
}


def N_(text: str) -> str:
    return text


SUBJECTS = {
    "submit": N_("Waits for your approval: {title}"),
    "lapse": N_("Must be approved again: {title}"),
    "approve": N_("Approved and published: {title}"),
    "schedule": N_("Approved: {title}"),
    "return": N_("Sent back: {title}"),
    "publish": N_("Published: {title}"),
}
BODIES = {
    "submit": N_(
        "Somebody asked that “{title}” be published. It needs the agreement of a person who did not work on it."
    ),
    "lapse": N_("“{title}” was changed after it had been approved, so it was not published. It needs approval again."),
    "approve": N_("“{title}” was approved, and is now published."),
    "schedule": N_("“{title}” was approved. It will be published at {publish_at}."),
    "return": N_("“{title}” was sent back."),
    "publish": N_("“{title}” was published today, as it had been set."),
}


def tell(
    package: Any, move: str, body: ev.WorkflowMoved | None, authors: Iterable[str], actor: str | None
) -> list[str]:
    """Write to those whom a move concerns, not to who made it; gives the names of those written to. Never raises."""
    if move not in AUDIENCE:
        return []
    people = _deciders(package, set(authors)) if AUDIENCE[move] == DECIDERS else _people(authors)
    words = {"title": package.title or package.name, "publish_at": (body and body.publish_at) or ""}
    lines = [tk._(BODIES[move]).format(**words)]
    if body and body.reason:
        lines.append(tk._("The reason given: {reason}").format(reason=body.reason))
    lines.append(tk.h.url_for("journey_workflow.read", id=package.name, qualified=True))
    return [
        person.name
        for person in people
        if person.id != actor and _mail(person, tk._(SUBJECTS[move]).format(**words), "\n\n".join(lines))
    ]


def _people(ids: Iterable[str]) -> list[Any]:
    found = (model.User.get(each) for each in sorted(ids))
    return [user for user in found if user is not None and user.state == "active" and user.email]


def _deciders(package: Any, authors: set[str]) -> list[Any]:
    """Administrators of the organisation who did not work on it; its other editors if there are none."""
    if not package.owner_org:
        return []
    query = model.Session.query(model.Member.table_id, model.Member.capacity).filter_by(
        group_id=package.owner_org, table_name="user", state="active"
    )
    roles: dict[str, set[str]] = {}
    for user_id, capacity in query:
        roles.setdefault(capacity, set()).add(user_id)
    return _people(roles.get("admin", set()) - authors) or _people(roles.get("editor", set()) - authors)


def _mail(person: Any, subject: str, text: str) -> bool:
    if not tk.config.get("smtp.mail_from"):
        log.info("Journey: this portal sends no mail (smtp.mail_from), so %s is not told: %s", person.name, subject)
        return False
    try:
        tk.mail_user(person, subject, text)
    except (MailerException, OSError) as error:
        log.warning("Journey: no notice could be sent to %s: %s", person.name, error)
        return False
    return True
