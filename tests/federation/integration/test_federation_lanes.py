"""Twenty nodes in three lanes, two of them dead; lanes that are killed or stopped. Real servers and worker processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import call_action
from rq import Worker

from ckanext.federation import config, jobs
from ckanext.portal import abandoned, probes

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
INI = Path(__file__).resolve().parents[3] / "config" / "test.ini"
pytestmark = [pytest.mark.ckan_config("ckan.plugins", PLUGINS), pytest.mark.usefixtures("empty_queue")]
LANES = 3
LARGE = 190  # a harvest of several batches, by one process


@pytest.fixture
def empty_queue(with_plugins) -> Iterator[None]:
    def clear() -> None:
        connection, prefix = connect_to_redis(), queues.add_queue_name_prefix("").encode()
        for key in [*connection.scan_iter("rq:*")]:
            if prefix in key or key.startswith((b"rq:job:", b"rq:execution", b"rq:results:", b"rq:worker")):
                connection.delete(key)

    clear()
    yield
    clear()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts (the kernel does it) and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as one:
        yield f"127.0.0.1:{one.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    """An address that refuses."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return f"127.0.0.1:{one.getsockname()[1]}"


@pytest.fixture
def start(federation, server, silent, closed, tmp_path) -> Iterator[Callable[..., psutil.Popen]]:
    """A function that starts the ``ckan`` command with these words, as the launcher does."""
    ini, started = tmp_path / "lanes.ini", []
    lines = ("[app:main]", f"use = config:{INI}", f"ckan.plugins = {PLUGINS}", "ckanext.federation.pause_seconds = 0")
    hosts = f"ckanext.federation.allowed_hosts = {server.address} {silent} {closed}"
    ini.write_text("\n".join([*lines, hosts, ""]))

    def command(*words: str) -> psutil.Popen:
        with (tmp_path / "lanes.log").open("ab") as output:
            started.append(
                psutil.Popen(
                    [str(Path(sys.executable).parent / "ckan"), "-c", str(ini), *words],
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
        return started[-1]

    yield command
    for process in started:
        family = [process, *process.children(recursive=True)] if process.is_running() else []
        for each in family:
            each.kill()
        process.wait(10)
    print((tmp_path / "lanes.log").read_text()[-6000:])


@pytest.fixture
def add(server) -> Callable[..., None]:
    """A function that registers a node, with so many datasets unless it is at a dead address."""

    def node(name: str, count: int = 2, address: str = "") -> None:
        made = [{"identifier": f"{name}-{n}", "title": f"{name} {n}", "description": "x"} for n in range(count)]
        path = f"/{name}/data.json"
        server.serve(path, json.dumps({"dataset": made}).encode())
        url = f"http://{address or server.address}{path}"
        call_action("federation_node_create", name=name, title=name.title(), feed_url=url, dialect="dcat-us")

    return node


def wait_for(what: Callable[[], Any], seconds: float) -> Any:
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
        model.Session.rollback()
    return found


def lane_workers(pool: psutil.Process) -> list[Worker]:
    return [each for each in Worker.all(connection=connect_to_redis()) if each.pid in {c.pid for c in pool.children()}]


def latest(name: str) -> dict[str, Any]:
    runs = call_action("federation_run_list", id=name)
    return runs[0] if runs else {"status": "none"}


def titles() -> list[str]:
    model.Session.rollback()
    query = sa.select(model.Package.title).where(model.Package.state == "active")
    return sorted(model.Session.execute(query).scalars())


def waiting() -> list[tuple[str, tuple]]:
    return [(job.func_name, tuple(job.args)) for job in queues.get_queue(config.queue()).get_jobs()]


def test_two_dead_nodes_of_twenty_hold_no_other_back(start, add, silent, closed):
    add("silent", address=silent)
    add("refusing", address=closed)
    live = [f"live-{number}" for number in range(18)]
    for name in live:
        add(name)
    jobs.harvest_due()
    assert len(waiting()) == 20
    assert queues.get_queue().count == 0, "they have a queue of their own"
    queue = queues.get_queue(config.queue())
    queue.empty()
    for name in ("silent", "refusing", *live):  # the dead ones are met first
        jobs.enqueue("", jobs.harvest_node, [name], f"Harvest {name}")

    pool = start("federation", "lanes", "--count", str(LANES))
    wait_for(lambda: all(latest(name)["status"] == "done" for name in live), 150)
    assert latest("silent")["status"] == "planning", "its lane waits still"
    assert latest("refusing")["status"] == "failed"
    assert titles() == sorted(f"{name} {n}" for name in live for n in range(2))
    wait_for(lambda: probes.lanes(5)["busy"] == 1, 30)  # the last one's job ends a moment after its run
    lanes = probes.lanes(5)
    assert (lanes["workers"], lanes["lag"]["waiting"]) == (LANES, 0)
    with pytest.raises(probes.Down):
        probes.worker(5)  # a lane is no worker of the other jobs

    horses = {each.pid for each in pool.children(recursive=True)}
    pool.terminate()
    pool.wait(35)
    assert not any(psutil.pid_exists(pid) for pid in horses), "the harvest in hand was ended after its time of grace"
    assert abandoned.requeue(connect_to_redis())["requeued"] == 1
    assert waiting() == [("ckanext.federation.jobs.harvest_node", ("silent",))]


def test_a_killed_lane_loses_nothing_and_comes_back(start, add):
    add("large", LARGE)
    add("small", 2)
    jobs.harvest_due()
    pool = start("federation", "lanes", "--count", "2")
    wait_for(lambda: len([title for title in titles() if title.startswith("large")]) >= 5, 60)
    worker = next(each for each in lane_workers(pool) if (job := each.get_current_job()) and job.args == ["large"])
    horses = psutil.Process(worker.pid).children()
    for pid in (worker.pid, *(horse.pid for horse in horses)):
        os.kill(pid, signal.SIGKILL)
    assert len(titles()) < LARGE + 2
    wait_for(lambda: len(lane_workers(pool)) == 2 and worker.pid not in {w.pid for w in lane_workers(pool)}, 30)
    wait_for(lambda: abandoned.requeue(connect_to_redis())["requeued"], 30)
    wait_for(lambda: len(titles()) == LARGE + 2 and latest("large")["status"] in ("done", "unchanged"), 90)
    wait_for(lambda: latest("small")["status"] == "done", 30)
    assert titles() == sorted([*(f"large {n}" for n in range(LARGE)), "small 0", "small 1"])


def test_lanes_end_when_their_pool_is_killed(start, federation):
    pool = start("federation", "lanes", "--count", "2")
    lanes = wait_for(lambda: len(found := lane_workers(pool)) == 2 and found, 60)
    pool.kill()
    wait_for(lambda: not any(psutil.pid_exists(each.pid) for each in lanes), 20)


def test_a_plain_worker_of_the_queue_does(start, add):
    add("wharfedale")
    jobs.harvest_due()
    start("jobs", "worker", "--burst", "federation").wait(90)
    assert latest("wharfedale")["status"] == "done"


def test_what_waits_is_not_queued_twice(federation, add):
    add("wharfedale")
    jobs.harvest_due()
    assert len(waiting()) == 1
    model.Session.execute(sa.text("UPDATE federation_node SET due = NULL"))
    model.Session.commit()
    jobs.harvest_due()
    assert len(waiting()) == 1


@pytest.mark.parametrize(("given", "taken"), [(0, 1), (-4, 1), (5, 5), (400, config.MOST_LANES)])
def test_the_number_of_lanes_is_bounded(ckan_config, monkeypatch, given, taken):
    monkeypatch.setitem(ckan_config, "ckanext.federation.lanes", given)
    assert config.lanes() == taken
