"""What a journey's steps do to a table: each takes a table and its settings and returns another (pure).

A dataset's description (``seeds/datasets/*.yaml``) names these under ``do``. They run on the raw
extract for real, so the row counts and checksums a journey shows are those of files that existed.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from .osgb import lon_lat
from .table import Table

REDACTED = "Redacted: personal data"


def drop_blank_rows(table: Table) -> Table:
    return Table(table.columns, [row for row in table.rows if any(cell.strip() for cell in row)])


def trim(table: Table) -> Table:
    """No spaces at either end, no double spaces."""
    return Table(table.columns, [[" ".join(cell.split()) for cell in row] for row in table.rows])


def iso_dates(table: Table, columns: Sequence[str]) -> Table:
    """``31/03/2026`` becomes ``2026-03-31``; a date that is ISO already stays."""
    return _each(table, columns, _iso)


def _iso(value: str) -> str:
    return datetime.strptime(value, "%d/%m/%Y").date().isoformat() if "/" in value else value


def plain_amounts(table: Table, columns: Sequence[str]) -> Table:
    """``£1,234.50`` becomes ``1234.50``, ``(20.00)`` becomes ``-20.00``."""
    return _each(table, columns, _plain)


def _plain(value: str) -> str:
    text = value.replace("£", "").replace(",", "").strip()
    text = f"-{text[1:-1]}" if text.startswith("(") and text.endswith(")") else text
    return f"{float(text):.2f}" if text else text


def drop_duplicates(table: Table, key: Sequence[str] = ()) -> Table:
    """Keep the first row of each ``key`` (the whole row, if no key is given)."""
    at = [table.at(column) for column in key] or list(range(len(table.columns)))
    first: dict[tuple[str, ...], list[str]] = {}
    for row in table.rows:
        first.setdefault(tuple(row[index] for index in at), row)
    return Table(table.columns, list(first.values()))


def keep_over(table: Table, column: str, amount: float) -> Table:
    """Rows whose amount is over ``amount`` either way: a credit note of 600 is over 500."""
    index = table.at(column)
    return Table(table.columns, [row for row in table.rows if abs(float(row[index])) > amount])


def keep(table: Table, column: str, values: Sequence[str]) -> Table:
    index, wanted = table.at(column), {str(value) for value in values}
    return Table(table.columns, [row for row in table.rows if row[index] in wanted])


def keep_from(table: Table, column: str, first: str) -> Table:
    """Rows from ``first`` on; ISO dates compare as text."""
    index = table.at(column)
    return Table(table.columns, [row for row in table.rows if row[index] >= str(first)])


def redact(table: Table, column: str, when: str, equals: Sequence[str]) -> Table:
    """Replace a cell where another column says that it names a person."""
    index, flag, marks = table.at(column), table.at(when), set(equals)
    rows = [[*row[:index], REDACTED, *row[index + 1 :]] if row[flag] in marks else row for row in table.rows]
    return Table(table.columns, rows)


def suppress_under(table: Table, columns: Sequence[str], count: int) -> Table:
    """Counts from 1 to ``count`` - 1 become ``c``, the Government Statistical Service's shorthand for confidential."""
    return _each(table, columns, lambda value: "c" if value.isdigit() and 0 < int(value) < count else value)


def select(table: Table, columns: Sequence[str], names: dict[str, str] | None = None) -> Table:
    """Only these columns, in this order, under their published names."""
    at = [table.at(column) for column in columns]
    titles = [(names or {}).get(column, column) for column in columns]
    return Table(titles, [[row[index] for index in at] for row in table.rows])


def sort(table: Table, columns: Sequence[str]) -> Table:
    at = [table.at(column) for column in columns]
    return Table(table.columns, sorted(table.rows, key=lambda row: [row[index] for index in at]))


def band(table: Table, column: str, size: int, name: str) -> Table:
    """A sum replaced by its band: 52,300 in bands of 5,000 is ``50000 - 54999``."""
    index = table.at(column)
    columns = [*table.columns[:index], name, *table.columns[index + 1 :]]
    rows = []
    for row in table.rows:
        low = int(float(row[index])) // size * size
        rows.append([*row[:index], f"{low} - {low + size - 1}", *row[index + 1 :]])
    return Table(columns, rows)


def total(
    table: Table, by: Sequence[str], column: str = "", name: str = "", count: str = "", mean: bool = False
) -> Table:
    """One row a group: the sum (or mean) of ``column`` as ``name``, the number of rows as ``count``."""
    at = [table.at(key) for key in by]
    groups: dict[tuple[str, ...], list[float]] = {}
    index = table.at(column) if column else None
    for row in table.rows:
        found = groups.setdefault(tuple(row[key] for key in at), [])
        if index is None or row[index]:
            found.append(float(row[index]) if index is not None else 1.0)
    places = 1 if mean else 2 if any("." in cell for cell in (table.column(column) if column else [])) else 0
    made = Table([*by, *([name] if name else []), *([count] if count else [])])
    for key in sorted(groups, key=_natural):
        values = groups[key]
        figure = sum(values) / max(1, len(values)) if mean else sum(values)
        made.rows.append([*key, *([f"{figure:.{places}f}"] if name else []), *([str(len(values))] if count else [])])
    return made


def _natural(key: Sequence[str]) -> list[str]:
    """So that 50000 sorts before 100000."""
    return [re.sub(r"\d+", lambda found: found[0].zfill(9), cell) for cell in key]


def quarter(table: Table, column: str, name: str) -> Table:
    """A column more: the financial year's quarter of a date, ``2024-25 Q3`` for December 2024."""
    index = table.at(column)
    return Table([*table.columns, name], [[*row, _quarter(row[index])] for row in table.rows])


def _quarter(day: str) -> str:
    year, month = int(day[:4]), int(day[5:7])
    start = year if month >= 4 else year - 1
    return f"{start}-{(start + 1) % 100:02d} Q{((month - 4) % 12) // 3 + 1}"


def cut(table: Table, column: str, length: int, name: str) -> Table:
    """A column more: the first characters of another, as the day of a date and time."""
    index = table.at(column)
    return Table([*table.columns, name], [[*row, row[index][:length]] for row in table.rows])


def geocode(
    table: Table, easting: str, northing: str, longitude: str = "Longitude", latitude: str = "Latitude"
) -> Table:
    """Grid references become WGS84 degrees, at the end of the row."""
    east, north = table.at(easting), table.at(northing)
    kept = [index for index in range(len(table.columns)) if index not in (east, north)]
    columns = [*(table.columns[index] for index in kept), longitude, latitude]
    rows = []
    for row in table.rows:
        degrees = lon_lat(float(row[east]), float(row[north]))
        rows.append([*(row[index] for index in kept), *(f"{value:.6f}" for value in degrees)])
    return Table(columns, rows)


def _each(table: Table, columns: Sequence[str], change: Callable[[str], str]) -> Table:
    at = {table.at(column) for column in columns}
    return Table(
        table.columns, [[change(cell) if i in at else cell for i, cell in enumerate(row)] for row in table.rows]
    )


OPERATIONS: dict[str, Callable[..., Table]] = {
    function.__name__: function
    for function in (
        drop_blank_rows, trim, iso_dates, plain_amounts, drop_duplicates, keep_over, keep, keep_from, redact,
        suppress_under, select, sort, band, total, quarter, cut, geocode,
    )
}  # fmt: skip


def apply(table: Table, operation: dict) -> Table:
    """Run ``{op: name, setting: value ...}``; ValueError if there is no such operation."""
    settings = dict(operation)
    name = settings.pop("op")
    if name not in OPERATIONS:
        raise ValueError(f"no operation {name!r}; there are {', '.join(OPERATIONS)}")
    return OPERATIONS[name](table, **settings)
