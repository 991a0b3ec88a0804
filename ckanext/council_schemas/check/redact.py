"""Cells that hold personal data, taken out of a copy of a file and handed to the caller to be kept apart (pure)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from . import rules
from .findings import Findings
from .judge import typed
from .reading import Stopped
from .rules import Context
from .rules.apart import Apart
from .tables import Table
from .types import PERSONAL, Column

MOST = 100_000  # cells of one file
#: What stands in the file instead, as the Local Government Association's guidance on spend has it, by reason code.
REPLACEMENTS = {
    "personal-data": "REDACTED PERSONAL DATA",
    "commercial-confidentiality": "REDACTED COMMERCIAL CONFIDENTIALITY",
    "safety": "REDACTED SAFETY",
}


@dataclass(frozen=True)
class Cell:
    """A cell that was taken out: the line its record begins in, its column from 1, the header, and what it held."""

    line: int
    position: int
    header: str
    original: str


@dataclass
class Redactor:
    """Redacts what the rules named in ``chosen`` find, and the cells of ``places`` (line, column from 1).

    ``taken`` is filled while a copy is written.
    """

    chosen: Collection[str]
    places: Collection[tuple[int, int]]
    replacement: str
    taken: list[Cell] = field(default_factory=list)

    def take(self, frame: pl.DataFrame, table: Table | None, columns: tuple[Column, ...]) -> pl.DataFrame:
        """The frame without them. Raises Stopped when there are more than ``MOST``."""
        marks = self._marks(frame, table, columns)
        made: list[pl.Series] = []
        for column in columns:
            here = marks.get(column.key)
            if here is None or not (here := here & frame[column.key].is_not_null()).any():
                continue
            for line, text in frame.filter(here).select(rules.LINE, column.key).iter_rows():
                self.taken.append(Cell(line, column.position, column.header, text))
            if len(self.taken) > MOST:
                raise Stopped(f"More than {MOST:,} cells would be redacted: leave the whole column out instead.")
            replaced = pl.Series(column.key, [self.replacement], dtype=pl.String).new_from_index(0, frame.height)
            made.append(replaced.zip_with(here, frame[column.key]))
        return frame.with_columns(made) if made else frame

    def _marks(self, frame: pl.DataFrame, table: Table | None, columns: tuple[Column, ...]) -> dict[str, pl.Series]:
        """Which rows of a column are to be redacted, by the column's key."""
        found: dict[str, pl.Series] = {}

        def mark(key: str, where: pl.Series) -> None:
            found[key] = found[key] | where if key in found else where

        if table and self.chosen:
            context = Context(table, columns)
            read = typed(context, frame)
            for test in rules.compile_rules(context)[0]:
                if test.key and test.rule in self.chosen and (test.severity or _severity(test.rule)) == PERSONAL:
                    mark(test.key, read.select(test.where.fill_null(False).alias("hit"))["hit"])
            for key in (column.key for column in columns):
                mark(key, self._notes(read, context))
        for line, position in self.places:
            for column in columns:
                if column.position == position:
                    mark(column.key, frame[rules.LINE] == line)
        return found

    def _notes(self, read: pl.DataFrame, context: Context) -> pl.Series:
        """Notes among the rows that tell of a person in whichever cell: all of it goes."""
        _, apart = Apart(context).take(read, Findings(0))
        lines: list[int] = []
        if apart is not None:
            keys = [column.key for column in context.columns]
            noted = Column(0, "")
            cells = pl.concat_str(keys, separator=" ", ignore_nulls=True).alias(noted.key)
            whole = apart.select(rules.LINE, cells)
            for test in rules.compile_rules(Context(context.table, (noted,)))[0]:
                if test.rule in self.chosen and _severity(test.rule) == PERSONAL:
                    lines += whole.filter(test.where.fill_null(False))[rules.LINE].to_list()
        return read[rules.LINE].is_in(lines)


def _severity(rule: str) -> str:
    return rules.INFO[rule].severity
