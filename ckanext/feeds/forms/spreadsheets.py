"""The catalogue as CSV and as Excel workbooks: all datasets, and all files. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from ..catalogue import Catalogue
from . import N_, Entry, Form, read, tables, workbook
from .record import Dataset

CSV = "text/csv; charset=utf-8; header=present"
# A workbook has a date of its making; the same rows must be the same bytes.
_BEFORE_ANY = datetime(2000, 1, 1)
Rows = Callable[[Iterable[Dataset]], Iterator[list[tables.Value]]]


def _csv(rows: Rows) -> Callable[[Iterable[Entry], Catalogue], Iterator[bytes]]:
    def whole(entries: Iterable[Entry], site: Catalogue) -> Iterator[bytes]:
        return tables.as_csv(rows(read.entry(each, site) for each in entries))

    return whole


def _workbook(rows: Rows, title: str) -> Callable[[Iterable[Entry], Catalogue], Iterator[bytes]]:
    def whole(entries: Iterable[Entry], site: Catalogue) -> Iterator[bytes]:
        datasets = (read.entry(each, site) for each in entries)
        return workbook.as_workbook(rows(datasets), title, site.modified or _BEFORE_ANY)

    return whole


DATASETS_CSV = Form(
    name="datasets-csv",
    media_type=CSV,
    label=N_("CSV, a row for each dataset"),
    version="1",
    whole=_csv(tables.dataset_rows),
    address="/catalog.csv",
    plain=True,
)
FILES_CSV = Form(
    name="files-csv",
    media_type=CSV,
    label=N_("CSV, a row for each file"),
    version="1",
    whole=_csv(tables.file_rows),
    address="/catalog-files.csv",
)
DATASETS_XLSX = Form(
    name="datasets-xlsx",
    media_type=workbook.MEDIA_TYPE,
    label=N_("Excel, a row for each dataset"),
    version="1",
    whole=_workbook(tables.dataset_rows, "Datasets"),
    address="/catalog.xlsx",
    compress=False,
    plain=True,
)
FILES_XLSX = Form(
    name="files-xlsx",
    media_type=workbook.MEDIA_TYPE,
    label=N_("Excel, a row for each file"),
    version="1",
    whole=_workbook(tables.file_rows, "Files"),
    address="/catalog-files.xlsx",
    compress=False,
)
