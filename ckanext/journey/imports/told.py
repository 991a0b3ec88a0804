"""What a PROV file says, whatever it was written in: things, relations, and what could not be taken (pure).

Names are full IRIs. Kinds and arguments of relations are those of PROV-N: ``used`` has ``activity`` and ``entity``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

PROV = "http://www.w3.org/ns/prov#"
TYPE, LABEL, ROLE, LOCATION, VALUE = (f"{PROV}{name}" for name in ("type", "label", "role", "location", "value"))
START, END = f"{PROV}startTime", f"{PROV}endTime"
_LABELS = (
    *(LABEL, "http://www.w3.org/2000/01/rdf-schema#label", "http://purl.org/dc/terms/title"),
    *("http://purl.org/dc/elements/1.1/title", "https://schema.org/name", "http://schema.org/name"),
    *("http://xmlns.com/foaf/0.1/name", "http://www.w3.org/2004/02/skos/core#prefLabel"),
)
_EXAMPLES = 5


class ReadError(ValueError):
    """The bytes are no PROV of a kind that is read here; `text` with its `values` says what is wrong and where."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text, self.values = text, values


Attributes = dict[str, list[str]]


@dataclass
class Thing:
    """An entity, activity or agent; `kind` is empty for what PROV does not speak of."""

    id: str
    kind: str = ""
    bundle: str | None = None
    attributes: Attributes = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)  # the attributes that the mapping has read

    def add(self, name: str, value: str) -> None:
        values = self.attributes.setdefault(name, [])
        if value not in values:
            values.append(value)

    def all(self, *names: str) -> list[str]:
        self.seen.update(names)
        return [value for name in names for value in self.attributes.get(name, ())]

    def first(self, *names: str) -> str | None:
        return next(iter(self.all(*names)), None)

    def local(self, *locals_: str) -> str | None:
        """The first value of an attribute whose name ends so, in whatever namespace."""
        found = [name for name in self.attributes if tail(name).casefold() in locals_]
        return self.first(*found)

    @property
    def types(self) -> list[str]:
        return self.all(TYPE)

    @property
    def label(self) -> str | None:
        return self.first(*_LABELS)

    @property
    def name(self) -> str:
        """What it is called: its label, else the end of its IRI."""
        return self.label or tail(self.id) or self.id


@dataclass(frozen=True)
class Relation:
    kind: str
    args: dict[str, str]
    attributes: Attributes = field(default_factory=dict)


@dataclass
class Note:
    """Something that a step has no place for: `text` with {placeholders}, how often, and where for example."""

    text: str
    values: dict[str, str]
    count: int = 0
    where: list[str] = field(default_factory=list)


class Notes:
    """Collects notes, one for each text and values."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, ...], Note] = {}

    def add(self, text: str, where: str | None = None, **values: str) -> None:
        note = self._found.setdefault((text, *values.values()), Note(text, values))
        note.count += 1
        if where and where not in note.where and len(note.where) < _EXAMPLES:
            note.where.append(where)

    def __iter__(self) -> Iterator[Note]:
        return iter(self._found.values())


@dataclass
class Told:
    """All that a file says. `form` is the format that it was read as."""

    form: str
    things: dict[str, Thing] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def thing(self, name: str, kind: str = "", bundle: str | None = None) -> Thing:
        found = self.things.setdefault(name, Thing(name, kind, bundle))
        found.kind = found.kind or kind
        found.bundle = found.bundle or bundle
        return found

    def relate(self, kind: str, args: dict[str, str], attributes: Attributes | None = None) -> None:
        self.relations.append(Relation(kind, args, attributes or {}))

    @cached_property
    def labels(self) -> Counter[str | None]:
        """How many entities have a label; asked once all is read."""
        return Counter(each.label for each in self.things.values() if each.kind == "entity")

    @property
    def size(self) -> int:
        return len(self.things) + len(self.relations)


def tail(iri: str) -> str:
    """The last part of an IRI: what follows the last #, / or :."""
    text = iri.rstrip("/#:")
    return text[max(text.rfind(sign) for sign in "#/:") + 1 :]
