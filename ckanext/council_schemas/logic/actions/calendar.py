"""Actions: the Transparency Code calendar, and what people say of it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...calendar import read, say, show, status, words

Dict = dict[str, Any]
MOST = 100
FARTHEST = 1_000_000
STRAYS = 50


@tk.side_effect_free
def council_calendar_list(context: Any, data_dict: Dict) -> Dict:
    """The councils with their scores: ``count`` and ``councils``, by title. Takes ``limit`` (20, at most 100), ``offset``."""
    tk.check_access("council_calendar_list", context, data_dict)
    asked, errors = tk.navl_validate(data_dict, say.page_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    on = read.today()
    total, names = read.councils(min(asked["limit"], MOST), min(asked["offset"], FARTHEST))
    found = [read.calendar(_organization(context, name), on) for name in names]
    return {"count": total, "date": on.isoformat(), "councils": [_short(one) for one in found]}


def _short(found: read.Calendar) -> Dict:
    waits = [e.obligation.due for e in found.entries if e.status in (status.DUE, status.UPCOMING) and e.obligation.due]
    return {
        **show.council(found.organization, found.rules),
        "score": show.score(found.score),
        "counts": show.counts(found.entries),
        "next_due": show.iso(min(waits, default=None)),
    }


@tk.side_effect_free
def council_calendar_show(context: Any, data_dict: Dict) -> Dict:
    """What a council has to publish, and what there is of it.

    Takes ``id`` (an organisation's id or name), and ``since`` (a date; a year ago without it, five years at most).
    Gives council, rules, score, counts, entries (``show.entry``), and strays: recent files that met nothing.
    Raises ObjectNotFound, ValidationError.
    """
    tk.check_access("council_calendar_show", context, data_dict)
    organization, on = _organization(context, tk.get_or_bust(data_dict, "id")), read.today()
    since = say.since(data_dict.get("since"), on)
    found = read.calendar(organization, on, since)
    editor = say.is_editor(organization["id"], context.get("user"))
    lang = words.lang()
    entries = [show.entry(one, found.said, found.files, editor, lang) for one in found.entries]
    shown = {file["resource_id"] for one in entries for file in one["files"]}
    said = {"said": [say.dictized(one) for one in found.said]} if editor else {}
    return {
        "council": show.council(organization, found.rules),
        **said,
        "date": on.isoformat(),
        "score": show.score(found.score),
        "counts": show.counts(found.entries),
        "entries": entries,
        "strays": show.strays(found.files, found.rules, shown, found.since)[:STRAYS],
        "sequences": {f"{one.set_id}/{one.period}": one.sequence for one in found.said},
    }


def council_calendar_duty_update(context: Any, data_dict: Dict) -> Dict:
    """Say of a set of the Code, or of one period of it, who owns it, from which system it comes, or that it does not apply.

    Takes ``id`` (organisation), ``set`` (or ``*`` for the council itself), ``period`` (a key such as 2025-26-Q1;
    without it, every period), and of ``owner``, ``email``, ``system``, ``not_applicable``, ``reason``,
    ``valid_until``, ``smaller`` what is to change. "Does not apply" needs a reason and holds once another person has
    confirmed it. Raises ObjectNotFound, ValidationError.
    """
    organization = _organization(context, tk.get_or_bust(data_dict, "id"))
    tk.check_access("council_calendar_duty_update", context, {"id": organization["id"]})
    asked, errors = tk.navl_validate(data_dict, say.duty_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    row = say.update(organization, asked, _person(context), read.today())
    _commit(context)
    return say.dictized(row)


def council_calendar_confirm(context: Any, data_dict: Dict) -> Dict:
    """Confirm that a set does not apply, or refuse to: by another person than the one who said so.

    Takes ``id`` (organisation), ``set``, ``period`` and ``refuse``. Raises ObjectNotFound, ValidationError.
    """
    organization = _organization(context, tk.get_or_bust(data_dict, "id"))
    tk.check_access("council_calendar_confirm", context, {"id": organization["id"]})
    asked, errors = tk.navl_validate(data_dict, say.confirm_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    row = say.confirm(organization["id"], asked, _person(context))
    _commit(context)
    return say.dictized(row)


def council_calendar_seen(context: Any, data_dict: Dict) -> Dict:
    """Tell on which day a set was first published for a period, where that was before the portal had the file (sysadmins).

    For a council that moves here from another portal: without it, all that it brings counts from the day it came. It makes nothing
    published: a file has to meet the obligation, and an earlier day that is kept stays.

    Takes ``id`` (organisation), ``set``, ``period`` (a key such as 2025-26-Q1) and ``on`` (a date: not before the period ended, nor in the
    future). Gives them back, ``on`` as it is kept. Raises ObjectNotFound, ValidationError.
    """
    organization = _organization(context, tk.get_or_bust(data_dict, "id"))
    tk.check_access("council_calendar_seen", context, {"id": organization["id"]})
    asked, errors = tk.navl_validate(data_dict, say.seen_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    kept = say.seen(organization, asked, read.today())
    _commit(context)
    return {"id": organization["id"], "set": asked["set"], "period": asked["period"], "on": kept.isoformat()}


def _organization(context: Any, reference: str) -> Dict:
    asked = {"id": reference, "include_users": False, "include_groups": False, "include_followers": False}
    own: Any = {key: context[key] for key in ("user", "auth_user_obj", "ignore_auth") if key in context}
    return tk.get_action("organization_show")(own, asked)


def _person(context: Any) -> str:
    """The id of the person who asks. Four eyes need persons: the portal itself may not."""
    user = model.User.get(context.get("user") or "")
    if not user or user.name == tk.config["ckan.site_id"]:
        raise tk.NotAuthorized(tk._("Only a person can say this: sign in"))
    return user.id


def _commit(context: Any) -> None:
    if not context.get("defer_commit"):
        model.repo.commit()
