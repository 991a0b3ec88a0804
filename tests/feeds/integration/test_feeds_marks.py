"""What datasets share, and changes that no hook of the dataset tells of: the feed has them when the change returns."""

import threading
import time

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from rdflib import DCTERMS, FOAF, Literal, URIRef

from ckanext.feeds import marks, render, source, store, sync, turn
from ckanext.feeds.model import Fragment

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


@pytest.fixture()
def changed(app):
    """The datasets that changed since this was last asked, as the feed of changes has them."""
    token = ""

    def _changed():
        nonlocal token
        answer = app.get(f"/feeds/changes.json?since={token}").json
        token = answer["next"]
        return {change["id"]: change.get("dataset") for change in answer["changes"]}

    _changed()
    return _changed


def sysadmin_call(action, **data):
    user = factories.Sysadmin()
    return helpers.call_action(action, context={"user": user["name"], "ignore_auth": False}, **data)


def test_a_write_renders_once(monkeypatch):
    seen, real = [], render.render
    monkeypatch.setattr(
        render, "render", lambda made_of, place: (seen.append(made_of.dataset["id"]), real(made_of, place))[1]
    )
    dataset = factories.Dataset(tags=[{"name": "one"}], resources=[{"url": "https://example.org"}])
    assert seen == [dataset["id"]] and store.pending() == []
    helpers.call_action("package_patch", id=dataset["id"], tags=[{"name": "two"}])
    assert len(seen) == 2 and store.pending() == []


def test_membership_of_a_group(changed):
    group, dataset = factories.Group(title="Transport"), factories.Dataset()
    changed()
    sysadmin_call("member_create", id=group["id"], object=dataset["id"], object_type="package", capacity="public")
    assert [g["title"] for g in changed()[dataset["id"]]["groups"]] == ["Transport"]
    helpers.call_action("group_patch", id=group["id"], title="Travel")
    assert [g["title"] for g in changed()[dataset["id"]]["groups"]] == ["Travel"]
    sysadmin_call("member_delete", id=group["id"], object=dataset["id"], object_type="package")
    assert changed()[dataset["id"]]["groups"] == []


@pytest.mark.parametrize("action", ["group_delete", "group_purge"])
def test_a_group_that_goes(changed, action):
    dataset = factories.Dataset()
    group = factories.Group(packages=[{"id": dataset["id"]}])
    changed()
    sysadmin_call(action, id=group["id"])
    assert changed()[dataset["id"]]["groups"] == []


@pytest.mark.parametrize("action", ["organization_delete", "organization_purge"])
@pytest.mark.ckan_config("ckan.auth.create_unowned_dataset", True)
def test_an_organisation_that_goes(changed, read, action):
    org = factories.Organization(title="Old Council")
    dataset = factories.Dataset(owner_org=org["id"])
    changed()
    sysadmin_call(action, id=org["id"])
    assert changed()[dataset["id"]]["organization"] is None
    assert (None, FOAF.name, Literal("Old Council")) not in read("/catalog.ttl")


def test_a_licence(read):
    dataset = factories.Dataset(license_id="cc-by", resources=[{"url": "https://example.org"}])
    helpers.call_action("package_patch", id=dataset["id"], license_id="uk-ogl")
    licences = {str(o) for o in read("/catalog.ttl").objects(None, DCTERMS.license)}
    assert len(licences) == 1 and "open-government-licence" in licences.pop()


def test_a_licence_described_elsewhere_renders_anew(monkeypatch):
    dataset = factories.Dataset()
    register = model.Package.get_license_register()

    class Other:
        def values(self):
            return [*list(register.values())[:-1]]

    monkeypatch.setattr(model.Package, "get_license_register", classmethod(lambda cls: Other()))
    assert store.pending() == [dataset["id"]]


def test_a_change_that_is_not_to_be_noted_does_not_disturb(monkeypatch):
    def broken(*args):
        raise ValueError("no such thing")

    dataset, group = factories.Dataset(), factories.Group()
    monkeypatch.setattr(store, "mark_stale", broken)
    sysadmin_call("member_create", id=group["id"], object=dataset["id"], object_type="package", capacity="public")
    assert helpers.call_action("package_show", id=dataset["id"])["groups"][0]["id"] == group["id"]


def test_the_journey_is_part_of_it(changed, monkeypatch, with_journey):
    dataset = factories.Dataset()
    changed()
    journey = with_journey({"stage": "published", "systems": [], "steps": [{"id": "1"}], "hops": [], "secret": 1})
    marks.journeys_changed(None, package_ids=[dataset["id"]])
    assert store.pending() == [dataset["id"]]
    assert dataset["id"] in changed()
    shown = store.get(dataset["id"], "source")
    assert store.journeys_of([dataset["id"]])[dataset["id"]] == source.digest(
        {k: journey[k] for k in journey if k != "secret"}
    )
    assert b"secret" not in shown.data
    marks.journeys_changed(None, package_ids=[dataset["id"], "nothing"])  # as after each write
    assert store.pending() == []
    marks.journeys_changed(None, package_ids=["nothing"])
    marks.journeys_changed(None)


@pytest.fixture()
def with_journey(monkeypatch):
    """An action ``journey_show`` that answers with what it is given; it must be asked for what is public."""

    def _with(journey):
        def show(context, data_dict):
            assert data_dict["public"] and not context["user"] and not context["ignore_auth"]
            return journey

        real = toolkit.get_action
        monkeypatch.setattr(toolkit, "get_action", lambda name: show if name == "journey_show" else real(name))
        return journey

    return _with


@pytest.mark.parametrize("waited_for", [2, 500])
@pytest.mark.ckan_config("ckanext.feeds.catch_up_seconds", 1)
def test_one_process_renders_many(app, monkeypatch, waited_for):
    monkeypatch.setattr(sync, "_FEW", 1)
    monkeypatch.setattr(sync, "_WAITED_FOR", waited_for)
    ids = [factories.Dataset()["id"] for _ in range(3)]
    store.mark_stale()
    model.Session.commit()
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with turn.taken() as mine:
            assert mine
            held.set()
            let_go.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    try:
        assert turn.is_taken() and helpers.call_action("feeds_status")["rendering"]
        with turn.taken() as mine:
            assert not mine
        # Three are too many to wait for where that many are two, however long there would be.
        assert sync.catch_up(1 if waited_for > 3 else 10_000) is False
        assert len(store.pending()) == 3
        assert all(i in app.get("/catalog.nt").body for i in ids), "what is there is shown meanwhile"
        model.Session.execute(sa.delete(Fragment))
        model.Session.commit()
        app.get("/catalog.ttl", status=503)
    finally:
        let_go.set()
        other.join()
    assert not turn.is_taken()
    assert sync.catch_up(10) is True
    assert store.pending() == []


def test_who_reads_while_a_job_renders_what_changed_gets_it_new(app, monkeypatch):
    """A council of more datasets than a reader renders beside others is renamed; the job has begun."""
    monkeypatch.setattr(sync, "_FEW", 2)
    org = factories.Organization(title="Old Council")
    ids = [factories.Dataset(owner_org=org["id"])["id"] for _ in range(6)]
    before = app.get("/feeds/changes.json").json["next"]
    helpers.call_action("organization_patch", id=org["id"], title="New Council")
    assert len(store.pending()) == 6
    begun, flask_app = threading.Event(), app.flask_app

    def job():
        with flask_app.test_request_context(), turn.taken() as mine:
            assert mine
            begun.set()
            for package_id in ids:
                time.sleep(0.2)
                sync.refresh_one(package_id)
            model.Session.remove()

    other = threading.Thread(target=job)
    other.start()
    try:
        begun.wait(20)
        body = app.get("/catalog.nt").body
        assert "Old Council" not in body and all(package_id in body for package_id in ids)
        told = app.get(f"/feeds/changes.json?since={before}").json["changes"]
        assert {one["id"]: one["organization"]["title"] for one in told} == dict.fromkeys(ids, "New Council")
    finally:
        other.join()


def test_rendering_anew_goes_on_where_it_was_stopped(cli, with_extended_cli, ckan_config):
    for _ in range(3):
        factories.Dataset()
    ckan_config["ckanext.dcat.base_uri"] = "https://data.example.gov.uk"
    assert "0% done" in cli.invoke(ckan, ["feeds", "status"]).output
    assert sync.catch_up(0) is False
    sync.refresh_one(store.pending()[0])
    assert "33% done" in cli.invoke(ckan, ["feeds", "status"]).output
    assert "Rendering 2 datasets" in cli.invoke(ckan, ["feeds", "render"]).output
    assert "Rendering 3 datasets" in cli.invoke(ckan, ["feeds", "render", "--all"]).output
    fragment = model.Session.query(Fragment).first()
    assert URIRef(fragment.uri).startswith("https://data.example.gov.uk/dataset/")
