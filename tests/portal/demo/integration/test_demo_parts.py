"""The loader where plugins are off."""

from __future__ import annotations

import pytest
from ckan.tests.helpers import call_action

from ckanext.portal.demo import federate, loader

FEW = "council_schemas scheming_datasets scheming_organizations dcat"


@pytest.mark.ckan_config("ckan.plugins", FEW)
@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_parts_whose_plugin_is_off_are_left_out(load, small):
    lines = load(previews=True)
    federate.sample_nodes(small, lines.append, "http://x", harvest=True)
    federate.known_nodes(lines.append)
    said = " | ".join(lines)
    assert said.count("is not on") >= 5 and "no journey" in said
    assert call_action("package_search", rows=0)["count"] == 2


@pytest.mark.ckan_config("ckan.plugins", "datastore")
@pytest.mark.usefixtures("with_plugins")
def test_needed_plugins_are_named(small):
    with pytest.raises(loader.DemoError, match="council_schemas"):
        loader.Loader(small, print).council()
