"""Schemas of the actions' data."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Schema


def _get(*names: str) -> list[Any]:
    return [toolkit.get_validator(name) for name in names]


def _one_of(*values: str) -> list[Any]:
    one_of: Any = toolkit.get_validator("one_of")
    return [one_of(list(values))]


def _common() -> dict[str, list[Any]]:
    positive = _get("natural_number_validator", "is_positive_integer")
    return {
        "title": _get("not_empty", "unicode_safe"),
        "description": _get("unicode_safe"),
        "url": _get("not_empty", "unicode_safe", "federation_address"),
        "feed_url": _get("not_empty", "unicode_safe", "federation_address"),
        "dialect": _get("unicode_safe", "federation_dialect"),
        "state": _one_of("active", "paused"),
        "organization_policy": _one_of("node", "match", "create"),
        "contacts": _one_of("team", "all"),
        "licence_map": _get("federation_licence_map"),
        "interval_hours": positive,
        "organization": _get("unicode_safe", "federation_organization"),
    }


def node_create() -> Schema:
    """For ``federation_node_create``."""
    ignore = _get("ignore_missing")
    schema: Schema = {key: ignore + validators for key, validators in _common().items()}
    schema["name"] = _get("not_empty", "unicode_safe", "name_validator")
    schema["feed_url"] = _common()["feed_url"]
    return {**schema, "__junk": _get("empty")}


def node_update() -> Schema:
    """For ``federation_node_update``: only what is given changes."""
    ignore = _get("ignore_missing")
    return {"id": node_id()["id"], **{key: ignore + validators for key, validators in _common().items()}}


def discover() -> Schema:
    """For ``federation_discover``."""
    return {"url": _get("not_empty", "unicode_safe")}


def node_id() -> Schema:
    """A node's name or id."""
    return {"id": _get("not_empty", "unicode_safe", "federation_node_exists")}


def run_node() -> Schema:
    """For ``federation_run``."""
    return {**node_id(), "approve": [_default(False), *_get("boolean_validator")]}


def plan_apply() -> Schema:
    """For ``federation_plan_apply``."""
    flag = [_default(False), *_get("boolean_validator")]
    return {"id": _get("not_empty", "unicode_safe"), "approve": flag, "background": flag}


def run_id() -> Schema:
    """A run's id."""
    return {"id": _get("not_empty", "unicode_safe")}


def run_background() -> Schema:
    """For ``federation_run_resume`` and ``federation_run_roll_back``."""
    return {**run_id(), "background": [_default(False), *_get("boolean_validator")]}


def retry() -> Schema:
    """For ``federation_record_retry``."""
    return {**node_id(), "upstream_ids": [_default([]), *_get("as_list", "list_of_strings")]}


def record_split() -> Schema:
    """For ``federation_record_split``."""
    return {"id": _get("not_empty", "unicode_safe"), "node": node_id()["id"]}


def record_keep_apart() -> Schema:
    """For ``federation_record_keep_apart``."""
    return {"id": _get("not_empty", "unicode_safe")}


def record_join() -> Schema:
    """For ``federation_record_join``."""
    return {"id": _get("not_empty", "unicode_safe"), "other": _get("not_empty", "unicode_safe")}


def run_show() -> Schema:
    """For ``federation_run_show``."""
    text = [_default(""), *_get("unicode_safe")]
    return {"id": _get("not_empty", "unicode_safe"), "status": text, "action": text, **_window(100, 1000)}


def run_list() -> Schema:
    """For ``federation_run_list``."""
    return {**node_id(), **_window(20, 200)}


def _default(value: Any) -> Any:
    default: Any = toolkit.get_validator("default")
    return default(value)


def _window(size: int, most: int) -> Schema:
    number = _get("natural_number_validator")
    return {"limit": [_default(size), *number, _at_most(most)], "offset": [_default(0), *number]}


def _at_most(most: int) -> Any:
    def at_most(value: int) -> int:
        return min(value, most)

    return at_most
