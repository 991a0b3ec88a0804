"""Tables that an earlier version made are made again by a job, once; a new portal has nothing to make."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import jobs, projection, reindexing, store, upgrading
from ckanext.journey import model as tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db", "clean_queues", "nothing_runs"),
]


@pytest.fixture
def nothing_runs():
    connect_to_redis().delete(upgrading._key(), reindexing._key("reindex"), reindexing._key("reindex:asked"))


@pytest.fixture
def dataset():
    made = factories.Dataset(owner_org=factories.Organization()["id"])
    helpers.call_action("journey_step_create", dataset=made["id"], type="clean", rationale="told before the upgrade")
    return made


def earlier(version=0):
    """As an earlier version left it: rows of another shape, and the number of that version, if it noted any."""
    model.Session.execute(tables.step.update().values(rationale="of an earlier version"))
    model.Session.execute(tables.projected.delete())
    if version:
        model.Session.execute(tables.projected.insert().values(id=1, version=version, made="2026-01-01"))
    model.Session.commit()


def asked():
    return [job for job in helpers.call_action("job_list") if "made anew" in job["title"]]


def shown(dataset):
    return str(helpers.call_action("journey_show", id=dataset["id"])["steps"])


@pytest.mark.parametrize("version", [0, projection.VERSION - 1, projection.VERSION + 1])
def test_tables_of_another_version_are_made_again_once(dataset, version):
    earlier(version)
    jobs.keep_tables()
    jobs.keep_tables()
    assert len(asked()) == 1 and "of an earlier version" in shown(dataset)
    assert helpers.call_action("journey_rebuild_show")["running"] is not None
    upgrading.work()
    assert "told before the upgrade" in shown(dataset)
    told = helpers.call_action("journey_rebuild_show")
    assert (told["version"], told["running"]) == (projection.VERSION, None) and told["wanted"] == projection.VERSION
    waiting = connect_to_redis().smembers(reindexing._key("reindex"))
    assert dataset["id"].encode() in waiting
    jobs.keep_tables()
    assert len(asked()) == 1


def test_a_new_portal_has_nothing_to_make():
    jobs.keep_tables()
    assert asked() == [] and upgrading.made_by(model.Session.connection()) == projection.VERSION


def test_a_rebuild_that_is_cut_off_leaves_everything_as_it_was_and_is_asked_for_again(dataset, monkeypatch):
    earlier()

    def broken(*_given):
        raise OSError("disk full")

    monkeypatch.setattr(store, "put", broken)
    with pytest.raises(OSError, match="disk full"):
        upgrading.work()
    model.Session.rollback()
    monkeypatch.undo()
    assert "of an earlier version" in shown(dataset)
    jobs.keep_tables()
    assert len(asked()) == 1


def test_the_command_makes_them_if_needed_and_tells_how_far_it_is(cli, dataset):
    from ckanext.journey.cli import journey

    earlier()
    first = cli.invoke(journey, ["rebuild", "--if-needed"])
    assert first.exit_code == 0 and "Made again from" in first.output
    assert "nothing was done" in cli.invoke(journey, ["rebuild", "--if-needed"]).output
    assert "Made again from" in cli.invoke(journey, ["rebuild"]).output


def test_only_sysadmins_are_told(dataset):
    with pytest.raises(tk.NotAuthorized):
        helpers.call_action("journey_rebuild_show", {"user": factories.User()["name"], "ignore_auth": False})
