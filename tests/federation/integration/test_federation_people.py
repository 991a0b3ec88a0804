"""Who may see and do what: actions, pages, command line."""

import re

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action, call_auth

from ckanext.federation import jobs
from ckanext.federation.cli import federation as command

pytestmark = pytest.mark.ckan_config(
    "ckan.plugins", "federation council_schemas scheming_datasets scheming_organizations dcat"
)


@pytest.fixture
def people(node):
    organization = call_action("federation_node_show", id="wharfedale")["organization_id"]
    editor, admin, stranger = (factories.UserWithToken() for _ in range(3))
    call_action("organization_member_create", id=organization, username=editor["name"], role="editor")
    call_action("organization_member_create", id=organization, username=admin["name"], role="admin")
    return {
        "anon": None,
        "stranger": stranger,
        "editor": editor,
        "admin": admin,
        "sysadmin": factories.SysadminWithToken(),
    }


def as_user(person):
    return {"Authorization": person["token"]} if person else {}


def may(action, person, **data):
    context = {"user": person["name"] if person else "", "model": model}
    try:
        return call_auth(action, context, **data)
    except toolkit.NotAuthorized:
        return False


def test_who_may_do_what(people, node, items):
    run = node.plan(items(1))
    expected = {
        "federation_node_list": {"anon", "stranger", "editor", "admin", "sysadmin"},
        "federation_node_show": {"anon", "stranger", "editor", "admin", "sysadmin"},
        "federation_run_list": {"editor", "admin", "sysadmin"},
        "federation_plan": {"admin", "sysadmin"},
        "federation_run": {"admin", "sysadmin"},
        "federation_node_create": {"sysadmin"},
        "federation_node_update": {"sysadmin"},
        "federation_node_register_known": {"sysadmin"},
    }
    for action, who in expected.items():
        assert {name for name, one in people.items() if may(action, one, id="wharfedale")} == who, action
    for action, who in {
        "federation_run_show": {"editor", "admin", "sysadmin"},
        "federation_plan_apply": {"admin", "sysadmin"},
    }.items():
        assert {name for name, one in people.items() if may(action, one, id=run["id"])} == who, action


def test_the_public_sees_no_internals(people, node, items, app):
    node.run(items(1))
    public = app.get("/api/3/action/federation_node_show?id=wharfedale").json["result"]
    assert set(public) == {
        "labels",
        "licence_policy",
        "name",
        "title",
        "description",
        "url",
        "dialect",
        "state",
        "records",
        "health",
        "last_success",
    }
    assert public["records"] == {"active": 1}
    record = app.get("/api/3/action/federation_record_show?id=dataset-1").json["result"]
    assert "raw" not in record
    assert record["upstream_id"] == "id-1"


def test_pages(people, node, make, app):
    run = node.run([make(1), make(2, title="<script>alert(1)</script>{{x}}"), make(3, title="{{x}}")])
    for path in ("/federation", "/federation/", "/federation/wharfedale", "/dataset/dataset-1"):
        assert app.get(path).status_code == 200
    # Day first, in every page's language; never "November 23, 2026".
    assert re.search(r"\b\d{1,2} [A-Z][a-z]+ \d{4}, \d{2}:\d{2}\b", app.get("/federation/wharfedale").body)
    assert not re.search(r"\b[A-Z][a-z]+ \d{1,2}, \d{4}", app.get("/federation/wharfedale").body)
    page = BeautifulSoup(app.get("/dataset/dataset-1").body, "html.parser")
    origin = page.select_one(".federation-origin")
    assert "Harvested from Wharfedale" in " ".join(origin.text.split())
    assert origin.select_one("a[href='https://data.wharfedale.example/d/1']")
    assert "It has no title." not in app.get("/federation/wharfedale").body
    assert app.get(f"/federation/run/{run['id']}", status=403)
    body = app.get("/federation/wharfedale", headers=as_user(people["editor"])).body
    assert "It has no title." in body
    assert "make a plan" not in body
    assert "make a plan" in app.get("/federation/wharfedale", headers=as_user(people["admin"])).body
    assert app.get("/federation/nowhere", status=404)
    assert app.get("/federation/run/nothing", headers=as_user(people["sysadmin"]), status=404)


def test_a_plan_is_read_and_approved_on_its_page(people, node, items, make, app):
    node.run(items(10))
    held = node.run([make(1, title="Changed <b>title</b> & more")])
    path = f"/federation/run/{held['id']}"
    page = app.get(path, headers=as_user(people["editor"])).body
    assert "Why it waits" in page
    assert "Changed title &amp; more" in page
    assert "Approve and apply" not in page
    assert app.post(f"{path}/apply", headers=as_user(people["editor"]), status=403)
    assert "Approve and apply" in app.get(path, headers=as_user(people["admin"])).body
    assert app.get(f"{path}?status=planned&page=999", headers=as_user(people["admin"])).status_code == 200
    answer = app.get(f"{path}?format=json", headers=as_user(people["editor"])).json
    assert answer["counts"]["withdraw"] == 9
    assert app.get(f"{path}/apply", headers=as_user(people["admin"]), expect_errors=True).status_code in (404, 405)
    assert app.post(f"{path}/apply", headers=as_user(people["admin"]), follow_redirects=False).status_code == 302
    jobs.apply_plan(held["id"], people["admin"]["name"], True)  # what the worker does
    shown = call_action("federation_run_show", id=held["id"])
    assert shown["status"] == "done"
    assert shown["approved_by"] == people["admin"]["name"]
    assert shown["results"] == {"updated": 1, "withdrawn": 9}


def test_harvest_due_enqueues_what_is_due_once(people, node, items, monkeypatch):
    node.feed_is(items(2))
    queued = []
    monkeypatch.setattr(jobs.toolkit, "enqueue_job", lambda job, args, **_options: queued.append((job, args)))
    jobs.harvest_due()
    jobs.harvest_due()
    assert queued == [(jobs.harvest_node, ["wharfedale"])]
    jobs.harvest_node("wharfedale")
    assert call_action("package_search")["count"] == 2
    call_action("federation_node_update", id="wharfedale", state="paused")
    queued.clear()
    jobs.harvest_due()
    jobs.harvest_node("wharfedale")
    assert queued == []


def test_the_command_line(node, items, cli):
    node.feed_is(items(2))
    shown = cli.invoke(command, ["plan", "wharfedale"])
    assert "2 to create" in shown.output
    assert "ckan federation apply" in shown.output
    done = cli.invoke(command, ["run", "wharfedale", "--json"])
    assert done.exit_code == 0
    assert '"created": 2' in done.output
    assert "2 datasets" in cli.invoke(command, ["nodes"]).output
    assert "2 created" in cli.invoke(command, ["runs", "wharfedale"]).output
    assert cli.invoke(command, ["pause", "wharfedale"]).exit_code == 0
    assert "paused" in cli.invoke(command, ["nodes"]).output
    assert cli.invoke(command, ["resume", "wharfedale"]).exit_code == 0
    assert cli.invoke(command, ["run", "nowhere"]).exit_code == 1
    node.feed_is([])
    held = cli.invoke(command, ["run", "wharfedale"])
    assert "Held:" in held.output
    assert "--approve" in held.output
    assert "2 withdrawn" in cli.invoke(command, ["run", "wharfedale", "--approve"]).output


def test_a_named_nodes_page_says_its_networks_and_licences(people, federation, app):
    call_action("federation_node_register_known")
    page = app.get("/federation/leeds").body
    assert "ODI Nodes" in page
    assert "none is assumed of those that state none" in page
