"""The pages and commands on which a steward stops, undoes and retries."""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from bs4 import BeautifulSoup
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action, call_auth

from ckanext import federation
from ckanext.federation import jobs
from ckanext.federation.cli import federation as command
from ckanext.federation.harvest import apply, step, store

pytestmark = pytest.mark.ckan_config(
    "ckan.plugins", "federation council_schemas scheming_datasets scheming_organizations dcat"
)


@pytest.fixture
def admin(node):
    return factories.SysadminWithToken()


def refusing(monkeypatch, upstream_id):
    real = step.Steps._call

    def call(self, action, one, *rest):
        if one["upstream_id"] == upstream_id:
            raise toolkit.ValidationError({"title": ["Not here"]})
        return real(self, action, one, *rest)

    monkeypatch.setattr(apply, "allowed", lambda: False)
    monkeypatch.setattr(step.Steps, "_call", call)


def test_strangers_may_not(node, items):
    stranger = factories.User()
    run = node.plan(items(1))
    actions = {"run_pause": run["id"], "run_cancel": run["id"], "run_resume": run["id"], "run_roll_back": run["id"]}
    actions |= dict.fromkeys(("node_pause", "node_resume", "quarantine_list", "record_retry"), "wharfedale")
    for name, identifier in actions.items():
        for who in ("", stranger["name"]):
            with pytest.raises(toolkit.NotAuthorized):
                call_auth(f"federation_{name}", {"user": who, "model": model}, id=identifier)


def test_a_run_is_rolled_back_from_its_page(node, items, app, admin):
    head = {"Authorization": admin["token"]}
    run = node.run(items(2))
    path = f"/federation/run/{run['id']}"
    assert "Roll this run back" in app.get(path, headers=head).body
    assert app.post(f"{path}/roll-back", status=403)
    assert app.post(f"{path}/roll-back", headers=head, follow_redirects=False).status_code == 302
    jobs.roll_back(run["id"], admin["name"])  # what the worker does
    body = app.get(path, headers=head).body
    assert "Roll this run back" not in body
    assert "It was rolled back by" in body
    undoing = call_action("federation_run_show", id=run["id"])["rolled_back"]
    page = BeautifulSoup(app.get(f"/federation/run/{undoing}", headers=head).body, "html.parser")
    assert "put back" in page.get_text()
    assert page.title.get_text(strip=True).startswith("Roll back of Wharfedale")
    assert page.h1.get_text() == "Roll back of Wharfedale"
    assert page.select_one(".breadcrumb .active").get_text(strip=True) == "Roll back"
    assert app.get(f"/federation/run/{undoing}?format=json", headers=head).json["kind"] == "roll-back"
    runs = BeautifulSoup(app.get("/federation/wharfedale", headers=head).body, "html.parser").select("tbody tr")
    assert [row.select("td")[0].get_text() for row in runs] == ["Roll back", "Harvest"]
    told = app.get("/federation/wharfedale?format=json", headers=head).json
    assert [one["kind"] for one in told["runs"]] == ["roll-back", "harvest"] and told["node"]["last_run"][
        "kind"
    ] == "roll-back"


def test_each_kind_of_run_says_what_it_is(node, make, app, admin, cli, monkeypatch):
    head = {"Authorization": admin["token"]}
    refusing(monkeypatch, "id-1")
    node.run([make(1), make(2)])
    retried = call_action("federation_record_retry", id="wharfedale")
    assert retried["kind"] == "retry"
    assert "Second try of records of Wharfedale" in app.get(f"/federation/run/{retried['id']}", headers=head).body
    plan = node.plan([make(3)])
    assert (
        plan["kind"] == "harvest"
        and "Plan for Wharfedale" in app.get(f"/federation/run/{plan['id']}", headers=head).body
    )
    listed = cli.invoke(command, ["runs", "wharfedale"]).output.splitlines()
    assert "Retry. Done:" in listed[1] and "Harvest" not in listed[0]


def test_a_plan_is_discarded_and_a_paused_run_goes_on(node, items, app, admin):
    head = {"Authorization": admin["token"]}
    run = node.plan(items(2))
    path = f"/federation/run/{run['id']}"
    assert "Discard this plan" in app.get(path, headers=head).body
    app.post(f"{path}/cancel", headers=head)
    assert call_action("federation_run_show", id=run["id"])["status"] == "cancelled"
    assert "has ended" in app.post(f"{path}/cancel", headers=head).body
    paused = node.plan()
    store.change_run(paused["id"], status="paused")
    model.Session.commit()
    for page in (f"/federation/run/{paused['id']}", "/federation/wharfedale"):
        assert "Go on with this run" in app.get(page, headers=head).body
    app.post(f"/federation/run/{paused['id']}/resume", headers=head)
    jobs.apply_plan(paused["id"], admin["name"], True)
    assert call_action("federation_run_show", id=paused["id"])["results"] == {"created": 2}


def test_a_node_page_in_words_and_as_json(node, make, app, admin, monkeypatch):
    head = {"Authorization": admin["token"]}
    node.run([make(1)])
    with monkeypatch.context() as picky:
        refusing(picky, "id-2")
        node.run([make(1, title="Other"), make(2, description="<script>x</script>"), make(3, title="")])
    body = app.get("/federation/wharfedale", headers=head).body
    for said in ("What changed last", "Refused, and why", "In quarantine", "title: Not here", "The record as it came"):
        assert said in body
    assert "<script>x" not in body
    found = app.get("/federation/wharfedale?format=json", headers=head).json
    assert [one["upstream_id"] for one in found["quarantine"]] == ["id-2"]
    assert [one["title"] for one in found["changed"]] == ["Other"]
    assert found["node"]["health"] == "ok"
    assert set(app.get("/federation/wharfedale?format=json").json) == {"node"}
    app.post("/federation/wharfedale/retry", data={"upstream_id": "id-2"}, headers=head)
    assert call_action("package_show", id="dataset-2")["title"] == "Dataset 2"
    app.post("/federation/wharfedale/state", data={"state": "paused"}, headers=head)
    assert call_action("federation_node_show", id="wharfedale")["state"] == "paused"


def test_both_values_on_the_dataset_page(node, make, app):
    node.run([make(1)])
    call_action("package_patch", id="dataset-1", title="Ours <b>now</b>")
    body = app.get("/dataset/dataset-1").body
    assert "Here, set by a steward" in body
    assert "According to Wharfedale" in body
    assert "Ours &lt;b&gt;now&lt;/b&gt;" in body
    assert "Ours <b>now" not in body


def test_commands(node, items, cli):
    run = node.run(items(2))
    undone = cli.invoke(command, ["roll-back", run["id"]])
    assert undone.exit_code == 0, undone.output
    assert "undone" in undone.output
    assert cli.invoke(command, ["roll-back", run["id"]]).exit_code == 1
    plan = node.plan()
    assert "Cancelled" in cli.invoke(command, ["cancel", plan["id"]]).output
    assert cli.invoke(command, ["pause-run", plan["id"]]).exit_code == 1
    assert cli.invoke(command, ["quarantine", "wharfedale"]).output == ""
    assert cli.invoke(command, ["retry", "wharfedale"]).exit_code == 1


@pytest.mark.ckan_config("ckan.locales_offered", "en cy")
def test_reasons_are_told_in_the_readers_language(node, make, items, app, admin):
    """And kept, as JSON and old runs have them, in English."""
    catalogue = Path(federation.__file__).parent / "i18n/cy/LC_MESSAGES/ckanext-federation.mo"
    welsh = read_mo(catalogue.open("rb"))
    if not welsh.get("It has no title."):
        pytest.skip("the Welsh of reasons is not compiled yet")
    head = {"Authorization": admin["token"]}
    node.run(items(4))
    run = node.plan([make(1, title=""), make(2, issued="no day")])
    path = f"/federation/run/{run['id']}"
    shown = BeautifulSoup(app.get(f"/cy{path}", headers=head).body, "html.parser").get_text()
    for said in ("It has no title.", "It is no longer in the feed."):
        assert welsh.get(said).string in shown and said not in shown
        assert said in app.get(path, headers=head).body
        assert said in app.get(f"/cy{path}?format=json", headers=head).body
    held = "{number} of {all} datasets would be withdrawn ({share}; at most {most} go without approval)."
    assert welsh.get(held).string.format(number=2, all=4, share="50%", most="20%") in shown
