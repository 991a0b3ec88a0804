"""The rules' registry (pure): one rule is one small function that turns a table into tests of chunks.

A module of this folder registers its rules when it is imported; all of them are, by ``load``. A rule looks so:

    @rule("positive", "error", N_("Below zero"), N_("Amounts of this set are never negative."))
    def positive(context: Context) -> Iterator[Test]:
        for field in context.fields():                       # the table's fields that the file has
            if field.descriptor.get("positive"):
                message, fix = say(N_("{value} is below zero.")), say(N_("Write what was paid."))
                yield Test(field.name, context.value(field.name) < 0, message, fix)

``Test.where`` is a polars expression over a chunk; true is a problem, null is none. A chunk is a DataFrame with, for each
column of the file, a String column called ``Column.key`` (stripped; null where empty or one of missingValues), the typed
value in ``value_key(key)`` for fields of a type other than string (null where it cannot be read), and ``LINE``. What has
to see all of the file (uniqueness) is a ``Collector`` instead of a Test.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import polars as pl

from ..phrases import Phrase
from ..tables import Field, Table
from ..types import Column, RuleInfo

LINE, WIDTH = "__line", "__width"
# A sentence, or a function of the cell and its row (keys of the chunk) that makes one.
Words = Phrase | Callable[[str, Mapping[str, Any]], Phrase]


def value_key(key: str) -> str:
    """The column of a chunk that holds the typed values of a field."""
    return f"{key}::value"


@dataclass(frozen=True)
class Test:
    """True of ``where`` in a row of a chunk is a problem of column ``key`` (None: of the row). ``severity``: if not the rule's.

    ``screen``: a pattern of cells, so that ``where`` is true of no cell that it does not fit; it makes the test cheaper.
    """

    __test__ = False  # pytest: this is none of yours

    key: str | None
    where: pl.Expr
    message: Words
    fix: Words
    severity: str | None = None
    rule: str = ""
    screen: str | None = None


@dataclass(frozen=True)
class Found:
    """What a collector found at the end: ``count`` in full, ``first`` as (line, value, message, fix), in order of lines."""

    key: str | None
    count: int
    first: list[tuple[int | None, str | None, Phrase, Phrase]]
    severity: str | None = None
    rule: str = ""


class Collector(Protocol):
    """Sees every chunk, and speaks at the end. ``limit``: how many to name."""

    def add(self, frame: pl.DataFrame) -> None: ...

    def finish(self, limit: int) -> Iterable[Found]: ...


@dataclass(frozen=True)
class Context:
    """What a rule knows before the first row. ``today``: the caller's, or None when dates are not to be judged by it."""

    table: Table
    columns: tuple[Column, ...]
    today: date | None = None

    def fields(self) -> Iterator[Field]:
        """The table's fields that this file has a column for."""
        for each in self.table:
            if self.has(each.name):
                yield each

    def column(self, key: str) -> Column | None:
        return next((each for each in self.columns if each.key == key), None)

    def has(self, name: str) -> bool:
        return any(each.field == name for each in self.columns)

    def text(self, key: str) -> pl.Expr:
        """The cell as written, stripped; null where empty."""
        return pl.col(key)

    def value(self, name: str) -> pl.Expr:
        """The typed value (Float64, Date, Boolean, Int64); of a string field the text."""
        found = self.table.field(name)
        return pl.col(name if not found or found.type in {"string", "any"} else value_key(name))


Builder = Callable[[Context], Iterable[Test | Collector]]
INFO: dict[str, RuleInfo] = {}
BUILDERS: dict[str, Builder] = {}


def describe(name: str, severity: str, title: str, why: str = "", frictionless: str = "constraint-error") -> RuleInfo:
    """Make a rule's name known. A name is registered once (ValueError)."""
    if name in INFO:
        raise ValueError(f"There are two rules called {name}")
    INFO[name] = RuleInfo(name, severity, title, why, frictionless)
    return INFO[name]


def rule(
    name: str, severity: str, title: str, why: str = "", frictionless: str = "constraint-error"
) -> Callable[[Builder], Builder]:
    """Register a function as the rule ``name``."""

    def register(build: Builder) -> Builder:
        describe(name, severity, title, why, frictionless)
        BUILDERS[name] = build
        return build

    return register


def load() -> None:
    """Import every module of this folder, so that its rules are known."""
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")


def compile_rules(context: Context) -> tuple[list[Test], list[tuple[str, Collector]]]:
    """All tests and collectors for this table and these columns."""
    load()
    tests: list[Test] = []
    collectors: list[tuple[str, Collector]] = []
    for name, build in BUILDERS.items():
        for made in build(context):
            if isinstance(made, Test):
                tests.append(replace(made, rule=name))
            else:
                collectors.append((name, made))
    return tests, collectors
