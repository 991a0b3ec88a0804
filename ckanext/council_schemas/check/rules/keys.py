"""Rows that stand twice (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from ..phrases import N_, Phrase, say
from . import LINE, Collector, Context, Found, rule


class _Seen:
    """Hashes of the key of every row; two of a kind are the same key (64 bits: one in ten million files errs)."""

    def __init__(self, names: list[str], whole: bool):
        self.names, self.whole = names, whole
        self.hashes: list[np.ndarray] = []
        self.lines: list[np.ndarray] = []

    def add(self, frame: pl.DataFrame) -> None:
        part = frame.filter(pl.any_horizontal(pl.col(self.names).is_not_null())) if not self.whole else frame
        self.hashes.append(part.select(self.names).hash_rows(seed=7).to_numpy())
        self.lines.append(part[LINE].to_numpy())

    def finish(self, limit: int) -> Iterable[Found]:
        if not self.hashes:
            return
        hashes, lines = np.concatenate(self.hashes), np.concatenate(self.lines)
        self.hashes.clear()
        self.lines.clear()
        ordered = np.sort(hashes)
        more = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        if not len(more):
            return
        here = np.isin(hashes, more)
        twice = pl.DataFrame({"hash": hashes[here], LINE: lines[here]})
        first = pl.col(LINE).first().over("hash").alias("first")
        again = twice.with_columns(first).filter(pl.col(LINE) != pl.col("first")).sort(LINE)
        what = N_("The key of this row is the same as that in line {line}.")
        fix = say(N_("Each row needs a key of its own."))
        if self.whole:
            what = N_("This row is the same as that in line {line}.")
            fix = say(N_("Take one of them out."))
        told: list[tuple[int | None, str | None, Phrase, Phrase]] = [
            (line, None, say(what, line=of), fix) for line, of in again.head(limit).select(LINE, "first").iter_rows()
        ]
        yield Found(self.names[0] if len(self.names) == 1 else None, again.height, told)


@rule("unique", "error", N_("A key that stands twice"), "", "primary-key")
def unique(context: Context) -> Iterator[Collector]:
    key = list(context.table.primary_key)
    if key and all(context.has(name) for name in key):
        yield _Seen(key, whole=False)


@rule(
    "duplicate-row",
    "warning",
    N_("A row that stands twice"),
    N_("It may be two payments, or one that was put in twice."),
)
def duplicate_row(context: Context) -> Iterator[Collector]:
    if not context.table.primary_key and context.table.rule("duplicate-row"):
        yield _Seen([column.key for column in context.columns], whole=True)
