"""The demo's own check of a file before it is published, and its report in one line (pure).

Enough to say something true in a journey; the portal's real file checks are another plugin's.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from .table import Table


def problems(table: Table, checks: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with a table: its structure, and the columns each of ``required``, ``dates``, ``numbers``, ``unique`` names."""
    found = []
    if len(set(table.columns)) < len(table.columns):
        found.append("a column's name is used twice")
    found += [f"row {i}: {len(row)} cells" for i, row in enumerate(table.rows, 2) if len(row) != len(table.columns)]
    for column in checks.get("required", []):
        found += [f"row {i}: no {column}" for i, value in enumerate(table.column(column), 2) if not value]
    for kind, good in (("dates", _is_date), ("numbers", _is_number)):
        for column in checks.get(kind, []):
            found += [
                f"row {i}: {column} is {value!r}"
                for i, value in enumerate(table.column(column), 2)
                if value and not good(value)
            ]
    for column in checks.get("unique", []):
        values = table.column(column)
        if len(set(values)) < len(values):
            found.append(f"{column} is not unique")
    return found


def report(name: str, table: Table, checks: Mapping[str, Sequence[str]]) -> str:
    """One line for the journey; ValueError if there is a problem, because the demo publishes none."""
    present = {kind: [c for c in columns if c in table.columns] for kind, columns in checks.items()}
    if found := problems(table, present):
        raise ValueError(f"{name}: {len(found)} problems, first: {found[0]}")
    rules = 2 + sum(len(columns) for columns in present.values())
    return f"{name}: {rules} rules, {len(table.rows)} rows, no problem"


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_number(value: str) -> bool:
    try:
        return float(value) == float(value)
    except ValueError:
        return False
