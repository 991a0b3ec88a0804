"""Schemas of this plugin's actions."""

from typing import Any

from ckan.plugins import toolkit


def feeds_dataset_show() -> Any:
    return {"id": _validators("not_empty unicode_safe")}


def feeds_status() -> Any:
    return {"limit": _validators("ignore_missing natural_number_validator")}


def feeds_render() -> Any:
    return {"id": _validators("ignore_missing unicode_safe")}


def _validators(names: str) -> list[Any]:
    return [toolkit.get_validator(name) for name in names.split()]
