"""What the validators share: how a value is refused, lists, addresses."""

import json
import logging
from typing import Any

import ckan.plugins.toolkit as tk

log = logging.getLogger(__name__)


def label(field: dict[str, Any]) -> str:
    return tk._(field.get("label") or field["field_name"])


def refuse(context: Any, message: str) -> None:
    """Raise Invalid; in a harvest, log and go on."""
    if not context.get("harvested"):
        raise tk.Invalid(message)
    log.warning("dropped: %s", message)


def as_list(value: Any) -> list[Any]:
    """A list from a list, a JSON list or a single value."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    return value if isinstance(value, list) else [value]


def is_address(value: str) -> bool:
    """Whether it is a web address that can stand in RDF as it is."""
    return value.startswith(("http://", "https://")) and not any(c in value for c in ' <>"{}|\\^`\n\t')
