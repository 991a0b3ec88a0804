"""The schedule puts jobs on CKAN's queue, once each, and leaves a heartbeat."""

import json
import os
import socket
import time

import pytest
from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from ckanext.portal import probes, schedule

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "portal"),
    pytest.mark.usefixtures("with_plugins", "clean_queues"),
]
TARGET = "ckanext.portal.jobs:reindex_missing"


def queued() -> list[str]:
    return [job.func_name for job in jobs.get_queue().get_jobs()]


@pytest.fixture
def scheduler():
    connect_to_redis().delete(schedule.beat_key())
    made = schedule.Scheduler(connect_to_redis())
    yield made
    connect_to_redis().delete(schedule.beat_key(), made.key)


def due(scheduler) -> None:
    for job in scheduler.get_jobs():
        job.next_enqueue_time = scheduler.created_at


def test_a_due_job_is_queued_with_ckan_s_timeout_and_title(scheduler):
    assert scheduler.add(schedule.Entry("* * * * *", TARGET))
    scheduler.enqueue_jobs()
    assert queued() == []
    due(scheduler)
    scheduler.enqueue_jobs()
    (job,) = jobs.get_queue().get_jobs()
    assert job.func_name == "ckanext.portal.jobs.reindex_missing"
    assert job.timeout == tk.config["ckan.jobs.timeout"]
    assert job.meta["title"] == "ckanext.portal.jobs.reindex_missing"


def test_jobs_do_not_pile_up_while_no_worker_takes_them(scheduler):
    scheduler.add(schedule.Entry("* * * * *", TARGET))
    scheduler.add(schedule.Entry("* * * * *", "ckanext.portal.jobs:reindex_all"))
    for _ in range(3):
        due(scheduler)
        scheduler.enqueue_jobs()
    assert sorted(queued()) == ["ckanext.portal.jobs.reindex_all", "ckanext.portal.jobs.reindex_missing"]


def test_what_is_for_the_start_is_queued_at_once(scheduler):
    assert scheduler.add(schedule.Entry("@start", TARGET))
    assert queued() == ["ckanext.portal.jobs.reindex_missing"]
    assert scheduler.get_jobs() == []


def test_a_plugin_that_is_not_there_is_left_out(scheduler):
    assert not scheduler.add(schedule.Entry("* * * * *", "ckanext.nothing.jobs:harvest"))
    assert scheduler.get_jobs() == []


@pytest.mark.usefixtures("empty")
def test_ckan_s_worker_runs_it(scheduler):
    scheduler.add(schedule.Entry("@start", TARGET))
    (job,) = jobs.get_queue().get_jobs()
    jobs.Worker().work(burst=True)
    assert job.get_status(refresh=True) == "finished"
    assert set(job.return_value()) == {"added", "refreshed", "removed", "refused"}


def test_the_heartbeat_is_what_the_status_page_reads(scheduler):
    with pytest.raises(probes.Down, match="not been seen"):
        probes.scheduler(2)
    scheduler.register_birth()
    scheduler.heartbeat()
    found = probes.scheduler(2)
    assert found["pid"] == os.getpid()
    assert found["lag"]["beat"] < 5
    assert found["memory"] > 0


def test_a_scheduler_that_died_is_down(scheduler):
    beat = {"at": time.time(), "pid": 2**22 + 1, "host": socket.gethostname(), "jobs": 1}
    connect_to_redis().set(schedule.beat_key(), json.dumps(beat))
    with pytest.raises(probes.Down, match="stopped"):
        probes.scheduler(2)


def test_a_scheduler_elsewhere_is_judged_by_its_beat(scheduler):
    now = time.time()
    for age, alive in ((10, True), (probes.SCHEDULER_LATE + 5, False)):
        beat = {"at": now - age, "pid": 2**22 + 1, "host": "another-machine", "jobs": 1}
        connect_to_redis().set(schedule.beat_key(), json.dumps(beat))
        if alive:
            assert probes.scheduler(2)["lag"]["beat"] >= 10
        else:
            with pytest.raises(probes.Down):
                probes.scheduler(2)


@pytest.mark.ckan_config("ckanext.portal.schedule", "every minute please")
def test_a_schedule_that_cannot_be_read_stops_the_command(cli):
    from ckanext.portal.cli import portal

    result = cli.invoke(portal, ["schedule"])
    assert result.exit_code
    assert "every minute please" in result.output


def test_the_default_schedule_can_be_read():
    targets = [entry.target for entry in schedule.parse(tk.config["ckanext.portal.schedule"])]
    assert TARGET in targets
    assert "ckanext.federation.jobs:harvest_due" in targets
