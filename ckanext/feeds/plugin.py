"""Our datasets, out: DCAT-AP feeds rendered on write."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit

from . import helpers, sync, views


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
class FeedsPlugin(p.SingletonPlugin, DefaultTranslation):
    p.implements(p.IBlueprint)
    p.implements(p.IConfigurer)
    p.implements(p.ITemplateHelpers)
    p.implements(p.ITranslation)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)

    def update_config(self, config: Any) -> None:
        toolkit.add_template_directory(config, "templates")

    def get_blueprint(self) -> Any:
        return views.blueprint()

    def get_helpers(self) -> dict[str, Any]:
        return helpers.own() | (helpers.chained() if p.plugin_loaded("dcat") else {})

    # IPackageController and IOrganizationController: inside the transaction of the change

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        sync.refresh(pkg_dict["id"])

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        sync.refresh(pkg_dict["id"])

    def delete(self, entity: Any) -> None:
        sync.withdraw(entity.id)

    def edit(self, entity: Any) -> None:
        if getattr(entity, "is_organization", False):
            sync.organization_changed(entity.id)
