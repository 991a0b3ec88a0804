"""Which datasets a reported run belongs to: several at once, names said to be ours later, and what a tool calls things."""

from __future__ import annotations

import json
import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import jobs, signals
from ckanext.journey import model as tables
from ckanext.journey.rows import node_of

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
PRODUCER = "https://github.com/aireborough/etl"
FACET = {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/x.json"}
PLACE = {"namespace": "s3://council", "name": "out/spend.csv"}


@pytest.fixture
def org():
    return factories.Organization()


@pytest.fixture
def send(app, org):
    token = helpers.call_action("journey_token_create", organization=org["id"], name="Airflow")["token"]

    def post(inputs=(), outputs=(), job="extract_spend", run=None, at="2026-01-01T10:00:00Z"):
        body = {
            "eventType": "COMPLETE", "eventTime": at, "producer": PRODUCER, "schemaURL": "x",
            "run": {"runId": run or str(uuid.uuid4())}, "job": {"namespace": "finance", "name": job},
            "inputs": list(inputs), "outputs": list(outputs),
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        app.post("/api/v1/lineage", data=json.dumps(body), headers=headers, status=201)

    return post


def ours(dataset, rows=None):
    facets = {"outputFacets": {"outputStatistics": {**FACET, "rowCount": rows}}} if rows is not None else {}
    return {"namespace": tk.config["ckan.site_url"], "name": f"dataset/{dataset['name']}", **facets}


def steps(dataset):
    shown = helpers.call_action("journey_show", id=dataset["id"])["steps"]
    return [step for step in shown if step["capture"] == "openlineage"]


def test_a_run_that_writes_two_datasets_is_a_step_of_each(send, org):
    one, two = (factories.Dataset(owner_org=org["id"]) for _ in range(2))
    rest = {"namespace": "s3://council", "name": "rejects.csv"}
    source = {**PLACE, "inputFacets": {"inputStatistics": {**FACET, "rowCount": 10}}}
    send([source], [ours(one, 6), ours(two, 4), rest])
    (first,), (second,) = steps(one), steps(two)
    assert first["id"] != second["id"] and first["run_id"] == second["run_id"]
    assert [file["name"] for file in first["outputs"]] == [f"dataset/{one['name']}", "rejects.csv"]
    assert [file["name"] for file in second["outputs"]] == [f"dataset/{two['name']}", "rejects.csv"]
    # Of ten rows that went into two datasets nobody knows which became whose: no row is said to be lost.
    assert {step["rows"]["state"] for step in (first, second)} == {"unknown"}


def test_a_run_that_moves_on_to_another_dataset_leaves_no_step_behind(send, org):
    one, two = (factories.Dataset(owner_org=org["id"]) for _ in range(2))
    run = str(uuid.uuid4())
    send([ours(one)], run=run)
    assert len(steps(one)) == 1  # it has only read so far
    send([ours(one)], [ours(two)], run=run, at="2026-01-01T11:00:00Z")
    assert (len(steps(one)), len(steps(two))) == (0, 1)


def test_a_name_said_to_be_ours_later_holds_for_what_was_reported_before(send, org):
    dataset, other = (factories.Dataset(owner_org=org["id"]) for _ in range(2))
    send(outputs=[PLACE])
    assert steps(dataset) == []
    helpers.call_action("journey_alias_create", dataset=dataset["id"], **PLACE)
    assert len(steps(dataset)) == 1
    send(outputs=[PLACE])
    # Moved to another dataset: what stood for the first when it was reported stays there.
    helpers.call_action("journey_alias_create", dataset=other["id"], **PLACE)
    assert (len(steps(dataset)), len(steps(other))) == (1, 1)
    before = [(step["id"], step["outputs"]) for each in (dataset, other) for step in steps(each)]
    helpers.call_action("journey_rebuild")
    assert [(step["id"], step["outputs"]) for each in (dataset, other) for step in steps(each)] == before


def test_another_organisation_s_alias_changes_nothing(send, org):
    strange = factories.Dataset(owner_org=factories.Organization()["id"])
    helpers.call_action("journey_alias_create", dataset=strange["id"], **PLACE)
    send(outputs=[PLACE])
    jobs.fold_lineage()
    assert steps(strange) == []


def test_a_file_of_a_tool_is_known_by_the_tool_s_namespace(send, org):
    one, two = (factories.Dataset(owner_org=org["id"]) for _ in range(2))
    send([PLACE], [ours(one)])
    send([PLACE], [ours(two)])
    send([{**PLACE, "namespace": "s3://elsewhere"}], [ours(two)])
    jobs.fold_lineage()
    io, artefact = tables.step_io.c, tables.artefact.c
    query = sa.select(io.node, artefact.namespace, artefact.package_id).join(
        tables.artefact, artefact.id == io.artefact_id
    )
    found = set(map(tuple, model.Session.execute(query.where(io.direction == "input"))))
    assert {(namespace, package) for _, namespace, package in found} == {
        ("s3://council", None),
        ("s3://elsewhere", None),
    }
    assert len({node for node, _, _ in found}) == 2  # one node for the two runs that read the same file


def test_the_same_bytes_are_one_node_in_every_organisation():
    from ckanext.journey import events as ev

    bytes_ = ev.File("a.csv", "ab" * 32)
    assert node_of(bytes_, "one", "x") == node_of(ev.File("b.csv", "ab" * 32, package="y"), "two", None)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert node_of(ev.File("a.csv", empty), "one", "x") != node_of(ev.File("b.csv", empty), "one", "x")
    named = ev.File("spend.csv")
    assert node_of(named, "one", "x") == node_of(named, "one", "x") != node_of(named, "two", "x")


def test_listeners_are_told_by_the_schedule_or_by_a_job_when_somebody_read_first(send, org):
    dataset, heard = factories.Dataset(owner_org=org["id"]), []

    def listen(sender, **_kwargs):
        heard.append((sender, len(steps(dataset))))

    with signals.changed.connected_to(listen):
        send(outputs=[ours(dataset)])
        jobs.fold_lineage()
        assert heard == [(dataset["id"], 1)]
        send(outputs=[ours(dataset)])
        tk.get_action("job_clear")({"ignore_auth": True}, {})
        assert len(steps(dataset)) == 2 and len(heard) == 1  # a page does not wait for listeners
        (job,) = [each for each in get_queue().jobs if each.meta.get("title") == "journey:changed"]
        job.func(*job.args)
        assert heard[1:] == [(dataset["id"], 2)]
