"""Chained actions: where approval is required, a dataset becomes public only once a second person agreed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import config
from ...workflow.moves import APPROVED

Dict = dict[str, Any]


def _opens(data_dict: Dict, before: Any) -> bool:
    """Would this change let everyone read what not everyone could read before?"""
    was_open = before is not None and before.state == "active" and not before.private
    private = data_dict.get("private", before.private if before is not None else False)
    state = data_dict.get("state", before.state if before is not None else "active")
    return not was_open and state == "active" and not tk.asbool(private or False)


def _must_ask(context: Any) -> bool:
    """People must; the portal itself (harvests, its own jobs) need not."""
    name = context.get("user")
    if context.get(APPROVED) or not config.approval_required() or not name or name == tk.config["ckan.site_id"]:
        return False
    return model.User.get(name) is not None


def _gate(context: Any, data_dict: Dict, before: Any) -> None:
    if _must_ask(context) and _opens(data_dict, before):
        message = tk._("Here a second person approves what is published: save it as private, then ask for approval")
        raise tk.ValidationError({"private": [message]})


@tk.chained_action
def package_create(up: Callable[..., Any], context: Any, data_dict: Dict) -> Any:
    _gate(context, data_dict, None)
    return up(context, data_dict)


@tk.chained_action
def package_update(up: Callable[..., Any], context: Any, data_dict: Dict) -> Any:
    reference = data_dict.get("id") or data_dict.get("name")
    _gate(context, data_dict, model.Package.get(reference) if reference else None)
    return up(context, data_dict)


@tk.chained_action
def bulk_update_public(up: Callable[..., Any], context: Any, data_dict: Dict) -> Any:
    """CKAN opens many datasets at once without updating each."""
    for reference in data_dict.get("datasets") or []:
        _gate(context, {"private": False}, model.Package.get(reference))
    return up(context, data_dict)
