"""Jobs that a killed worker or work horse left unfinished are put back in their queue."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import psutil
from ckan.lib import jobs
from redis import Redis
from rq import Queue, Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus
from rq.registry import BaseRegistry, FailedJobRegistry, StartedJobRegistry

log = logging.getLogger(__name__)

TIMES = 3  # a job that kills its worker each time is left failed then
COUNT = "portal_requeued"  # in the job's meta
NEWEST = 500  # failed jobs looked at: CKAN keeps them for a year
HORSE_STARTS = 60  # seconds a work horse may take from its fork to the start of its job
# What RQ writes for a job whose process went away. A job's own error is a traceback, and begins otherwise.
LOST = (
    "Moved to FailedJobRegistry, due to AbandonedJobError",
    "Work-horse terminated unexpectedly",
    "Job was stuck in intermediate queue",
)


def requeue(connection: Redis) -> dict[str, int]:
    """Puts back what was lost, each job at most TIMES times. Returns {"requeued", "given_up"}."""
    done = {"requeued": 0, "given_up": 0}
    for queue in jobs.get_all_queues():
        for registry, job in [*_interrupted(queue, connection), *_lost(queue)]:
            try:
                outcome = _put_back(queue, registry, job)
            except Exception:
                # One job that cannot be read must not keep the others out.
                log.exception("Job %s cannot be put back", job.id)
                continue
            if outcome:
                done[outcome] += 1
    return done


def _interrupted(queue: Queue, connection: Redis) -> Iterator[tuple[BaseRegistry, Job]]:
    """Jobs that started, and whose worker and work horse are gone. RQ would see it after the heartbeat ran out."""
    registry = StartedJobRegistry(queue=queue)
    for job_id, _ in registry.get_job_and_execution_ids(cleanup=False):
        job = _fetch(queue, job_id)
        if job and job.worker_name and not _worker_lives(job.worker_name, connection) and not _horse_lives(job):
            yield registry, job
    # Those without a trace of their worker: RQ's own clock decides, and they turn up among the failed.
    registry.cleanup()


def _lost(queue: Queue) -> Iterator[tuple[BaseRegistry, Job]]:
    """Failed jobs that did not fail by themselves."""
    registry = FailedJobRegistry(queue=queue)
    for job_id in registry.get_job_ids(0, NEWEST - 1, desc=True):
        job = _fetch(queue, job_id)
        if job is None or job.get_status(refresh=False) != JobStatus.FAILED or job.meta.get(COUNT, 0) > TIMES:
            continue
        result = job.latest_result()
        if str(result.exc_string if result else "").startswith(LOST) and not _horse_lives(job):
            yield registry, job


def _fetch(queue: Queue, job_id: str) -> Job | None:
    try:
        return Job.fetch(job_id, connection=queue.connection, serializer=queue.serializer)
    except NoSuchJobError:
        return None


def _put_back(queue: Queue, registry: BaseRegistry, job: Job) -> str | None:
    """A job of the same kind under a new id: ckanext-xloader refuses an id that it has met before."""
    count = job.meta.get(COUNT, 0) + 1
    if count > TIMES:
        if isinstance(registry, StartedJobRegistry):
            return None  # RQ marks it failed, and then it is said
        log.error("Job %s (%s) was lost %d times and is left failed", job.id, job.func_name, count)
        job.meta[COUNT] = count
        job.save_meta()
        return "given_up"
    if any(waiting.data == job.data for waiting in queue.get_jobs()):
        log.warning("Job %s (%s) was lost; the same waits already", job.id, job.func_name)
    else:
        again = queue.enqueue_call(
            str(job.func_name),
            args=job.args,
            kwargs=job.kwargs,
            timeout=job.timeout,  # type: ignore[arg-type]
            result_ttl=job.result_ttl,
            failure_ttl=job.failure_ttl,
            description=job.description,
            meta=job.meta | {COUNT: count},
        )
        # Not the job's description: RQ writes the arguments in it, and with them ckanext-xloader's key.
        log.warning("Job %s (%s) was lost; queued again as %s, %d of %d", job.id, job.func_name, again.id, count, TIMES)
    _forget(queue, job)
    return "requeued"


def _forget(queue: Queue, job: Job) -> None:
    started = StartedJobRegistry(queue=queue)
    for job_id, execution_id in started.get_job_and_execution_ids(cleanup=False):
        if job_id == job.id:
            queue.connection.zrem(started.key, f"{job_id}:{execution_id}")
    # A killed run's record expires before the list that names it, and RQ's delete would look for it in vain.
    queue.connection.delete(job.execution_registry.key)
    job.delete()


def _worker_lives(name: str, connection: Redis) -> bool:
    """False if its heartbeat ran out, or if it is known to have been a process of this machine that is no more."""
    worker = Worker.find_by_key(f"{Worker.redis_worker_namespace_prefix}{name}", connection=connection)
    if worker is None:
        return False
    return worker.hostname != socket.gethostname() or not worker.pid or psutil.pid_exists(worker.pid)


def _horse_lives(job: Job) -> bool:
    """True if the work horse outlived its worker: it goes on with the job, and may yet finish it.

    RQ does not note its number. It leads a process group of its own, was forked shortly before the job began, and
    has the command line of this site's workers, but none of them for a parent; nor is it the pool that forked them.
    """
    if not job.started_at:
        return False
    started = _seconds(job.started_at)
    workers = _local_workers(job.connection)
    commands = [psutil.Process().cmdline(), *workers.values()]
    pools = _parents(workers)
    for process in psutil.process_iter():
        try:
            if (
                started - HORSE_STARTS <= process.create_time() <= started + 1
                and process.cmdline() in commands
                and process.status() != psutil.STATUS_ZOMBIE
                and os.getpgid(process.pid) == process.pid
                and process.pid not in pools
                and not workers.keys() & {process.pid, process.ppid()}
            ):
                return True
        except (psutil.Error, OSError):
            continue
    return False


def _local_workers(connection: Redis) -> dict[int, list[str]]:
    """The command lines of the registered workers of this machine, by process id."""
    found = {}
    for worker in Worker.all(connection=connection):
        with contextlib.suppress(psutil.Error):
            if worker.hostname == socket.gethostname() and worker.pid:
                found[worker.pid] = psutil.Process(worker.pid).cmdline()
    return found


def _parents(pids: Iterable[int]) -> set[int]:
    found = set()
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            found.add(psutil.Process(pid).ppid())
    return found


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
