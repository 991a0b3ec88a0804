"""Which activity took and made what, and who did it when (pure)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from . import files
from .told import TYPE, Relation, Told, tail

_Many = defaultdict[str, list[str]]


def _many() -> _Many:
    return defaultdict(list)


@dataclass
class Links:
    """By activity: `inputs`, `outputs`, `associations`, and times told with relations (first taken, last made, begun, over).

    `loose` are entities that nobody made with what they come from and how; `born` when entities came to be. Of the rest
    `inferred` makes what can be made of it: `informed` are pairs of activities (later, earlier), `members` what collections
    hold, `credits` by entity to whom it is attributed, `general` by entity what it is a special form of. `left` are the
    relations that a step has no place for, with an example each; `read` entities that found one otherwise.
    """

    inputs: _Many = field(default_factory=_many)
    outputs: _Many = field(default_factory=_many)
    associations: defaultdict[str, list[Relation]] = field(default_factory=lambda: defaultdict(list))
    delegations: list[Relation] = field(default_factory=list)
    makers: _Many = field(default_factory=_many)
    taken: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    over: dict[str, str] = field(default_factory=dict)
    born: dict[str, str] = field(default_factory=dict)
    loose: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    informed: list[tuple[str, str]] = field(default_factory=list)
    members: _Many = field(default_factory=_many)
    credits: defaultdict[str, list[Relation]] = field(default_factory=lambda: defaultdict(list))
    general: dict[str, str] = field(default_factory=dict)
    left: list[tuple[str, str | None]] = field(default_factory=list)
    read: set[str] = field(default_factory=set)


def links(told: Told) -> Links:
    found = Links()
    for relation in told.relations:
        _take(told, found, relation)
    for relation in told.relations:
        if relation.kind == "wasDerivedFrom":
            _derive(told, found, relation)
    _dictionaries(told, found)
    for entity, time in found.born.items():  # RDF tells when by the entity alone
        for maker in found.makers.get(entity, ()):
            _most(found.made, maker, time)
    return found


def _take(told: Told, found: Links, relation: Relation) -> None:
    args, kind = relation.args, relation.kind
    activity, entity, time = args.get("activity"), args.get("entity"), args.get("time")
    if activity:
        told.thing(activity, "activity")
    if kind == "used" and activity and entity:
        _once(found.inputs[activity], entity)
        _least(found.taken, activity, time)
    elif kind == "wasGeneratedBy" and entity:
        if activity:
            _once(found.outputs[activity], entity)
            _once(found.makers[entity], activity)
            _most(found.made, activity, time)
        _least(found.born, entity, time)
    elif kind == "wasAssociatedWith" and activity:
        if relation not in found.associations[activity]:
            associate(found.associations[activity], relation)
    elif kind == "actedOnBehalfOf":
        found.delegations.append(relation)
    elif kind in ("wasStartedBy", "wasEndedBy") and activity and time:
        (found.begun if kind == "wasStartedBy" else found.over).setdefault(activity, time)
        if args.keys() & {"trigger", "starter", "ender"}:
            found.left.append((kind, activity))
    elif kind in _PAIRS:
        _pair(told, found, relation)
    elif kind == "wasInfluencedBy":
        _influence(told, found, relation)
    elif kind != "wasDerivedFrom":
        found.left.append((kind, activity or entity or next(iter(args.values()), None)))


# Relations of two, by the names of their sides.
_PAIRS = {
    "wasInformedBy": ("informed", "informant"), "hadMember": ("collection", "entity"),
    "wasAttributedTo": ("entity", "agent"), "specializationOf": ("specificEntity", "generalEntity"),
}  # fmt: skip


def _pair(told: Told, found: Links, relation: Relation) -> None:
    first, second = (relation.args.get(name) for name in _PAIRS[relation.kind])
    if not first or not second:
        found.left.append((relation.kind, first or second))
    elif relation.kind == "wasInformedBy":
        for name in (first, second):
            told.thing(name, "activity")
        if (first, second) not in found.informed and first != second:
            found.informed.append((first, second))
    elif relation.kind == "hadMember":
        _once(found.members[first], second)
    elif relation.kind == "specializationOf":
        found.general.setdefault(first, second)
    else:
        associate(found.credits[first], Relation("wasAssociatedWith", {"agent": second}, relation.attributes))


def _dictionaries(told: Told, found: Links) -> None:
    """PROV-Dictionary: its members stand behind pairs of a key and an entity."""
    for thing in list(told.things.values()):
        for name in [each for each in thing.attributes if tail(each) == "hadDictionaryMember"]:
            for pair in thing.all(name):
                node = told.things.get(pair)
                entity = node and node.local("pairentity")
                if node is None or not entity:
                    found.left.append(("hadDictionaryMember", thing.id))
                    continue
                found.read.add(pair)
                node.local("pairkey")
                told.thing(entity, "entity")
                _once(found.members[thing.id], entity)


def associate(known: list[Relation], relation: Relation) -> None:
    """RDF says an association twice: plainly, and with its role and plan."""
    agent = relation.args.get("agent")
    for place, each in enumerate(known):
        if each.args.get("agent") == agent:
            is_plain = not relation.attributes and "plan" not in relation.args
            was_plain = not each.attributes and "plan" not in each.args
            if is_plain:
                return
            if was_plain:
                known[place] = relation
                return
    known.append(relation)


def _influence(told: Told, found: Links, relation: Relation) -> None:
    """In an export of a portal like this one: a step that gave the same bytes again, or a step of the dataset."""
    what, by = (told.things.get(relation.args.get(name, "")) for name in ("influencee", "influencer"))
    if what and by and by.kind == "activity" and "File" in files.ours(what):
        _once(found.outputs[by.id], what.id)
    elif not (what and by and by.kind == "activity" and files.is_dataset(what)):
        found.left.append((relation.kind, relation.args.get("influencee")))


def _derive(told: Told, found: Links, relation: Relation) -> None:
    """What an entity comes from went into the activity that made it; without one, the derivation is a step."""
    new, old = relation.args.get("generatedEntity"), relation.args.get("usedEntity")
    if not new or not old:
        found.left.append((relation.kind, new or old))
        return
    how = next((tail(each) for each in relation.attributes.get(TYPE, ())), "")
    thing, source = told.thing(new, "entity"), told.thing(old, "entity")
    if files.ours(source) and (files.is_dataset(thing) or files.ours(thing)):
        # An export of a portal like this one says with its steps what was made of what.
        if how == "Revision" or files.ours(thing) == ["PortalCopy"] or files.is_dataset(thing):
            found.left.append((how or relation.kind, new))
        return
    activity = relation.args.get("activity")
    makers = [activity] if activity else found.makers.get(new, [])
    for each in makers:
        told.thing(each, "activity")
        _once(found.inputs[each], old)
        if activity:
            _once(found.outputs[each], new)
    if not makers:
        pairs = found.loose.setdefault(new, [])
        at = next((place for place, (name, _) in enumerate(pairs) if name == old), None)
        if at is None:
            pairs.append((old, how))
        elif how:
            pairs[at] = (old, how)


def _once(items: list[str], item: str) -> None:
    if item not in items:
        items.append(item)


def _least(times: dict[str, str], name: str, time: str | None) -> None:
    if time:
        times[name] = min(times.get(name, time), time)


def _most(times: dict[str, str], name: str, time: str | None) -> None:
    if time:
        times[name] = max(times.get(name, time), time)
