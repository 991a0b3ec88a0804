"""Schemas of this plugin's actions."""

from typing import Any

from ckan.plugins import toolkit

from .. import changes


def feeds_dataset_show() -> Any:
    return {"id": _validators("not_empty unicode_safe")}


def feeds_status() -> Any:
    return {"limit": _validators("ignore_missing natural_number_validator")}


def feeds_changes() -> Any:
    return {
        "since": _validators("ignore_missing unicode_safe"),
        "limit": [*_validators("ignore_missing natural_number_validator"), _limit],
    }


def _limit(value: int) -> int:
    if not 1 <= value <= changes.MOST:
        raise toolkit.Invalid(toolkit._("From 1 to {most}").format(most=changes.MOST))
    return value


def feeds_render() -> Any:
    return {"id": _validators("ignore_missing unicode_safe")}


def _validators(names: str) -> list[Any]:
    return [toolkit.get_validator(name) for name in names.split()]
