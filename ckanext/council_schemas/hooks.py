"""What the plugin does when a dataset is shown, saved, searched or indexed."""

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search import SearchError

from . import helpers, index, series, vocabularies
from .exports import shown
from .review import hold

log = logging.getLogger(__name__)
FACETS = {
    "vocab_theme": "Themes",
    "organization": "Organisations",
    "vocab_sector": "Sectors",
    "transparency_set": "Transparency Code",
    "lgsl_service": "Council services",
    "vocab_use_area": "Areas of use",
    "res_format": "Formats",
    "license_id": "Licences",
    "frequency": "Update frequency",
    "gss_area": "Council area",
}


# What a series or a project has no files, licence or rhythm of is no filter of their lists.
_OF_TYPE = {
    series.TYPE: (
        "vocab_theme",
        "organization",
        "vocab_sector",
        "transparency_set",
        "lgsl_service",
        "frequency",
        "gss_area",
    ),
    "analytics-project": ("vocab_use_area", "vocab_theme", "organization", "vocab_sector", "lgsl_service", "gss_area"),
}


def facets(given: dict[str, str], package_type: str | None = None) -> dict[str, str]:
    """Our facets first, then the others that were there, but CKAN's groups, which repeat the themes. Series and projects have few."""
    titles = {name: tk._(title) for name, title in FACETS.items()}
    if package_type in _OF_TYPE:
        kept = {name: title for name, title in given.items() if name == "tags"}
        return {name: titles[name] for name in _OF_TYPE[package_type]} | kept
    return {**titles, **{name: title for name, title in given.items() if name not in titles and name != "groups"}}


def list_fields(dataset_type: str) -> list[str]:
    """The fields of a type that hold a JSON list of texts."""
    schema = tk.h.scheming_get_dataset_schema(dataset_type) or {"dataset_fields": []}
    return [
        f["field_name"] for f in schema["dataset_fields"] if "scheming_multiple_text" in (f.get("validators") or "")
    ]


def before_index(docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sector is the publisher's: a dataset is found by it as it is indexed."""
    sectors = _sectors({doc["organization"] for doc in docs if doc.get("organization")})
    fields = {name: list_fields(name) for name in {doc["type"] for doc in docs}}
    found = []
    for doc in hold.before_index(docs):
        sector = sectors.get(doc.get("organization") or "")
        found.append({**index.shape(doc, fields[doc["type"]]), **({"vocab_sector": [sector]} if sector else {})})
    return found


def _sectors(names: set[str]) -> dict[str, Any]:
    """The sectors of publishers, by their names."""
    query: Any = model.Session.query(model.Group).filter(model.Group.name.in_(names)) if names else ()
    return {publisher.name: (publisher.extras or {}).get("sector") for publisher in query}


def organisation_changed(publisher: Any) -> None:
    """Its datasets are found by its sector: where they are indexed with another, a job indexes them again."""
    sector = (publisher.extras or {}).get("sector")
    other = f'-vocab_sector:"{sector}"' if sector else "vocab_sector:[* TO *]"
    query = {"fq_list": [f'owner_org:"{publisher.id}"', other], "rows": 0, "include_private": True, "facet": False}
    context: Any = {"ignore_auth": True}
    try:
        stale = tk.get_action("package_search")(context, query)["count"]
    except SearchError:  # the portal's own job finds what is not up to date once Solr answers
        log.warning("The datasets of %s could not be looked up, to index them by its sector", publisher.name)
        return
    if stale:
        tk.enqueue_job(reindex_of, [publisher.id], title=f"Index the datasets of {publisher.name} again")


def reindex_of(organisation_id: str) -> None:
    from ckan.lib.search import rebuild

    query = model.Session.query(model.Package.id).filter_by(owner_org=organisation_id, state="active")
    for (package_id,) in query.all():
        rebuild(package_id, force=True)


def after_search(results: dict[str, Any]) -> dict[str, Any]:
    """Facet items are named in words, and internal fields stay with their editors."""
    for name, facet in results.get("search_facets", {}).items():
        if name != "license_id" and vocabularies.for_field(name):
            for item in facet["items"]:
                item["display_name"] = helpers.council_facet_label(name, item["name"])
    for dataset in results.get("results", []):
        for name in index.INTERNAL:
            dataset.pop(name, None)
    shown.after_search(results.get("results", []))
    return results


def after_show(context: Any, dataset: dict[str, Any]) -> None:
    """Leave held files and internal fields out of what others than the dataset's editors read."""
    hold.after_show(context, dataset)
    shown.after_show(context, dataset)
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
