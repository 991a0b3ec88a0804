"""A node that was deleted and is registered again takes up the datasets that it brought here before."""

import json

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)
SITE = "https://data.wharfedale.example"


def forget(name="wharfedale"):
    """Delete a node as the database's administrator does; all that hangs on it goes with it."""
    model.Session.execute(sa.text("DELETE FROM federation_node WHERE name = :name"), {"name": name})
    model.Session.commit()


def ids():
    model.Session.rollback()
    return dict(model.Session.query(model.Package.title, model.Package.id).filter_by(state="active"))


@pytest.fixture
def again(node, server):
    """A function: the node is deleted and registered again, by default at the same address."""

    def again(name="wharfedale", path="/data.json", **more):
        forget()
        values = {"name": name, "title": "Wharfedale", "feed_url": server.url + path, **more}
        call_action("federation_node_create", **values)
        node.name = name

    return again


def wanted(plan):
    kinds = ("create", "link", "update", "restore", "withdraw", "refused", "unchanged")
    return {key: plan["counts"][key] for key in kinds if plan["counts"][key]}


def test_nothing_is_new(node, again, items):
    node.run(items(5))
    before = ids()
    again()
    plan = node.plan()
    assert plan["status"] == "unchanged" and wanted(plan) == {"unchanged": 5}
    assert plan["notes"] == [
        "5 datasets came from this address before, by a node that was deleted: they are this node’s again."
    ]
    assert ids() == before
    assert node.run()["status"] == "unchanged"
    assert len(ids()) == 5
    assert model.Session.execute(sa.text("SELECT count(*) FROM federation_former")).scalar() == 0


def test_what_changed_is_changed_and_says_why(node, again, make, items):
    node.run(items(5))
    before = ids()
    call_action("package_patch", id=before["Dataset 2"], version="7 by a steward")
    again()
    plan = node.plan([make(1), make(2, description="Another."), make(3), make(4), make(6)])
    assert wanted(plan) == {"create": 1, "update": 1, "withdraw": 1, "unchanged": 3}
    changed = next(one for one in plan["outcomes"] if one["action"] == "update")
    assert changed["reason"].startswith(
        "It came from this address before, by the node “Wharfedale” that was deleted on 20"
    )
    assert [one["field"] for one in changed["changes"]] == ["notes"]
    done = call_action("federation_plan_apply", id=plan["id"], approve=True)
    assert done["results"] == {"created": 1, "updated": 1, "withdrawn": 1}
    assert ids() == {title: before.get(title, ids()["Dataset 6"]) for title in ids()} and len(ids()) == 5
    kept = call_action("package_show", id=before["Dataset 2"])
    assert (kept["notes"], kept["version"]) == ("Another.", "7 by a steward")


def test_what_somebody_made_their_own_stays_theirs(node, again, items, make):
    node.run(items(3))
    before = ids()
    forget()
    call_action("package_patch", id=before["Dataset 2"], notes="The council looks after it now.")
    call_action("package_delete", id=before["Dataset 3"])
    again()
    plan = node.run([make(1, description="New."), make(2, description="New."), make(3, description="New.")])
    assert plan["results"] == {"updated": 1, "refused": 1}
    refused = next(one for one in plan["outcomes"] if one["status"] == "refused")
    assert refused["reason"].startswith("It is the dataset “Dataset 2”, which somebody changed here since")
    assert call_action("package_show", id=before["Dataset 2"])["notes"] == "The council looks after it now."
    assert ids() == {title: before[title] for title in ("Dataset 1", "Dataset 2")}
    assert wanted(node.run(items(3))) == {"update": 1, "refused": 1}  # and so at every later harvest
    # Nor is it taken for gone when the feed has it no more.
    assert node.run(items(1), approve=True)["results"] == {}
    assert set(ids()) == {"Dataset 1", "Dataset 2"}


def test_of_another_feed_of_the_site_they_are_known_by_page_and_files(node, again, server, make):
    node.run([make(1), make(2), make(3)])
    before = ids()
    again(name="wharfedale-new", path="/other.json")
    feed = [make(number, identifier=f"new-{number}") for number in (1, 2)] + [make(3, landingPage=f"{SITE}/dataset/3")]
    server.serve("/other.json", json.dumps({"dataset": feed}).encode())
    plan = node.plan()
    assert wanted(plan) == {"update": 3}
    assert all("came from this address before" in one["reason"] for one in plan["outcomes"])
    done = call_action("federation_plan_apply", id=plan["id"])
    assert done["results"] == {"updated": 3} and ids() == before
    assert call_action("federation_record_show", id=before["Dataset 1"])["upstream_id"] == "new-1"


def test_another_site_with_the_same_ids_is_another(node, again, server, make, items):
    node.run(items(2))
    site = "https://data.airedale.example"
    again(name="airedale", path="/airedale.json", url=site)
    # Both feeds are of the test's one server; the deleted node's was elsewhere.
    model.Session.execute(
        sa.text("UPDATE federation_former SET feed_url = 'https://elsewhere.example/data.json', url = ''")
    )
    model.Session.commit()
    file = [{"title": "CSV", "downloadURL": f"{site}/a.csv", "mediaType": "text/csv"}]
    feed = [make(1, title="Bins", landingPage=f"{site}/d/bins", distribution=file)]
    server.serve("/airedale.json", json.dumps({"dataset": feed}).encode())
    assert wanted(node.plan()) == {"create": 1}


@pytest.mark.ckan_config("ckan.auth.create_unowned_dataset", "true")
@pytest.mark.parametrize("action", ["organization_delete", "organization_purge"])
def test_the_organisation_is_gone_too(node, again, items, action):
    node.run(items(2))
    before = ids()
    for name in call_action("organization_list"):
        call_action(action, id=name)
    again()
    plan = node.plan()
    assert wanted(plan) == {"update": 2}
    assert all(one["reason"].endswith("Its organisation is gone; it gets one again.") for one in plan["outcomes"])
    assert call_action("federation_plan_apply", id=plan["id"])["results"] == {"updated": 2}
    assert ids() == before
    homes = {call_action("package_show", id=one)["organization"]["title"] for one in before.values()}
    assert homes == {"Wharfedale Council"}
    assert node.run()["status"] == "unchanged"


def test_purged_datasets_are_made_again_and_withdrawn_ones_come_back(node, again, items):
    node.run(items(3))
    before = ids()
    node.run(items(2), approve=True)
    call_action("dataset_purge", id=before["Dataset 1"])
    again()
    plan = node.plan(items(3))
    assert wanted(plan) == {"create": 1, "restore": 1, "unchanged": 1}
    assert call_action("federation_plan_apply", id=plan["id"])["results"] == {"created": 1, "restored": 1}
    assert {title: ids()[title] == before[title] for title in ids()} == {
        "Dataset 1": False,
        "Dataset 2": True,
        "Dataset 3": True,
    }


def test_a_dataset_that_another_node_has_too_keeps_one_governor(two, make, copy, server):
    two("wharfedale", [make(1)])
    assert two("region", [copy(1)])["results"] == {"linked": 1}
    before = ids()
    forget()
    call_action("federation_node_create", name="wharfedale", feed_url=f"{server.url}/wharfedale", url=SITE)
    plan = two("wharfedale", [make(1)], action="plan")
    assert wanted(plan) == {"unchanged": 1}
    assert ids() == before
    record = call_action("federation_record_show", id=before["Dataset 1"])
    assert len(record["met"]) == 1


def test_the_plans_page_says_it(app, node, again, items, make):
    node.run(items(2))
    again()
    plan = node.plan([make(1, description="New."), make(2)])
    user = factories.SysadminWithToken()
    page = app.get(f"/federation/run/{plan['id']}", headers={"Authorization": user["token"]}).body
    assert "2 datasets came from this address before" in page and "It came from this address before, by" in page
