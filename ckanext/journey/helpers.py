"""What templates call. All are named journey_..."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from ckan import model
from ckan.plugins import toolkit as tk
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from . import access, config, glyphs, grouping, path, phrases, picture, summary, vocab
from .exports import registry
from .imports.told import tail
from .releases import waiting
from .workflow import stages


def journey_of(pkg: dict[str, Any]) -> dict[str, Any] | None:
    """What the page of a dataset shows of its journey (summary.of), None if it cannot be read just now."""
    package = model.Package.get(pkg["id"])
    if package is None:
        return None
    context = {"user": tk.current_user.name, "auth_user_obj": tk.current_user}
    conn = model.Session.connection()
    try:
        with conn.begin_nested():
            return summary.of(conn, package.id, access.allowed(context, package))
    except SQLAlchemyError:
        return None


def journey_released(pkg: dict[str, Any]) -> list[dict[str, Any]]:
    """The files of a dataset of which more than one release was published and copied."""
    if not tk.config.get("ckan.storage_path"):
        return []
    return [each for each in pkg.get("resources") or [] if waiting.published(each["id"]) > 1]


def journey_entries(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps as entries of the timeline: runs of what the portal recorded by itself are one each."""
    return grouping.entries(steps)


def journey_title(entry: dict[str, Any]) -> str:
    return phrases.title(entry)


def journey_tally(files: list[dict[str, Any]]) -> str:
    """Several files in one line."""
    return phrases.tally(grouping.tally(files))


def journey_tallied(entry: dict[str, Any]) -> str:
    """The files of a group in one line, empty if it has none."""
    return phrases.tally(entry["files"]) if entry["files"]["count"] else ""


def journey_kinds(evidence: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Evidence by its kinds."""
    return grouping.by_kind(evidence)


def journey_changes(entry: dict[str, Any]) -> list[str]:
    return phrases.what_changed(entry["changes"])


def journey_picture(stations: list[dict[str, Any]], narrow: bool = False) -> dict[str, Any]:
    return picture.narrow(stations) if narrow else picture.wide(stations)


def journey_glyph(code: str) -> Markup:
    """The sign of a station, as SVG."""
    return Markup(glyphs.glyph(code))  # noqa: S704 - markup of our own, whatever the code


def journey_fit(text: str, room: int) -> str:
    return picture.fit(text, room)


def journey_label(kind: str, code: str | None) -> str:
    """The words for a code of the vocabulary; a code that is not in it stands for itself."""
    if not code:
        return ""
    tables: dict[str, Any] = {
        "type": {code: item.label for code, item in vocab.TYPES.items()},
        "help": {code: item.help for code, item in vocab.TYPES.items()},
        "group": {code: item.help for code, item in vocab.GROUPS.items()},
        "stage": {stage.code: stage.label for stage in vocab.STAGES},
        "question": {stage.code: stage.question for stage in vocab.STAGES},
        "evidence": vocab.EVIDENCE_KINDS,
        "visibility": vocab.VISIBILITIES,
        "capture": vocab.CAPTURES,
        "confidence": vocab.CONFIDENCES,
        "role": vocab.ROLES,
        "system": vocab.SYSTEM_KINDS,
        "state": {state.code: state.label for state in stages.STATES},
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
        moment = moment.astimezone(config.zone())
    return format_datetime(moment, "d MMMM yyyy, HH:mm", locale=language)


def journey_until(started: str | None, ended: str | None, day_only: bool = False) -> str:
    """The end of a span to stand after its start: no more than a time on the same day, nothing in the same minute."""
    first, last = journey_when(started, day_only), journey_when(ended, day_only)
    if not first or not last or first == last:
        return ""
    day, _comma, time = last.rpartition(", ")
    return time if day and first.startswith(f"{day}, ") else last


def journey_day(value: str | None) -> str:
    """The day of a time, short, for the picture."""
    if not value:
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo and len(value) > 10:
        moment = moment.astimezone(config.zone())
    return format_date(moment.date(), "d MMM yyyy", locale=str(tk.h.lang() or "en"))


def journey_number(value: int | None) -> str:
    return phrases.number(value)


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
    original = detail.get("original") or {}
    if names := [tail(each) for each in (*original.get("types", ()), *original.get("derivation", ()))]:
        told.append(tk._("In the file that it was read from: {names}").format(names=", ".join(names)))
    for name, whom in original.get("attributed", ()):
        told.append(tk._("{file}: attributed to {agent}").format(file=name, agent=whom))
    if original.get("bundle"):
        told.append(tk._("Bundle: {name}").format(name=tail(original["bundle"])))
    if step["type"] == "correct":
        told += phrases.what_changed(detail)
    return told


def journey_json(value: Any) -> str:
    return json.dumps(value, default=str)


def journey_formats() -> list[Any]:
    """The formats in which a journey may be taken along: `name`, `extension`, `title`."""
    return list(registry.FORMATS)


def journey_can_add(pkg: dict[str, Any]) -> bool:
    return access.can_add(pkg["id"])
