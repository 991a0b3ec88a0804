"""Which sheet and row hold the header, and what its columns are (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .fields import FILE, ID, Field
from .notation import unguard
from .read import Grid, Row

LOOK = 20


@dataclass(frozen=True)
class Head:
    """A header that was found: its line, a field (or None) for each column, and what was not known or said twice."""

    grid: str
    line: int
    columns: tuple[Field | None, ...]
    unknown: tuple[dict[str, Any], ...]
    twice: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(each for each in self.columns if each)


class Known:
    """Every way to write a column's header: the field's name as it is, its title in each language, its name in any case."""

    def __init__(self, fields: Iterable[Field], titles: Sequence[Mapping[str, str]]) -> None:
        fields = list(fields)
        self.exact = {each.name: each for each in fields}
        self.folded: dict[str, Field] = {}
        for title in titles:
            for each in fields:
                self.folded.setdefault(_fold(title.get(each.name, "")), each)
                self.folded.setdefault(_fold(f"{title.get(each.name, '')} ({each.name})"), each)
        for each in fields:
            self.folded.setdefault(_fold(each.name), each)
        self.folded.pop("", None)

    def get(self, cell: str) -> Field | None:
        return self.exact.get(cell.strip()) or self.folded.get(_fold(cell))

    def near(self, cell: str) -> str:
        """The name of the field whose header is nearly this."""
        found = get_close_matches(_fold(cell), list(self.folded), n=1, cutoff=0.75)
        return self.folded[found[0]].name if found else ""


def _fold(text: str) -> str:
    return " ".join(unguard(text).replace("*", " ").split()).casefold()


def find(grids: Iterable[Grid], known: Known, needs: Iterable[str]) -> tuple[Head, list[Row]] | None:
    """The first header in which one of the fields ``needs`` has a column and most others are known, and its records."""
    best: tuple[int, Grid, int] | None = None
    wanted = set(needs)
    for grid in grids:
        for place, row in enumerate(grid.rows[:LOOK]):
            found = {field.name for cell in row.cells if (field := known.get(cell))}
            if found & wanted and len(found) > (best[0] if best else 0):
                best = (len(found), grid, place)
    if best is None:
        return None
    _, grid, place = best
    return _head(grid, grid.rows[place], known), grid.rows[place + 1 :]


def _head(grid: Grid, row: Row, known: Known) -> Head:
    columns = tuple(map(known.get, row.cells))
    seen = [each.name for each in columns if each]
    unknown = tuple(
        {"column": cell.strip()[:100], "place": place, "near": known.near(cell)}
        for place, (cell, field) in enumerate(zip(row.cells, columns, strict=True), 1)
        if field is None and cell.strip()
    )
    twice = tuple(dict.fromkeys(name for name in seen if seen.count(name) > 1))
    return Head(grid.name, row.line, columns, unknown, twice)


def record(head: Head, row: Row) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """A row's cells by field, and its problems: flawed cells, and cells beyond the header."""
    cells = {field.name: _at(row, at) for at, field in enumerate(head.columns) if field}
    problems = [
        {"code": f"cell_{flaw}", "field": field.name, "line": row.line}
        for at, flaw in sorted(row.flaws.items())
        if at < len(head.columns) and (field := head.columns[at])
    ]
    beyond = [cell for cell in row.cells[len(head.columns) :] if cell.strip()]
    if beyond:
        problems.append({"code": "beyond", "line": row.line, "value": beyond[0][:100]})
    return cells, problems


def _at(row: Row, at: int) -> str:
    return unguard(row.cells[at]) if at < len(row.cells) else ""


#: The columns of which one has to be there.
OF_DATASETS, OF_FILES = (ID, "name", "title"), (FILE,)
