"""Reads the schedule setting, and runs it: RQ's CronScheduler on CKAN's Redis connection and queue."""

from __future__ import annotations

import importlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from croniter import croniter
from redis.exceptions import RedisError
from rq.cron import CronJob, CronScheduler

from . import config

log = logging.getLogger(__name__)

START = "@start"
CRON_FIELDS = 5
BEAT_LASTS = 24 * 3600


class ScheduleError(ValueError):
    """A line of the schedule cannot be read; the message names it."""


@dataclass(frozen=True)
class Entry:
    """One line: `when` is a cron expression or @start, `target` is module:function."""

    when: str
    target: str


def parse(text: str) -> list[Entry]:
    """The setting's lines as entries. Blank lines and those that begin with # are passed over.

    Raises ScheduleError for a line without five cron fields or without module:function.
    """
    lines = (line.strip() for line in text.splitlines())
    return [_entry(line) for line in lines if line and not line.startswith("#")]


def _entry(line: str) -> Entry:
    when, _, target = line.rpartition(" ")
    when = " ".join(when.split())
    module, colon, function = target.partition(":")
    if not (module and colon and function):
        raise ScheduleError(f"{line!r} does not end with module:function")
    if when != START and not (len(when.split()) == CRON_FIELDS and croniter.is_valid(when)):
        raise ScheduleError(f"{line!r} does not begin with five cron fields or {START}")
    return Entry(when, target)


def load(target: str) -> Callable[[], Any] | None:
    """The function that module:function names, or None (and a line in the log) where it is not installed."""
    module, _, function = target.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        log.warning("Left out of the schedule: %s (%s)", target, error)
        return None
    return found


def waiting(queue_name: str, function: str) -> bool:
    """True if a job of this function (dotted name) waits in the queue already."""
    queue = jobs.get_queue(queue_name)
    return any(job.func_name == function for job in queue.get_jobs())


class QueuedJob(CronJob):
    """A job that is put on CKAN's queue with CKAN's timeout, but not on top of one of its own kind."""

    def enqueue(self, connection: Any) -> Any:
        queue_name = jobs.remove_queue_name_prefix(self.queue_name)
        if waiting(queue_name, self.func_name):
            log.info("%s still waits for a worker; not queued again", self.func_name)
            return None
        # A failed or finished run of a job that runs each minute is of no interest after an hour.
        keep = {"result_ttl": 600, "failure_ttl": 3600}
        return jobs.enqueue(self.func, title=self.func_name, queue=queue_name, rq_kwargs=keep)  # type: ignore[arg-type]


class Scheduler(CronScheduler):
    """CronScheduler that leaves a heartbeat for the status page and outlives a restart of the Redis server."""

    stopping = False

    def add(self, entry: Entry) -> bool:
        """Registers an entry; False if its function is not installed."""
        function = load(entry.target)
        if function is None:
            return False
        name = jobs.add_queue_name_prefix(jobs.DEFAULT_QUEUE_NAME)
        if entry.when == START:
            QueuedJob(name, func=function, interval=1).enqueue(self.connection)
        else:
            self._cron_jobs.append(QueuedJob(name, func=function, cron=entry.when))
        return True

    def heartbeat(self) -> None:
        super().heartbeat()
        beat = {"at": time.time(), "pid": self.pid, "host": self.hostname, "jobs": len(self.get_jobs())}
        self.connection.set(beat_key(), json.dumps(beat), ex=BEAT_LASTS)

    def _request_stop(self, signum: Any, frame: Any) -> NoReturn:
        self.stopping = True
        super()._request_stop(signum, frame)


def beat_key() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:portal:scheduler"


def run(pause: float = 2) -> None:
    """Runs the schedule until a signal stops it. Raises ScheduleError where the setting cannot be read."""
    entries = parse(config.schedule())
    first = True
    while True:
        scheduler = Scheduler(connect_to_redis())
        try:
            for entry in entries:
                # After Redis came back, what runs at the start has run already.
                if first or entry.when != START:
                    scheduler.add(entry)
            first = False
            scheduler.start()
            return
        except RedisError as error:
            if scheduler.stopping:
                return
            log.warning("The schedule waits for Redis: %s", error)
            time.sleep(pause)
