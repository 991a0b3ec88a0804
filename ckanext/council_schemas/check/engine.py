"""One check from beginning to end: sniff, structure, rules, report (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from . import archive, reading, rules, sniff, structure, values
from .findings import Findings
from .reading import Stopped
from .rules import Context, Test
from .rules.apart import Apart
from .tables import Table
from .types import PERSONAL, Column, Limits, OnProgress, Progress, Report

rules.describe(
    "encoding", "warning", "Not in UTF-8", "Other encodings garble £ and letters with accents.", "encoding-error"
)
rules.describe("mixed-encoding", "error", "Two encodings in one file", "", "encoding-error")
rules.describe("lost-letter", "error", "A sign that means nothing", "", "encoding-error")
rules.describe("nul", "error", "A zero byte in the text", "", "encoding-error")
rules.describe(
    "byte-order-mark",
    "warning",
    "A garbled byte order mark",
    "It becomes part of the first column's name.",
    "encoding-error",
)
AT_ONCE = 25_000  # rows judged together
NOTED = Column(0, "")  # all cells of a row that is no record
_DEFECTS = {
    "mixed": ("mixed-encoding", "This line is in Windows-1252, others in UTF-8.", "Save the whole file as CSV UTF-8."),
    "lost": ("lost-letter", "A sign here means nothing in the file's encoding.", "Type it again, and save the file as UTF-8."),
    "nul": ("nul", "There is a zero byte in this line.", "Export the file again; this one is damaged."),
    "bom": ("byte-order-mark", "The file begins with a garbled byte order mark (ï»¿).", "Save the file again as CSV UTF-8."),
}  # fmt: skip


class Run:
    """The state of one check."""

    def __init__(self, path: Path, table: Table | None, limits: Limits, progress: OnProgress | None):
        self.path, self.table, self.limits, self.progress = path, table, limits, progress
        self.total = path.stat().st_size
        self.found, self.shape = Findings(limits.problems), structure.Shape()
        self.stopped: str | None = None
        self.delimiter: str | None = None
        self.sheet: str | None = None

    def tick(self, done: int) -> None:
        if self.progress:
            self.progress(Progress(min(done, self.total), self.total, self.shape.rows))

    def defect(self, what: str, line: int) -> None:
        rule, message, fix = _DEFECTS[what]
        self.found.add(rule, message, fix, line=line)


def run(
    path: Path,
    table: Table | None,
    name: str | None,
    mapping: Mapping[str, str],
    limits: Limits,
    progress: OnProgress | None,
    today: date | None,
) -> Report:
    rules.load()
    state = Run(path, table, limits, progress)
    source = sniff.look(path, limits.bytes, lambda _done: None)
    try:
        _check(state, source, dict(mapping), today)
    except Stopped as error:
        state.stopped = str(error)
    return _report(state, source, name or path.name)


def _check(state: Run, source: sniff.Source, mapping: dict[str, str], today: date | None) -> None:
    layout = reading.Layout()
    judge: _Judge | None = None
    for frame in structure.frames(
        batches(state, source, layout), layout, state.table, mapping, state.limits, state.found, state.shape
    ):
        if judge is None and state.table:
            judge = _Judge(Context(state.table, state.shape.columns, today), state)
        if judge:
            judge.look(frame)
        if source.format != "csv":
            state.tick(0)
    if judge:
        judge.end()
    state.tick(state.total)


def batches(state: Run, source: sniff.Source, layout: reading.Layout) -> Iterator[reading.Batch | pl.DataFrame]:
    """The records of a file of any kind. Raises Stopped for what is no table or is too large."""
    if source.bytes > state.limits.bytes:
        raise Stopped(f"The file has {source.bytes:,} bytes; at most {state.limits.bytes:,} are checked.")
    if source.format is None:
        raise Stopped(source.reason or "This is not a table.")
    if source.format == "csv":
        return _csv(state, source, layout)
    archive.refuse_bomb(source, state.limits)
    state.sheet, found = reading.workbook(source, state.limits, state.table)
    return found


def _csv(state: Run, source: sniff.Source, layout: reading.Layout) -> Any:
    if source.encoding not in ("utf-8", "mixed"):
        name = {"cp1252": "Windows-1252"}.get(source.encoding or "", (source.encoding or "").upper())
        state.found.add("encoding", f"The file is in {name}, not in UTF-8.", "Save it as CSV UTF-8.")
    state.delimiter = reading.delimiter_of(_sample(source))
    return reading.records(source, state.delimiter, layout, state.tick, state.defect)


def _sample(source: sniff.Source) -> str:
    """The first lines, without those that may be cut."""
    with source.path.open("rb") as handle:
        handle.seek(source.mark)
        head = handle.read(1 << 16)
    encoding = "utf-8" if source.encoding == "mixed" else source.encoding or "utf-8"
    lines = head.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(islice(lines[:-1] or lines, 200))


def _grouped(tests: list[Test]) -> tuple[dict[tuple[str, ...], list[Test]], list[Test]]:
    """Tests that look at one column alone (its text, its value), by the columns of a frame, and the others."""
    alone: dict[tuple[str, ...], list[Test]] = {}
    together: list[Test] = []
    for test in tests:
        roots = {name.removesuffix("::value") for name in test.where.meta.root_names()}
        if len(roots) == 1 and test.key in roots:
            alone.setdefault((test.key,), []).append(test)
        else:
            together.append(test)
    for names in list(alone):
        typed = any(rules.value_key(names[0]) in each.where.meta.root_names() for each in alone[names])
        if typed:
            alone[(*names, rules.value_key(names[0]))] = alone.pop(names)
    return alone, together


def _read(texts: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The values of a column; each text is read once where they repeat, as days do."""
    once = texts.unique()
    if len(once) * 3 >= len(texts):
        return read(texts)
    return texts.to_frame("text").join(
        pl.DataFrame({"text": once, "value": read(once)}),
        on="text",
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["value"]


def typed(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Cells that stand for nothing become null; a field with a type gets a column of its values."""
    blank = [each for each in context.table.missing_values if each]
    keys = [field.name for field in context.fields()]
    if blank and keys:
        frame = frame.with_columns(pl.when(~pl.col(keys).is_in(blank)).then(pl.col(keys)).name.keep())
    made = []
    for field in context.fields():
        read = values.READERS.get(field.type)
        if read:
            made.append(_read(frame[field.name], read).alias(rules.value_key(field.name)))
    return frame.with_columns(made) if made else frame


class _Judge:
    """The rules of a table over the frames of a file."""

    def __init__(self, context: Context, state: Run):
        self.context, self.found = context, state.found
        self.tests, self.collectors = rules.compile_rules(context)
        self.columns = {column.key: column for column in context.columns}
        self.waiting: list[pl.DataFrame] = []
        self.alone, self.together = _grouped(self.tests)
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
        frame, apart = self.apart.take(typed(self.context, pl.concat(self.waiting)), self.found)
        if apart is not None and self.private:
            # A note may tell of a person in whichever column it stands.
            cells = pl.concat_str(list(self.columns), separator=" ", ignore_nulls=True).alias(NOTED.key)
            self._count(self.private, apart.select(rules.LINE, cells), None)
        self.waiting.clear()
        for names, tests in self.alone.items():
            self._count(tests, frame, list(names))
        if self.together:
            self._count(self.together, frame, None)
        for _, collector in self.collectors:
            collector.add(frame)

    def _count(self, tests: list[Test], frame: pl.DataFrame, names: list[str] | None) -> None:
        """Tests of one column need each of its values once: departments are few, though rows are many."""
        where = [each.where.fill_null(False) for each in tests]
        if names and frame[names[0]].n_unique() * 3 < frame.height:
            each_once = frame.select(names).group_by(names).len()
            sums = [(one.cast(pl.Int64) * pl.col("len")).sum().alias(str(n)) for n, one in enumerate(where)]
            counts = each_once.select(sums)
        else:
            counts = frame.select(one.sum().alias(str(n)) for n, one in enumerate(where))
        for number, count in enumerate(counts.row(0)):
            if count:
                self._tell(tests[number], int(count), frame)

    def _tell(self, test: Test, count: int, frame: pl.DataFrame) -> None:
        self.found.count(test.rule, count, test.severity)
        room = self.found.room(test.rule)
        if not room:
            return
        column = self.columns.get(test.key) if test.key else None
        for row in frame.filter(test.where.fill_null(False)).head(room).iter_rows(named=True):
            value = row.get(test.key) if test.key else None
            message, fix = (_said(each, value, row, column) for each in (test.message, test.fix))
            self.found.keep(test.rule, row[rules.LINE], column, value, message, fix, test.severity)

    def end(self) -> None:
        self._judge()
        for rule, collector in self.collectors:
            for each in collector.finish(self.found.room(rule)):
                column = self.columns.get(each.key) if each.key else None
                self.found.count(rule, each.count, each.severity)
                for line, value, message, fix in each.first:
                    self.found.keep(rule, line, column, value, message, fix, each.severity)


def _said(words: Any, value: str | None, row: Mapping[str, Any], column: Any) -> str:
    if not isinstance(words, str):
        return str(words(value or "", row))
    return words.replace("{value}", value or "").replace("{column}", column.header if column else "")


def _report(state: Run, source: sniff.Source, name: str) -> Report:
    found, used = state.found, state.found.counts
    return Report(
        name=name,
        table=state.table.code if state.table else None,
        format=source.format,
        bytes=source.bytes,
        sha256=source.sha256,
        encoding=source.encoding,
        delimiter=state.delimiter,
        sheet=state.sheet,
        header_line=state.shape.header_line,
        rows=state.shape.rows,
        columns=state.shape.columns,
        problems=found.problems(),
        counts=dict(used),
        severities=dict(found.severities),
        rules={rule: rules.INFO[rule] for rule in used},
        stopped=state.stopped,
        valid=state.stopped is None and not found.severities.get("error"),
    )
