"""Our datasets, out: DCAT-AP feeds rendered on write."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan import plugins as p
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit

from . import helpers, marks, short_path, sync, views


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
class FeedsPlugin(p.SingletonPlugin, DefaultTranslation):
    p.implements(p.IBlueprint)
    p.implements(p.IConfigurer)
    p.implements(p.ITemplateHelpers)
    p.implements(p.ITranslation)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)
    p.implements(p.IGroupController, inherit=True)
    p.implements(p.IDomainObjectModification, inherit=True)
    p.implements(p.ISignal)

    def update_config(self, config: Any) -> None:
        toolkit.add_template_directory(config, "templates")

    def get_blueprint(self) -> Any:
        return views.blueprint()

    def get_helpers(self) -> dict[str, Any]:
        return helpers.own() | helpers.chained()

    def make_middleware(self, app: Any, config: Any) -> Any:
        return short_path.ShortPath(app)

    # IPackageController, IOrganizationController, IGroupController: inside the transaction of the change

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        if together := context.get("together"):  # one of many: a job renders them, or whoever reads the feed before it
            marks.renders(pkg_dict["id"])
            together.last(sync.enqueue)
        else:
            self._refresh(pkg_dict["id"])

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        self._refresh(pkg_dict["id"])

    def _refresh(self, package_id: str) -> None:
        marks.renders(package_id)
        sync.refresh(package_id)

    def delete(self, entity: Any) -> None:
        if isinstance(entity, model.Group):
            marks.group_changed(entity.id, entity.is_organization)
        else:
            marks.renders(entity.id)
            sync.withdraw(entity.id)

    def edit(self, entity: Any) -> None:
        if isinstance(entity, model.Group):
            marks.group_changed(entity.id, entity.is_organization)

    # IDomainObjectModification: just before the commit, whoever changed it

    def notify(self, entity: Any, operation: Any) -> None:
        if isinstance(entity, model.Package):
            marks.object_changed(entity.id)

    # ISignal

    def get_signal_subscriptions(self) -> dict[Any, list[Any]]:
        return {toolkit.signals.ckanext.signal("journey:all-changed"): [marks.journeys_changed]}
