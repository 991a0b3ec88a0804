"""The structure pass: header, title rows, widths, blank rows; what it passes on is a frame of texts (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import polars as pl

from . import blocks, header, rules
from .findings import Findings
from .phrases import N_, say
from .reading import Batch, Layout, Part, Stopped
from .tables import Table
from .types import Column, Limits

_describe = rules.describe
_describe("no-header", "error", N_("No header"), N_("Without names nobody knows what a column holds."), "blank-header")
_describe(
    "title-rows",
    "error",
    N_("Rows above the header"),
    N_("Software takes the first row for the header."),
    "source-error",
)
_describe(
    "split-header", "error", N_("A header of two rows"), N_("Software takes the first for the names, and the second for data."),
    "source-error",
)  # fmt: skip
_describe("blank-header", "error", N_("A column without a name"), "", "blank-label")
_describe(
    "empty-column", "warning", N_("An empty column without a name"), N_("Often left by a spreadsheet."), "blank-label"
)
_describe("duplicate-header", "error", N_("Two columns of one name"), "", "duplicate-label")
_describe("blank-row", "error", N_("Blank rows"), N_("Software stops at them, or counts them."), "blank-row")
_describe(
    "missing-cell", "error", N_("Too few cells in a row"), N_("What is missing shifts what follows."), "missing-cell"
)
_describe(
    "extra-cell",
    "error",
    N_("Too many cells in a row"),
    N_("Often a comma that is not in quotation marks."),
    "extra-cell",
)
_describe(
    "repeated-header",
    "error",
    N_("The header again"),
    N_("Files were put together without taking it out."),
    "row-constraint",
)
_describe(
    "no-rows", "error", N_("No rows"), N_("A file with a header alone publishes nothing."), "table-dimensions-error"
)
_describe("missing-column", "error", N_("A column is missing"), N_("The set asks for it."), "missing-label")
_describe("long-cell", "error", N_("A cell that is too long"), N_("A spreadsheet cannot hold it."), "constraint-error")
HEAD = 200  # records that are looked at for the header


@dataclass
class Shape:
    """What the structure pass found out. ``lines``: the header's."""

    columns: tuple[Column, ...] = ()
    header_line: int | None = None
    rows: int = 0
    filled: set[int] = field(default_factory=set)


def frames(
    batches: Iterator[Batch | Part],
    layout: Layout,
    table: Table | None,
    mapping: dict[str, str],
    limits: Limits,
    found: Findings,
    shape: Shape,
) -> Iterator[pl.DataFrame]:
    """Frames of String columns named by `Column.key`, with the line in `rules.LINE`; what is wrong goes to `found`."""
    first = next(batches, None)
    if not isinstance(first, Batch):
        raise Stopped("The file holds no rows.")
    place = header.find(first.rows[:HEAD], table)
    if place is None:
        message = say(N_("No row near the top looks like a header."))
        found.add("no-header", message, say(N_("Put the columns' names in the first row.")), line=1)
        raise Stopped("No row near the top looks like a header. Without one the rest cannot be checked.")
    head = header.whole(first.rows, place, table)
    place = head.place
    _above(first, place, found)
    if head.rows > 1:
        value = ", ".join(label for label in head.labels if label)
        message = say(N_("The names of the columns are spread over two rows."))
        fix = say(N_("Write each name in one cell of one row."))
        found.add("split-header", message, fix, line=first.lines[place], value=value)
    _head(head.labels, first.lines[place], table, mapping, limits, found, shape)
    layout.names = [column.key for column in shape.columns]
    after = place + head.rows
    rest = Batch(first.lines[after:], first.rows[after:])
    names = [header.norm(cell) for cell in head.labels]
    for batch in chain([rest], batches):
        frame = _frame(batch, names, limits, found, shape)
        if frame is not None:
            yield frame
    _ended(first.lines[place], found, shape)


def _above(first: Batch, place: int, found: Findings) -> None:
    above = [
        (line, row)
        for line, row in zip(first.lines[:place], first.rows[:place], strict=True)
        if any(map(str.strip, row))
    ]
    if above:
        line, row = above[0]
        value = ", ".join(cell.strip() for cell in row if cell.strip())
        one = N_("1 row stands above the header, which is in line {header}.")
        many = N_("{rows} rows stand above the header, which is in line {header}.")
        message = say(one if len(above) == 1 else many, rows=len(above), header=first.lines[place])
        fix = say(N_("Take them out: the header is the first row. What they say belongs in the description."))
        found.add("title-rows", message, fix, line=line, value=value)
    blank = [
        line for line, row in zip(first.lines[:place], first.rows[:place], strict=True) if not any(map(str.strip, row))
    ]
    if blank:
        _blank(blank, found)


def _head(
    row: list[str],
    line: int,
    table: Table | None,
    mapping: dict[str, str],
    limits: Limits,
    found: Findings,
    shape: Shape,
) -> None:
    while len(row) > 1 and not row[-1].strip() and len(row) > limits.columns:
        row.pop()
    if len(row) > limits.columns:
        raise Stopped(f"The header has {len(row):,} columns; at most {limits.columns:,} are checked.")
    shape.columns, shape.header_line = header.columns(row, table, mapping), line
    names = Counter(header.norm(cell) for cell in row if cell.strip())
    seen: Counter[str] = Counter()
    for column in shape.columns:
        said = header.norm(column.header)
        seen[said] += 1
        if said and names[said] > 1 and seen[said] > 1:
            message, fix = (
                say(N_('The name "{column}" stands more than once.')),
                say(N_("Give each column a name of its own.")),
            )
            found.add("duplicate-header", message, fix, line=line, column=column)
    if table:
        _missing(table, line, found, shape)


def _missing(table: Table, line: int, found: Findings, shape: Shape) -> None:
    here = {column.field for column in shape.columns}
    for each in table:
        if each.name in here or not (each.required or each.recommended):
            continue
        asked = N_('The set asks for the column "{field}"; no header of this file is known to mean it.')
        better = N_('It would be better with the column "{field}"; no header of this file is known to mean it.')
        message = say(asked if each.required else better, field=each.label)
        fix = say(N_('Add the column "{field}", or say on the mapping which column it is.'), field=each.label)
        severity = None if each.required else "warning"
        found.add("missing-column", message, fix, line=line, value=each.name, severity=severity)


def _blank(lines: list[int], found: Findings) -> None:
    found.count("blank-row", len(lines))
    for line in lines[: found.room("blank-row")]:
        found.keep("blank-row", line, None, None, say(N_("This row is blank.")), say(N_("Take it out.")))


def _frame(item: Batch | Part, names: list[str], limits: Limits, found: Findings, shape: Shape) -> pl.DataFrame | None:
    """The rows of a part, stripped; empty cells are null, blank rows and rows that repeat the header are gone."""
    keys = [column.key for column in shape.columns]
    frame = _plain(item, keys, found) if isinstance(item, Batch) else item.frame
    if isinstance(item, Part) and item.odd.lines:
        frame = frame.vstack(_plain(item.odd, keys, found))
    if not frame.height:
        return None
    if all(frame[key].null_count() for key in keys):
        blank = pl.all_horizontal(pl.col(keys).is_null())
        empty = frame.filter(blank)[rules.LINE].to_list()
        if empty:
            _blank(empty, found)
            frame = frame.filter(~blank)
    shape.rows += frame.height
    if shape.rows > limits.rows:
        raise Stopped(f"The file has more than {limits.rows:,} rows; no more are checked.")
    _long(frame, limits, found, shape)
    for column in shape.columns:
        if column.position not in shape.filled and frame[column.key].null_count() < frame.height:
            shape.filled.add(column.position)
    return _again(frame, names, found, shape) if set(names) - {""} else frame


def _plain(batch: Batch, keys: list[str], found: Findings) -> pl.DataFrame:
    """Records as a frame of the columns' keys."""
    width = len(keys)
    if any(len(row) != width for row in batch.rows):
        _mend(batch, width, found)
    frame = pl.DataFrame(batch.rows, schema=dict.fromkeys(keys, pl.String), orient="row")
    frame.insert_column(0, pl.Series(rules.LINE, batch.lines, dtype=pl.Int64))
    return blocks.clean(frame, keys)


def _mend(batch: Batch, width: int, found: Findings) -> None:
    """Say which rows are blank, short or long, and bring the others to the header's width."""
    lines: list[int] = []
    rows: list[list[str]] = []
    blank: list[int] = []
    for line, cells in zip(batch.lines, batch.rows, strict=True):
        row = cells[:width]
        if not any(map(str.strip, cells)):
            blank.append(line)
            continue
        if len(row) < width:
            message = say(N_("This row has {cells} cells, the header {width}."), cells=len(row), width=width)
            fix = say(N_("Fill it up to {width} cells; an empty cell is a comma of its own."), width=width)
            if any("\n" in cell.strip() for cell in cells):
                fix = say(N_("A quotation mark may not be closed: it takes the lines below into one cell."))
            found.add("missing-cell", message, fix, line=line)
            row += [""] * (width - len(row))
        elif len(cells) > width:
            more = [cell.strip() for cell in cells[width:] if cell.strip()]
            named = N_("Put a text that holds commas in quotation marks, or give the further columns names.")
            fix = say(named if more else N_("Take out the commas at its end."))
            message = say(N_("This row has {cells} cells, the header {width}."), cells=len(cells), width=width)
            severity = None if more else "warning"
            found.add("extra-cell", message, fix, line=line, value=", ".join(more) or None, severity=severity)
        lines.append(line)
        rows.append(row)
    if blank:
        _blank(blank, found)
    batch.lines, batch.rows = lines, rows


def _long(frame: pl.DataFrame, limits: Limits, found: Findings, shape: Shape) -> None:
    most = frame.select(pl.exclude(rules.LINE).str.len_bytes().max())
    if max(each or 0 for each in most.row(0)) <= limits.cell:
        return
    most = frame.select(pl.exclude(rules.LINE).str.len_chars().max())
    for column in shape.columns:
        if (most[column.key][0] or 0) <= limits.cell:
            continue
        over = frame.filter(pl.col(column.key).str.len_chars() > limits.cell)
        for line, value in over.select(rules.LINE, column.key).iter_rows():
            text = N_("This cell has {signs} signs; at most {most} fit a spreadsheet's cell.")
            message = say(text, signs=f"{len(value):,}", most=f"{limits.cell:,}")
            fix = say(N_("A quotation mark may not be closed; else put the text in a document of its own."))
            found.add("long-cell", message, fix, line=line, column=column, value=value)


def _again(frame: pl.DataFrame, names: list[str], found: Findings, shape: Shape) -> pl.DataFrame:
    """Rows that repeat the header."""
    first = next((column for column in shape.columns if column.header), None)
    if first is None:
        return frame
    like = frame.filter(pl.col(first.key).str.to_lowercase() == first.header.lower())
    again = [
        row[0] for row in like.iter_rows()
        if [header.norm(cell or "") for cell in row[1:]] == names
    ]  # fmt: skip
    for line in again:
        found.add("repeated-header", say(N_("This row is the header again.")), say(N_("Take it out.")), line=line)
    if again:
        shape.rows -= len(again)
        return frame.filter(~pl.col(rules.LINE).is_in(again))
    return frame


def _ended(line: int, found: Findings, shape: Shape) -> None:
    for column in shape.columns:
        if column.header:
            continue
        if column.position in shape.filled:
            message = say(N_("Column {position} holds values and has no name."), position=column.position)
            found.add("blank-header", message, say(N_("Give it a name.")), line=line, column=column)
        else:
            message = say(N_("Column {position} is empty and has no name."), position=column.position)
            found.add("empty-column", message, say(N_("Take it out.")), line=line, column=column)
    if not shape.rows:
        message, fix = say(N_("There is no row below the header.")), say(N_("Publish the file when it holds data."))
        found.add("no-rows", message, fix, line=line)
