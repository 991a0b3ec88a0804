"""What tools report: an unmodified OpenLineage client, the specification's own examples, malformed and hostile ones."""

from __future__ import annotations

import gzip
import itertools
import json
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import jobs
from ckanext.journey import model as tables
from ckanext.journey.lineage import project

SHARED = Path(__file__).resolve().parents[4] / "shared" / "lineage" / "openlineage"
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
PRODUCER = "https://github.com/aireborough/etl/v1.2"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACET = {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/x.json"}


@pytest.fixture
def org():
    return factories.Organization()


@pytest.fixture
def dataset(org):
    return factories.Dataset(owner_org=org["id"])


@pytest.fixture
def token(org):
    return helpers.call_action("journey_token_create", organization=org["id"], name="Airflow")["token"]


def event(kind="COMPLETE", at="2026-01-01T10:00:00Z", run=None, job="extract_spend", **more):
    return {
        "eventType": kind, "eventTime": at, "producer": PRODUCER, "schemaURL": SCHEMA,
        "run": {"runId": run or str(uuid.uuid4())}, "job": {"namespace": "finance", "name": job}, **more,
    }  # fmt: skip


def post(app, token, body, path="", status=201, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
    return app.post(f"/api/v1/lineage{path}", data=data, headers=headers, status=status)


def output(dataset, **facets):
    return {"namespace": tk.config["ckan.site_url"], "name": f"dataset/{dataset['name']}", **facets}


def steps(dataset):
    return [
        {
            name: step[name]
            for name in (
                "type",
                "state",
                "tool",
                "tool_version",
                "capture",
                "rows",
                "inputs",
                "outputs",
                "started",
                "ended",
                "plan",
                "rationale",
            )
        }
        for step in helpers.call_action("journey_show", id=dataset["id"])["steps"]
        if step["capture"] == "openlineage"
    ]


def full(dataset, run):
    engine = {"processing_engine": {**FACET, "name": "dbt", "version": "1.9"}}
    count = {"outputStatistics": {**FACET, "rowCount": 120, "size": 4096}}
    checksum = {"towpath_checksum": {**FACET, "sha256": "AB" * 32}}
    start = event(
        "START", "2026-01-01T10:00:00Z", run, inputs=[{"namespace": "postgres://agresso", "name": "ap.spend"}]
    )
    start["run"]["facets"] = engine
    end = event("COMPLETE", "2026-01-01T10:05:00Z", run, outputs=[output(dataset, outputFacets=count, facets=checksum)])
    end["job"]["facets"] = {"documentation": {**FACET, "description": "Takes the quarter out"}}
    return [start, end]


def test_a_run_is_shown_as_a_step_of_the_dataset_it_made(app, token, dataset):
    for each in full(dataset, "01941f29-7c00-7743-8fa3-5a9c26a1ca71"):
        post(app, token, each)
    (step,) = steps(dataset)
    assert (step["type"], step["state"], step["tool"], step["tool_version"]) == ("extract", "complete", "dbt", "1.9")
    assert step["outputs"][0]["sha256"] == "ab" * 32 and step["rows"]["out"] == 120
    assert step["inputs"][0]["name"] == "ap.spend" and step["plan"]["name"] == "extract_spend"
    assert (step["started"][:16], step["ended"][:16]) == ("2026-01-01T10:00", "2026-01-01T10:05")
    assert step["rationale"] == "Takes the quarter out"


def test_neither_order_nor_repetition_changes_what_is_known(app, token, dataset):
    shown = []
    for order in itertools.permutations(range(2)):
        events = full(dataset, str(uuid.uuid4()))
        for place in (*order, *order):
            post(app, token, events[place])
        shown.append(steps(dataset)[-1])
    assert shown[0] == shown[1]
    before = steps(dataset)
    events = model.Session.execute(sa.select(sa.func.count()).where(tables.event.c.type == "lineage-received")).scalar()
    assert events == 4  # what came twice is kept once
    helpers.call_action("journey_rebuild")
    assert steps(dataset) == before


def table(of):
    rows = model.Session.execute(sa.select(of).order_by(of.c[next(iter(of.primary_key.columns)).name]))
    return [tuple(row) for row in rows]


def test_a_rebuild_gives_the_same_rows(app, token, dataset):
    for each in full(dataset, str(uuid.uuid4())):
        post(app, token, each)
    jobs.fold_lineage()
    before = [table(of) for of in (tables.step, tables.run)]
    helpers.call_action("journey_rebuild")
    assert [table(of) for of in (tables.step, tables.run)] == before


def test_what_was_kept_and_not_shown_is_shown_by_the_job(app, token, dataset, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(project, "_fold", lambda *_: 1 / 0)
        post(app, token, event(outputs=[output(dataset)]))
        assert steps(dataset) == []
        assert helpers.call_action("journey_show", id=dataset["id"])["waiting"] == 1  # and the page says so
    jobs.fold_lineage()
    assert len(steps(dataset)) == 1


def test_a_run_that_goes_on_and_one_that_failed(app, token, dataset):
    run = str(uuid.uuid4())
    post(app, token, event("RUNNING", run=run, outputs=[output(dataset)]))
    assert steps(dataset)[0]["state"] == "running"
    failed = event("FAIL", "2026-01-01T11:00:00Z", run)
    failed["run"]["facets"] = {"errorMessage": {**FACET, "message": "disk full", "programmingLanguage": "SQL"}}
    post(app, token, failed)
    post(app, token, event("RUNNING", "2026-01-01T12:00:00Z", run))  # late: the end stands
    assert (steps(dataset)[0]["state"], steps(dataset)[0]["rationale"]) == ("failed", "Error: disk full")


@pytest.mark.parametrize("compress", [False, True])
def test_an_unmodified_client(ckan_config, app, token, dataset, compress):
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import Job, OutputDataset, Run, RunEvent, RunState
    from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport

    with served(app) as url:
        provider = ApiKeyTokenProvider({"apiKey": token})
        config = HttpConfig(url=url, auth=provider, compression=HttpCompression.GZIP if compress else None)
        client = OpenLineageClient(transport=HttpTransport(config))
        run, job = Run(runId=str(uuid.uuid4())), Job(namespace="finance", name="load_spend")
        place = output(dataset)
        for state in (RunState.START, RunState.COMPLETE):
            outputs = [OutputDataset(namespace=place["namespace"], name=place["name"])]
            client.emit(
                RunEvent(
                    eventType=state,
                    eventTime="2026-02-01T09:00:00Z",
                    run=run,
                    job=job,
                    producer=PRODUCER,
                    outputs=outputs,
                )
            )
        client.close()
    assert [(step["type"], step["state"]) for step in steps(dataset)] == [("load", "complete")]


class served:
    """The application behind a real socket."""

    def __init__(self, app):
        import threading
        from wsgiref.simple_server import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log_message(self, *_):
                pass

        self.server = make_server(
            "127.0.0.1", 0, app.flask_app.wsgi_app if hasattr(app, "flask_app") else app.app, handler_class=Quiet
        )
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_a_batch(app, token, dataset):
    good = event(outputs=[output(dataset)])
    assert post(app, token, [good, event()], "/batch", 204).body == ""
    told = post(app, token, [event(), {"eventType": "START"}, "x"], "/batch", 200).json
    assert told["summary"] == {"received": 3, "successful": 1, "failed": 2, "retriable": 0}
    assert [each["index"] for each in told["failed_events"]] == [1, 2]
    post(app, token, [], "/batch", 204)
    assert len(steps(dataset)) == 1


def test_a_missing_schema_address_and_an_odd_run_id_are_taken(app, token, dataset):
    odd = event(run="run_id", outputs=[output(dataset)])
    del odd["schemaURL"]
    assert "schemaURL is missing" in post(app, token, odd).json["warnings"]
    post(app, token, {**odd, "eventTime": "2026-01-02T10:00:00Z"})
    assert len(steps(dataset)) == 1  # one run, by its name


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "not JSON"), (b"{", "not JSON"), (b"[]", "JSON object"), (b'"x"', "JSON object"), (b"\xff\xfe", "UTF-8"), (b"{}", "run and a job"),
        (json.dumps(event(kind="DONE")).encode(), "eventType"), (json.dumps({**event(), "run": {}}).encode(), "runId"),
        (json.dumps({**event(), "eventTime": "yesterday"}).encode(), "eventTime"), (json.dumps({**event(), "outputs": [{}]}).encode(), "outputs[0]"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "deep"), (json.dumps(event()).encode() + b"x", "follows"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_with_a_reason(app, token, body, word):
    assert word in post(app, token, body, status=400).json["error"]


def test_sizes_and_compression(app, token, ckan_config, monkeypatch):
    monkeypatch.setitem(tk.config, "ckanext.journey.lineage_bytes", 3000)
    post(app, token, event(padding="x" * 4000), status=413)
    post(
        app,
        token,
        gzip.compress(json.dumps(event(padding="x" * 9000)).encode()),
        status=413,
        **{"Content-Encoding": "gzip"},
    )
    post(app, token, gzip.compress(json.dumps(event()).encode()), **{"Content-Encoding": "gzip"})
    post(app, token, gzip.compress(json.dumps(event()).encode())[:-9], status=400, **{"Content-Encoding": "gzip"})
    post(app, token, b"no gzip", status=400, **{"Content-Encoding": "gzip"})


def test_a_token_speaks_for_its_organisation_and_namespaces_alone(app, org, dataset):
    made = helpers.call_action("journey_token_create", organization=org["id"], name="t", namespaces=["finance", "hr*"])
    strange = factories.Dataset(owner_org=factories.Organization()["id"])
    post(app, made["token"], event(outputs=[output(strange), output(dataset)]))
    assert steps(strange) == [] and len(steps(dataset)) == 1
    other = event()
    other["job"]["namespace"] = "hrx"
    post(app, made["token"], other)
    other["job"]["namespace"] = "planning"
    assert "planning" in post(app, made["token"], other, status=400).json["error"]
    for wrong in ("", "towpath-guess", "x y"):
        assert post(app, wrong, event(), status=401).json["error"]
    helpers.call_action("journey_token_revoke", id=made["id"])
    post(app, made["token"], event(), status=401)
    (listed,) = helpers.call_action("journey_token_list", organization=org["id"])
    assert listed["revoked"] and listed["last_used"] and made["token"] not in json.dumps(listed)
    assert made["token"] not in str(model.Session.execute(sa.select(tables.token)).all())


def test_who_may_give_tokens(org, dataset):
    users = {role: factories.User() for role in ("editor", "admin", "stranger")}
    for role in ("editor", "admin"):
        helpers.call_action("organization_member_create", id=org["id"], username=users[role]["name"], role=role)
    for role, user in users.items():
        context = {"user": user["name"], "ignore_auth": False}
        if role == "admin":
            made = helpers.call_action("journey_token_create", context, organization=org["id"], name="x")
            helpers.call_action("journey_token_revoke", context, id=made["id"])
            continue
        for action in ("journey_token_create", "journey_token_list"):
            with pytest.raises(tk.NotAuthorized):
                helpers.call_action(action, context, organization=org["id"], name="x")


def test_a_name_that_tools_use_can_be_said_to_be_a_dataset(app, token, dataset):
    place = {"namespace": "s3://council", "name": "out/spend.csv"}
    helpers.call_action("journey_alias_create", dataset=dataset["id"], **place)
    post(app, token, event(outputs=[place]))
    assert len(steps(dataset)) == 1
    with pytest.raises(tk.ValidationError):
        helpers.call_action("journey_alias_create", dataset=dataset["id"], resource="none", **place)


def recorded():
    return sorted(
        path
        for path in SHARED.rglob("*.json")
        if "spec/" not in str(path) and path.name not in ("config.json", "maintainers.json")
    )


def examples(path):
    found = json.loads(path.read_text())
    return [
        each
        for each in (found if isinstance(found, list) else [found])
        if isinstance(each, dict) and "eventTime" in each
    ]


@pytest.mark.parametrize("path", recorded() or [None], ids=lambda path: "/".join(path.parts[-3:]) if path else "none")
def test_recorded_events_are_taken(app, token, path):
    if path is None:
        pytest.skip("no recorded events beside the project")
    for each in examples(path):
        post(app, token, each)
    helpers.call_action("journey_rebuild")
