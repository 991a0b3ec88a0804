"""Several processes for the steps of one large run, so that it uses more than one core.

The run's process hands out batches: it names new datasets, and makes organisations and tags, so that no two of its hands make
the same. A hand does a batch as the run's own process would (``apply``), each step or batch in its own transaction. Hands
are forked, die with the run's process, and hold nothing that the database does not: what a dead one left is still planned.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from ckan import model
from flask import has_request_context, request

from .. import config
from . import store

if TYPE_CHECKING:
    from .apply import Applier

log = logging.getLogger(__name__)
MANY = 200  # steps; with fewer it is not worth the while
SECONDS = 1.0  # between two looks at whether the run shall stop, while nothing is told of
AT_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG of prctl(2)
STOP = "stop"


def size(run_id: str) -> int:
    """How many processes a run should have beside its own; 0: it does its steps itself."""
    wanted = config.workers()
    served = has_request_context() and "gunicorn" in request.environ.get("SERVER_SOFTWARE", "")
    # Threads do not survive a fork, but their locks do.
    if wanted < 2 or served or threading.active_count() > 1 or not hasattr(os, "fork"):
        return 0
    return wanted if store.outcome_counts(run_id).get("planned", 0) >= MANY else 0


class Crew:
    """The hands of one run."""

    def __init__(self, applier: Applier, count: int):
        self.applier = applier
        model.Session.remove()  # no hand shares a connection with this process, or with another
        self._hands = [self._hire() for _ in range(count)]

    def _hire(self) -> tuple[Connection, Any]:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        hand = context.Process(target=_work, args=(self.applier, theirs, ours, os.getpid()), daemon=True)
        hand.start()
        theirs.close()
        return ours, hand

    def work(self) -> Generator[str]:
        """Have the steps done; yields the status of each, and "" when nothing was told for a while. Closing it ends the
        hands after the step or batch that they are at."""
        todo = self.applier.batches()
        free = {ours for ours, _hand in self._hands}
        busy: set[Connection] = set()
        try:
            following = next(todo, None)  # prepared while the hands are busy, lest one waits for it
            while True:
                while free and following:
                    ours = free.pop()
                    ours.send(following)
                    busy.add(ours)
                    following = next(todo, None)
                if not busy:
                    return
                yield from self._told(busy, free)
        finally:
            self._dismiss()

    def _told(self, busy: set[Connection], free: set[Connection]) -> Iterator[str]:
        """What the hands say now: statuses of steps, and None at the end of a batch."""
        ready = wait(list(busy), SECONDS)
        if not ready:
            yield ""
        for ours in ready:
            assert isinstance(ours, Connection)
            try:
                status = ours.recv()
            except EOFError:
                log.warning("A process of the harvest died; the others go on")
                busy.discard(ours)
                continue
            if status is None:
                busy.discard(ours)
                free.add(ours)
            else:
                yield status

    def _dismiss(self) -> None:
        for ours, _hand in self._hands:
            with suppress(OSError):
                ours.send(STOP)
        for ours, hand in self._hands:
            with suppress(EOFError, OSError):
                while True:
                    ours.recv()
            hand.join()
            ours.close()


def _work(applier: Applier, mine: Connection, not_mine: Connection, parent: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    with suppress(AttributeError, OSError):  # Linux alone has it
        ctypes.CDLL(None).prctl(AT_PARENTS_DEATH, signal.SIGTERM)
    not_mine.close()
    if os.getppid() != parent:
        return
    engine = model.meta.engine
    assert engine is not None
    engine.dispose(close=False)  # the run's own connections stay its own
    gc.freeze()  # what is here from before the fork is no garbage, and looking through it would copy its pages
    with suppress(EOFError, BrokenPipeError):
        while (batch := mine.recv()) != STOP:
            for status in applier.do(batch):
                mine.send(status)
                if mine.poll():
                    break
            mine.send(None)
    applier.end()
    model.Session.remove()
