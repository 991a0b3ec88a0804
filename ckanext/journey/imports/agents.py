"""Agents of PROV as what a journey tells of who did a step: roles, tools and organisations, never persons (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .. import events as ev
from .. import vocab
from ..exports.document import clean
from ..vocab import N_
from . import files
from .told import LABEL, ROLE, Relation, Thing, Told, tail

UNNAMED = N_("Who it was is not shown: a journey names roles, not people")
SEVERAL = N_("A step has one role: this further one is left out")
_SOFTWARE = frozenset(
    {"SoftwareAgent", "SoftwareApplication", "Software", "Application", "WorkflowEngine", "ComputationalAgent"}
)
_NAMES = re.compile(r"(name|givenname|familyname|firstname|lastname|surname|mbox|email|nick|label)$", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LABELS = {label: code for code, label in vocab.ROLES.items()}
_NOBODY = "Role not recorded"
_PERSON = "person"


@dataclass
class Doers:
    """Who did a step, in the words that a step has for it."""

    role: str | None = None
    on_behalf_of: str | None = None
    tools: list[tuple[str, str | None]] = field(default_factory=list)
    plan: ev.Plan | None = None

    @property
    def tool(self) -> str | None:
        return ", ".join(" ".join(part for part in each if part) for each in self.tools)[: files.FEW] or None

    def named(self) -> tuple[str | None, str | None]:
        """The tool and its version; of several tools all stand in the first."""
        return self.tools[0] if len(self.tools) == 1 else (self.tool, None)


def is_software(thing: Thing) -> bool:
    return any(tail(each) in _SOFTWARE for each in thing.types)


def is_organisation(thing: Thing) -> bool:
    return any(tail(each) in ("Organization", "Organisation") for each in thing.types)


def is_role(thing: Thing) -> bool:
    return "Role" in files.ours(thing)


def persons(told: Told) -> list[Thing]:
    """The agents that are persons, or may be: PROV does not ask anybody to say."""
    found = (each for each in told.things.values() if each.kind == "agent" and each.label != _NOBODY)
    return [each for each in found if not (is_software(each) or is_organisation(each) or is_role(each))]


def names(told: Told) -> re.Pattern[str] | None:
    """What to leave out of texts: the names and addresses of persons."""
    found = set()
    for each in persons(told):
        values = {value for name, some in each.attributes.items() if _NAMES.search(name) for value in some}
        found |= {value.removeprefix("mailto:").strip() for value in values}
    words = sorted((re.escape(each) for each in found if len(each) > 2), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if words else None


def of(
    told: Told, activity: str, associations: list[Relation], delegations: list[Relation], hidden: re.Pattern[str] | None
) -> Doers:
    """Who did an activity; `hidden` are the names of persons. What is not shown is noted."""
    found = Doers()
    for relation in associations:
        if plan := relation.args.get("plan"):
            found.plan = found.plan or files.plan(told.thing(plan, "entity"))
        if name := relation.args.get("agent"):
            _agent(told, found, told.thing(name, "agent"), _role(told, relation), hidden)
    agents = {relation.args.get("agent") for relation in associations}
    for relation in delegations:
        if relation.args.get("activity", activity) == activity and relation.args.get("delegate") in agents:
            responsible = told.thing(relation.args.get("responsible", ""), "agent")
            if is_organisation(responsible):
                found.on_behalf_of = found.on_behalf_of or clean(responsible.name)[: files.FEW]
            else:
                told.notes.add(UNNAMED)
    return found


def named(told: Told, agent: Thing) -> str | None:
    """What an agent may be called in public: an organisation, a tool or a role; a person may not."""
    if is_software(agent) or is_organisation(agent) or is_role(agent):
        agent.all(LABEL)
        return clean(agent.name)[: files.FEW]
    told.notes.add(UNNAMED)
    agent.all(*agent.attributes)
    return None


def _role(told: Told, relation: Relation) -> str | None:
    """The role that an association names, by its label if it is a thing of its own."""
    value = next(iter(relation.attributes.get(ROLE, ())), None)
    if value is None:
        return None
    node = told.things.get(value)
    if node is not None and not node.kind:
        node.all(*node.attributes)
        return node.name
    return tail(value) if re.match(r"https?://|urn:", value) else value


def _agent(told: Told, found: Doers, agent: Thing, role: str | None, hidden: re.Pattern[str] | None) -> None:
    agent.all(LABEL)
    own = agent.label or ""
    if own == _NOBODY:
        return
    code = _LABELS.get(role or own)
    if code or is_role(agent):
        _be(told, found, code or own)
    elif is_software(agent):
        found.tools.append(_tool(agent))
    elif is_organisation(agent):
        found.on_behalf_of = found.on_behalf_of or clean(agent.name)[: files.FEW]
        if role:
            _be(told, found, role)
    else:
        told.notes.add(UNNAMED)
        agent.all(*agent.attributes)
        is_name = not role or _ADDRESS.search(role) or (hidden and hidden.search(role))
        _be(told, found, _PERSON if is_name else str(role))


def _be(told: Told, found: Doers, role: str) -> None:
    text = clean(role)[: files.FEW]
    if found.role and found.role not in (text, _PERSON):
        told.notes.add(SEVERAL, text)
    else:
        found.role = text


def _tool(agent: Thing) -> tuple[str, str | None]:
    version = agent.local("version", "softwareversion", "hasversion")
    name = clean(agent.name)
    if version and name.endswith(version):
        name = name[: -len(version)].strip() or name
    return name[: files.FEW], clean(version)[: files.FEW] if version else None
