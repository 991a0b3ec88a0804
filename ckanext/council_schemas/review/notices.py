"""A mail to those who may answer a proposal to publish what may be personal data, through CKAN's mailer.

It says which dataset it is about and where to decide. What was found stays on that page, and so do the file's name and the
reason, as people write names into both.
"""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from ckan import authz, model
from ckan.lib.mailer import MailerException
from ckan.plugins import toolkit as tk

from . import settings, store

log = logging.getLogger(__name__)
ROLES = ("admin", "editor")


def ask(resource_id: str) -> None:
    """Have the mails sent by the worker: a mail server that is slow or away is nothing to whoever proposes. Never raises."""
    if not settings.waiver_mails():
        return
    try:
        tk.enqueue_job(send, [resource_id], title=f"Mail about a waiver for {resource_id}", rq_kwargs={"result_ttl": 0})
    except Exception:
        log.exception("No mail about the waiver for %s could be queued; its page shows it all the same", resource_id)


def send(resource_id: str) -> list[str]:
    """The job: gives the names of those written to. What was answered meanwhile, or took another file's place, is no news."""
    check = store.current(resource_id)
    waits = store.proposal(check.id) if check else None
    package: Any = model.Package.get(check.package_id) if check else None
    if waits is None or package is None or package.state == "deleted":
        return []
    if not tk.config.get("smtp.mail_from"):
        log.info("Nobody is told of the waiver for %s: this portal sends no mail (smtp.mail_from)", resource_id)
        return []
    title = package.title or package.name
    address = tk.h.url_for("council_review.file_check", id=package.name, resource_id=resource_id, qualified=True)
    subject = tk._("Needs a second person: {title}").format(title=title)
    text = tk._(
        "Somebody proposed to publish a file of “{title}” although it may hold personal data, or could not be read. It is held "
        "back until a second person approves or refuses. What was found, and the reason given, are on this page, for those who "
        "may edit the dataset:"
    ).format(title=title)
    return [each.name for each in seconds(package, waits.made_by) if _mail(each, subject, f"{text}\n\n{address}\n")]


def seconds(package: Any, proposed_by: str) -> list[Any]:
    """Who may answer: the organisation's administrators and editors, and the dataset's, but for who proposed it."""
    member = model.Member
    of_org = sa.select(member.table_id).where(
        member.group_id == package.owner_org,
        member.table_name == "user",
        member.state == "active",
        member.capacity.in_(ROLES),
    )
    ids: set[Any] = set(model.Session.execute(of_org).scalars()) if package.owner_org else set()
    if authz.check_config_permission("allow_dataset_collaborators"):
        shared = model.PackageMember
        of_dataset = sa.select(shared.user_id).where(shared.package_id == package.id, shared.capacity.in_(ROLES))
        ids |= set(model.Session.execute(of_dataset).scalars())
    users = (model.User.get(each) for each in sorted(ids - {proposed_by}))
    return [user for user in users if user is not None and user.state == "active" and user.email]


def _mail(person: Any, subject: str, text: str) -> bool:
    try:
        tk.mail_user(person, subject, text)
    except (MailerException, OSError) as error:
        log.warning("No mail about a waiver could be sent to %s: %s", person.name, error)
        return False
    return True
