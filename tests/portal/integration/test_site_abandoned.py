"""Jobs whose worker or work horse was killed come back. The workers here are real processes, ended by SIGKILL."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from rq import Worker
from rq.job import Job
from rq.registry import FailedJobRegistry, StartedJobRegistry

from ckanext.portal import abandoned, schedule
from ckanext.portal import jobs as scheduled

PROJECT = Path(__file__).resolve().parents[3]
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "portal"),
    pytest.mark.usefixtures("with_plugins", "bare"),
]


def clear() -> None:
    connection = connect_to_redis()
    prefix = jobs.add_queue_name_prefix("")
    for key in [*connection.scan_iter("rq:*")]:
        if prefix.encode() in key or key.startswith((b"rq:job:", b"rq:execution", b"rq:results:", b"rq:worker")):
            connection.delete(key)


@pytest.fixture
def bare() -> Iterator[None]:
    clear()
    yield
    clear()


@pytest.fixture
def worker(tmp_path) -> Iterator[Callable[[], psutil.Process]]:
    """Starts CKAN's worker, as the launcher does; what is left of it goes in the end."""
    started: list[psutil.Process] = []

    def start() -> psutil.Process:
        # A plain CKAN starts quicker; the queue and its names are the same.
        environment = os.environ | {"CKAN__PLUGINS": ""}
        with (tmp_path / "worker.log").open("ab") as output:
            command = [sys.executable, "-c", "from ckan.cli.cli import ckan; ckan()"]
            command += ["-c", str(PROJECT / "config" / "test.ini"), "jobs", "worker"]
            process = psutil.Popen(
                command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        started.append(process)
        return process

    yield start
    for process in started:
        children = process.children() if process.is_running() else []
        # The group outlives its leader: RQ's scheduler is in it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        process.wait(10)


def wait_for(what: Callable[[], object], seconds: float = 40) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("It did not happen in time")


def queued() -> list[Job]:
    return jobs.get_queue().get_jobs()


def begun(job: Job) -> bool:
    job.refresh()
    return job.get_status() == "started" and bool(job.worker_name)


def horse_of(process: psutil.Process) -> psutil.Process:
    return next(child for child in process.children() if os.getpgid(child.pid) == child.pid)


def enqueue() -> Job:
    return jobs.enqueue(time.sleep, [60], title="A load")  # type: ignore[arg-type]


def test_a_job_whose_worker_and_work_horse_were_killed_is_queued_again(worker):
    job = enqueue()
    process = worker()
    wait_for(lambda: begun(job))
    horse = horse_of(process)
    assert scheduled.requeue_abandoned() == {"requeued": 0, "given_up": 0}, "it is at work"
    process.kill()
    process.wait(10)
    worker()  # a supervisor starts it anew
    wait_for(lambda: any(each.pid != process.pid for each in Worker.all(connection=connect_to_redis())))
    assert scheduled.requeue_abandoned() == {"requeued": 0, "given_up": 0}, "its work horse goes on"
    horse.kill()
    wait_for(lambda: not horse.is_running() or horse.status() == psutil.STATUS_ZOMBIE)
    assert scheduled.requeue_abandoned() == {"requeued": 1, "given_up": 0}
    (again,) = wait_for(_known)
    assert (again.func_name, again.args, again.timeout) == (job.func_name, job.args, job.timeout)
    assert again.meta == {"title": "A load", abandoned.COUNT: 1}
    assert again.id != job.id, "ckanext-xloader refuses an id that it has met before"
    assert scheduled.requeue_abandoned() == {"requeued": 0, "given_up": 0}
    assert queued() == []


def test_a_job_whose_work_horse_was_killed_is_queued_again_three_times_and_then_left(worker):
    enqueue()
    process = worker()
    for count in range(1, 5):
        wait_for(lambda: any(begun(job) for job in _known()))
        horse_of(process).send_signal(signal.SIGKILL)
        wait_for(lambda: FailedJobRegistry(queue=jobs.get_queue()).get_job_ids())
        expected = {"requeued": 1, "given_up": 0} if count <= abandoned.TIMES else {"requeued": 0, "given_up": 1}
        assert scheduled.requeue_abandoned() == expected
    assert queued() == []
    assert scheduled.requeue_abandoned() == {"requeued": 0, "given_up": 0}, "it is said once"
    assert len(FailedJobRegistry(queue=jobs.get_queue()).get_job_ids()) == 1


def _known() -> list[Job]:
    found = StartedJobRegistry(queue=jobs.get_queue()).get_job_ids(cleanup=False)
    return [Job.fetch(job_id, connection=connect_to_redis()) for job_id in found]


def failed(reason: str) -> Job:
    job = enqueue()
    queue = jobs.get_queue()
    queue.remove(job)
    job.set_status("failed")  # type: ignore[arg-type]
    with queue.connection.pipeline() as pipeline:
        job._handle_failure(reason, pipeline, worker_name="")
        pipeline.execute()
    return job


def test_what_rq_gave_up_when_the_heartbeat_ran_out_is_queued_again(caplog, monkeypatch):
    monkeypatch.setattr(abandoned.log, "handlers", [caplog.handler])  # CKAN's loggers do not hand on to the root
    monkeypatch.setattr(abandoned.log, "disabled", False)  # as fileConfig leaves those that were there before it
    failed("Moved to FailedJobRegistry, due to AbandonedJobError, at 2026-01-01 00:00:00")
    assert scheduled.requeue_abandoned() == {"requeued": 1, "given_up": 0}
    assert len(queued()) == 1
    said = [each.getMessage() for each in caplog.records if each.name == abandoned.__name__]
    assert any("(time.sleep) was lost; queued again" in each for each in said)
    assert not any("sleep(60)" in each for each in said), "arguments may hold keys"


def test_a_run_whose_record_expired_is_queued_again_once():
    job = failed("Moved to FailedJobRegistry, due to AbandonedJobError, at 2026-01-01 00:00:00")
    connect_to_redis().zadd(job.execution_registry.key, {"gone": time.time() + 600})
    scheduled.requeue_abandoned()
    scheduled.requeue_abandoned()
    assert len(queued()) == 1
    assert not Job.exists(job.id, connection=connect_to_redis())


def test_a_job_that_failed_by_itself_stays_failed():
    job = failed("Traceback (most recent call last):\nValueError: Work-horse terminated unexpectedly")
    assert scheduled.requeue_abandoned() == {"requeued": 0, "given_up": 0}
    assert queued() == []
    assert job.id in FailedJobRegistry(queue=jobs.get_queue()).get_job_ids()


def test_what_waits_already_is_not_queued_twice():
    failed("Moved to FailedJobRegistry, due to AbandonedJobError, at 2026-01-01 00:00:00")
    enqueue()
    scheduled.requeue_abandoned()
    assert len(queued()) == 1
    assert FailedJobRegistry(queue=jobs.get_queue()).get_job_ids() == []


@pytest.mark.parametrize("when", [schedule.START, "* * * * *"])
def test_it_runs_at_the_start_and_each_minute(when, ckan_config):
    entries = schedule.parse(ckan_config["ckanext.portal.schedule"])
    assert schedule.Entry(when, "ckanext.portal.jobs:requeue_abandoned") in entries
    assert schedule.load("ckanext.portal.jobs:requeue_abandoned") is scheduled.requeue_abandoned
