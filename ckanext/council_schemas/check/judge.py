"""The rules of a table over the frames of a file (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from . import rules, values
from .alone import REPEATS, Wheres, grouped, wheres
from .findings import Findings
from .phrases import Phrase
from .rules import Context, Test, Words
from .rules.apart import Apart
from .types import PERSONAL, Column

AT_ONCE = 25_000  # rows judged together
NOTED = Column(0, "")  # all cells of a row that is no record
_SCREEN, _TEXTS = "screen", "texts"


@dataclass
class Hit:
    """Rows that a test finds: how many, and how to come by them."""

    count: int
    frame: pl.DataFrame
    where: pl.Expr


def typed(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Cells that stand for nothing become null; a field with a type gets a column of its values."""
    fields = list(context.fields())
    blank = [each for each in context.table.missing_values if each]
    if blank and fields:
        keys, longest = [each.name for each in fields], max(len(each.encode()) for each in blank)
        least = frame.select(pl.col(keys).str.len_bytes().min()).row(0)
        short = [key for key, size in zip(keys, least, strict=True) if size is not None and size <= longest]
        if short:
            frame = frame.with_columns(pl.when(~pl.col(short).is_in(blank)).then(pl.col(short)).name.keep())
    readers = {each.name: values.reader(each.type, each.spellings) for each in fields}
    made = [read(frame[name]).alias(rules.value_key(name)) for name, read in readers.items() if read]
    return frame.with_columns(made) if made else frame


class Judge:
    """The rules of a table over the frames of a file; what they find goes to ``found``."""

    def __init__(self, context: Context, found: Findings):
        self.context, self.found = context, found
        self.tests, self.collectors = rules.compile_rules(context)
        self.columns = {column.key: column for column in context.columns}
        self.waiting: list[pl.DataFrame] = []
        self.alone, self.together = grouped(context, self.tests)
        self.apart = Apart(context)
        noted = rules.compile_rules(Context(context.table, (NOTED,), context.today))[0]
        self.private = [test for test in noted if rules.INFO[test.rule].severity == PERSONAL]

    def look(self, frame: pl.DataFrame) -> None:
        """Frames are judged some at a time, as each judging has its price."""
        self.waiting.append(frame)
        if sum(each.height for each in self.waiting) >= AT_ONCE:
            self._judge()

    def _judge(self) -> None:
        if not self.waiting:
            return
        whole = self.waiting[0] if len(self.waiting) == 1 else pl.concat(self.waiting)
        self.waiting.clear()
        frame, apart = self.apart.take(typed(self.context, whole), self.found)
        if apart is not None and self.private:
            # A note may tell of a person in whichever column it stands.
            cells = pl.concat_str(list(self.columns), separator=" ", ignore_nulls=True).alias(NOTED.key)
            hits = _hits(apart.select(rules.LINE, cells), wheres(dict(enumerate(self.private))))
            for number, hit in hits.items():
                self._tell(self.private[number], hit)
        hits = self._look(frame)
        for number in (*(number for each in self.alone for number in each.wheres), *self.together):
            if number in hits:
                self._tell(self.tests[number], hits[number])
        for _, collector in self.collectors:
            collector.add(frame)

    def _look(self, frame: pl.DataFrame) -> dict[int, Hit]:
        """What the tests find, by their number: all columns in one pass, then those that need a second look."""
        asked = dict(self.together)
        wanted: list[pl.Expr] = []
        for place, each in enumerate(self.alone):
            if each.repeats is None:
                each.repeats = frame[each.key].n_unique() * REPEATS <= frame.height
            if each.repeats:
                wanted.append(pl.col(each.key).unique().implode().alias(f"{_TEXTS}{place}"))
            else:
                asked |= each.others
                wanted += [each.screen.any().alias(f"{_SCREEN}{place}")] if each.screened else []
        wanted += _sums(asked)
        hits: dict[int, Hit] = {}
        for name, value in (frame.select(wanted).row(0, named=True) if wanted else {}).items():
            if name.startswith(_TEXTS):
                column = self.alone[int(name.removeprefix(_TEXTS))]
                hits |= _hits(frame, _of_texts(column.key, column.remember(value)))
                column.repeats = len(value) * REPEATS <= frame.height
            elif name.startswith(_SCREEN) and value:
                column = self.alone[int(name.removeprefix(_SCREEN))]
                hits |= _hits(frame.filter(column.screen), column.screened)
            elif value:
                hits[int(name)] = Hit(value, frame, asked[int(name)])
        return hits

    def _tell(self, test: Test, hit: Hit) -> None:
        self.found.count(test.rule, hit.count, test.severity)
        room = self.found.room(test.rule)
        if not room:
            return
        column = self.columns.get(test.key) if test.key else None
        for row in hit.frame.filter(hit.where).head(room).iter_rows(named=True):
            value = row.get(test.key) if test.key else None
            message, fix = (_said(each, value, row) for each in (test.message, test.fix))
            self.found.keep(test.rule, row[rules.LINE], column, value, message, fix, test.severity)

    def end(self) -> None:
        self._judge()
        for rule, collector in self.collectors:
            for each in collector.finish(self.found.room(rule)):
                column = self.columns.get(each.key) if each.key else None
                self.found.count(rule, each.count, each.severity)
                for line, value, message, fix in each.first:
                    self.found.keep(rule, line, column, value, message, fix, each.severity)


def _of_texts(key: str, found: Mapping[int, list[str | None]]) -> dict[int, pl.Expr]:
    return {number: pl.col(key).is_in(texts, nulls_equal=True) for number, texts in found.items()}


def _sums(asked: Wheres) -> list[pl.Expr]:
    return [where.sum().alias(str(number)) for number, where in asked.items()]


def _hits(frame: pl.DataFrame, asked: Wheres) -> dict[int, Hit]:
    counts = frame.select(_sums(asked)).row(0) if asked else ()
    return {
        number: Hit(count, frame, where) for (number, where), count in zip(asked.items(), counts, strict=True) if count
    }


def _said(words: Words, value: str | None, row: Mapping[str, Any]) -> Phrase:
    return words if isinstance(words, Phrase) else words(value or "", row)
