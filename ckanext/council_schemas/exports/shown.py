"""data.gov.uk's names in what its CKAN harvester reads: the answers of ``package_search`` and ``package_show`` over the API.

They are made when an answer is, and taken out again when somebody sends it back; neither the database nor the search index has them,
nor what the portal asks for itself.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from .. import series
from . import datagovuk_names

Dict = dict[str, Any]
_TYPES = ("dataset", series.TYPE)


def on() -> bool:
    return tk.config["ckanext.council_schemas.datagovuk_names"]


def after_show(context: Any, dataset: Dict) -> None:
    """``api_version`` is in the context of a request to the API, and of nothing that the portal asks for itself."""
    if context.get("api_version") and not context.get("for_update") and not context.get("for_view"):
        _add([dataset])


def after_search(results: list[Any]) -> None:
    asked = tk.request.view_args or {} if tk.request else {}
    if asked.get("logic_function") == "package_search" and tk.get_endpoint() == ("api", "action"):
        _add(results)


def _add(datasets: list[Any]) -> None:
    if on():
        for dataset in datasets:
            if isinstance(dataset, dict) and dataset.get("type") in _TYPES:
                datagovuk_names.add(dataset)


def before_save(data_dict: Dict) -> Dict:
    """What is to be saved, without the names that were made for the answer it may come from."""
    if not on() or not datagovuk_names.carries_names(data_dict):
        return data_dict
    stored = None
    if data_dict.get("id"):
        try:
            asked: Any = {"ignore_auth": True, "for_update": True, "use_cache": False}
            stored = tk.get_action("package_show")(asked, {"id": data_dict["id"]})
        except tk.ObjectNotFound:
            pass
    return datagovuk_names.without(data_dict, stored)
