"""A changed record onto the portal's dataset, without undoing a steward's work; pure.

Three are compared: the dataset as it is here, as the last harvest made it, and as the feed has it now. A field
that a steward changed here stays; one that only the feed changed follows the feed.
"""

from __future__ import annotations

from typing import Any

# Values that CKAN decorates on the way out, so that they never compare equal to what went in.
STRUCTURED = {"tags", "resources", "extras"}


def merge(here: dict[str, Any], last: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The dict for ``package_update``, and the names of fields that stay as a steward set them."""
    merged = dict(here)
    kept: list[str] = []
    for key in last.keys() | new.keys():
        if key in STRUCTURED or _same(last.get(key), new.get(key)):
            continue
        if isinstance(here.get(key), str) and not _same(here.get(key), last.get(key)):
            kept.append(key)
            continue
        if key in new:
            merged[key] = new[key]
        else:
            merged[key] = [] if isinstance(last.get(key), list) else ""
    merged["tags"] = _tags(here, last, new)
    merged["resources"] = _resources(here, last, new)
    if "extras" in new or "extras" in last:
        merged["extras"] = _extras(here, last, new)
    return merged, sorted(kept)


def _same(one: Any, other: Any) -> bool:
    return (one or "") == (other or "")


def _tags(here: dict[str, Any], last: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """The feed's tags, and those that a steward added here."""
    names = [tag["name"] for tag in new.get("tags", [])]
    before = {tag["name"].casefold() for tag in last.get("tags", [])} | {name.casefold() for name in names}
    added = [tag["name"] for tag in here.get("tags", []) if tag["name"].casefold() not in before]
    return [{"name": name} for name in names + added]


def _resources(here: dict[str, Any], last: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """The feed's files; one whose address (else whose name) is known here keeps its id and what was added to it."""
    left = list(here.get("resources", []))
    owned = {key for resource in last.get("resources", []) for key in resource}
    pairs: list[tuple[dict[str, Any], dict[str, Any] | None]] = [(one, None) for one in new.get("resources", [])]
    for field in ("url", "name"):
        for index, (one, found) in enumerate(pairs):
            if found is None:
                match = next((old for old in left if old.get(field) and old.get(field) == one.get(field)), None)
                if match is not None:
                    left.remove(match)
                    pairs[index] = (one, match)
    merged = []
    for one, found in pairs:
        kept = {key: value for key, value in (found or {}).items() if key == "id" or key not in owned}
        merged.append({**kept, **one})
    return merged


def _extras(here: dict[str, Any], last: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    before = {extra["key"] for extra in last.get("extras", [])}
    ours = {extra["key"]: extra["value"] for extra in new.get("extras", [])}
    added = {
        extra["key"]: extra["value"]
        for extra in here.get("extras", [])
        if extra["key"] not in before and extra["key"] not in ours
    }
    return [{"key": key, "value": value} for key, value in sorted({**added, **ours}.items())]
