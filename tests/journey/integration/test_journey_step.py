"""`portal step`: a script's step reaches the portal over HTTP, by a program that runs alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from ckan import model
from ckan.tests import factories, helpers

from ckanext.journey import step as module

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
SCRIPT = Path(module.__file__)


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture
def url(app):
    server = make_server("127.0.0.1", 0, app.flask_app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def dataset():
    return factories.Dataset(owner_org=factories.Organization()["id"])


@pytest.fixture
def tell(tmp_path, dataset):
    """Runs the script alone, in a folder with a raw file of three rows."""
    token = helpers.call_action("journey_token_create", organization=dataset["owner_org"], name="scripts")["token"]
    (tmp_path / "raw.csv").write_text("date,amount\n2026-07-01,1\n2026-07-02,2\n2026-07-03,lots\n")

    def run(url, *words, token=token, **more):
        env = {"PATH": os.environ["PATH"], "TOWPATH_URL": url, "TOWPATH_TOKEN": token, "HOME": str(tmp_path)}
        command = [sys.executable, "-I", str(SCRIPT), "--dataset", more.get("dataset", dataset["name"]), *words]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)

    run.folder = tmp_path
    return run


def steps(dataset):
    model.Session.remove()
    return [
        each
        for each in helpers.call_action("journey_show", id=dataset["id"])["steps"]
        if each["capture"] == "openlineage"
    ]


CLEAN = "import sys; lines = open('raw.csv').readlines()[:-1]; open('spend.csv', 'w').writelines(lines)"


def test_a_command_between_two_events(url, tell, dataset):
    done = tell(
        url, "--type", "clean", "--in", "raw.csv", "--out", "spend.csv", "--tool", "Clean script 1.4",
        "--note", "Leaves out rows without an amount.", "--", sys.executable, "-c", CLEAN,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    [step] = steps(dataset)
    assert (step["type"], step["state"], step["tool"], step["tool_version"]) == (
        "clean",
        "complete",
        "Clean script",
        "1.4",
    )
    assert (step["rows"]["in"], step["rows"]["out"]) == (3, None)
    assert step["rationale"] == "Leaves out rows without an amount."
    out = next(each for each in step["outputs"] if each["name"] == "spend.csv")
    assert (out["rows"], out["sha256"]) == (2, module.measured(tell.folder / "spend.csv")[0])
    assert step["started"] and step["ended"]


def test_a_command_that_fails_is_told_and_its_status_passed_on(url, tell, dataset):
    done = tell(url, "--type", "load", "--", sys.executable, "-c", "raise SystemExit(3)")
    assert done.returncode == 3
    [step] = steps(dataset)
    assert step["state"] == "failed" and "exit status 3" in step["rationale"]
    assert tell(url, "--type", "load", "--", "no-such-command").returncode == 127
    done = tell(url, "--type", "extract", "--out", "never.csv", "--", sys.executable, "-c", "")
    assert done.returncode == 2 and "never.csv" in done.stderr


def test_a_step_that_is_done_already(url, tell, dataset):
    assert tell(url, "--type", "extract", "--source", "Northgate report R12", "--out", "raw.csv").returncode == 0
    [step] = steps(dataset)
    assert [each["name"] for each in step["inputs"]] == ["Northgate report R12"]
    assert step["type"] == "extract" and step["state"] == "complete"


def test_what_the_portal_did_not_get_is_sent_before_the_next_step(url, tell, dataset):
    dead = "http://127.0.0.1:9"
    done = tell(dead, "--type", "extract", "--out", "raw.csv")
    assert done.returncode == 75 and "did not answer" in done.stderr
    [kept] = (tell.folder / ".towpath" / "unsent").glob("*.json")
    kept.write_text(kept.read_text().replace(dead, url))  # as if it were up again at its address
    assert tell(url, "--type", "clean", "--in", "raw.csv").returncode == 0
    assert {step["type"] for step in steps(dataset)} == {"extract", "clean"} and not kept.exists()


@pytest.mark.parametrize(
    ("words", "more", "said"),
    [
        (("--type", "clean", "--in", "nothing.csv"), {}, "there is no file nothing.csv"),
        (("--type", "clean"), {"token": "wrong"}, "401"),
        (("--type", "clean"), {"token": ""}, "TOWPATH_TOKEN"),
        (("--type", "burn"), {}, "invalid choice"),
        (("--type", "clean", "--token-file", "nothing"), {}, "--token-file"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(url, tell, dataset, words, more, said):
    done = tell(url, *words, **more)
    assert done.returncode == 2 and said in done.stderr and not steps(dataset)
    assert not (tell.folder / ".towpath").exists()


def test_a_dataset_that_is_not_there_is_said(url, tell):
    done = tell(url, "--type", "clean", dataset="nothing-of-ours")
    assert "dataset/nothing-of-ours" in done.stderr


def test_it_can_be_read_before_it_is_sent(tell, dataset):
    done = tell("https://portal.example", "--type", "clean", "--in", "raw.csv", "--print")
    said = json.loads(done.stdout)
    assert said["outputs"] == [{"namespace": "https://portal.example", "name": f"dataset/{dataset['name']}"}]
    assert said["inputs"][0]["inputFacets"]["inputStatistics"]["rowCount"] == 3
    assert not steps(dataset)


def test_the_script_is_there_to_be_taken(app):
    answer = app.get("/journey/step.py")
    assert answer.body == SCRIPT.read_text() and "attachment" in answer.headers["Content-Disposition"]
