"""File checks: does a file hold what its table says, and what exactly is wrong (pure).

report = check_file("spend.csv", tables.find("spend"))
report.valid, report.counts, report.problems, report.to_frictionless(), report.to_csv()
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from . import tables
from .tables import Field, Table, TableError
from .types import Column, Limits, OnProgress, Problem, Progress, Report, RuleInfo

__all__ = [
    "Column",
    "Field",
    "Limits",
    "OnProgress",
    "Problem",
    "Progress",
    "Report",
    "RuleInfo",
    "Table",
    "TableError",
    "check_file",
    "tables",
]


def check_file(
    path: str | Path,
    table: Table | None = None,
    *,
    name: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    progress: OnProgress | None = None,
    today: date | None = None,
) -> Report:
    """Check a file: its structure, then (with a table) every rule of its columns.

    :param name: what the file is called, where ``path`` is a store's name for it; its ending counts.
    :param mapping: headers (as written) to field names, before any alias; an empty field name: leave this column out.
    :param progress: called between chunks; what it raises ends the check.
    :param today: for rules that compare with it; without it they are left out.

    A file that is not a table or breaks a limit gives a report with ``stopped``. Raises OSError when it cannot be opened,
    and ValueError when ``mapping`` names a field that the table does not have.
    """
    from .engine import run

    return run(Path(path), table, name, mapping or {}, limits or Limits(), progress, today)
