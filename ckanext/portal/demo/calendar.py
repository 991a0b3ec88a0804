"""The demo's Transparency Code calendar: when the council published what, on the portal that it had before, and what does not apply to it."""

from __future__ import annotations

import secrets
from typing import Any

from ckan.plugins import toolkit as tk

from .loader import Say, act
from .seeds import Seeds


def load(seeds: Seeds, say: Say) -> None:
    """Tell the first days, and have two people say what does not apply. What was said before is left alone."""
    told = seeds.council.get("calendar")
    if not told:
        return
    council = told["organisation"]
    days = [(set_id, period, on) for set_id, periods in told["published"].items() for period, on in periods.items()]
    for set_id, period, on in days:
        asked = {"id": council, "set": set_id, "period": period, "on": on.isoformat()}
        act("council_calendar_seen", asked, f"calendar, {set_id} {period}", defer_commit=True)
    shown = act("council_calendar_show", {"id": council})
    said = {one["set"] for one in shown.get("said", []) if one["not_applicable"]}
    new = [each for each in told["not_applicable"] if each["set"] not in said]
    if new:
        people = [_person(council, each) for each in told["people"]]
        for each in new:
            _exception(council, each, people)
    say(f"Calendar: {len(days)} first days, {len(new)} sets said not to apply, {len(said)} said before")


def _exception(council: str, told: dict[str, Any], people: list[str]) -> None:
    """One person says it, the other confirms it, each under the rights that they have."""
    where = {"id": council, "set": told["set"]}
    own: Any = {"ignore_auth": False, "auth_user_obj": None}
    asked = {**where, "not_applicable": True, "reason": told["reason"]}
    act("council_calendar_duty_update", asked, told["set"], **own, user=people[0])
    act("council_calendar_confirm", where, told["set"], **own, user=people[1])


def _person(council: str, told: dict[str, str]) -> str:
    """An editor of the council, with a password that nobody knows: nobody signs in as one of the demo's people."""
    try:
        act("user_show", {"id": told["name"]})
    except tk.ObjectNotFound:
        act("user_create", {**told, "password": secrets.token_urlsafe(32)}, told["name"])
    act("organization_member_create", {"id": council, "username": told["name"], "role": "editor"}, told["name"])
    return told["name"]
