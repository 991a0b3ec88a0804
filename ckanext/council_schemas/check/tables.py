"""The tables a council publishes, read from ``tables/<set code>.json`` (pure).

Each file is a Frictionless Table Schema (``fields``, ``primaryKey``, ``missingValues``) with these properties of ours:

- of the table: ``title``, ``title_cy``, ``description``, ``source``; ``shortNames`` (what ``--as`` takes: "spend");
  ``rules`` (a list of objects, each with ``rule`` naming a registered table rule, and that rule's parameters);
  ``thresholds`` (other duties' thresholds by name, each with ``amount`` in pounds and its ``source``);
  ``hints`` (words of a file's name, title or headers by which it is told from a table of the same columns).
- of a field: ``aliases`` (headers that mean it), ``recommended`` (true: a warning when empty), ``codeList`` (a file of
  vocabularies/), ``threshold`` (a number: a smaller amount need not be published), ``identifier`` (gss, uprn, usrn,
  cpv, postcode: the shape of its values), ``spellings`` (patterns of whole cells, each with what it stands for), ``formats`` (further date formats taken without a word), ``personal``
  (whose data a cell may be: beneficiary, staff).

``type``, ``format``, ``constraints``, ``groupChar``, ``bareNumber``, ``trueValues`` mean what Frictionless says.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "tables"
TYPES = frozenset({"string", "integer", "number", "boolean", "date", "datetime", "year", "yearmonth", "any"})


class TableError(ValueError):
    """A table's file that is not what it should be; the text names the file and what is wrong."""


@dataclass(frozen=True)
class Field:
    """One column of a table. ``descriptor``: all of its properties, also those that only one rule reads."""

    name: str
    type: str = "string"
    format: str = "default"
    title: str = ""
    description: str = ""
    required: bool = False
    recommended: bool = False
    aliases: tuple[str, ...] = ()
    code_list: str | None = None
    threshold: float | None = None
    identifier: str | None = None
    spellings: Mapping[str, str] = field(default_factory=dict)
    constraints: Mapping[str, Any] = field(default_factory=dict)
    descriptor: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.title or self.name


@dataclass(frozen=True)
class Table:
    """A table's schema. ``code``: of vocabularies/transparency_set.csv where it is a set of the Code."""

    code: str
    title: str
    fields: tuple[Field, ...]
    short_names: tuple[str, ...] = ()
    primary_key: tuple[str, ...] = ()
    missing_values: tuple[str, ...] = ("",)
    rules: tuple[Mapping[str, Any], ...] = ()
    descriptor: Mapping[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def rule(self, name: str) -> Mapping[str, Any] | None:
        """The parameters of one of the table's own rules, or None when it does not have it."""
        return next((each for each in self.rules if each.get("rule") == name), None)

    def frictionless(self) -> dict[str, Any]:
        """The plain Table Schema, as another tool reads it."""
        return dict(self.descriptor)


def field_of(given: Mapping[str, Any], where: str) -> Field:
    kind = given.get("type", "string")
    if not given.get("name") or kind not in TYPES:
        raise TableError(f"{where}: a field needs a name and a known type, not {given.get('name')!r} and {kind!r}")
    constraints = given.get("constraints", {})
    return Field(
        name=given["name"],
        type=kind,
        format=given.get("format", "default"),
        title=given.get("title", ""),
        description=given.get("description", ""),
        required=bool(constraints.get("required")),
        recommended=bool(given.get("recommended")),
        aliases=tuple(given.get("aliases", ())),
        code_list=given.get("codeList"),
        threshold=given.get("threshold"),
        identifier=given.get("identifier"),
        spellings=given.get("spellings", {}),
        constraints=constraints,
        descriptor=given,
    )


def from_descriptor(given: Mapping[str, Any], code: str) -> Table:
    """A table from its JSON. Raises TableError naming ``code``."""
    found = tuple(field_of(each, code) for each in given.get("fields", ()))
    names = [each.name for each in found]
    key = given.get("primaryKey", [])
    key = (key,) if isinstance(key, str) else tuple(key)
    if not names or len(set(names)) != len(names) or not set(key) <= set(names):
        raise TableError(f"{code}: fields need names of their own, and primaryKey must name some of them")
    return Table(
        code=code,
        title=given.get("title", code),
        fields=found,
        short_names=tuple(given.get("shortNames", ())),
        primary_key=key,
        missing_values=tuple(given.get("missingValues", ("",))),
        rules=tuple(given.get("rules", ())),
        descriptor=given,
    )


def read(path: Path) -> Table:
    """A table from a file. Raises TableError, also for what is not JSON."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise TableError(f"{path.name}: not JSON ({error})") from error
    if not isinstance(given, dict):
        raise TableError(f"{path.name}: not a JSON object")
    return from_descriptor(given, path.stem)


def codes() -> tuple[str, ...]:
    """The codes of all tables that are shipped."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def with_threshold(table: Table, regime: str) -> Table:
    """The table with the threshold of another duty: "scotland", "wales", "smaller" ... Raises KeyError naming those it has."""
    found = table.descriptor.get("thresholds", {})
    if regime not in found:
        raise KeyError(f"{table.code} has no threshold called {regime}; it has: {', '.join(found) or 'none'}")
    changed = tuple(
        replace(each, threshold=found[regime]["amount"]) if each.threshold is not None else each for each in table
    )
    return replace(table, fields=changed)


@cache
def get(code: str) -> Table:
    """A shipped table by its code. Raises KeyError when there is none."""
    if code not in codes():
        raise KeyError(code)
    return read(FOLDER / f"{code}.json")


def find(name: str) -> Table | None:
    """A shipped table by its code, title or a short name, in any case; None when no table has it."""
    wanted = name.strip().lower()
    for code in codes():
        table = get(code)
        if wanted in {code, table.title.lower(), *(each.lower() for each in table.short_names)}:
            return table
    return None
