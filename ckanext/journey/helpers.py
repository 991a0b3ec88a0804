"""What templates call. All are named journey_..."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from ckan import model
from ckan.plugins import toolkit as tk
from sqlalchemy.exc import SQLAlchemyError

from . import access, config, path, picture, read, vocab


def journey_of(pkg: dict[str, Any]) -> dict[str, Any] | None:
    """The journey of a dataset that the page already shows, None if it cannot be read just now."""
    package = model.Package.get(pkg["id"])
    if package is None:
        return None
    context = {"user": tk.current_user.name, "auth_user_obj": tk.current_user}
    conn = model.Session.connection()
    try:
        with conn.begin_nested():
            found = read.journey(conn, package.id, access.allowed(context, package))
    except SQLAlchemyError:
        return None
    return found | {"path": path.stations(found)}


def journey_latest(journey: dict[str, Any]) -> list[dict[str, Any]]:
    """The last few steps, the newest first, for the dataset page."""
    return journey["steps"][: -config.page_steps() - 1 : -1]


def journey_picture(stations: list[dict[str, Any]], narrow: bool = False) -> dict[str, Any]:
    return picture.narrow(stations) if narrow else picture.wide(stations)


def journey_fit(text: str, room: int) -> str:
    return picture.fit(text, room)


def journey_label(kind: str, code: str | None) -> str:
    """The words for a code of the vocabulary; a code that is not in it stands for itself."""
    if not code:
        return ""
    tables: dict[str, Any] = {
        "type": {code: item.label for code, item in vocab.TYPES.items()},
        "help": {code: item.help for code, item in vocab.TYPES.items()},
        "stage": {stage.code: stage.label for stage in vocab.STAGES},
        "question": {stage.code: stage.question for stage in vocab.STAGES},
        "evidence": vocab.EVIDENCE_KINDS,
        "visibility": vocab.VISIBILITIES,
        "capture": vocab.CAPTURES,
        "confidence": vocab.CONFIDENCES,
        "role": vocab.ROLES,
        "system": vocab.SYSTEM_KINDS,
    }
    label = tables[kind].get(code)
    return tk._(label) if label else code


def journey_asks(step: dict[str, Any], fact: str) -> bool:
    """Should this step be able to tell this fact (system, role, tool, rows)?"""
    return fact in vocab.facts_of(step["type"])


def journey_stages() -> list[dict[str, Any]]:
    """The stages with their step types, for forms and the page that explains."""
    return [
        {"code": stage.code, "types": [item for item in vocab.STEP_TYPES if item.stage == stage.code]}
        for stage in vocab.STAGES
    ]


def journey_choices(kind: str) -> list[dict[str, str]]:
    """Options of a select box: evidence kinds, visibilities or system kinds."""
    table = {"evidence": vocab.EVIDENCE_KINDS, "visibility": vocab.VISIBILITIES, "system": vocab.SYSTEM_KINDS}[kind]
    return [{"value": code, "text": tk._(label)} for code, label in table.items()]


def journey_when(value: str | None, day_only: bool = False) -> str:
    """A time in the portal's zone and the reader's language; what is no ISO 8601 stands as it is."""
    if not value:
        return ""
    language = str(tk.h.lang() or "en")
    try:
        if day_only or len(value) == 10:
            return format_date(date.fromisoformat(value[:10]), "d MMMM yyyy", locale=language)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo:
        moment = moment.astimezone(_zone())
    return format_datetime(moment, "d MMMM yyyy, HH:mm", locale=language)


def journey_day(value: str | None) -> str:
    """The day of a time, short, for the picture."""
    if not value:
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo and len(value) > 10:
        moment = moment.astimezone(_zone())
    return format_date(moment.date(), "d MMM yyyy", locale=str(tk.h.lang() or "en"))


def _zone() -> ZoneInfo:
    name = tk.config.get("ckan.display_timezone") or "UTC"
    try:
        return ZoneInfo(name if name != "server" else "UTC")
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def journey_number(value: int | None) -> str:
    return "" if value is None else format_decimal(value, locale=str(tk.h.lang() or "en"))


def journey_short(digest: str | None) -> str:
    """The ends of a checksum, enough to compare by eye."""
    return f"{digest[:8]}…{digest[-4:]}" if digest and len(digest) > 16 else digest or ""


def journey_proofs(journey: dict[str, Any]) -> int:
    return sum(path.proof(step) for step in journey["steps"])


def journey_details(step: dict[str, Any]) -> list[str]:
    """Plain sentences of what a captured step knows besides the common facts."""
    detail, ngettext = step["detail"] or {}, tk.ungettext
    told = []
    if detail.get("change") == "withdrawn" and not step["rationale"]:
        told.append(tk._("No reason was recorded."))
    if detail.get("change") == "restored":
        told.append(tk._("It had been withdrawn before."))
    if detail.get("change") == "noticed":
        told.append(tk._("The dataset is older than its journey: when it was first published was not recorded."))
    if detail.get("replaces"):
        told.append(tk._("It took the place of an earlier file."))
    if detail.get("portal"):
        told.append(tk._("Portal: {name}").format(name=detail["portal"]))
    if detail.get("records") is not None:
        told.append(
            ngettext("{n} record in the catalogue", "{n} records in the catalogue", detail["records"]).format(
                n=journey_number(detail["records"])
            )
        )
    if step["type"] == "correct":
        told += _what_changed(detail)
    return told


def _what_changed(detail: dict[str, Any]) -> list[str]:
    ngettext = tk.ungettext
    told = []
    if detail.get("fields"):
        told.append(tk._("Details changed: {names}").format(names=", ".join(_field(f) for f in detail["fields"])))
    if count := detail.get("added"):
        told.append(ngettext("{n} file added", "{n} files added", count).format(n=count))
    if count := detail.get("removed"):
        told.append(ngettext("{n} file removed", "{n} files removed", count).format(n=count))
    if count := detail.get("altered"):
        told.append(ngettext("{n} file described anew", "{n} files described anew", count).format(n=count))
    return told


def _field(name: str) -> str:
    known = {
        "title": tk._("title"),
        "notes": tk._("description"),
        "license_id": tk._("licence"),
        "tags": tk._("tags"),
        "url": tk._("web address"),
        "version": tk._("version"),
        "legacy_source": tk._("legacy source"),
    }
    return known.get(name, name.replace("_", " "))


def journey_json(value: Any) -> str:
    return json.dumps(value, default=str)


def journey_can_add(pkg: dict[str, Any]) -> bool:
    return access.can_add(pkg["id"])
