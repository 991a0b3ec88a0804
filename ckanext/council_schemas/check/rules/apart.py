"""Rows that are no records: totals, notes below the table, a second line of headers (pure).

They are told of once and taken out before the fields' rules, which would find every empty cell of them.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from ..findings import Findings
from ..phrases import N_, say
from . import LINE, Context, describe, value_key

describe(
    "total-row", "error", N_("A total among the rows"), N_("Who adds up the column counts it twice."), "row-constraint"
)
describe(
    "note-row",
    "error",
    N_("A row that is no record"),
    N_("Notes and second headers belong in the description."),
    "row-constraint",
)
_NO_RECORD = N_("This row is no record: it has neither a date nor an amount, and most of its cells are empty.")
TOTAL = r"(?i)^\W*(?:grand |sub[ -]?)?totals?\b"


class Apart:
    """What of a frame is a total or a note. Both have at least half of the required cells empty."""

    def __init__(self, context: Context):
        fields = list(context.fields())
        self.needed = [field.name for field in fields if field.required]
        self.typed = [field.name for field in fields if field.required and field.type in ("date", "number", "integer")]
        self.sums = [field.name for field in fields if field.required and field.type == "number"]
        self.keys = [column.key for column in context.columns]

    def take(self, frame: pl.DataFrame, found: Findings) -> tuple[pl.DataFrame, pl.DataFrame | None]:
        """The frame without them, and them (None: there are none); what they are goes to ``found``."""
        if len(self.needed) < 2:
            return frame, None
        empty = pl.sum_horizontal(pl.col(name).is_null().cast(pl.Int32) for name in self.needed)
        some = frame.filter(empty * 2 >= len(self.needed))
        lines = self._tell(some, found) if some.height else []
        if not lines:
            return frame, None
        apart = pl.col(LINE).is_in(lines)
        return frame.filter(~apart), frame.filter(apart)

    def _tell(self, some: pl.DataFrame, found: Findings) -> list[int]:
        lines: list[int] = []
        total = pl.any_horizontal(pl.col(self.keys).str.contains(TOTAL).fill_null(False))
        for row in some.with_columns(total.alias("__total")).iter_rows(named=True):
            cells = [row[key] for key in self.keys if row[key] is not None]
            if row["__total"] or self._is_sum(row, len(cells)):
                message = say(N_("This row is a total."))
                fix = say(N_("Take it out: it can be worked out from the others."))
                found.add("total-row", message, fix, line=row[LINE], value=", ".join(cells))
            elif len(cells) * 3 <= len(self.keys) and self._is_note(row, len(cells)):
                message = say(_NO_RECORD)
                fix = say(N_("Take it out; what it says belongs in the description."))
                found.add("note-row", message, fix, line=row[LINE], value=", ".join(cells))
            else:
                continue
            lines.append(row[LINE])
        return lines

    def _is_sum(self, row: dict[str, Any], filled: int) -> bool:
        """Nothing but an amount, where a row has a text and more beside it."""
        return filled == 1 and len(self.needed) > 2 and any(row[value_key(name)] is not None for name in self.sums)

    def _is_note(self, row: dict[str, Any], filled: int) -> bool:
        """No date and no amount that can be read, and a text where one belongs, or alone in the first column."""
        alone = filled == 1 and row[self.keys[0]] is not None
        if not self.typed:
            return alone and len(self.needed) > 2
        if any(row[value_key(name)] is not None for name in self.typed):
            return False
        return any(row[name] is not None for name in self.typed) or alone
