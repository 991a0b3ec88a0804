"""The events of one run folded into what is known of it, whatever their order (pure).

For each facet the latest event that carries it counts; a terminal event beats any other; the same event folded
twice changes nothing. The result is plain data that JSON can hold.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid5

from .document import when

NAMESPACE = UUID("8f8a40c6-0e2f-5c0b-8a3f-6d1e6a3c7b55")
TERMINAL = frozenset({"COMPLETE", "FAIL", "ABORT"})
_RANK = {"OTHER": 0, "START": 1, "RUNNING": 2, "ABORT": 3, "FAIL": 4, "COMPLETE": 5}
State = dict[str, Any]


def run_uuid(run_id: str, namespace: str, job: str) -> str:
    """A run's UUID; an id that is none becomes one of version 5 together with its job."""
    try:
        return str(UUID(run_id))
    except ValueError:
        return str(uuid5(NAMESPACE, "\x1f".join((namespace, job, run_id))))


def key_of(kind: str, data: dict[str, Any]) -> tuple[str, ...]:
    """What an event belongs to: ("run", uuid), ("job", namespace, name) or ("dataset", namespace, name)."""
    if kind == "dataset":
        return ("dataset", data["dataset"]["namespace"], data["dataset"]["name"])
    job = data["job"]
    if kind == "job":
        return ("job", job["namespace"], job["name"])
    return ("run", run_uuid(data["run"]["runId"], job["namespace"], job["name"]))


def fold(state: State | None, kind: str, data: dict[str, Any], about: dict[str, Any]) -> State:
    """The state after one more event. `about` has `links`, `visibility`, `warnings`, `recorded` of its receipt."""
    state = state or {"kind": kind, "facets": {}, "inputs": {}, "outputs": {}, "links": {}}
    # Of the first receipt: so that a run folded at once, or in parts, makes the same rows.
    state["first"] = min(state.get("first") or about["recorded"], about["recorded"])
    state["sequence"] = min(state.get("sequence") or about["sequence"], about["sequence"])
    time = when(data["eventTime"]).isoformat(timespec="microseconds")
    event = data.get("eventType") or ("OTHER" if kind == "run" else "")
    stamp = f"{time} {_RANK.get(event, 0)} {hashlib.sha256(repr(sorted(data)).encode()).hexdigest()[:8]}"
    _times(state, kind, event, time)
    _latest(state, "producer", stamp, data.get("producer"))
    _latest(state, "visibility", stamp, about.get("visibility"))
    if kind == "run":
        _latest(state, "run_id", stamp, run_uuid(data["run"]["runId"], data["job"]["namespace"], data["job"]["name"]))
        _facets(state["facets"], "run", stamp, data["run"].get("facets"))
    if kind == "dataset":
        _side(state["outputs"], stamp, data["dataset"])
    else:
        _latest(state, "job", stamp, {"namespace": data["job"]["namespace"], "name": data["job"]["name"]})
        _facets(state["facets"], "job", stamp, data["job"].get("facets"))
        for side in ("inputs", "outputs"):
            for item in data.get(side) or []:
                _side(state[side], stamp, item)
    for link in about.get("links") or []:
        state["links"][f"{link['namespace']}\x1f{link['name']}"] = [link.get("package"), link.get("resource")]
    return state


def _times(state: State, kind: str, event: str, time: str) -> None:
    """Begins with the earliest event, ends with the latest terminal one, which also says how."""
    state["begun"] = min(state.get("begun") or time, time)
    state["last"] = max(state.get("last") or time, time)
    mark = [time, _RANK.get(event, 0), event]
    if event in TERMINAL:
        state["ended"] = max(state.get("ended") or mark, mark)
    elif kind == "run":
        state["seen"] = max(state.get("seen") or mark, mark)


def _latest(target: State, name: str, stamp: str, value: Any) -> None:
    if value is not None:
        kept = target.get(name)
        if kept is None or _newer(stamp, value, kept):
            target[name] = [stamp, value]


def _newer(stamp: str, value: Any, kept: list[Any]) -> bool:
    return (stamp, repr(value)) >= (kept[0], repr(kept[1]))


def _facets(target: State, prefix: str, stamp: str, facets: dict[str, Any] | None) -> None:
    for name, facet in (facets or {}).items():
        if isinstance(facet, dict):
            _latest(target, f"{prefix}.{name}", stamp, clean(facet))


def _side(target: State, stamp: str, item: dict[str, Any]) -> None:
    facets = target.setdefault(f"{item['namespace']}\x1f{item['name']}", {})
    for group in ("facets", "inputFacets", "outputFacets"):
        for name, facet in (item.get(group) or {}).items():
            if isinstance(facet, dict):
                _latest(facets, name, stamp, clean(facet))


def clean(value: Any) -> Any:
    """A facet as PostgreSQL's JSON can hold it, without what only says who made it."""
    if isinstance(value, dict):
        pairs = ((clean(str(name)), clean(item)) for name, item in value.items())
        return {name: item for name, item in pairs if name not in ("_producer", "_schemaURL")}
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    return value


def status(state: State) -> str:
    """complete, fail, abort, running, start or other; declared for what is no run."""
    if state["kind"] != "run":
        return "declared"
    mark = state.get("ended") or state.get("seen")
    return mark[2].lower() if mark else "other"
