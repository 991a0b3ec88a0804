"""A changed record onto the portal's dataset, without undoing a steward's work; pure.

Three are compared: the dataset as it is here, as the last harvest made it, and as the feed has it now. A field
that a steward changed here stays, at this and every later harvest, until it is set to what the feed says; one that only
the feed changed follows the feed.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

# Values that CKAN decorates on the way out, so that they never compare equal to what went in.
STRUCTURED = {"tags", "resources", "extras"}
Dataset = dict[str, Any]


def merge(
    here: Dataset, last: Dataset, new: Dataset, touched: bool | None = None, held: Collection[str] = ()
) -> tuple[Dataset, list[str]]:
    """The dict for ``package_update``, and the names of fields that stay as a steward set them.

    ``touched``: was the dataset changed here since the last harvest (None: unknown); ``held``: fields that an
    earlier harvest found to be a steward's.
    """
    merged = dict(here)
    merged.pop("metadata_modified", None)  # CKAN would keep the old one
    kept: list[str] = []
    for key in last.keys() | new.keys():
        if key in STRUCTURED:
            continue
        if _is_stewards(key, here, last, touched, held):
            if not _same(here.get(key), new.get(key)):
                kept.append(key)
        elif not _same(last.get(key), new.get(key)):
            merged[key] = new[key] if key in new else [] if isinstance(last.get(key), list) else ""
    merged["tags"] = _tags(here, last, new)
    merged["resources"] = _resources(here, last, new, bool(touched))
    if "extras" in new or "extras" in last:
        merged["extras"] = _extras(here, last, new)
    return merged, sorted(kept)


def overrides(
    here: Dataset, last: Dataset, touched: bool | None = None, held: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Fields that a steward holds, with both values: ``{"field", "here", "feed"}``."""
    return [
        {"field": key, "here": here.get(key), "feed": last.get(key)}
        for key in sorted(last)
        if key not in STRUCTURED and _is_stewards(key, here, last, touched, held)
    ]


def _is_stewards(key: str, here: Dataset, last: Dataset, touched: bool | None, held: Collection[str]) -> bool:
    if key in here and _same(here[key], last.get(key)):
        return False
    if key in held:
        return True
    if touched is None and not isinstance(here.get(key), str):
        return False
    return touched is not False and key in here


def _same(one: Any, other: Any) -> bool:
    return (_plain(one) or "") == (_plain(other) or "")


def _plain(value: Any) -> Any:
    """A value as it is whatever the form did to it: JSON read, blanks left out, line ends alike."""
    if isinstance(value, str):
        text = value.strip().replace("\r\n", "\n")
        if text[:1] in ("[", "{"):
            try:
                return _plain(json.loads(text))
            except (ValueError, RecursionError):
                return text
        return text
    if isinstance(value, list):
        return [plain for one in value if (plain := _plain(one)) not in ("", None, [], {})]
    if isinstance(value, dict):
        return {key: plain for key, one in value.items() if (plain := _plain(one)) not in ("", None, [], {})}
    return value


def _tags(here: Dataset, last: Dataset, new: Dataset) -> list[dict[str, Any]]:
    """The feed's tags, and those that a steward added here."""
    names = [tag["name"] for tag in new.get("tags", [])]
    before = {tag["name"].casefold() for tag in last.get("tags", [])} | {name.casefold() for name in names}
    added = [tag["name"] for tag in here.get("tags", []) if tag["name"].casefold() not in before]
    return [{"name": name} for name in names + added]


def _resources(here: Dataset, last: Dataset, new: Dataset, touched: bool) -> list[dict[str, Any]]:
    """The feed's files; one whose address (else whose name) is known here keeps its id and what was added to or changed
    of it. Files that a steward added stay, after them."""
    left = list(here.get("resources", []))
    owned = {key for resource in last.get("resources", []) for key in resource}
    before = {resource.get("url"): resource for resource in last.get("resources", [])}
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
        if touched and found:
            kept_here = _changed_here(found, before.get(found.get("url"), {}))
            merged.append({**kept, **one, **kept_here})
        else:
            merged.append({**kept, **one})
    names = {resource.get("name") for resource in last.get("resources", [])}
    own = [old for old in left if touched and old.get("url") not in before and old.get("name") not in names]
    return merged + own


def _changed_here(found: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Names and descriptions that a steward gave a file."""
    return {
        key: found[key]
        for key in ("name", "description")
        if found.get(key) and key in before and not _same(found[key], before[key])
    }


def _extras(here: Dataset, last: Dataset, new: Dataset) -> list[dict[str, Any]]:
    before = {extra["key"] for extra in last.get("extras", [])}
    ours = {extra["key"]: extra["value"] for extra in new.get("extras", [])}
    added = {
        extra["key"]: extra["value"]
        for extra in here.get("extras", [])
        if extra["key"] not in before and extra["key"] not in ours
    }
    return [{"key": key, "value": value} for key, value in sorted({**added, **ours}.items())]
