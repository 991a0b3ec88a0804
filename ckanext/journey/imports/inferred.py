"""What PROV says of things without saying which activity did it, put where the activities are (pure).

As PROV-CONSTRAINTS infers it: between an activity and one that it was informed by stands an entity that nobody named
(5.1.2); what made an entity was associated with the agent that it is attributed to (5.4); what is special shares what is told of the general (5.5).
That who takes or makes a collection takes or makes its members is said there by nobody, but it is what people mean by it.
"""

from __future__ import annotations

from collections import Counter

from ..vocab import N_
from . import files
from .graph import Links, associate
from .told import LABEL, Told, tail

MOST = 20_000  # places of members; a collection may be taken by many
MADE_ELSEWHERE = N_("Another step made this member of a collection: that it is in it has no place")
TOO_MANY_MEMBERS = N_("A collection has too many members, or too many steps took it: the rest is left out")


def settle(told: Told, links: Links) -> None:
    """Give the activities what is inferred of them; what finds no place stays in `left`."""
    _members(told, links)
    known = _known(links)
    for collection in links.members:
        if files.is_dataset(told.thing(collection, "entity")) or collection not in known:
            links.left.append(("hadMember", collection))
    for special, general in links.general.items():
        if special in known and told.thing(special).kind != "activity":
            links.read.add(general)
        else:
            links.left.append(("specializationOf", special))
    _informed(told, links)
    _credits(told, links, known)


def members(links: Links, collection: str) -> list[str]:
    """What a collection holds, and the collections within it."""
    found: dict[str, None] = {}
    waiting = [collection]
    while waiting:
        for name in links.members.get(waiting.pop(), ()):
            if name not in found and name != collection:
                found[name] = None
                waiting.append(name)
    return list(found)


def _members(told: Told, links: Links) -> None:
    room = MOST
    for names, is_made in ((links.inputs, False), (links.outputs, True)):
        for activity in list(names):
            there = dict.fromkeys(names[activity])
            for collection in [name for name in there if name in links.members]:
                for member in members(links, collection):
                    room -= 1
                    if room < 0:
                        told.notes.add(TOO_MANY_MEMBERS, collection)
                        return
                    if is_made:
                        _made(told, links, activity, member, there)
                    elif member not in links.outputs.get(activity, ()):
                        there[member] = None
            names[activity] = list(there)


def _made(told: Told, links: Links, activity: str, member: str, there: dict[str, None]) -> None:
    """A member that the activity took before is one that it only put there; one that another made is that one's."""
    makers = links.makers.get(member, ())
    if activity in makers or member in links.inputs.get(activity, ()):
        return
    if makers:
        told.notes.add(MADE_ELSEWHERE, member)
        return
    links.makers[member].append(activity)
    there[member] = None


def _known(links: Links) -> set[str]:
    """What a step takes or makes."""
    sides = {name for names in (*links.inputs.values(), *links.outputs.values()) for name in names}
    return sides | links.loose.keys() | {name for pairs in links.loose.values() for name, _ in pairs}


def _informed(told: Told, links: Links) -> None:
    """An entity stands between the two, named after them; where one does already, nothing has to be inferred."""
    labels = Counter(each.label for each in told.things.values() if each.kind == "activity")
    for number, (later, earlier) in enumerate(links.informed):
        if set(links.outputs[earlier]) & set(links.inputs[later]):
            continue
        names = []
        for name in (earlier, later):
            thing = told.thing(name, "activity")
            own = tail(name) or name
            names.append(thing.name if thing.label is None or labels[thing.label] == 1 else f"{thing.name} ({own})")
        between = told.thing(f"_:between-{number}", "entity")
        between.add(LABEL, f"{names[0]} > {names[1]} (no name given)")
        links.outputs[earlier].append(between.id)
        links.makers[between.id].append(earlier)
        links.inputs[later].append(between.id)


def _credits(told: Told, links: Links, known: set[str]) -> None:
    """Whom an entity is attributed to had to do with what made it. Of what no step made, the steps that took it tell."""
    for entity, relations in list(links.credits.items()):
        if files.is_dataset(told.thing(entity, "entity")):
            links.left.append(("publisher", entity))
            del links.credits[entity]
            continue
        for maker in links.makers.get(entity, ()) or ([entity] if entity in links.loose else []):
            for relation in relations:
                associate(links.associations[maker], relation)
            links.credits.pop(entity, None)
        if entity in links.credits and entity not in known:
            links.left.append(("wasAttributedTo", entity))
