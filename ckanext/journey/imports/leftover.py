"""What a PROV file says and a journey has no place for: told with the reason (pure)."""

from __future__ import annotations

from collections import defaultdict

from ..vocab import N_
from . import files
from .graph import Links
from .told import ROLE, TYPE, Relation, Thing, Told, tail

_OWN = ("capture", "confidence", "state", "dayonly")
ATTRIBUTE = N_("The attribute {name} has no place in a step")
OF_RELATION = N_("The attribute {name} of {kind} has no place in a step")
RELATION = N_("{kind} has no place in a step")
UNUSED = N_("No activity took or made this entity")
NOT_PROV = N_("PROV does not speak of this")
IDLE = N_("This agent did no step")
# Why a relation has no place, where a sentence says more.
WHY = {
    "wasInvalidatedBy": N_("wasInvalidatedBy: a journey says that a file was replaced, not when it ceased to be"),
    "wasInfluencedBy": N_("wasInfluencedBy: it does not say in what way, so that no step could tell it"),
    "alternateOf": N_("alternateOf: a journey knows by their bytes alone that two files are the same"),
    "mentionOf": N_("mentionOf: a step does not say in which bundle a thing was described"),
    "specializationOf": N_("specializationOf: no step took or made what is the special one of the two"),
    "wasStartedBy": N_("wasStartedBy: when a step began is kept, not what set it off"),
    "wasEndedBy": N_("wasEndedBy: when a step ended is kept, not what ended it"),
    "wasAttributedTo": N_("wasAttributedTo: no step made or took what is attributed, and who did it is told of a step"),
    "publisher": N_("wasAttributedTo: who publishes this dataset is told by its own page, not by a file"),
    "hadMember": N_(
        "hadMember: no step took or made the collection, and what is a file of this dataset is told by its page"
    ),
    "wasDerivedFrom": N_("wasDerivedFrom: one of its two sides is missing"),
    "Revision": N_(
        "wasDerivedFrom: that a file took the place of another is told by the portal itself when it sees it"
    ),
}


def tell(told: Told, links: Links, used: set[str]) -> None:
    """Note all that has found no place; `used` are the things that have."""
    for kind, where in links.left:
        told.notes.add(WHY.get(kind, RELATION), where, **({} if kind in WHY else {"kind": kind}))
    for relation in told.relations:
        for name in relation.attributes:
            if not _is_read(relation, name):
                told.notes.add(OF_RELATION, next(iter(relation.args.values()), None), name=name, kind=relation.kind)
    idle = {"agent": IDLE, "entity": UNUSED, "": NOT_PROV}
    left: dict[str, list[str]] = defaultdict(list)
    for thing in told.things.values():
        unread = [name for name in thing.attributes if name not in thing.seen]
        if thing.id in links.read:
            continue
        if not _has_place(thing, links, used, unread):
            told.notes.add(idle[thing.kind], None if thing.kind == "agent" else thing.id)
            continue
        for name in unread:
            if thing.kind and name != TYPE and tail(name).casefold() not in _OWN:
                left[name].append(thing.id)
    for name, things in left.items():
        for where in things:
            told.notes.add(ATTRIBUTE, where, name=name)


def _has_place(thing: Thing, links: Links, used: set[str], unread: list[str]) -> bool:
    if thing.kind == "agent":
        return thing.id in used or any(each.args.get("responsible") == thing.id for each in links.delegations)
    if thing.kind == "entity":
        told = thing.id in links.members or thing.id in links.credits
        return told or thing.id in used or files.is_dataset(thing)
    return bool(thing.kind) or not unread


def _is_read(relation: Relation, name: str) -> bool:
    """Roles of associations and kinds of derivations are; that something is typed as what it is says nothing."""
    return name == TYPE or (name == ROLE and relation.kind in ("wasAssociatedWith", "wasAttributedTo"))
