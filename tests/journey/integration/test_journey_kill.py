"""The web server is killed while tools report: whatever was answered with 2xx is in the ledger, and the chain is whole."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import jobs
from ckanext.journey import model as tables

PROJECT = Path(__file__).resolve().parents[3]
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
CLIENTS, ENOUGH = 3, 40


@pytest.fixture
def server(tmp_path):
    """The project's own web server, on the database of the tests, in a process group that can be killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ini = tmp_path / "kill.ini"
    ini.write_text(f"[app:main]\nuse = config:{PROJECT / 'config' / 'test.ini'}\nckan.plugins = journey\n")
    command = [sys.executable, "-P", "-m", "gunicorn", "--config", str(PROJECT / "config" / "gunicorn.conf.py")]
    command += ["--bind", f"127.0.0.1:{port}", "ckanext.portal.launcher.wsgi:application"]
    log = (tmp_path / "web.log").open("w")
    process = subprocess.Popen(
        command, env={**os.environ, "CKAN_INI": str(ini)}, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                if answers(port):
                    break
            time.sleep(0.3)
        else:
            pytest.fail(f"the web server did not start:\n{(tmp_path / 'web.log').read_text()[-2000:]}")
        yield process, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def answers(port):
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/api/3/action/status_show")
        return connection.getresponse().status == 200
    return False


def report(dataset, run):
    return {
        "eventType": "COMPLETE", "eventTime": "2026-01-01T10:00:00Z", "producer": "https://x.example/etl", "schemaURL": "x",
        "run": {"runId": run}, "job": {"namespace": "finance", "name": "extract_spend"},
        "outputs": [{"namespace": tk.config["ckan.site_url"], "name": f"dataset/{dataset['name']}"}],
    }  # fmt: skip


def send(port, token, dataset, taken, is_batch):
    """Post until the server is gone; note the runs of what was answered with 2xx."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            runs = [str(uuid.uuid4()) for _ in range(10 if is_batch else 1)]
            body = [report(dataset, run) for run in runs]
            path = "/api/v1/lineage" + ("/batch" if is_batch else "")
            connection.request("POST", path, json.dumps(body if is_batch else body[0]), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status in (201, 204):
                taken.extend(runs)


def test_no_event_that_was_answered_is_lost_when_the_server_is_killed(server):
    process, port = server
    org = factories.Organization()
    dataset = factories.Dataset(owner_org=org["id"])
    token = helpers.call_action("journey_token_create", organization=org["id"], name="Airflow")["token"]
    model.Session.commit()
    taken: list[str] = []
    clients = [
        threading.Thread(target=send, args=(port, token, dataset, taken, number == 0), daemon=True)
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    deadline = time.monotonic() + 60
    while len(taken) < ENOUGH and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)  # in the middle of requests, all workers at once
    for client in clients:
        client.join(60)
    assert len(taken) >= ENOUGH
    raw = model.Session.execute(
        sa.select(tables.event.c.raw).where(tables.event.c.type == "lineage-received")
    ).scalars()
    kept = {json.loads(json.loads(bytes(each))["body"]["document"])["run"]["runId"] for each in raw}
    assert set(taken) <= kept
    assert helpers.call_action("journey_verify")["valid"]
    jobs.fold_lineage()  # the killed server left no lock behind
    steps = sa.select(sa.func.count()).select_from(tables.step).where(tables.step.c.capture == "openlineage")
    assert model.Session.execute(steps).scalar_one() == len(kept)
