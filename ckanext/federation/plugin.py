"""Registers the federation plugin: other nodes' datasets, harvested with a plan."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit

from . import helpers

try:
    from ckanext.xloader.interfaces import IXloader
except ImportError:  # a portal without the xloader has nothing to hold back
    IXloader = None


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.validators
@toolkit.blanket.helpers
@toolkit.blanket.blueprints
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
class FederationPlugin(p.SingletonPlugin, DefaultTranslation):
    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)
    if IXloader:
        p.implements(IXloader, inherit=True)

    # IConfigurer
    def update_config(self, config: Any) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "federation")

    # IXloader
    def can_upload(self, resource_id: str) -> bool:
        """Files of other nodes stay there unless the settings say to load them."""
        return helpers.federation_may_load(resource_id)
