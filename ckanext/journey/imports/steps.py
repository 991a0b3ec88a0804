"""From what a PROV file says to the steps of a journey; what a step has no place for is told (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import events as ev
from .. import vocab
from ..exports import document
from ..lineage import shape
from ..vocab import N_
from . import agents, files, inferred, leftover, order
from .mapping import Mapping
from .told import END, LABEL, PROV, START, TYPE, Thing, Told, tail

_COUNTS = {"rowsin": "rows_in", "rowsout": "rows_out", "rowsrejected": "rows_rejected", "rowsmerged": "rows_merged", "rowssplit": "rows_split"}  # fmt: skip
_WHY = ("comment", "description", "rationale")
GENERIC = "clean"
# What a derivation was, where no activity tells of it.
_DERIVED = {"Revision": "correct", "Quotation": "extract", "PrimarySource": "extract"}

OTHER_KIND = N_("Its kind of step is not one of ours: it is told as {type}, and its own is kept")
BACKWARDS = N_("It ends before it begins: its end is left out")
INFERRED = N_("No activity made this entity from others: a step is inferred")


@dataclass(frozen=True)
class Step:
    """A step to be told, and the IRI of the activity that it was."""

    activity: str
    body: ev.StepRecorded


def of(told: Told, now: str, visibility: str = "public") -> list[Step]:
    """The steps that a file tells of, in the order in which they were done. `now` is a moment, ISO 8601 in UTC."""
    work = Mapping(told, now, visibility)
    activities = [each for each in told.things.values() if each.kind == "activity"]
    found = [_step(work, each) for each in activities]
    found += [_inferred(work, made, sources) for made, sources in work.links.loose.items()]
    leftover.tell(told, work.links, work.used)
    return order.in_order(found, work.links)


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
        rationale=work.text(". ".join(dict.fromkeys(texts))), plan=work.plan(doers.plan), run_id=activity.id[:500],
        inputs=tuple(sides["inputs"]), outputs=tuple(sides["outputs"]), evidence=tuple(sides["evidence"]),
        capture="prov", confidence="inferred" if activity.local("confidence") == "inferred" else "attested",
        visibility=work.visibility, original=_original(work, activity), **_rows(activity),
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


def _original(work: Mapping, activity: Thing) -> dict[str, Any]:
    """What the file called it, as far as that is not one of our own words; and to whom it attributes what went in."""
    types = [each for each in activity.types if "/journey#" not in each and not each.startswith(PROV)]
    kept = {"types": types[:20], "bundle": activity.bundle, "attributed": _attributed(work, activity.id)}
    return {name: value for name, value in kept.items() if value}


def _attributed(work: Mapping, activity: str) -> list[list[str]]:
    """Files that no step of the file made, and to which organisation or tool they are attributed."""
    found = []
    for name in work.links.inputs[activity]:
        for relation in work.links.credits.get(name, ()):
            agent = work.told.thing(relation.args["agent"], "agent")
            work.used.add(agent.id)
            if whom := agents.named(work.told, agent):
                item = work.file(work.told.thing(name, "entity"))
                found.append([item.name, whom])
    return found[:20]


def _rows(activity: Thing) -> dict[str, int]:
    found = {field: activity.local(name) for name, field in _COUNTS.items()}
    return {name: int(text) for name, text in found.items() if text and text.isascii() and text.isdigit()}


def _times(work: Mapping, activity: Thing) -> tuple[str | None, str | None]:
    """When it began and ended; a day without a time is a day."""
    links = work.links
    told = activity.first(START) or links.begun.get(activity.id), activity.first(END) or links.over.get(activity.id)
    if not any(told):
        told = links.taken.get(activity.id), links.made.get(activity.id)
    begun, over = (work.moment(activity.id, each) for each in told)
    if activity.local("dayonly") in ("true", "1"):
        begun, over = (each and each[:10] for each in (begun, over))
    if begun and over and over < begun[: len(over)]:
        work.told.notes.add(BACKWARDS, activity.id)
        over = None
    return begun, over


def _side(work: Mapping, sides: dict[str, Any], direction: str, thing: Thing, kind: str) -> None:
    """An entity that a step took or made, as what it is: a file, evidence, the system, or nothing that a step has."""
    work.used.add(thing.id)
    evidence = files.evidence_kind(thing)
    if evidence:
        sides["evidence"].append(work.clear(files.evidence(thing, evidence), "value"))
    elif "LegacySystem" in files.ours(thing):
        sides["system"] = sides["system"] or document.clean(thing.name)[: files.FEW]
    elif direction == "outputs" and files.is_dataset(thing) and kind in ("publish", "withdraw"):
        thing.all(TYPE, LABEL)
    elif "PortalCopy" in files.ours(thing) or (files.is_plan(thing) and direction == "inputs"):
        work.told.notes.add(leftover.RELATION, thing.id, kind="used")
    else:
        sides[direction].append(work.file(thing))


def _inferred(work: Mapping, made: str, sources: list[tuple[str, str]]) -> Step:
    """A derivation that no activity tells of is a step all the same."""
    told, links = work.told, work.links
    told.notes.add(INFERRED, made)
    taken = dict.fromkeys(name for source, _ in sources for name in (source, *inferred.members(links, source)))
    brought = [made, *(name for name in inferred.members(links, made) if name not in links.makers | links.loose)]
    doers = agents.of(told, made, links.associations[made], links.delegations, work.hidden)
    work.used |= {*brought, *taken, *(each.args["agent"] for each in links.associations[made])}
    tool, version = doers.named()
    kind = next((_DERIVED[how] for _, how in sources if how in _DERIVED), GENERIC)
    original = {"derivation": sorted({how for _, how in sources if how})}
    return Step(made, ev.StepRecorded(
        type=kind, ended=work.moment(made, links.born.get(made)), agent_role=doers.role,
        on_behalf_of=doers.on_behalf_of, tool=tool, tool_version=version,
        inputs=tuple(work.file(told.thing(name, "entity")) for name in taken),
        outputs=tuple(work.file(told.thing(name, "entity")) for name in brought), run_id=made[:500], capture="prov",
        confidence="inferred", visibility=work.visibility, original={k: v for k, v in original.items() if v},
    ))  # fmt: skip
