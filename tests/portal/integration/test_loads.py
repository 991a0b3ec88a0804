"""Loading tables as ckanext-xloader does it: as nobody, and while an earlier load still waits in the real queue."""

import pytest
from ckan.lib import jobs
from ckan.plugins import toolkit as tk
from ckan.tests import factories

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "portal activity datastore xloader"),
    # xloader's own token is longer than what RQ keeps of a job's description
    pytest.mark.ckan_config("ckanext.xloader.api_token", "t" * 200),
    pytest.mark.usefixtures("with_plugins", "tables"),
]


@pytest.fixture
def tables(with_plugins, clean_db, clean_index, migrate_db_for):
    migrate_db_for("activity")
    queue = jobs.get_queue()
    queue.empty()
    yield
    queue.empty()


def waiting(resource_id: str) -> int:
    found = [job for job in jobs.get_queue().get_jobs() if "xloader_data_into_datastore" in job.func_name]
    return sum(job.args[0]["metadata"]["resource_id"] == resource_id for job in found)


def test_a_table_made_by_nobody_keeps_its_types() -> None:
    resource = factories.Resource(format="")
    table = {
        "resource_id": resource["id"],
        "force": True,
        "fields": [{"id": "Amount", "type": "numeric"}],
        "records": [{"Amount": 12.5}],
    }
    tk.get_action("datastore_create")({"ignore_auth": True}, table)
    found = tk.get_action("datastore_search")({"ignore_auth": True}, {"resource_id": resource["id"]})
    assert {each["id"]: each["type"] for each in found["fields"]}["Amount"] == "numeric"
    assert found["total"] == 1


def test_nobody_still_may_not_load_without_the_right() -> None:
    resource = factories.Resource(format="")
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("datastore_create")({"user": ""}, {"resource_id": resource["id"], "force": True})


def test_a_file_changed_while_its_load_waits_is_saved_and_loaded_once() -> None:
    resource = factories.Resource(format="CSV", url="http://127.0.0.1/a.csv")
    assert waiting(resource["id"]) == 1
    admin = {"user": factories.Sysadmin()["name"]}
    tk.get_action("resource_patch")(admin, {"id": resource["id"], "url": "http://127.0.0.1/b.csv"})
    assert waiting(resource["id"]) == 1


def test_a_load_that_was_lost_from_the_queue_is_queued_again() -> None:
    resource = factories.Resource(format="CSV", url="http://127.0.0.1/a.csv")
    jobs.get_queue().empty()
    tk.get_action("xloader_submit")(
        {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, {"resource_id": resource["id"]}
    )
    assert waiting(resource["id"]) == 1


def test_a_stranger_may_not_have_a_file_loaded() -> None:
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    resource = factories.Resource(package_id=dataset["id"], format="CSV", url="http://127.0.0.1/a.csv")
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("xloader_submit")({"user": factories.User()["name"]}, {"resource_id": resource["id"]})


def test_only_actions_are_offered_as_actions() -> None:
    with pytest.raises(KeyError):
        tk.get_action("_saved_all_the_same")
