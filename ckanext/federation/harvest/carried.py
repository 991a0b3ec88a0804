"""Fields that only a portal like this one has, as another one tells them: cleaned, and otherwise as they are; pure.

Their names are those of the dataset type here, so nothing has to be found or mapped. What they hold is as little to be trusted
as any feed: scripts and HTML go, and so do persons' names and addresses unless the node's policy keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import people
from .cleaner import LONGEST_FIELD, Cleaner

DEEPEST, MOST = 6, 100
EMPTY = ("", None, [], {})
_NO_LINK = re.compile(r"\s*(?:javascript|vbscript|data|file)\s*:", re.I)


def fields(stated: Mapping[str, Any], clean: Cleaner) -> dict[str, Any]:
    """The fields that hold something."""
    found = {name: _value(value, name.replace("_", " "), clean, DEEPEST) for name, value in stated.items()}
    return {name: value for name, value in found.items() if value not in EMPTY}


def _value(value: Any, label: str, clean: Cleaner, deep: int) -> Any:
    if isinstance(value, list | dict) and not deep:
        clean.note(f"{label}: it is nested too deeply and was left out")
        return ""
    if isinstance(value, list):
        if len(value) > MOST:
            clean.note(f"{label}: only {MOST} of {len(value)} are kept")
        return [kept for one in value[:MOST] if (kept := _value(one, label, clean, deep - 1)) not in EMPTY]
    if isinstance(value, dict):
        stated = value if clean.everyone else _without_people(value, label, clean)
        found = {str(name)[:100]: _value(one, label, clean, deep - 1) for name, one in list(stated.items())[:MOST]}
        return {name: kept for name, kept in found.items() if kept not in EMPTY}
    if value is None or isinstance(value, bool | int | float):
        return value
    if _NO_LINK.match(str(value)):
        clean.note(f"{label}: “{str(value)[:60]}” is no address to follow and was left out")
        return ""
    return clean.prose(value, label, LONGEST_FIELD)


def _without_people(value: dict[str, Any], label: str, clean: Cleaner) -> dict[str, Any]:
    """An agent without what names one person."""
    checks = {"name": people.name, "email": people.email}
    hidden = [key for key, check in checks.items() if isinstance(value.get(key), str) and check(value[key])[1]]
    if hidden:
        clean.note(f"{label}: a person's name or address was withheld")
    return {key: one for key, one in value.items() if key not in hidden}
