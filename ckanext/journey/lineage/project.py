"""Folds what tools reported into runs and their steps: a stream at a time, in batches, from where it was left.

Reports are kept in the request and folded afterwards: by whoever reads next, or by the schedule. Folding holds a lock of
its own, so that receiving goes on meanwhile.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model as ckan_model
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from .. import bodies, model, projection, reindexing, signals, store
from ..events import Event, from_bytes
from ..rows import Row, make_id, step_id
from . import fold, shape

log = logging.getLogger(__name__)

BATCH = 1_000
READ_SECONDS = 2.0  # how long a page waits for reports to be folded; it tells of those that are left
_TYPES = ("lineage-received", "alias-registered")
_LOCK = "SELECT pg_advisory_xact_lock_shared(hashtextextended('journey-fold', 0)), pg_advisory_xact_lock(hashtextextended(:name, 0))"
_EVERY_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('journey-fold', 0))"
Told = tuple[Event, bodies.LineageReceived, dict[str, Any]]
Settle = Callable[[Collection[str]], object]


def batch(conn: sa.Connection, name: str) -> tuple[int, set[str]]:
    """Fold the next events of a stream; gives how many there were, and the datasets whose steps changed. The caller commits."""
    conn.execute(
        sa.text(_LOCK), {"name": f"journey-fold:{name}"}
    )  # two folding at once would overwrite each other's runs
    head = conn.execute(sa.select(model.head.c.sequence).where(model.head.c.stream == name)).scalar() or 0
    rows = conn.execute(_waiting(name).where(model.event.c.sequence <= head).limit(BATCH)).all()
    changed = _fold(conn, name, [from_bytes(bytes(row.raw)) for row in rows]) if rows else set()
    _mark(conn, name, rows[-1].sequence if len(rows) == BATCH else head)
    return len(rows), changed


def stream(conn: sa.Connection, name: str, settle: Settle = signals.note) -> int:
    """Fold all that is new in a stream; `settle` is told after each batch which datasets changed, and may commit."""
    done, count = 0, BATCH
    while count == BATCH:
        count, changed = batch(conn, name)
        settle(changed)
        done += count
    return done


def behind(conn: sa.Connection) -> list[str]:
    """The streams that have grown since they were last folded."""
    here, at = model.head.c, model.folded.c
    query = sa.select(here.stream).outerjoin(model.folded, at.stream == here.stream)
    return list(
        conn.execute(query.where(here.sequence > sa.func.coalesce(at.sequence, 0)).order_by(here.stream)).scalars()
    )


def everything(conn: sa.Connection, settle: Settle = signals.note) -> int:
    """Fold every stream, such as after a rebuild."""
    return sum(stream(conn, name, settle) for name in behind(conn))


def stop_others(conn: sa.Connection) -> None:
    """Nobody else folds until the transaction ends."""
    conn.execute(sa.text(_EVERY_LOCK))


def catch_up(name: str, seconds: float = READ_SECONDS) -> int:
    """Fold what is new in a stream before it is read, in a transaction of its own; gives how many events are left.

    What is waiting is told by the ledger, so nobody reads what is out of date without being told so.
    """
    deadline = time.monotonic() + seconds
    engine: Any = ckan_model.meta.engine
    with engine.connect() as conn:
        try:
            while _is_waiting(conn, name):
                if time.monotonic() > deadline:
                    return waiting(conn, name)
                conn.execute(
                    sa.text("SELECT set_config('lock_timeout', :limit, true)"), {"limit": f"{int(seconds * 1000)}ms"}
                )
                _, changed = batch(conn, name)
                conn.commit()
                signals.later(changed)
                reindexing.soon(changed)
            return 0
        except OperationalError:  # somebody else is folding
            conn.rollback()
            return waiting(conn, name)
        except Exception:
            conn.rollback()
            log.exception("Journey: what tools reported is kept, and not shown yet")
            return waiting(conn, name)


def waiting(conn: sa.Connection, name: str) -> int:
    """How many events of a stream are kept and not folded yet; counted to 100,000."""
    return conn.execute(sa.select(sa.func.count()).select_from(_waiting(name).limit(100_000).subquery())).scalar_one()


def _is_waiting(conn: sa.Connection, name: str) -> bool:
    at = model.folded.c.sequence
    query = sa.select(model.head.c.sequence, at).outerjoin(model.folded, model.folded.c.stream == model.head.c.stream)
    row = conn.execute(query.where(model.head.c.stream == name)).first()
    if row is None or row[0] <= (row[1] or 0):
        return False
    if row[0] - (row[1] or 0) > BATCH:
        return True  # looked through and marked once, so that nobody looks through it again
    return bool(conn.execute(sa.select(_waiting(name).exists())).scalar())


def _waiting(name: str) -> Any:
    here, at = model.event.c, model.folded.c
    since = sa.select(at.sequence).where(at.stream == name).scalar_subquery()
    query = sa.select(here.raw, here.sequence).where(here.stream == name, here.type.in_(_TYPES))
    return query.where(here.sequence > sa.func.coalesce(since, 0)).order_by(here.sequence)


def _mark(conn: sa.Connection, name: str, sequence: int) -> None:
    statement = insert(model.folded).values(stream=name, sequence=sequence)
    conn.execute(statement.on_conflict_do_update(index_elements=["stream"], set_={"sequence": sequence}))


def _fold(conn: sa.Connection, name: str, events: Iterable[Event]) -> set[str]:
    """Fold reports into their runs, and show again the runs that speak of a name which has now been said to be ours.

    Gives the datasets whose steps changed.
    """
    by_run: dict[str, list[Told]] = {}
    for event in events:
        body = event.body
        if isinstance(body, bodies.AliasRegistered):
            by_run |= {run: by_run.get(run, []) for run in _speaking_of(conn, name, body)}
        elif told := read(event):
            by_run.setdefault(run_of(name, told), []).append(told)
    if not by_run:
        return set()
    here = model.run.c
    states = {
        row.id: row.state for row in conn.execute(sa.select(here.id, here.state).where(here.id.in_(list(by_run))))
    }
    before = [step for run, state in states.items() for step in _steps(run, state)]
    for run, told in by_run.items():
        for each in told:
            states[run] = folded(states.get(run), each)
    return _show(conn, name, states, before)


def read(event: Event) -> Told | None:
    """A report and what it says; None where that was erased."""
    body = event.body
    assert isinstance(body, bodies.LineageReceived)
    return (event, body, json.loads(body.document)) if body.document else None


def run_of(name: str, told: Told) -> str:
    """The id of the run, job or dataset of which a report of this stream speaks."""
    return make_id("run", name, *fold.key_of(told[1].kind, told[2]))


def folded(state: fold.State | None, told: Told) -> fold.State:
    event, body, data = told
    return fold.fold(state, body.kind, data, _about(event, body))


def again(conn: sa.Connection, name: str, run: str, told: Iterable[Told]) -> set[str]:
    """Fold a run anew from these reports, in whose place there were others; gives the datasets whose steps changed."""
    here = model.run.c
    before = conn.execute(sa.delete(model.run).where(here.id == run).returning(here.state)).scalar()
    state: fold.State | None = None
    for each in told:
        state = folded(state, each)
    return _show(conn, name, {run: state} if state else {}, _steps(run, before or {}))


def _show(conn: sa.Connection, name: str, states: dict[str, fold.State], before: list[str]) -> set[str]:
    """Write runs and their steps in the place of the steps that they had before."""
    links = _links(conn, name, states.values())
    rows = [row for run, state in states.items() for row in _rows(run, name, state, links)]
    changed, artefacts, plans = _clear(conn, before)
    if states:
        _keep(conn, name, states)
    store.put(conn, rows)
    _forget(conn, artefacts, plans - {row.values["id"] for row in rows if row.table == "journey_plan"})
    return changed | {
        row.values["package_id"] for row in rows if row.table == "journey_step" and row.values["package_id"]
    }


def _speaking_of(conn: sa.Connection, name: str, alias: bodies.AliasRegistered) -> list[str]:
    query = sa.text(
        "SELECT id FROM journey_run WHERE stream = :stream"
        " AND (jsonb_exists(state->'outputs', :place) OR jsonb_exists(state->'inputs', :place))"
    )
    place = f"{alias.namespace}\x1f{alias.name}"
    return list(conn.execute(query, {"stream": name, "place": place}).scalars())


def _keep(conn: sa.Connection, name: str, states: dict[str, fold.State]) -> None:
    values = [{"id": run, "stream": name, "kind": state["kind"], "state": state} for run, state in states.items()]
    statement = insert(model.run)
    new = {"state": statement.excluded.state}
    conn.execute(store.many(statement.on_conflict_do_update(index_elements=["id"], set_=new)), values)


def _about(event: Event, body: bodies.LineageReceived) -> dict[str, Any]:
    links = [
        {"namespace": x.namespace, "name": x.name, "package": x.package, "resource": x.resource} for x in body.links
    ]
    return {
        "links": links,
        "visibility": body.visibility,
        "warnings": body.warnings,
        "recorded": event.recorded,
        "sequence": event.sequence,
    }


def _links(conn: sa.Connection, stream: str, states: Iterable[fold.State]) -> shape.Links:
    """What places are of ours by aliases, also by those that were registered after the report came."""
    names = {place.split("\x1f", 1)[1] for state in states for side in ("inputs", "outputs") for place in state[side]}
    here = model.alias.c
    query = sa.select(model.alias).where(here.stream == stream, here.name.in_(names), here.package_id.is_not(None))
    return {f"{row.namespace}\x1f{row.name}": (row.package_id, row.resource_id) for row in conn.execute(query)}


def _rows(run: str, stream: str, state: fold.State, aliases: shape.Links) -> list[Row]:
    """A run's steps: one on each dataset that it made, or else that it read. Notes in `state` which those are."""
    if state["kind"] != "run":
        return []
    # What a name stood for when it was reported goes before what it stands for now.
    links = aliases | {place: (link[0], link[1]) for place, link in state["links"].items() if link[0]}
    state["shown"] = shape.targets(state, links)
    found: list[Row] = []
    for package in state["shown"]:
        body = shape.step(state, links, package)
        rows = projection.project(
            Event(_event_id(run, package), stream, state["sequence"], state["first"], body, package)
        )
        resource = next(
            (each.resource for each in (*body.outputs, *body.inputs) if each.package == package and package), None
        )
        for row in rows:
            if row.table == "journey_step":
                row.values.update(state=shape.state_of(state), resource_id=resource, agent_role="tool")
        found += rows
    return found


def _event_id(run: str, package: str | None) -> str:
    return f"{run}/{package}" if package else run


def _steps(run: str, state: fold.State) -> list[str]:
    """The ids under which a run's steps are shown."""
    return [_event_id(run, package) for package in state.get("shown") or []]


def _clear(conn: sa.Connection, told: list[str]) -> tuple[set[str], set[str], set[str]]:
    """What was shown of these runs before: the new rows stand in its place. Gives its datasets, artefacts and plans."""
    steps = [step_id(each) for each in told]
    io, step = model.step_io.c, model.step.c
    used = conn.execute(sa.delete(model.step_io).where(io.step_id.in_(steps)).returning(io.artefact_id))
    artefacts = set(used.scalars())
    conn.execute(sa.delete(model.evidence).where(model.evidence.c.step_id.in_(steps)))
    conn.execute(sa.delete(model.move).where(model.move.c.id.in_(told)))
    gone = sa.delete(model.step).where(step.id.in_(steps)).returning(step.package_id, step.plan_id)
    rows = conn.execute(gone).all()
    return {row[0] for row in rows if row[0]}, artefacts, {row[1] for row in rows if row[1]}


def _forget(conn: sa.Connection, artefacts: set[str], plans: set[str]) -> None:
    """Artefacts and plans that no step speaks of any more, such as a name that has become a dataset of ours."""
    used = sa.exists().where(model.step_io.c.artefact_id == model.artefact.c.id)
    mine = model.artefact.c.id.in_(artefacts) & model.artefact.c.namespace.is_not(None)
    conn.execute(sa.delete(model.artefact).where(mine, ~used))
    if plans:
        followed = sa.exists().where(model.step.c.plan_id == model.plan.c.id)
        conn.execute(sa.delete(model.plan).where(model.plan.c.id.in_(plans), ~followed))
