"""`journey:changed`: sent once for each dataset, after the commit, to listeners that may use the database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.journey import events as ev
from ckanext.journey import ledger, signals, store

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]


@pytest.fixture
def heard():
    """The datasets told of, each with the number of public steps that a connection of its own saw at that moment."""
    found = []
    count = sa.text("SELECT count(*) FROM journey_step WHERE package_id = :id")

    def listen(sender, **kwargs):
        assert sender == kwargs["package_id"]
        with model.meta.engine.connect() as conn:
            found.append((sender, conn.execute(count, {"id": sender}).scalar_one()))

    with signals.changed.connected_to(listen):
        yield found


def draft(package, kind="clean", **values):
    return ledger.Draft(ev.StepRecorded(kind, **values), "stream", package)


def test_sent_after_the_commit(heard, conn):
    ledger.append(conn, draft("one"))
    assert heard == []
    model.Session.commit()
    assert heard == [("one", 1)]
    model.Session.commit()
    assert heard == [("one", 1)]


def test_each_dataset_once(heard, conn):
    ledger.append_all(conn, [draft("one"), draft("two"), draft("one", "extract")])
    model.Session.commit()
    assert sorted(heard) == [("one", 2), ("two", 1)]


def test_all_of_a_commit_at_once(conn):
    told = []

    def listen(_sender, **kwargs):
        told.append(sorted(kwargs["package_ids"]))

    with signals.all_changed.connected_to(listen):
        ledger.append_all(conn, [draft("one"), draft("two"), draft("one", "extract")])
        model.Session.commit()
        model.Session.commit()
    assert told == [["one", "two"]]


def test_nothing_of_what_was_rolled_back(heard, conn):
    ledger.append(conn, draft("one"))
    model.Session.rollback()
    model.Session.execute(sa.text("SELECT 1"))
    model.Session.commit()
    assert heard == []


def test_a_savepoint_is_no_commit(heard, conn):
    with model.Session.begin_nested():
        ledger.append(model.Session.connection(), draft("one"))
    assert heard == []
    model.Session.commit()
    assert heard == [("one", 1)]


def test_a_dataset_saved(heard):
    dataset = factories.Dataset()
    assert [each for each in heard if each[0] == dataset["id"]][-1][1] >= 1


def test_a_listener_may_ask_the_action_and_commit(conn):
    dataset = factories.Dataset()
    asked = []

    def listen(sender, **_kwargs):
        asked.append(tk.get_action("journey_show")({"ignore_auth": True}, {"id": sender, "public": True})["total"])
        model.Session.execute(sa.text("CREATE TEMPORARY TABLE heard_it (n int) ON COMMIT DROP"))
        model.Session.commit()

    with signals.changed.connected_to(listen):
        ledger.append(model.Session.connection(), draft(dataset["id"]))
        model.Session.commit()
    assert asked == [2]


def test_a_failing_listener_breaks_nothing(heard, conn, caplog, monkeypatch):
    monkeypatch.setattr(signals.log, "handlers", [caplog.handler])  # CKAN's own settings keep it from the root
    monkeypatch.setattr(signals.log, "disabled", False)  # a migration that ran before switches loggers off

    def fail(_sender, **_kwargs):
        raise RuntimeError("not my day")

    with signals.changed.connected_to(fail):
        ledger.append(conn, draft("one"))
        model.Session.commit()
    assert heard == [("one", 1)]
    assert "not my day" in caplog.text


def test_a_rebuild_is_no_change(heard, conn):
    ledger.append(conn, draft("one"))
    model.Session.commit()
    heard.clear()
    store.rebuild(model.Session.connection())
    model.Session.commit()
    assert heard == []


def test_public_shows_the_portal_itself_no_more_than_everyone(conn):
    dataset = factories.Dataset()
    ledger.append(model.Session.connection(), draft(dataset["id"], visibility="restricted", rationale="secret"))
    model.Session.commit()
    shown = tk.get_action("journey_show")
    assert "secret" in str(shown({"ignore_auth": True}, {"id": dataset["id"]}))
    assert "secret" not in str(shown({"ignore_auth": True}, {"id": dataset["id"], "public": True}))
