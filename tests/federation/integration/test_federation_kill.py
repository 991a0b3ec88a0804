"""A harvest killed with -9, by a real process, and picked up by the next."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.tests.helpers import call_action

from ckanext.federation.harvest import store, telling

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
INI = Path(__file__).resolve().parents[3] / "config" / "test.ini"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)
COUNT = 400


@pytest.fixture
def start(server, tmp_path):
    """A function that starts the command in a process of its own, with the settings of the tests."""
    ini = tmp_path / "kill.ini"
    lines = ("[app:main]", f"use = config:{INI}", f"ckan.plugins = {PLUGINS}")
    ini.write_text("\n".join([*lines, f"ckanext.federation.allowed_hosts = {server.address}", ""]))
    command = [Path(sys.executable).parent / "ckan", "-c", str(ini), "federation", "run", "wharfedale"]
    return lambda: subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def datasets():
    model.Session.rollback()
    return model.Session.execute(sa.select(sa.func.count()).where(model.Package.state == "active")).scalar_one()


def wait_for(done, process, seconds=60):
    until = time.monotonic() + seconds
    while not done():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < until
        time.sleep(0.02)


def wait_for_the_lane():
    """PostgreSQL takes a moment to see that a client is dead."""
    until = time.monotonic() + 20
    while call_action("federation_node_show", id="wharfedale")["health"] == "running":
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_killed_run_is_resumed_with_nothing_lost_or_doubled(node, start, items):
    node.feed_is(items(COUNT))
    process = start()
    try:
        wait_for(lambda: datasets() >= 1, process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_for_the_lane()
    killed = call_action("federation_run_list", id="wharfedale")[0]
    assert killed["status"] == "applying"
    assert 0 < datasets() < COUNT
    assert call_action("federation_node_show", id="wharfedale")["health"] == "interrupted"

    after = node.run()
    assert after["status"] == "unchanged"
    resumed = call_action("federation_run_show", id=killed["id"], limit=COUNT)
    assert resumed["status"] == "done"
    assert resumed["results"] == {"created": COUNT}
    titles = model.Session.execute(sa.select(model.Package.title)).scalars().all()
    assert sorted(titles) == sorted(f"Dataset {number}" for number in range(1, COUNT + 1))
    assert call_action("package_search", rows=0)["count"] == COUNT
    assert store.unindexed(killed["node_id"]) == []


class Died(BaseException):
    """As a process dies: nobody catches it."""


@pytest.mark.parametrize("number", [1, 60])
def test_what_was_done_and_not_told_of_is_told_by_the_next(node, items, monkeypatch, number):
    """The process dies right after a commit, before listeners hear of it: the journey would never know the portals."""
    heard = []

    def dies(*_args):
        raise Died

    node.feed_is(items(number))
    with monkeypatch.context() as patch:
        patch.setattr(telling, "tell_imported", dies)
        with pytest.raises(Died):
            node.run()
    model.Session.remove()
    done = datasets()
    assert 0 < done <= number

    def imported(_sender, **told):
        heard.append((told["upstream_id"], told["outcome"], told["run_id"]))

    def fetched(_sender, **told):
        assert told["records"] == number and told["at"]

    signal, read = (toolkit.signals.ckanext.signal(f"federation:{name}") for name in ("imported", "fetched"))
    with signal.connected_to(imported), read.connected_to(fetched):
        (left,) = call_action("federation_run_list", id="wharfedale")
        call_action("federation_plan_apply", id=left["id"])
    assert sorted(heard) == sorted((f"id-{one}", "created", left["id"]) for one in range(1, number + 1))
    assert store.unindexed(left["node_id"]) == []


def test_killed_while_reading_the_feed(node, server, start, items):
    node.run(items(3))
    asked = []

    def hang(handler):
        asked.append(1)
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        time.sleep(20)

    server.routes["/data.json"] = hang
    process = start()
    try:
        wait_for(lambda: asked, process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_for_the_lane()
    assert node.run(items(3))["status"] == "unchanged"
    statuses = [run["status"] for run in call_action("federation_run_list", id="wharfedale")]
    assert statuses == ["unchanged", "superseded", "done"]
    assert datasets() == 3
