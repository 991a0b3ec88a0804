"""What people say of a council's obligations: checked, and written. Callers commit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz

from .. import dates
from . import duties, periods, store
from .model import Duty
from .status import Said

Dict = dict[str, Any]
SHORTEST_REASON = 10  # characters
LONGEST_REASON = 2000
LONGEST_EXCEPTION = timedelta(days=3 * 366)
A_YEAR = 12
MOST_YEARS_BACK = 5


def is_editor(organization_id: str, user: str | None) -> bool:
    return bool(user) and authz.has_user_permission_for_group_or_org(organization_id, user, "create_dataset")


def page_schema() -> Dict:
    get: Any = tk.get_validator
    number = get("natural_number_validator")
    return {"limit": [get("default")(20), number], "offset": [get("default")(0), number], "__extras": [get("ignore")]}


def _where() -> Dict:
    get: Any = tk.get_validator
    return {
        "id": [get("not_empty"), get("unicode_safe")],
        "set": [get("not_empty"), get("unicode_safe"), _set],
        "period": [get("default")(""), get("unicode_safe")],
        "__extras": [get("ignore")],
        "__after": [_fits],
    }


def duty_schema() -> Dict:
    get: Any = tk.get_validator
    missing, text = get("ignore_missing"), get("unicode_safe")
    return {
        **_where(),
        "owner": [missing, text, _short],
        "system": [missing, text, _short],
        "email": [missing, text, _email],
        "not_applicable": [missing, get("boolean_validator")],
        "smaller": [missing, get("boolean_validator")],
        "reason": [missing, text],
        "valid_until": [missing, text, _date],
    }


def confirm_schema() -> Dict:
    get: Any = tk.get_validator
    return {**_where(), "refuse": [get("default")(False), get("boolean_validator")]}


def seen_schema() -> Dict:
    get: Any = tk.get_validator
    return {
        **_where(),
        "period": [get("not_empty"), get("unicode_safe")],
        "on": [get("not_empty"), get("unicode_safe"), _date],
    }


def _set(value: str) -> str:
    if value not in duties.RHYTHMS and value != store.COUNCIL:
        raise tk.Invalid(tk._("The Transparency Code has no set {name}").format(name=value))
    return value


def _short(value: str) -> str:
    if len(value) > 200:
        raise tk.Invalid(tk._("At most 200 characters"))
    return " ".join(value.split())


def _email(value: str) -> str:
    validate: Any = tk.get_validator("email_validator")
    return validate(value.strip(), {})


def _date(value: str) -> date | None:
    if not value.strip():
        return None
    try:
        return date.fromisoformat((dates.iso(value) or "")[:10])
    except ValueError:
        raise tk.Invalid(tk._("{value} is not a date: write it like 2027-03-31").format(value=value)) from None


def _fits(key: Any, data: Any, errors: Any, context: Any) -> None:
    """A period belongs to the rhythm of its set."""
    set_id, period = data.get(("set",)), data.get(("period",))
    if not period or set_id not in duties.RHYTHMS:
        return
    if not duties.has_period(set_id, period):
        wrong = tk._("{period} is no period of {set}").format(period=period, set=set_id)
        errors.setdefault(("period",), []).append(wrong)


def since(text: Any, on: date) -> date | None:
    """The first day asked for. Raises ValidationError."""
    if not text:
        return None
    try:
        asked = date.fromisoformat(str(text))
    except ValueError:
        raise tk.ValidationError({"since": [tk._("This is not a date: write it like 2027-03-31")]}) from None
    return min(on, max(asked, periods.add_months(on, -A_YEAR * MOST_YEARS_BACK)))


def update(organization: Dict, asked: Dict, person: str, on: date) -> Duty:
    """Write what a person said. Raises ValidationError."""
    values: Dict = {name: asked[name] for name in ("owner", "email", "system") if name in asked}
    if "smaller" in asked:
        values |= {"system": _smaller(organization, asked)}
    if asked.get("not_applicable"):
        values |= _exception(asked, person, on)
    elif "not_applicable" in asked:
        values |= NOTHING
    if not values:
        raise tk.ValidationError(
            {"set": [tk._("Nothing was said: give an owner, a system, or that it does not apply")]}
        )
    return store.say(organization["id"], asked["set"], asked["period"], values)


def seen(organization: Dict, asked: Dict, on: date) -> date:
    """Keep the day on which a set was first published for a period, told by who knows. Raises ValidationError."""
    set_id, told = asked["set"], asked["on"]
    if set_id not in duties.RHYTHMS:
        raise tk.ValidationError({"set": [tk._("The Transparency Code has no set {name}").format(name=set_id)]})
    period = periods.parse(asked["period"])
    # A picture of how things stand can be out before its year ends.
    first = period.start if set_id in duties.SNAPSHOTS or asked["period"] == "once" else period.end
    if not first <= told <= on:
        between = tk._("From {first} to today").format(first=first.isoformat())
        raise tk.ValidationError({"on": [between]})
    return store.tell_seen(organization["id"], set_id, asked["period"], told)


NOTHING = {
    "not_applicable": False, "reason": "", "said_by": "", "said_on": None, "approved_by": "", "valid_until": None,
}  # fmt: skip


def _smaller(organization: Dict, asked: Dict) -> str:
    if asked["set"] != store.COUNCIL:
        raise tk.ValidationError({"smaller": [tk._("This is said of the council, as set *")]})
    if organization.get("gss_code"):
        raise tk.ValidationError({"smaller": [tk._("A council with a GSS code is no smaller authority")]})
    return duties.SMALLER if asked["smaller"] else ""


def _exception(asked: Dict, person: str, on: date) -> Dict:
    reason, errors = " ".join((asked.get("reason") or "").split()), {}
    if asked["set"] == store.COUNCIL or asked["set"] in duties.ALWAYS:
        errors["not_applicable"] = [tk._("Every council has this: it cannot be said not to apply")]
    if len(reason) < SHORTEST_REASON:
        errors["reason"] = [tk._("Say why it does not apply, in a sentence")]
    if len(reason) > LONGEST_REASON:
        errors["reason"] = [tk._("At most {count} characters").format(count=LONGEST_REASON)]
    until = asked.get("valid_until") or periods.add_months(on, A_YEAR)
    if not on <= until <= on + LONGEST_EXCEPTION:
        errors["valid_until"] = [tk._("From today to three years ahead")]
    if errors:
        raise tk.ValidationError(errors)
    return {
        "not_applicable": True, "reason": reason, "said_by": person, "said_on": on, "approved_by": "",
        "valid_until": until,
    }  # fmt: skip


def confirm(organization_id: str, asked: Dict, person: str) -> Duty:
    """A second person's answer. Raises ValidationError."""
    said = next(
        (s for s in store.said(organization_id) if (s.set_id, s.period) == (asked["set"], asked["period"])), None
    )
    if not said or not said.not_applicable or said.approved_by:
        raise tk.ValidationError({"set": [tk._("Nothing waits to be confirmed here")]})
    if said.said_by == person and not asked["refuse"]:
        raise tk.ValidationError({"set": [tk._("You said this yourself: another person has to confirm it")]})
    values = NOTHING if asked["refuse"] else {"approved_by": person}
    return store.say(organization_id, asked["set"], asked["period"], dict(values))


def dictized(row: Duty | Said) -> Dict:
    """What was said of a set, dates as ISO texts."""
    found = {name: getattr(row, name) for name in store.NAMES if name != "set_id"}
    return {"set": row.set_id, **{k: v.isoformat() if isinstance(v, date) else v for k, v in found.items()}}
