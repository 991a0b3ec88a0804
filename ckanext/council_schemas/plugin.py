"""What a council publishes: metadata types, code lists, facets. Only registers."""

from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import DefaultTranslation

from . import hooks
from .logic.action import get_actions
from .review import watch

LICENCES = Path(__file__).parent / "schemas" / "licences.json"


@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.validators
@tk.blanket.actions(get_actions)
@tk.blanket.auth_functions
@tk.blanket.cli
@tk.blanket.blueprints
class CouncilSchemasPlugin(p.SingletonPlugin, DefaultTranslation):
    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)
    p.implements(p.ITranslation)

    # IConfigurer
    def update_config(self, config: Any) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "council_schemas")
        watch.listen()
        # scheming.* have their defaults in config_declaration.yaml, which holds in any order of plugins.
        if not config.get("licenses_group_url"):
            config["licenses_group_url"] = f"file://{LICENCES}"

    # IFacets
    def dataset_facets(self, facets_dict: Any, package_type: str) -> Any:
        return hooks.facets(facets_dict, package_type)

    def organization_facets(self, facets_dict: Any, organization_type: str, package_type: str | None) -> Any:
        return hooks.facets(facets_dict)

    def group_facets(self, facets_dict: Any, group_type: str, package_type: str | None) -> Any:
        return hooks.facets(facets_dict)

    # IPackageController
    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return hooks.before_index([pkg_dict])[0]

    # Not CKAN's: whoever indexes many datasets at once may call it instead.
    def before_datasets_index(self, pkg_dicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return hooks.before_index(pkg_dicts)

    def after_dataset_search(self, search_results: dict[str, Any], search_params: Any) -> dict[str, Any]:
        return hooks.after_search(search_results)

    def after_dataset_show(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        hooks.after_show(context, pkg_dict)

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        hooks.after_save(pkg_dict)

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        hooks.after_save(pkg_dict)

    # IOrganizationController
    def edit(self, entity: Any) -> None:
        hooks.organisation_changed(entity)
