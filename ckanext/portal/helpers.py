"""Template helpers. The blanket offers each function of __all__ as h.<name>."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from ckan.plugins import toolkit as tk
from flask import current_app, g, has_app_context, request
from flask_babel import format_date, format_datetime
from markupsafe import Markup

from . import config, dates, search

__all__ = [
    "markdown_extract",
    "portal_active_filters",
    "portal_bytes",
    "portal_combobox_words",
    "portal_contact_email",
    "portal_datetime",
    "portal_duration",
    "portal_excerpt",
    "portal_facet_label",
    "portal_facet_urls",
    "portal_formats",
    "portal_has_route",
    "portal_highlight",
    "portal_languages",
    "portal_plain_text",
    "portal_search_is_away",
    "portal_start_assets_anew",
    "portal_theme_icon",
    "portal_updated",
]

LANGUAGE_NAMES = {"en": "English", "en_GB": "English", "cy": "Cymraeg"}


def portal_has_route(endpoint: str) -> bool:
    """True if a plugin that serves this endpoint is enabled."""
    return has_app_context() and endpoint in current_app.view_functions


def portal_languages() -> list[dict[str, Any]]:
    """The languages offered: {"code", "tag", "name", "url", "current"}, each with this page's address in it.

    CKAN's own selector leaves out a language that only a plugin translates, such as Welsh.
    """
    offered = tk.config["ckan.locales_offered"] or [tk.config["ckan.locale_default"]]
    return [
        {
            "code": code,
            "tag": code.replace("_", "-"),
            "name": LANGUAGE_NAMES.get(code, code),
            "url": _address_in(code),
            "current": code == tk.h.lang(),
        }
        for code in offered
    ]


def _address_in(code: str) -> str:
    """This page's path and query, in a language."""
    root = tk.config["ckan.root_path"] or "/{{LANG}}"
    prefix = "" if code == tk.config["ckan.locale_default"] else f"/{code}"
    root = root.replace("/{{LANG}}", prefix).rstrip("/")
    # The path as Flask sees it has no language and no root in it.
    path = request.environ.get("CKAN_CURRENT_URL") or "/"
    return root + path if path.startswith("/") else f"{root}/{path}"


def portal_highlight(text: str, query: str | None) -> Markup:
    """The text, escaped, with the words of the query marked."""
    return search.highlight(text or "", query or "")


def portal_excerpt(notes: str | None, query: str | None, length: int = 220) -> Markup:
    """A piece of a description that shows why it was found, its words marked."""
    return portal_highlight(search.excerpt(portal_plain_text(notes), query or "", length), query)


def portal_plain_text(notes: str | None) -> str:
    """Markdown or HTML without its marks, for a summary."""
    return _plain(notes) if notes else ""


# Markdown is the dearest part of a page of results, and the same few descriptions are shown again and again.
@lru_cache(maxsize=1024)
def _plain(notes: str) -> str:
    text = tk.h.render_markdown(notes).striptags()
    return re.sub(r"\s+", " ", text).strip()


@tk.chained_helper
def markdown_extract(up: Callable[..., str], text: str, extract_length: int = 190) -> str:
    """CKAN's own, which makes the same of the same text: kept, because CKAN's list of datasets asks for each of them."""
    return _extract(up, text, extract_length)


@lru_cache(maxsize=1024)
def _extract(up: Callable[..., str], text: str, extract_length: int) -> str:
    return up(text, extract_length=extract_length)


def portal_facet_label(facet: str, item: dict[str, Any] | str) -> str:
    """What a reader calls a facet's value: from the council's vocabularies where they know it, else as CKAN has it."""
    value, shown = (item, item) if isinstance(item, str) else (item["name"], item.get("display_name") or item["name"])
    if shown == value and "council_facet_label" in tk.h:
        shown = tk.h.council_facet_label(facet, value) or shown
    if shown == value and value.startswith(("http://", "https://")):
        return re.split(r"[/#]", value.rstrip("/"))[-1]
    return shown


def portal_facet_urls(
    facet: str, items: list[dict[str, Any]], extras: Any = None, alternative_url: str | None = None
) -> list[str]:
    """For each value of a facet the address that adds it, or takes it away where it is chosen.

    CKAN's helper routes anew for each; here an address is made once, and the values are put in its end.
    """
    start = tk.h.add_url_param(new_params={facet: ""}, extras=extras, alternative_url=alternative_url)

    def remove(value: str) -> str:
        return tk.h.remove_url_param(facet, value, extras=extras, alternative_url=alternative_url)

    return [remove(item["name"]) if item["active"] else start + quote_plus(item["name"]) for item in items]


def portal_active_filters(
    fields_grouped: dict[str, list[str]], facets: dict[str, Any], titles: dict[str, str]
) -> list[dict[str, str]]:
    """The filters of a search as {"field", "title", "value", "label"}, in the order of the facets shown."""
    shown = []
    for field in sorted(fields_grouped, key=lambda name: list(titles).index(name) if name in titles else len(titles)):
        items = {item["name"]: item for item in facets.get(field, {}).get("items", [])} if facets else {}
        for value in fields_grouped[field]:
            label = portal_facet_label(field, items.get(value, value))
            shown.append({"field": field, "title": titles.get(field, field), "value": value, "label": label})
    return shown


def portal_formats(package: dict[str, Any], limit: int = 6) -> list[str]:
    """The formats of a dataset's files, each once, in upper case, in the order of the files."""
    formats = (resource.get("format", "").strip().upper() for resource in package.get("resources", []))
    return [each for each in dict.fromkeys(formats) if each][:limit]


def portal_combobox_words() -> str:
    """What the suggestions' script says, in the page's language, as JSON."""
    return json.dumps(
        {
            "suggestions": tk._("Suggestions"),
            "one": tk._("1 suggestion"),
            "many": tk._("{number} suggestions"),
            "none": tk._("No suggestions"),
            "dataset": tk._("Dataset"),
            "organization": tk._("Organisation"),
            "tag": tk._("Tag"),
        }
    )


def portal_search_is_away() -> bool:
    return search.unanswered()


def portal_start_assets_anew() -> str:
    """For an error page: what the page that failed had asked for is not on it, so CKAN must not leave it out."""
    if has_app_context():
        g.pop("_webassets", None)
    return ""


def portal_contact_email() -> str:
    return config.contact_email()


def portal_datetime(moment: str | datetime | None) -> str:
    """A date with its time, day first; CKAN's own helper has the month first in every language."""
    if not moment:
        return ""
    found = datetime.fromisoformat(moment.replace("Z", "+00:00")) if isinstance(moment, str) else moment
    return format_datetime(found if found.tzinfo else found.replace(tzinfo=UTC), "d MMMM y, HH:mm z")


def portal_updated(package: dict[str, Any]) -> dict[str, Any]:
    """When the data changed, as the publisher says it; else when its record changed here.

    {"date": ISO 8601, "shown": for people, "own": True if the publisher says it}
    """
    said = dates.day(package.get("modified"))
    if said:
        return {"date": said.iso, "shown": format_date(said.first, said.pattern), "own": True}
    changed = package.get("metadata_modified") or ""
    here = dates.day(changed)
    return {"date": changed, "shown": format_date(here.first, here.pattern) if here else "", "own": False}


def portal_bytes(number: float | None) -> str:
    """A size in memory or on disc for people: 1,536,000 is "1.5 MB"."""
    if number is None:
        return ""
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit != "MB" or number >= 10 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def portal_duration(seconds: float | None) -> str:
    """A time for people, in its largest unit: 90 is "1 minute"."""
    seconds = int(seconds or 0)
    if seconds < 60:
        return tk.ungettext("{number} second", "{number} seconds", seconds).format(number=seconds)
    if seconds < 3600:
        minutes = seconds // 60
        return tk.ungettext("{number} minute", "{number} minutes", minutes).format(number=minutes)
    if seconds < 86400:
        hours = seconds // 3600
        return tk.ungettext("{number} hour", "{number} hours", hours).format(number=hours)
    days = seconds // 86400
    return tk.ungettext("{number} day", "{number} days", days).format(number=days)


# EU data themes and the Font Awesome signs (CKAN carries them) that stand beside their names.
THEME_ICONS = {
    "AGRI": "wheat-awn",
    "ECON": "sterling-sign",
    "EDUC": "graduation-cap",
    "ENER": "bolt",
    "ENVI": "leaf",
    "GOVE": "landmark",
    "HEAL": "heart-pulse",
    "INTR": "globe",
    "JUST": "scale-balanced",
    "REGI": "city",
    "SOCI": "people-group",
    "TECH": "flask",
    "TRAN": "bus",
}


def portal_theme_icon(theme: str) -> str:
    """The sign for an EU data theme (URI or code); a folder for any other."""
    return THEME_ICONS.get(re.split(r"[/#]", theme.rstrip("/"))[-1].upper(), "folder-open")
