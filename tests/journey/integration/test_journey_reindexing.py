"""Search learns of what tools reported as soon as it is folded: one job for many changes, and none is lost."""

from __future__ import annotations

import json
import uuid

import pytest
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import access, jobs, reindexing

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("clean_index", "with_plugins", "journey_db", "clean_queues", "nothing_waits"),
]


@pytest.fixture
def nothing_waits():
    connect_to_redis().delete(reindexing._key("reindex"), reindexing._key("reindex:asked"))


@pytest.fixture
def dataset():
    return factories.Dataset(owner_org=factories.Organization()["id"])


def report(app, dataset):
    token = helpers.call_action("journey_token_create", organization=dataset["owner_org"], name=str(uuid.uuid4()))
    body = {
        "eventType": "COMPLETE", "eventTime": "2026-01-01T10:00:00Z", "producer": "https://etl.example", "schemaURL": "x",
        "run": {"runId": str(uuid.uuid4())}, "job": {"namespace": "finance", "name": "extract_spend"}, "inputs": [],
        "outputs": [{"namespace": tk.config["ckan.site_url"], "name": f"dataset/{dataset['name']}"}],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {token['token']}", "Content-Type": "application/json"}
    app.post("/api/v1/lineage", data=json.dumps(body), headers=headers, status=201)


def waiting():
    title = "Journey: search learns of changed journeys"
    return [job for job in helpers.call_action("job_list") if job["title"] == title]


def indexed(dataset, total):
    query = f"+id:{dataset['id']} +journey_score:{total:03}"
    return helpers.call_action("package_search", fq=query)["count"] == 1


@pytest.mark.parametrize("reader", ["page", "schedule"])
def test_the_facet_agrees_with_the_page_after_a_job(app, dataset, reader):
    before = helpers.call_action("journey_show", id=dataset["id"])["score"]["total"]
    report(app, dataset)
    if reader == "schedule":
        jobs.fold_lineage()
    after = helpers.call_action("journey_show", id=dataset["id"])["score"]["total"]
    assert after > before and not indexed(dataset, after)
    assert len(waiting()) == 1
    assert reindexing.work() == 1 and indexed(dataset, after)
    assert reindexing.work() == 0


def test_many_changes_are_one_job_and_a_change_during_it_asks_for_another(app, dataset):
    for _ in range(3):
        report(app, dataset)
        jobs.fold_lineage()
    assert len(waiting()) == 1
    reindexing.work()
    reindexing.soon([dataset["id"]])
    assert len(waiting()) == 2  # the first is at work, so to say


def test_a_job_that_is_cut_off_loses_nothing(dataset, monkeypatch):
    reindexing.soon([dataset["id"], "zz-another"])

    def killed(package_id):
        raise SystemExit

    monkeypatch.setattr(access, "reindex", killed)
    with pytest.raises(SystemExit):
        reindexing.work()
    monkeypatch.undo()
    assert reindexing.work() == 2  # also one that is not there: it is no dataset, and no obstacle


def test_without_anything_changed_no_job_is_asked_for():
    reindexing.soon([])
    assert waiting() == []


def test_where_jobs_cannot_be_queued_the_reader_is_not_troubled(dataset, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionError("no Valkey")

    monkeypatch.setattr(reindexing, "connect_to_redis", broken)
    reindexing.soon([dataset["id"]])
