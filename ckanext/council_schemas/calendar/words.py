"""What the calendar's codes are called on pages, in messages and in the feed, in the reader's language."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from .. import vocabularies
from . import duties, match, status

Dict = dict[str, Any]


def lang() -> str:
    try:
        return "cy" if tk.h.lang() == "cy" else "en"
    except RuntimeError:  # outside a request
        return "en"


def day(iso: str | None) -> str:
    return vocabularies.day(iso, lang()) if iso else ""


def person(user_id: str) -> str:
    user = model.User.get(user_id) if user_id else None
    return user.display_name if user else tk._("somebody who is no longer here")


def states() -> dict[str, str]:
    return {
        status.PUBLISHED: tk._("Published"),
        status.DUE: tk._("Due"),
        status.LATE: tk._("Late"),
        status.UNKNOWN: tk._("Not known"),
        status.UPCOMING: tk._("Coming up"),
        status.NOT_APPLICABLE: tk._("Does not apply"),
        status.VOLUNTARY: tk._("Not published, not required"),
    }


def reasons() -> dict[str, str]:
    """Why a file does not count."""
    return {
        "before-end": tk._("It was last changed before the period had ended, so it cannot be complete."),
        "no-rows": tk._("It holds no rows of data."),
        "few-rows": tk._("It has fewer rows than the periods it says it covers."),
        "same-file": tk._("It is the same file, byte for byte, as one that counts already."),
        "other-period": tk._("It covers another period."),
        "other-dates": tk._("Hardly any of the dates in it falls in the period it claims."),
        "not-measured": tk._("The portal holds no copy of it, so nobody can say what is in it."),
        "being-checked": tk._("It is still being checked."),
        "check-not-passed": tk._("It did not pass its file check."),
        "held": tk._("It is held back from the public."),
        "not-a-table": tk._("It is not a table: the Code asks for data that people can sort and add up."),
    }


def bases() -> dict[str, str]:
    """What told the period of a file."""
    return {
        match.NAMED: tk._("its name or description says so"),
        match.COVERAGE: tk._("the time covered in the dataset's description"),
        match.TITLE: tk._("the title of its dataset"),
        match.PUBLISHED: tk._("nothing names a period, so the day it was published"),
    }


def rules(code: str) -> str:
    """Which rules a council is under, in a sentence or two."""
    return {
        duties.CODE: tk._(
            "The Local Government Transparency Code 2015 binds this council: what it names must be published by the "
            "dates below."
        ),
        duties.SMALLER: tk._(
            "This is a smaller authority (yearly turnover of £25,000 or less): the Transparency Code for Smaller "
            "Authorities asks for its figures once a year, by 1 July."
        ),
        duties.WALES: tk._(
            "The Transparency Code is for England. In Wales councils publish the same data of their own accord, so "
            "nothing here is counted as late."
        ),
        duties.SCOTLAND: tk._(
            "The Transparency Code is for England. In Scotland the Public Services Reform Act 2010 asks public bodies "
            "for payments over £25,000 each year, as soon as is practicable. Nothing here is counted as late."
        ),
        duties.NORTHERN_IRELAND: tk._(
            "The Transparency Code is for England. In Northern Ireland councils publish the same data of their own "
            "accord, so nothing here is counted as late."
        ),
        duties.NONE: tk._(
            "This organisation has no council's GSS code, so the portal does not know of a rule that says what it "
            "must publish."
        ),
    }[code]


def period(entry: Dict) -> str:
    return entry["label"] or tk._("once, for good")


def summary(entry: Dict) -> str:
    return tk._("{set}, {period}: {state}").format(
        set=entry["title"], period=period(entry), state=states()[entry["state"]]
    )


def description(entry: Dict) -> str:
    """An entry in a few lines of plain text."""
    lines = [tk._("Last day: {date}").format(date=day(entry["due"]))] if entry["due"] else []
    if entry["published"]:
        lines.append(tk._("Published on {date}").format(date=day(entry["published"])))
    if entry["owner"]:
        lines.append(tk._("Who sees to it: {owner}").format(owner=entry["owner"]))
    if entry["system"]:
        lines.append(tk._("From which system: {system}").format(system=entry["system"]))
    if entry["not_applicable"] and entry["not_applicable"]["holds"]:
        lines.append(tk._("Does not apply: {reason}").format(reason=entry["not_applicable"]["reason"]))
    return "\n".join(lines)
