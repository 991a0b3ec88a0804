"""What the portal itself says: who harvests, which fields its dataset type has, and what its form refused."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from .shape import Shape


def user() -> str:
    """The name of the site user, as whom harvests act."""
    return toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def dataset_shape() -> Shape:
    """The fields of the portal's dataset type."""
    try:
        show = toolkit.get_action("scheming_dataset_schema_show")
        schema = show({"ignore_auth": True}, {"type": "dataset"})
    except (KeyError, toolkit.ObjectNotFound):
        return Shape()
    fields = schema["dataset_fields"]
    return Shape(
        frozenset(field["field_name"] for field in fields),
        frozenset(field["field_name"] for field in schema["resource_fields"]),
        frozenset(field["field_name"] for field in fields if "repeating_subfields" in field),
        frozenset(field["field_name"] for field in fields if field.get("required")),
    )


def said(error: Any) -> str:
    """Validation errors as one line."""
    if isinstance(error, dict):
        return "; ".join(f"{key}: {said(value)}" for key, value in error.items() if value)[:1000]
    if isinstance(error, list):
        return ", ".join(words for one in error if (words := said(one)))
    return str(error)
