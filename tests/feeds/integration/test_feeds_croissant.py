"""Croissant describes the rows of files that are in the DataStore."""

import json

import pytest
from ckan.tests import factories, helpers

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat datastore"),
    pytest.mark.usefixtures("with_plugins", "feeds_db", "datastore"),
]


@pytest.fixture
def datastore(with_plugins):
    """The DataStore's database needs the view that `ckan datastore set-permissions` makes."""
    import sqlalchemy as sa
    from ckanext.datastore.backend.postgres import get_write_engine

    if not sa.inspect(get_write_engine()).has_table("_table_metadata"):
        pytest.skip("the DataStore's permissions are not set: ckan datastore set-permissions")


def test_columns_are_fields_of_a_record_set(app):
    dataset = factories.Dataset()
    made = helpers.call_action(
        "datastore_create",
        resource={"package_id": dataset["id"], "format": "CSV"},
        fields=[{"id": "Site ID", "type": "text"}, {"id": "NO2", "type": "numeric"}],
        records=[{"Site ID": "A", "NO2": 1}],
    )
    first = app.get(f"/dataset/{dataset['id']}.croissant.json")
    document = json.loads(first.data)
    (rows,) = document["recordSet"]
    assert [(f["name"], f["dataType"]) for f in rows["field"]] == [("Site ID", "sc:Text"), ("NO2", "sc:Float")]
    assert rows["field"][0]["source"]["fileObject"] == {"@id": made["resource_id"]}
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    assert mlcroissant.Dataset(jsonld=document).metadata.record_sets
