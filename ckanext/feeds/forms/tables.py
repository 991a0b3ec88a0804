"""The catalogue as tables: a row a dataset, or a row a file. Pure.

The columns' names are part of the interface: new ones come at the end, none is renamed. Text that a spreadsheet program
would run as a formula gets an apostrophe before it (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...council_schemas.formulas import safe
from .record import CLOSED, RESTRICTED, Dataset, File

Value = str | int | None
_ACCESS = {CLOSED: "Not open", RESTRICTED: "Restricted"}
_ROWS_AT_A_TIME = 200
# What a cell of a spreadsheet can hold.
LONGEST = 32767


@dataclass(frozen=True)
class Column:
    name: str
    of: Callable[[Dataset, File | None], Value]


def _joined(values: Iterable[str]) -> str:
    return "; ".join(value for value in values if value)


def _start(dataset: Dataset) -> str:
    return min((p.start for p in dataset.periods if p.start), default="")


def _end(dataset: Dataset) -> str:
    return max((p.end for p in dataset.periods if p.end), default="")


DATASETS = (
    Column("Title", lambda d, _: d.title),
    Column("Description", lambda d, _: d.description),
    Column("Organisation", lambda d, _: d.organisation),
    Column("Publisher", lambda d, _: d.publisher.name if d.publisher else ""),
    Column("Topics", lambda d, _: _joined(theme.label for theme in d.themes)),
    Column("Tags", lambda d, _: _joined(d.keywords)),
    Column("Licence", lambda d, _: d.licence.title or d.licence.url),
    Column("Licence address", lambda d, _: d.licence.url),
    Column("Access", lambda d, _: _ACCESS.get(d.access, "Open")),
    Column("How often updated", lambda d, _: d.frequency.label),
    Column("First published", lambda d, _: d.issued),
    Column("Last updated", lambda d, _: d.modified),
    Column("Covers from", lambda d, _: _start(d)),
    Column("Covers to", lambda d, _: _end(d)),
    Column("Area", lambda d, _: _joined(place.name or place.uri for place in d.places)),
    Column("Languages", lambda d, _: _joined(d.languages)),
    Column("Contact name", lambda d, _: d.contact.name if d.contact else ""),
    Column("Contact email", lambda d, _: d.contact.email if d.contact else ""),
    Column("Number of files", lambda d, _: len(d.files)),
    Column("Formats", lambda d, _: _joined(dict.fromkeys(file.format for file in d.files))),
    Column("Page", lambda d, _: d.page),
    Column("Address (URI)", lambda d, _: d.uri),
    Column("Type", lambda d, _: d.type),
    Column("Added to the catalogue", lambda d, _: d.record_created),
    Column("Catalogue entry changed", lambda d, _: d.record_modified),
    Column("ID", lambda d, _: d.id),
)
FILES = (
    Column("Dataset", lambda d, _: d.title),
    Column("Organisation", lambda d, _: d.organisation),
    Column("File", lambda _, f: f.name if f else ""),
    Column("Description", lambda _, f: f.description if f else ""),
    Column("Format", lambda _, f: f.format if f else ""),
    Column("Media type", lambda _, f: f.media_type if f else ""),
    Column("Size in bytes", lambda _, f: f.size if f else None),
    Column("Address", lambda _, f: f.url if f else ""),
    Column("Last updated", lambda _, f: f.modified if f else ""),
    Column("Licence", lambda _, f: (f.licence.title or f.licence.url) if f else ""),
    Column("Checksum", lambda _, f: ":".join(f.checksum) if f and f.checksum else ""),
    Column("Position in the dataset", lambda _, f: f.position + 1 if f else None),
    Column("Dataset page", lambda d, _: d.page),
    Column("File page", lambda _, f: f.page if f else ""),
    Column("Dataset ID", lambda d, _: d.id),
    Column("File ID", lambda _, f: f.id if f else ""),
)


def dataset_rows(datasets: Iterable[Dataset]) -> Iterator[list[Value]]:
    """Names of the columns, then a row for each dataset."""
    yield [column.name for column in DATASETS]
    for dataset in datasets:
        yield [column.of(dataset, None) for column in DATASETS]


def file_rows(datasets: Iterable[Dataset]) -> Iterator[list[Value]]:
    """Names of the columns, then a row for each file of each dataset."""
    yield [column.name for column in FILES]
    for dataset in datasets:
        for file in dataset.files:
            yield [column.of(dataset, file) for column in FILES]


def as_csv(rows: Iterable[list[Value]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 without a byte order mark, some rows at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for number, row in enumerate(rows, 1):
        writer.writerow([safe(value) for value in row])
        if number == 1 or number % _ROWS_AT_A_TIME == 0:
            yield _taken(buffer)
    rest = _taken(buffer)
    if rest:
        yield rest


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
