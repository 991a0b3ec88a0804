"""From what a PROV file says to the steps of a journey; what a step has no place for is told (pure)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from .. import events as ev
from .. import vocab
from ..exports import document
from ..lineage import shape
from ..vocab import N_
from . import agents, files, graph
from .told import END, LABEL, PROV, START, TYPE, Thing, Told, tail

_COUNTS = {"rowsin": "rows_in", "rowsout": "rows_out", "rowsrejected": "rows_rejected", "rowsmerged": "rows_merged", "rowssplit": "rows_split"}  # fmt: skip
_WHY = ("comment", "description", "rationale")
_OWN = ("capture", "confidence", "state", "dayonly")
GENERIC = "clean"
# What a derivation was, where no activity tells of it.
_DERIVED = {"Revision": "correct", "Quotation": "extract", "PrimarySource": "extract"}

OTHER_KIND = N_("Its kind of step is not one of ours: it is told as {type}, and its own is kept")
BAD_TIME = N_("This is no time between 1900 and now: {value}")
BACKWARDS = N_("It ends before it begins: its end is left out")
INFERRED = N_("No activity made this entity from others: a step is inferred")
ATTRIBUTE = N_("The attribute {name} has no place in a step")
RELATION = N_("{kind} has no place in a step")
UNUSED = N_("No activity took or made this entity")
NOT_PROV = N_("PROV does not speak of this")
IDLE = N_("This agent did no step")


@dataclass(frozen=True)
class Step:
    """A step to be told, and the IRI of the activity that it was."""

    activity: str
    body: ev.StepRecorded


@dataclass
class Mapping:
    """The steps of a file in their order, and what was left out."""

    told: Told
    now: str
    visibility: str = "public"
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told.labels  # noqa: B018  counted before things that are only named are added
        self.links = graph.links(self.told)
        self.hidden = agents.names(self.told)
        self.used: set[str] = set()


def of(told: Told, now: str, visibility: str = "public") -> list[Step]:
    """The steps that a file tells of, in the order in which they were done. `now` is a moment, ISO 8601 in UTC."""
    work = Mapping(told, now, visibility)
    activities = [each for each in told.things.values() if each.kind == "activity"]
    found = [_step(work, each) for each in activities]
    found += [_inferred(work, made, sources) for made, sources in work.links.loose.items()]
    _rest(work)
    return graph.in_order(found, work.links)


def _step(work: Mapping, activity: Thing) -> Step:
    told, links = work.told, work.links
    doers = agents.of(told, activity.id, links.associations[activity.id], links.delegations, work.hidden)
    work.used |= {each.args.get(name, "") for each in links.associations[activity.id] for name in ("agent", "plan")}
    tool, version = doers.named()
    kind = _kind(work, activity)
    started, ended = _times(work, activity)
    sides: dict[str, Any] = {"inputs": [], "outputs": [], "evidence": [], "system": None}
    for direction, names in (("inputs", links.inputs[activity.id]), ("outputs", links.outputs[activity.id])):
        for name in names:
            _side(work, sides, direction, told.thing(name, "entity"), kind)
    why = activity.local(*_WHY) or ""
    label = activity.label or ""
    texts = [each for each in (label, why) if each and each not in (document.label(kind), kind)]
    return Step(activity.id, ev.StepRecorded(
        type=kind, started=started, ended=ended, system=sides["system"], agent_role=doers.role,
        on_behalf_of=doers.on_behalf_of, tool=tool, tool_version=version,
        rationale=_text(work, ". ".join(dict.fromkeys(texts))), plan=_plan(work, doers.plan), run_id=activity.id[:500],
        inputs=tuple(sides["inputs"]), outputs=tuple(sides["outputs"]), evidence=tuple(sides["evidence"]),
        capture="prov", confidence="inferred" if activity.local("confidence") == "inferred" else "attested",
        visibility=work.visibility, original=_original(activity), **_rows(activity),
    ))  # fmt: skip


def _kind(work: Mapping, activity: Thing) -> str:
    """The kind of step: one of ours by its name, else by words of its type or label, else the nearest generic."""
    types = [tail(each) for each in activity.types]
    if known := next((each for each in types if each in vocab.TYPES), None):
        return known
    words = [*types, activity.label or "", tail(activity.id)]
    kind = next((found for each in words if (found := shape.by_words(each))), GENERIC)
    work.told.notes.add(OTHER_KIND, activity.id, type=kind)
    return kind


def _original(activity: Thing) -> dict[str, Any]:
    """What the file called it, as far as that is not one of our own words."""
    types = [each for each in activity.types if "/journey#" not in each and not each.startswith(PROV)]
    kept = {"types": types[:20], "bundle": activity.bundle}
    return {name: value for name, value in kept.items() if value}


def _rows(activity: Thing) -> dict[str, int]:
    found = {field: activity.local(name) for name, field in _COUNTS.items()}
    return {name: int(text) for name, text in found.items() if text and text.isascii() and text.isdigit()}


def _times(work: Mapping, activity: Thing) -> tuple[str | None, str | None]:
    """When it began and ended; a day without a time is a day."""
    links = work.links
    told = activity.first(START) or links.begun.get(activity.id), activity.first(END) or links.over.get(activity.id)
    if not any(told):
        told = links.taken.get(activity.id), links.made.get(activity.id)
    begun, over = (_moment(work, activity.id, each) for each in told)
    if activity.local("dayonly") in ("true", "1"):
        begun, over = (each and each[:10] for each in (begun, over))
    if begun and over and over < begun[: len(over)]:
        work.told.notes.add(BACKWARDS, activity.id)
        over = None
    return begun, over


def _moment(work: Mapping, where: str, value: str | None) -> str | None:
    if not value:
        return None
    found = document.moment(value)
    if found is None or found[:4] < "1900" or found > work.now:
        work.told.notes.add(BAD_TIME, where, value=value[:100])
        return None
    return found.replace("Z", "+00:00")


def _side(work: Mapping, sides: dict[str, Any], direction: str, thing: Thing, kind: str) -> None:
    """An entity that a step took or made, as what it is: a file, evidence, the system, or nothing that a step has."""
    work.used.add(thing.id)
    evidence = files.evidence_kind(thing)
    if evidence:
        sides["evidence"].append(_clear(work, files.evidence(thing, evidence), "value"))
    elif "LegacySystem" in files.ours(thing):
        sides["system"] = sides["system"] or document.clean(thing.name)[: files.FEW]
    elif direction == "outputs" and files.is_dataset(thing) and kind in ("publish", "withdraw"):
        thing.all(TYPE, LABEL)
    elif "PortalCopy" in files.ours(thing) or (files.is_plan(thing) and direction == "inputs"):
        work.told.notes.add(RELATION, thing.id, kind="used")
    else:
        sides[direction].append(_clear(work, files.file(work.told, thing), "name"))


def _clear(work: Mapping, item: Any, name: str) -> Any:
    """Without names of persons in its text."""
    text = getattr(item, name)
    return replace(item, **{name: work.hidden.sub("...", text)}) if text and work.hidden else item


def _plan(work: Mapping, plan: ev.Plan | None) -> ev.Plan | None:
    return _clear(work, plan, "name") if plan else None


def _text(work: Mapping, text: str) -> str | None:
    cut = document.clean(text)[: files.MANY]
    return (work.hidden.sub("...", cut) if work.hidden else cut) or None


def _inferred(work: Mapping, made: str, sources: list[tuple[str, str]]) -> Step:
    """A derivation that no activity tells of is a step all the same."""
    told = work.told
    entity = told.thing(made, "entity")
    told.notes.add(INFERRED, made)
    inputs = [_clear(work, files.file(told, told.thing(name, "entity")), "name") for name, _ in sources]
    kind = next((_DERIVED[how] for _, how in sources if how in _DERIVED), GENERIC)
    work.used |= {made, *(name for name, _ in sources)}
    ended = _moment(work, made, work.links.born.get(made))
    output = _clear(work, files.file(told, entity), "name")
    original = {"derivation": sorted({how for _, how in sources if how})}
    return Step(made, ev.StepRecorded(
        type=kind, ended=ended, inputs=tuple(inputs), outputs=(output,), run_id=made[:500], capture="prov",
        confidence="inferred", visibility=work.visibility, original={k: v for k, v in original.items() if v},
    ))  # fmt: skip


def _rest(work: Mapping) -> None:
    """Notes of all that has found no place."""
    notes = work.told.notes
    for kind, where in work.links.left:
        notes.add(RELATION, where, kind=kind)
    left: dict[str, list[str]] = defaultdict(list)
    for thing in work.told.things.values():
        unread = [name for name in thing.attributes if name not in thing.seen]
        if not thing.kind and unread:
            notes.add(NOT_PROV, thing.id)
        elif thing.kind == "agent" and thing.id not in work.used and not any(
            relation.args.get("responsible") == thing.id for relation in work.links.delegations
        ):  # fmt: skip
            notes.add(IDLE, None)
        elif thing.kind == "entity" and thing.id not in work.used and not files.is_dataset(thing):
            notes.add(UNUSED, thing.id)
        elif thing.kind:
            for name in unread:
                if name != TYPE and tail(name).casefold() not in _OWN:
                    left[name].append(thing.id)
    for name, things in left.items():
        for where in things:
            notes.add(ATTRIBUTE, where, name=name)
