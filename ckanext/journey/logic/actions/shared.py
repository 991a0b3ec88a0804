"""What several of the journey's actions need."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk


def validated(data_dict: dict[str, Any], rules: dict[str, Any], context: Any) -> dict[str, Any]:
    data, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return data


def number(data_dict: dict[str, Any], name: str, default: int) -> int:
    value = data_dict.get(name, default)
    if not str(value).isdigit() or int(value) > 10**9:
        raise tk.ValidationError({name: [tk._("Give a whole number, 0 or more")]})
    return int(value)
