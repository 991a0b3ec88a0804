"""Keeps held files out of what others than their dataset's editors can read."""

from __future__ import annotations

import json
from typing import Any

from ckan.plugins import toolkit as tk

from . import store

Dict = dict[str, Any]


def may_edit(context: Any, package_id: str) -> bool:
    """Whether the person of a context may edit the dataset; what the portal does for itself may."""
    if context.get("ignore_auth"):
        return True
    try:
        tk.check_access("package_update", {"user": context.get("user")}, {"id": package_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def hidden(context: Any, package_id: str) -> set[str]:
    """The files of a dataset that this person may not see."""
    if context.get("ignore_auth"):
        return set()
    found = store.held_ids(package_id)
    return found if found and not may_edit(context, package_id) else set()


def after_show(context: Any, dataset: Dict) -> None:
    """Take the held files out of a shown dataset. What is shown to be saved again stays whole."""
    if not context.get("for_update"):
        strip(dataset, hidden(context, dataset["id"]))


def strip(dataset: Dict, ids: set[str]) -> Dict:
    """The dataset without the resources of these ids, and with their number right."""
    if ids and isinstance(dataset.get("resources"), list):
        kept = [resource for resource in dataset["resources"] if resource.get("id") not in ids]
        for position, resource in enumerate(kept):
            if "position" in resource:
                resource["position"] = position
        dataset["resources"] = kept
        if "num_resources" in dataset:
            dataset["num_resources"] = len(kept)
    return dataset


def before_index(docs: list[Dict]) -> list[Dict]:
    """The search documents as if the held files were not there."""
    held = store.held_of([doc["id"] for doc in docs])
    return [_without(doc, held[doc["id"]]) if doc["id"] in held else doc for doc in docs]


def _without(doc: Dict, held: set[str]) -> Dict:
    """A search document without some files: in the fields per file, and in both stored copies."""
    stored = json.loads(doc["data_dict"])
    keep = [resource["id"] not in held for resource in stored.get("resources", [])]
    for name, values in doc.items():
        if name.startswith("res_") and isinstance(values, list) and len(values) == len(keep):
            doc[name] = [value for value, kept in zip(values, keep, strict=True) if kept]
    doc["data_dict"] = json.dumps(strip(stored, held))
    if doc.get("validated_data_dict"):
        doc["validated_data_dict"] = json.dumps(strip(json.loads(doc["validated_data_dict"]), held))
    if "num_resources" in doc:
        doc["num_resources"] = sum(keep)
    return doc


def strip_activity(context: Any, activity: Any) -> Any:
    """An item of the activity stream, or its data, without the files that this person may not see."""
    data = activity.get("data", activity) if isinstance(activity, dict) else None
    package = data.get("package", data if "resources" in data else None) if isinstance(data, dict) else None
    if isinstance(package, dict) and package.get("id") and package.get("resources"):
        ids = hidden(context, package["id"])
        if ids:
            strip(package, ids)
    return activity
