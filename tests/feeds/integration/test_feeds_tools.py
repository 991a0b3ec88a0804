"""Actions, their authorisation, and the commands."""

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from ckan.plugins import toolkit
from ckan.tests import factories, helpers

from ckanext.feeds.fragment import sha256
from ckanext.feeds.model import Fragment

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


def test_dataset_show():
    dataset = factories.Dataset(title="Bins")
    for key in (dataset["id"], dataset["name"]):
        shown = helpers.call_action("feeds_dataset_show", id=key)
        assert shown["uri"] == f"http://test.ckan.net/dataset/{dataset['id']}"
        assert '"Bins"' in shown["ntriples"]
        assert shown["sha256"] == sha256(shown["ntriples"].encode())
    private = factories.Dataset(private=True, owner_org=factories.Organization()["id"])
    for key in (private["id"], "nothing"):
        with pytest.raises(toolkit.ObjectNotFound):
            helpers.call_action("feeds_dataset_show", id=key)
    with pytest.raises(toolkit.ValidationError):
        helpers.call_action("feeds_dataset_show")


def test_who_may():
    context = {"user": factories.User()["name"], "model": model}
    for name in ("feeds_status", "feeds_render"):
        with pytest.raises(toolkit.NotAuthorized):
            helpers.call_auth(name, context)
        with pytest.raises(toolkit.NotAuthorized):
            helpers.call_auth(name, {"user": "", "model": model})
        assert helpers.call_auth(name, {"user": factories.Sysadmin()["name"], "model": model})
    for name in ("feeds_dataset_show", "feeds_changes"):
        assert helpers.call_auth(name, {"user": "", "model": model})


def test_status_and_render():
    dataset = factories.Dataset()
    model.Session.execute(sa.delete(Fragment))
    model.Session.commit()
    status = helpers.call_action("feeds_status", limit=5)
    assert status == {"states": {}, "public": 1, "pending": 1, "rendering": False, "failures": []}
    assert helpers.call_action("feeds_render", id=dataset["name"]) == {"queued": False, "pending": 0}
    assert helpers.call_action("feeds_render") == {"queued": True, "pending": 0}
    with pytest.raises(toolkit.ObjectNotFound):
        helpers.call_action("feeds_render", id="nothing")


def test_commands(cli, with_extended_cli):
    dataset = factories.Dataset()
    model.Session.execute(sa.delete(Fragment))
    model.Session.commit()
    assert "1 not up to date" in cli.invoke(ckan, ["feeds", "status"]).output
    rendered = cli.invoke(ckan, ["feeds", "render"])
    assert rendered.exit_code == 0 and "1 live" in rendered.output
    assert "Rendering 0 datasets" in cli.invoke(ckan, ["feeds", "render"]).output
    assert "Rendering 1 datasets" in cli.invoke(ckan, ["feeds", "render", "--all"]).output
    assert cli.invoke(ckan, ["feeds", "render", dataset["name"]]).exit_code == 0
    assert "no dataset nothing" in cli.invoke(ckan, ["feeds", "render", "nothing"]).output

    token = helpers.call_action("feeds_changes")["next"]
    assert "expired" in cli.invoke(ckan, ["feeds", "restart-changes"]).output
    with pytest.raises(toolkit.ValidationError):
        helpers.call_action("feeds_changes", since=token)

    checked = cli.invoke(ckan, ["feeds", "check"])
    assert checked.exit_code == 0 and "1 datasets" in checked.output and "0 damaged" in checked.output
    model.Session.execute(sa.update(Fragment).values(ntriples=b"<broken"))
    model.Session.commit()
    damaged = cli.invoke(ckan, ["feeds", "check"])
    assert damaged.exit_code == 1 and dataset["id"] in damaged.output
