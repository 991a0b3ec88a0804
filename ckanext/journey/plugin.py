from __future__ import annotations

import logging
from typing import Any

from ckan import plugins as p
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit as tk

from . import batches, capture, indexing, lineage_views, reuse, subscriptions

log = logging.getLogger(__name__)

try:
    from ckanext.xloader.interfaces import IXloader
except ImportError:  # no table loads then
    IXloader = None


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.validators
@tk.blanket.helpers
@tk.blanket.blueprints
@tk.blanket.cli
@tk.blanket.config_declarations
class JourneyPlugin(p.SingletonPlugin, DefaultTranslation):
    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)
    p.implements(p.ISignal)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IFacets, inherit=True)
    if IXloader:
        p.implements(IXloader, inherit=True)

    # IConfigurer
    def update_config(self, config: Any) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "ckanext-journey")

    # ISignal
    def get_signal_subscriptions(self) -> dict[Any, list[Any]]:
        return subscriptions.get_subscriptions()

    # IMiddleware
    def make_middleware(self, app: Any, config: Any) -> Any:
        return lineage_views.Front(app)

    # IPackageController
    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        if together := context.get("together"):
            together.later(batches.created, (context, pkg_dict))
        else:
            capture.dataset_changed(context, pkg_dict, is_new=True)
        reuse.by_project(context, pkg_dict)

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        capture.dataset_changed(context, pkg_dict, is_new=False)
        reuse.by_project(context, pkg_dict)

    def after_dataset_delete(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        capture.dataset_deleted(context, pkg_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return indexing.add_journeys([pkg_dict])[0]

    # Not CKAN's: whoever indexes many datasets at once may call it instead.
    def before_datasets_index(self, pkg_dicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return indexing.add_journeys(pkg_dicts)

    # IFacets
    def dataset_facets(self, facets_dict: Any, package_type: str) -> Any:
        return indexing.add_facet(facets_dict)

    def organization_facets(self, facets_dict: Any, organization_type: str, package_type: str | None) -> Any:
        return indexing.add_facet(facets_dict)

    # IXloader
    def after_upload(self, context: Any, resource_dict: dict[str, Any], dataset_dict: dict[str, Any]) -> None:
        subscriptions.table_loaded(resource_dict, dataset_dict)
