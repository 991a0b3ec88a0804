"""What a file check is given and what it says: frozen types, shared by the engine, the command, jobs and pages (pure).

A problem's severity is ``error`` (the file is not valid), ``warning`` (it may be published, but should be better) or
``personal`` (what may be a person's data: someone has to decide).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

ERROR, WARNING, PERSONAL = "error", "warning", "personal"
SEVERITIES = (ERROR, WARNING, PERSONAL)


@dataclass(frozen=True)
class Limits:
    """Where a check stops. Sizes in bytes; ``problems`` is how many of each rule are kept (all are counted)."""

    bytes: int = 1_000_000_000
    decompressed: int = 2_000_000_000
    rows: int = 5_000_000
    columns: int = 500
    cell: int = 32_767
    problems: int = 1_000


@dataclass(frozen=True)
class Progress:
    """How far a check is: bytes of the file read (rows, for a workbook) of ``total``, and rows checked."""

    done: int
    total: int
    rows: int


# Called between chunks. What it raises ends the check and reaches the caller of check_file.
OnProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class RuleInfo:
    """One rule: its name, severity (unless a problem says otherwise), title and what it is for, and Frictionless's type."""

    name: str
    severity: str
    title: str
    why: str = ""
    frictionless: str = "constraint-error"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    ``line``: of the file, from 1 (where the record starts; None: the whole file). ``position``: the column's, from 1.
    ``column``: its header as written. ``field``: the table's name for it. ``value``: the cell, shortened to 200 signs.
    ``said``: what ``message`` and ``fix`` were made from, as {"message": {"text", "values"}, "fix": ...}; old reports have none.
    """

    rule: str
    severity: str
    line: int | None
    position: int | None
    column: str | None
    field: str | None
    value: str | None
    message: str
    fix: str
    said: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Column:
    """One column: its place from 1, its header, the field it is taken for, and by what.

    ``matched``: mapping (a person said so), name, title, alias, or None with ``field`` None.
    """

    position: int
    header: str
    field: str | None = None
    matched: str | None = None

    @property
    def key(self) -> str:
        """Its name in a chunk's frame: the field's, or ``#`` and the place."""
        return self.field or f"#{self.position}"


@dataclass(frozen=True)
class Report:
    """All that a check found out. ``counts`` are full; ``problems`` holds at most ``Limits.problems`` of each rule.

    ``stopped``: why not all of the file was checked, in a sentence, or None. ``valid``: checked to its end, no error.
    ``rows``: records below the header that are not blank.
    """

    name: str
    table: str | None
    format: str | None
    bytes: int
    sha256: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_line: int | None
    rows: int
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    severities: Mapping[str, int]
    rules: Mapping[str, RuleInfo]
    stopped: str | None = None
    valid: bool = field(default=False)

    @property
    def errors(self) -> int:
        return self.severities.get(ERROR, 0)

    @property
    def warnings(self) -> int:
        return self.severities.get(WARNING, 0)

    @property
    def personal(self) -> int:
        return self.severities.get(PERSONAL, 0)

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON's types; ``Report.from_dict`` reads it back."""
        return asdict(self) | {"counts": dict(self.counts), "severities": dict(self.severities)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Report":
        """A report that was stored. Properties it does not know are left out; raises TypeError when one is missing."""
        known = {each.name for each in fields(cls)}
        values = {key: value for key, value in given.items() if key in known}
        values["columns"] = tuple(Column(**each) for each in values["columns"])
        values["problems"] = tuple(Problem(**each) for each in values["problems"])
        values["rules"] = {name: RuleInfo(**each) for name, each in values["rules"].items()}
        return cls(**values)

    def to_frictionless(self) -> dict[str, Any]:
        """The shape of a Frictionless Report (v5), errors in ``tasks[0].errors``, warnings as its texts."""
        from .export import frictionless

        return frictionless(self)

    def to_csv(self) -> str:
        """The problems as CSV with a header row; cells that a spreadsheet would run are neutralised."""
        from .export import to_csv

        return to_csv(self)
