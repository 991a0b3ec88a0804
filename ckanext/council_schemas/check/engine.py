"""One check from beginning to end: sniff, structure, rules, report (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from . import archive, reading, rules, sniff, structure
from .findings import Findings
from .judge import Judge
from .phrases import N_, say
from .reading import Stopped
from .rules import Context
from .tables import Table
from .types import Limits, OnProgress, Progress, Report

rules.describe(
    "encoding",
    "warning",
    N_("Not in UTF-8"),
    N_("Other encodings garble £ and letters with accents."),
    "encoding-error",
)
rules.describe(
    "more-sheets",
    "error",
    N_("Several sheets of one kind"),
    N_("As a table a workbook has one sheet: the others are lost."),
    "source-error",
)
rules.describe("mixed-encoding", "error", N_("Two encodings in one file"), "", "encoding-error")
rules.describe("lost-letter", "error", N_("A sign that means nothing"), "", "encoding-error")
rules.describe("nul", "error", N_("A zero byte in the text"), "", "encoding-error")
rules.describe(
    "byte-order-mark",
    "warning",
    N_("A garbled byte order mark"),
    N_("It becomes part of the first column's name."),
    "encoding-error",
)
_DEFECTS = {
    "mixed": ("mixed-encoding", say(N_("This line is in Windows-1252, others in UTF-8.")), say(N_("Save the whole file as CSV UTF-8."))),
    "lost": ("lost-letter", say(N_("A sign here means nothing in the file's encoding.")), say(N_("Type it again, and save the file as UTF-8."))),
    "nul": ("nul", say(N_("There is a zero byte in this line.")), say(N_("Export the file again; this one is damaged."))),
    "bom": ("byte-order-mark", say(N_("The file begins with a garbled byte order mark (ï»¿).")), say(N_("Save the file again as CSV UTF-8."))),
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
    judge: Judge | None = None
    for frame in structure.frames(
        batches(state, source, layout), layout, state.table, mapping, state.limits, state.found, state.shape
    ):
        if judge is None and state.table:
            judge = Judge(Context(state.table, state.shape.columns, today), state.found)
        if judge:
            judge.look(frame)
        if source.format != "csv":
            state.tick(0)
    if judge:
        judge.end()
    state.tick(state.total)


def batches(state: Run, source: sniff.Source, layout: reading.Layout) -> Iterator[reading.Batch | reading.Part]:
    """The records of a file of any kind. Raises Stopped for what is no table or is too large."""
    if source.bytes > state.limits.bytes:
        raise Stopped(f"The file has {source.bytes:,} bytes; at most {state.limits.bytes:,} are checked.")
    if source.format is None:
        raise Stopped(source.reason or "This is not a table.")
    if source.format == "csv":
        return _csv(state, source, layout)
    archive.refuse_bomb(source, state.limits)
    state.sheet, found, alike = reading.workbook(source, state.limits, state.table)
    if alike:
        text = N_("The sheets {sheets} have the same columns as {sheet}, the only one that is read.")
        message = say(text, sheets=", ".join(alike), sheet=state.sheet)
        fix = say(N_("Put their rows on one sheet, or make a file of each."))
        state.found.add("more-sheets", message, fix, value=", ".join(alike))
    return found


def _csv(state: Run, source: sniff.Source, layout: reading.Layout) -> Any:
    if source.encoding not in ("utf-8", "mixed"):
        name = {"cp1252": "Windows-1252"}.get(source.encoding or "", (source.encoding or "").upper())
        state.found.add(
            "encoding",
            say(N_("The file is in {encoding}, not in UTF-8."), encoding=name),
            say(N_("Save it as CSV UTF-8.")),
        )
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
