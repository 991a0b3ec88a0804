"""Datasets of two nodes that are here already, and turn out to be one when a feed changes: offered to a steward."""

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)
ELSEWHERE = {"landingPage": "https://data.region.example/x", "distribution": []}


@pytest.fixture
def apart(two, make, copy):
    """Two datasets of two nodes that share nothing; the names of both."""
    two("wharfedale", [make(1), make(2)])
    two("region", [copy(1, **ELSEWHERE)])
    found = {one.notes: one.name for one in active()}
    return found["Number **1**"], found["As the region tells it."]


def active():
    model.Session.rollback()
    return list(model.Session.query(model.Package).filter_by(state="active"))


def alike(name):
    return call_action("federation_record_show", id=name)["alike"]


def test_the_plan_says_it_and_nothing_is_joined(apart, two, copy):
    assert alike(apart[0]) == alike(apart[1]) == []
    plan = two("region", [copy(1)], "plan")
    said = "It may be the same dataset as “Dataset 1”, met at Wharfedale: the same page (data.wharfedale.example/d/1)."
    assert plan["outcomes"][0]["action"] == "update"
    assert plan["outcomes"][0]["reason"].startswith(said)
    assert any("1 datasets that are here already may be" in note for note in plan["notes"])
    done = call_action("federation_plan_apply", id=plan["id"])
    assert done["results"] == {"updated": 1}
    assert done["outcomes"][0]["reason"].startswith(said)
    assert len(active()) == 3
    # Both datasets say it, and the next harvest that changes nothing says nothing new.
    (here,), (there,) = alike(apart[0]), alike(apart[1])
    assert (here["name"], here["nodes"], here["kind"]) == (apart[1], ["Region"], "page")
    assert (there["name"], there["title"]) == (apart[0], "Dataset 1")
    assert two("region", [copy(1)])["status"] == "unchanged"


def test_a_steward_joins_them_on_the_page(apart, two, copy, app):
    two("region", [copy(1)])
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    address = f"/dataset/{apart[0]}"
    assert "It may be the same dataset as" not in app.get(address).body
    body = app.get(address, headers=headers).body
    assert "It may be the same dataset as" in body
    assert "(Region): the same page, data.wharfedale.example/d/1." in body
    app.post(f"/federation/dataset/{apart[0]}/join", data={"other": apart[1]}, headers=headers)
    assert [one["node_name"] for one in call_action("federation_record_show", id=apart[0])["met"]] == ["region"]
    assert alike(apart[0]) == []
    assert len(active()) == 2


def test_a_steward_says_that_they_are_two_and_it_is_not_offered_again(apart, two, make, copy, app):
    two("region", [copy(1)])
    with pytest.raises(toolkit.NotAuthorized):
        context = {"user": factories.User()["name"], "ignore_auth": False}
        call_action("federation_record_keep_apart", context, id=apart[1])
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    said = app.post(f"/federation/dataset/{apart[1]}/keep-apart", headers=headers).body
    assert "It stays a dataset of its own." in said
    assert "They are two datasets" not in said
    assert alike(apart[0]) == alike(apart[1]) == []
    plans = [two("region", [copy(1, title="A")], "plan"), two("wharfedale", [make(1, title="B"), make(2)], "plan")]
    assert [one["outcomes"][0]["reason"] for one in plans] == ["", ""]
    # A steward may still join them.
    call_action("federation_record_join", id=apart[0], other=apart[1])
    assert len(active()) == 2


def test_what_is_not_offered(apart, two, make, copy):
    """A page that two datasets have; a title alone; what the node has already; a dataset that is deleted here."""
    one_page = {"landingPage": "https://data.region.example/all", "distribution": []}
    two("wharfedale", [make(1, **one_page), make(2, **one_page)])
    plan = two("region", [copy(1, **one_page)], "plan")
    assert plan["outcomes"][0]["reason"] == ""
    two("wharfedale", [make(1), make(2)])
    assert two("region", [copy(1, title="Dataset 2", **ELSEWHERE)])["outcomes"][0]["reason"] == ""
    linked = two("region", [copy(1, title="Dataset 2", **ELSEWHERE), copy(2)])
    assert linked["results"] == {"linked": 1}
    now_like_2 = copy(1, title="Dataset 2", landingPage="https://data.wharfedale.example/d/2", distribution=[])
    assert two("region", [now_like_2, copy(2)])["outcomes"][0]["reason"] == ""
    call_action("package_delete", id=apart[0])
    moved = two("region", [copy(1), copy(2)])
    assert moved["outcomes"][0]["reason"] == ""
    assert alike(apart[1]) == []
