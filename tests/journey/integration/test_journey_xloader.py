"""With ckanext-xloader: a real file, really loaded into the DataStore, is told as a step."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

pytest.importorskip("ckanext.xloader", reason="ckanext-xloader is not installed")

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey datastore xloader"),
    # The hook is called here; nothing is put on the queue, for which the tests have no worker.
    pytest.mark.ckan_config("ckanext.xloader.formats", "xls"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]


@pytest.fixture
def datastore(with_plugins):
    """The DataStore's database needs the view that `ckan datastore set-permissions` makes."""
    from ckanext.datastore.backend.postgres import get_write_engine

    if not sa.inspect(get_write_engine()).has_table("_table_metadata"):
        pytest.skip("the DataStore's permissions are not set: ckan datastore set-permissions")


@pytest.mark.usefixtures("datastore")
def test_a_load_is_told_by_its_hook():
    dataset = factories.Dataset()
    file = FileStorage(io.BytesIO(b"name,n\nOak,1\nElm,2\n"), filename="trees.csv")
    resource = helpers.call_action("resource_create", package_id=dataset["id"], url="x", format="CSV", upload=file)
    records = [{"name": "Oak", "n": 1}, {"name": "Elm", "n": 2}]
    helpers.call_action("datastore_create", resource_id=resource["id"], records=records, force=True)
    from ckan import plugins
    from ckanext.xloader.interfaces import IXloader

    for _ in range(2):
        for plugin in plugins.PluginImplementations(IXloader):
            plugin.after_upload({}, resource, dataset)
    steps = helpers.call_action("journey_show", id=dataset["id"])["steps"]
    (load,) = [step for step in steps if step["type"] == "load"]
    assert (load["rows"]["in"], load["rows"]["out"], load["rows"]["state"]) == (2, 2, "balanced")
    assert load["tool_version"]
