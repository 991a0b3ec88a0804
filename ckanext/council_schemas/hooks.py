"""What the plugin does when a dataset is shown, saved, searched or indexed."""

import logging
from typing import Any

import ckan.plugins.toolkit as tk

from . import helpers, index, vocabularies

log = logging.getLogger(__name__)
FACETS = {
    "vocab_theme": "Themes",
    "organization": "Organisations",
    "transparency_set": "Transparency Code",
    "res_format": "Formats",
    "license_id": "Licences",
    "frequency": "Update frequency",
    "gss_area": "Council area",
}


def facets(given: dict[str, str]) -> dict[str, str]:
    """Our facets first, then the others that were there, but CKAN's groups, which repeat the themes."""
    titles = {name: tk._(title) for name, title in FACETS.items()}
    return {**titles, **{name: title for name, title in given.items() if name not in titles and name != "groups"}}


def list_fields(dataset_type: str) -> list[str]:
    """The fields of a type that hold a JSON list of texts."""
    schema = tk.h.scheming_get_dataset_schema(dataset_type) or {"dataset_fields": []}
    return [
        f["field_name"] for f in schema["dataset_fields"] if "scheming_multiple_text" in (f.get("validators") or "")
    ]


def before_index(doc: dict[str, Any]) -> dict[str, Any]:
    return index.shape(doc, list_fields(doc["type"]))


def after_search(results: dict[str, Any]) -> dict[str, Any]:
    """Facet items are named in words, and internal fields stay with their editors."""
    for name, facet in results.get("search_facets", {}).items():
        if name != "license_id" and vocabularies.for_field(name):
            for item in facet["items"]:
                item["display_name"] = helpers.council_facet_label(name, item["name"])
    for dataset in results.get("results", []):
        for name in index.INTERNAL:
            dataset.pop(name, None)
    return results


def after_show(context: Any, dataset: dict[str, Any]) -> None:
    """Leave internal fields out of what others than the dataset's editors read."""
    kept = [name for name in index.INTERNAL if dataset.get(name)]
    if not kept or context.get("ignore_auth") or context.get("for_update"):
        return
    try:
        tk.check_access("package_update", {"user": context.get("user")}, {"id": dataset["id"]})
    except tk.NotAuthorized:
        for name in kept:
            del dataset[name]


def after_save(dataset: dict[str, Any]) -> None:
    """Tell the person who saved a dataset that its area's code is retired."""
    note = helpers.retired_note(dataset.get("gss_area") or "")
    if not note:
        return
    log.info("%s: %s", dataset.get("name"), note)
    # Not where an API call is answered: its caller would find the notice on the next page instead.
    if tk.request and tk.get_endpoint()[0] == dataset.get("type"):
        tk.h.flash_notice(f"{dataset['gss_area']}: {note}")
