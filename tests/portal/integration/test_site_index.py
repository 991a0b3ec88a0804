"""What the index misses while Solr is away is kept in the database, noticed, and indexed later."""

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.portal import index_store, jobs

NOWHERE = "http://127.0.0.1:9/solr/none"

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "portal"),
    pytest.mark.usefixtures("with_plugins", "empty", "settled"),
]


@pytest.fixture
def settled(monkeypatch):
    """Nothing is under way elsewhere: what the index wrote counts at once. And Redis remembers nothing."""
    monkeypatch.setattr(jobs, "SETTLED", -5)
    redis = connect_to_redis()
    redis.delete(index_store._key("owed"), index_store._key("failures"))


@pytest.fixture
def solr(monkeypatch):
    there = tk.config["solr_url"]

    class Solr:
        def stop(self):
            monkeypatch.setitem(tk.config, "solr_url", NOWHERE)

        def start(self):
            monkeypatch.setitem(tk.config, "solr_url", there)

    return Solr()


def found(query: str) -> list[str]:
    return sorted(each["name"] for each in call_action("package_search", q=query)["results"])


def test_a_dataset_created_while_solr_is_away_is_saved_and_found_later(solr):
    solr.stop()
    made = factories.Dataset(name="parked", title="Parked cars")
    assert made["name"] == "parked"
    model.Session.remove()
    assert call_action("package_show", id="parked")["title"] == "Parked cars"
    assert index_store.owed() == [made["id"]]
    assert index_store.number_owed() == 1

    solr.start()
    assert found("parked") == []
    assert jobs.reindex_missing()["added"] == 1
    assert found("parked") == ["parked"]
    assert index_store.number_owed() == 0


def test_it_is_found_even_if_redis_forgot(solr):
    solr.stop()
    factories.Dataset(name="forgotten")
    connect_to_redis().delete(index_store._key("owed"))
    solr.start()
    assert jobs.reindex_missing()["added"] == 1
    assert found("forgotten") == ["forgotten"]


def test_a_change_while_solr_is_away_is_saved_and_found_later(solr):
    dataset = factories.Dataset(title="Before", resources=[{"url": "http://example.org/a.csv", "name": "a"}])
    solr.stop()
    changed = call_action("package_patch", id=dataset["id"], title="Afterwards")
    assert changed["title"] == "Afterwards"
    model.Session.remove()
    assert call_action("package_show", id=dataset["id"])["title"] == "Afterwards"
    assert len(call_action("package_show", id=dataset["id"])["resources"]) == 1
    solr.start()
    assert found("afterwards") == []
    jobs.reindex_missing()
    assert found("afterwards") == [dataset["name"]]
    assert found("before") == []


def test_a_file_added_while_solr_is_away_is_kept(solr):
    dataset = factories.Dataset()
    solr.stop()
    call_action("resource_create", package_id=dataset["id"], url="http://example.org/x.csv", name="late")
    model.Session.remove()
    assert [each["name"] for each in call_action("package_show", id=dataset["id"])["resources"]] == ["late"]


def test_a_dataset_deleted_while_solr_is_away_leaves_search_later(solr):
    dataset = factories.Dataset(name="withdrawn")
    solr.stop()
    call_action("package_delete", id=dataset["id"])
    model.Session.remove()
    assert model.Package.get(dataset["id"]).state == "deleted"
    solr.start()
    assert found("withdrawn") == ["withdrawn"]
    jobs.reindex_missing()
    assert found("withdrawn") == []


def test_a_row_that_was_refused_for_another_reason_is_not_saved(solr):
    solr.stop()
    factories.Dataset(name="twice")
    with pytest.raises(tk.ValidationError):
        factories.Dataset(name="twice")
    assert model.Session.query(model.Package).filter_by(name="twice").count() == 1


def test_a_deferred_change_is_left_to_its_caller(solr):
    user = factories.Sysadmin()
    solr.stop()
    context = {"user": user["name"], "defer_commit": True, "return_id_only": True}
    tk.get_action("package_create")(context, {"name": "deferred"})
    model.Session.rollback()
    assert model.Package.get("deferred") is None
    assert index_store.number_owed() == 0


def test_what_is_gone_from_the_database_leaves_the_index():
    dataset = factories.Dataset(name="ghost")
    model.Session.execute(sa.text("delete from package_member; delete from member; delete from package"))
    model.Session.commit()
    assert found("ghost") == ["ghost"]
    assert jobs.reindex_all()["removed"] == 1
    assert found("ghost") == []
    assert dataset["id"] not in [row.id for row in index_store.index_rows()]


def test_a_document_that_is_old_is_refreshed():
    dataset = factories.Dataset(title="First")
    query = sa.text("update package set title = 'Second', metadata_modified = now() + interval '1 hour' where id = :id")
    model.Session.execute(query, {"id": dataset["id"]})
    model.Session.commit()
    assert jobs.reindex_missing()["refreshed"] == 1
    assert found("second") == [dataset["name"]]


def test_private_and_draft_are_compared_too():
    organisation = factories.Organization()
    factories.Dataset(private=True, owner_org=organisation["id"])
    factories.Dataset(state="draft")
    factories.Dataset()
    assert jobs.reindex_all() == dict.fromkeys(("added", "refreshed", "removed", "refused"), 0)
    database, index = index_store.counts()
    assert database == index
    assert sum(index.values()) == 3


def test_rows_and_documents_are_the_same_to_the_millisecond():
    dataset = factories.Dataset()
    (row,) = index_store.database_rows()
    (document,) = index_store.index_rows()
    assert row.says_the_same(document)
    assert document.written > 0
    assert [each.id for each in index_store.index_rows([dataset["id"], "another"])] == [dataset["id"]]


def test_both_sides_are_read_in_batches_and_in_one_order(monkeypatch):
    monkeypatch.setattr(index_store, "BATCH", 3)
    made = sorted(factories.Dataset()["id"] for _ in range(8))
    assert [row.id for row in index_store.database_rows()] == made
    assert [row.id for row in index_store.index_rows()] == made


def test_the_whole_index_is_made_again_after_it_was_lost():
    names = sorted(factories.Dataset()["name"] for _ in range(5))
    search.clear_all()
    assert found("*:*") == []
    assert jobs.reindex_missing()["added"] == 5
    assert found("*:*") == names


def test_one_dataset_that_cannot_be_indexed_keeps_no_other_out(monkeypatch):
    bad, good = factories.Dataset(), factories.Dataset()
    search.clear_all()
    real = jobs.ckan.logic.index_update_package

    def picky(context, id_, defer_commit=False):
        if id_ == bad["id"]:
            raise ValueError("a field is too long")
        real(context, id_, defer_commit)

    monkeypatch.setattr(jobs.ckan.logic, "index_update_package", picky)
    done = jobs.reindex_missing()
    assert (done["added"], done["refused"]) == (1, 1)
    assert found("*:*") == [good["name"]]
    # It is not tried again at once: each refusal doubles the pause.
    assert index_store.postponed() == {bad["id"]}
    assert jobs.reindex_all()["refused"] == 0


def test_while_solr_is_away_nothing_is_held_against_a_dataset(solr):
    solr.stop()
    made = factories.Dataset()
    for _ in range(3):
        assert jobs.reindex_missing() == {}
    assert index_store.owed() == [made["id"]]


def test_only_one_run_at_a_time():
    lock = connect_to_redis().lock(f"ckan:{tk.config['ckan.site_id']}:portal:reindex", timeout=30)
    assert lock.acquire(blocking=False)
    try:
        factories.Dataset()
        search.clear_all()
        assert jobs.reindex_missing() == {}
    finally:
        lock.release()
    assert jobs.reindex_missing()["added"] == 1


def test_a_steward_s_form_says_what_happened(app, solr):
    user = factories.UserWithToken(sysadmin=True)
    dataset = factories.Dataset(name="by-form", title="Before")
    solr.stop()
    answer = app.post(
        "/dataset/edit/by-form",
        headers={"Authorization": user["token"]},
        data={"id": dataset["id"], "name": "by-form", "title": "By form", "save": ""},
        follow_redirects=False,
    )
    assert answer.status_code == 302
    assert call_action("package_show", id="by-form")["title"] == "By form"
