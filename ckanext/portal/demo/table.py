"""A table in memory and its bytes (pure)."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """Columns by name, rows of text in the columns' order."""

    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)

    def at(self, column: str) -> int:
        """Where a column is; ValueError names the table's columns when it is not there."""
        try:
            return self.columns.index(column)
        except ValueError:
            raise ValueError(f"no column {column!r} among {self.columns}") from None

    def add(self, *values: object) -> None:
        self.rows.append(["" if value is None else str(value) for value in values])

    def column(self, name: str) -> list[str]:
        index = self.at(name)
        return [row[index] for row in self.rows]

    def csv(self) -> bytes:
        """RFC 4180, UTF-8, no byte order mark."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return out.getvalue().encode()


@dataclass(frozen=True)
class Artefact:
    """One version of a file, by what can be checked about it."""

    name: str
    sha256: str
    size: int
    rows: int

    @classmethod
    def of(cls, name: str, body: bytes, rows: int) -> "Artefact":
        return cls(name, hashlib.sha256(body).hexdigest(), len(body), rows)


def stacked(tables: Sequence[Table]) -> Table:
    """The rows of tables with the same columns, one after another."""
    if any(table.columns != tables[0].columns for table in tables):
        raise ValueError("tables to stack have different columns")
    return Table(list(tables[0].columns), [row for table in tables for row in table.rows])


def table_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    made = Table(list(columns))
    for row in rows:
        made.add(*row)
    return made
