"""A run shown anew after one of its reports was erased: folded from those that are left."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from .. import model
from ..events import Event, from_bytes
from . import project


def without(conn: sa.Connection, event: Event) -> set[str]:
    """Fold the run of which a report spoke without it; `event` still has the report. Gives the datasets whose steps changed.

    The caller has written the erasure, and lets nobody else fold. Which reports a run has is written in them alone, so all
    of the stream are looked through: this is rare.
    """
    told = project.read(event)
    if told is None:
        return set()
    run = project.run_of(event.stream, told)
    at = model.folded.c
    done = conn.execute(sa.select(at.sequence).where(at.stream == event.stream)).scalar() or 0
    if event.sequence > done:
        return set()  # not folded yet, and never will be
    mine = (each for each in _reports(conn, event.stream, done) if project.run_of(event.stream, each) == run)
    return project.again(conn, event.stream, run, mine)


def _reports(conn: sa.Connection, stream: str, until: int) -> Iterator[project.Told]:
    here, last = model.event.c, 0
    query = sa.select(here.sequence, here.raw).where(here.stream == stream, here.type == "lineage-received")
    query = query.where(here.sequence <= until).order_by(here.sequence).limit(project.BATCH)
    while rows := conn.execute(query.where(here.sequence > last)).all():
        for row in rows:
            if found := project.read(from_bytes(bytes(row.raw))):
                yield found
        last = rows[-1].sequence
