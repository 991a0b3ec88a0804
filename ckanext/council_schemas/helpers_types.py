"""Words for the types of records: CKAN makes them of the type's name ("Dataset Seriess", "Analytics-projects")."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from . import series

PROJECT = "analytics-project"
MANY = ("breadcrumb", "content tab", "facet label", "main nav", "my label", "page title")


def _series(purpose: str) -> str:
    words = {
        "add link": tk._("Add a series"),
        "create label": tk._("Create a series"),
        "create title": tk._("Create a series"),
        "edit label": tk._("Edit series"),
        "save label": tk._("Save series"),
        "update label": tk._("Update series"),
        "view label": tk._("View series"),
        "search placeholder": tk._("Search series"),
        "delete confirmation": tk._("Delete this series? Its datasets stay."),
    }
    return words.get(purpose) or (tk._("Series of datasets") if purpose in MANY else tk._("Series"))


def _project(purpose: str) -> str:
    words = {
        "add link": tk._("Add a project"),
        "create label": tk._("Create a project"),
        "create title": tk._("Create a project"),
        "edit label": tk._("Edit project"),
        "save label": tk._("Save project"),
        "update label": tk._("Update project"),
        "view label": tk._("View project"),
        "search placeholder": tk._("Search projects"),
        "delete confirmation": tk._("Delete this project? Its data stays."),
    }
    return words.get(purpose) or (tk._("Analytics projects") if purpose in MANY else tk._("Analytics project"))


WORDS = {series.TYPE: _series, PROJECT: _project}


@tk.chained_helper
def humanize_entity_type(next_helper: Any, entity_type: str, object_type: str, purpose: str) -> Any:
    """CKAN's helper, with words of our own for our types."""
    if entity_type == "package" and object_type in WORDS:
        return WORDS[object_type](purpose)
    return next_helper(entity_type, object_type, purpose)


def council_found(kind: str, count: int, query: str = "") -> str:
    """The heading of a list of series or projects: how many were found. Empty for other types."""
    number = tk.h.localised_number(count)
    if kind == series.TYPE:
        plain = tk.ungettext("{number} series of datasets", "{number} series of datasets", count)
        asked = tk.ungettext('{number} series found for "{query}"', '{number} series found for "{query}"', count)
    elif kind == PROJECT:
        plain = tk.ungettext("{number} analytics project", "{number} analytics projects", count)
        asked = tk.ungettext('{number} project found for "{query}"', '{number} projects found for "{query}"', count)
    else:
        return ""
    return (asked if query else plain).format(number=number, query=query)
