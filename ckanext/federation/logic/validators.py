"""Validators of node registrations."""

from __future__ import annotations

import json
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ..harvest import addresses, dialects, store

__all__ = [
    "federation_address",
    "federation_dialect",
    "federation_licence_map",
    "federation_node_exists",
    "federation_organization",
]


def federation_address(value: str) -> str:
    """An http(s) address without credentials."""
    trouble = addresses.problem(value)
    if trouble:
        raise toolkit.Invalid(toolkit._(trouble))
    return value


def federation_dialect(value: str) -> str:
    """A registered dialect."""
    if value not in dialects.NAMES:
        known = ", ".join(dialects.NAMES)
        raise toolkit.Invalid(
            toolkit._("There is no dialect “{name}”. The dialects are: {known}.").format(name=value, known=known)
        )
    return value


def federation_node_exists(value: str) -> str:
    """The name or id of a node, to its id."""
    node = store.node(value)
    if not node:
        raise toolkit.Invalid(toolkit._("There is no node “{name}”.").format(name=value))
    return node["id"]


def federation_organization(value: str) -> str:
    """The name or id of an active organisation, to its id."""
    group = model.Group.get(value)
    if group is None or not group.is_organization or group.state != "active":
        raise toolkit.Invalid(toolkit._("There is no organisation “{name}”.").format(name=value))
    return group.id


def federation_licence_map(value: Any) -> dict[str, str]:
    """An object (or its JSON) of a stated licence to an id of the portal's register."""
    try:
        stated = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise toolkit.Invalid(toolkit._("The licence map is no JSON.")) from None
    if not isinstance(stated, dict):
        raise toolkit.Invalid(toolkit._("The licence map is no JSON object."))
    known = {licence.id for licence in model.Package.get_license_register().values()}
    for key, licence in stated.items():
        if licence not in known:
            raise toolkit.Invalid(toolkit._("“{id}” is no licence of this portal.").format(id=licence))
        if not str(key).strip():
            raise toolkit.Invalid(toolkit._("The licence map maps nothing to “{id}”.").format(id=licence))
    return {str(key): str(licence) for key, licence in stated.items()}
