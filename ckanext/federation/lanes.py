"""The lanes: several workers of the harvests' queue under one process, so that a node that is slow, huge or dead takes
one of them and never all.

RQ's worker pool starts a lane again when it dies. The lanes are forked from one loaded CKAN and share its memory.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

from ckan import model
from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from rq.worker_pool import ForkProcess, WorkerPool

from . import config

GRACE = 20  # seconds for the harvests in hand once the end is asked for
AT_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG of prctl(2)


def run(count: int) -> None:
    """Work off the queue in ``count`` lanes until SIGTERM or SIGINT."""
    Lanes([jobs.add_queue_name_prefix(config.queue())], connect_to_redis(), num_workers=count).start()


class Lanes(WorkerPool):
    """CKAN's own workers in RQ's pool. A harvest that does not end in ``GRACE`` seconds is ended: each of its steps is
    committed by itself, and its job is put back (``ckanext.portal.jobs:requeue_abandoned``) and goes on from there."""

    _until = 0.0

    def get_worker_process(self, name: str, burst: bool, _sleep: float = 0, logging_level: str = "INFO") -> BaseProcess:
        """A process that works off the queue; a connection of this one must not be shared with it."""
        model.Session.remove()
        if model.meta.engine:
            model.meta.engine.dispose()
        return ForkProcess(target=_work, args=(config.queue(), name, burst, os.getpid()), name=f"Lane {name}")

    def request_stop(self, signum: Any = None, frame: Any = None) -> None:
        """Ask each lane to end after the harvest in hand."""
        self._until = self._until or time.monotonic() + GRACE
        super().request_stop(signum, frame)

    def all_workers_have_stopped(self) -> bool:
        """Have they? Past the time of grace they are asked once more, which a worker takes for an order."""
        if time.monotonic() > self._until:
            self._until = float("inf")
            self.stop_workers()
        return super().all_workers_have_stopped()


def _work(queue: str, name: str, burst: bool, pool: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # the pool's own, in a lane that replaces another
    with suppress(AttributeError, OSError):  # Linux alone has it
        ctypes.CDLL(None).prctl(AT_PARENTS_DEATH, signal.SIGTERM)
    if os.getppid() == pool:
        jobs.Worker([queue], name=name).work(burst=burst, with_scheduler=False)
