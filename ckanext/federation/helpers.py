"""Template helpers, and what the plugin class asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from flask_babel import format_datetime

from . import config, phrases

__all__ = [
    "federation_date",
    "federation_field",
    "federation_may_load",
    "federation_record",
    "federation_run_kind",
    "federation_run_title",
    "federation_shown",
    "federation_told",
]


def federation_date(moment: str | datetime | None, time: bool = True) -> str:
    """A date, day first, in the reader's language; a year or month alone and what is no date as they are."""
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return str(moment)
    if not moment:
        return ""
    # One that states no zone is in UTC.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return format_datetime(moment, "d MMMM y, HH:mm" if time else "d MMMM y")


def federation_record(package_id: str) -> dict[str, Any] | None:
    """Where a dataset was harvested from, as far as the reader may know, or None."""
    try:
        return toolkit.get_action("federation_record_show")({}, {"id": package_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None


def federation_field(name: str) -> str:
    """A field of a difference in words."""
    words = {
        "title": toolkit._("Title"),
        "notes": toolkit._("Description"),
        "url": toolkit._("Landing page"),
        "license_id": toolkit._("Licence"),
        "tags": toolkit._("Keywords"),
        "theme": toolkit._("Themes"),
        "identifier": toolkit._("Identifier"),
        "issued": toolkit._("First published"),
        "modified": toolkit._("Changed upstream"),
        "frequency": toolkit._("How often updated"),
        "publisher": toolkit._("Publisher"),
        "contact": toolkit._("Contact"),
        "language": toolkit._("Languages"),
        "spatial_coverage": toolkit._("Area covered"),
        "temporal_coverage": toolkit._("Time covered"),
        "access_rights": toolkit._("Access"),
    }
    if name.startswith("file "):
        return toolkit._("File {name}").format(name=name.removeprefix("file "))
    return words.get(name, name.replace("_", " "))


def _waits(run: dict[str, Any]) -> bool:
    return run["status"] in ("planned", "held")


def federation_run_kind(run: dict[str, Any]) -> str:
    """What a run is, in a word or two."""
    words = {
        "roll-back": toolkit._("Roll back"),
        "retry": toolkit._("Second try"),
        "by-hand": toolkit._("Decision of a steward"),
    }
    return words.get(run["kind"]) or (toolkit._("Plan") if _waits(run) else toolkit._("Harvest"))


def federation_run_title(run: dict[str, Any]) -> str:
    """The heading of a run's page."""
    words = {
        "roll-back": toolkit._("Roll back of {node}"),
        "retry": toolkit._("Second try of records of {node}"),
        "by-hand": toolkit._("Decision of a steward on {node}"),
    }
    said = words.get(run["kind"]) or (toolkit._("Plan for {node}") if _waits(run) else toolkit._("Harvest of {node}"))
    return said.format(node=run["node_title"])


def federation_may_load(resource_id: str) -> bool:
    """May the xloader load this file? Those of harvested datasets only by setting."""
    from .harvest import store

    if config.load_files():
        return True
    resource = model.Resource.get(resource_id)
    return resource is None or not resource.package_id or store.record_of(resource.package_id) is None


def federation_told(text: str) -> str:
    """What a run or a record says, in the reader's language."""
    said_so = not text or toolkit.h.lang().startswith("en")
    return text if said_so else phrases.told(text, toolkit._)


def federation_shown(value: Any) -> str:
    """A value of a difference as text."""
    if value in (None, "", [], {}):
        return toolkit._("(nothing)")
    if isinstance(value, list):
        return "; ".join(federation_shown(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {federation_shown(one)}" for key, one in value.items() if one not in (None, ""))
    return str(value)
