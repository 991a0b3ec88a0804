"""What the checks of a dataset's files say, asked of whatever plugin checks files here."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk


def _listed(package_id: str, **asked: Any) -> list[dict[str, Any]]:
    """None where no plugin checks files."""
    try:
        listed = tk.get_action("file_check_list")
    except KeyError:
        return []
    return listed({"ignore_auth": True}, {"package_id": package_id, **asked})["results"]


def held_files(package_id: str) -> tuple[str, ...]:
    """Names of the files that are held back."""
    found = _listed(package_id, held=True)
    return tuple(str(item.get("name") or item.get("file_name") or item.get("resource_id")) for item in found)


def files(pkg: dict[str, Any]) -> list[dict[str, Any]]:
    """A dataset's files with `check`, the state of their check (None where nobody checked), and whether it holds them back."""
    found = {each["resource_id"]: each for each in _listed(pkg["id"])}
    checks = ((resource, found.get(resource["id"], {})) for resource in pkg.get("resources") or [])
    return [{**resource, "check": check.get("state"), "held": bool(check.get("held"))} for resource, check in checks]
