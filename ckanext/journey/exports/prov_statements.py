"""Statements of PROV: things with their attributes, and what relates them, as PROV-JSON and PROV-O are made from (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Attribute = tuple[str, Any, str]
STRING, INTEGER, TIME, NAME, FLAG, ADDRESS = "string", "integer", "dateTime", "name", "boolean", "anyURI"


@dataclass
class Statements:
    """`prefixes` maps to namespaces; `things` maps names to kind and attributes; `relations` are kind, arguments, attributes."""

    prefixes: dict[str, str]
    things: dict[str, tuple[str, list[Attribute]]] = field(default_factory=dict)
    relations: list[tuple[str, dict[str, str], list[Attribute]]] = field(default_factory=list)

    def add(self, kind: str, name: str, *attributes: Attribute | None) -> str:
        """A thing, once: what is told of it later is left out."""
        self.things.setdefault(name, (kind, [each for each in attributes if each and each[1] not in (None, "")]))
        return name

    def relate(self, kind: str, *attributes: Attribute, **arguments: str | None) -> None:
        self.relations.append((kind, {k: v for k, v in arguments.items() if v}, list(attributes)))


def text(term: str, value: Any) -> Attribute:
    return (term, value, STRING)


def attributes_of(statements: Statements, kind: str) -> Iterator[tuple[str, list[Attribute]]]:
    """The things of a kind."""
    for name, (which, values) in statements.things.items():
        if which == kind:
            yield name, values
