"""What a file holds, looked at quickly."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from ckanext.council_schemas.calendar import content


def text(tmp_path: Path, body: bytes) -> content.Content:
    path = tmp_path / "f"
    path.write_bytes(body)
    found = content.read(path, "csv")
    assert found
    return found


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"", 0),
        (b"a,b\n", 0),
        (b"a,b\n,\n , \n\n", 0),
        (b"a,b\n1,2\n", 1),
        (b"\xef\xbb\xbfa\tb\n1\t2\n", 1),
        ("a,b\n1,2\n".encode("utf-16"), 1),
        (b'a,b\n"1,\x80",2\n', 1),
    ],
)
def test_rows(tmp_path: Path, body: bytes, rows: int) -> None:
    assert text(tmp_path, body).rows == rows


@pytest.mark.parametrize(
    "written", ["03/07/2026", "3.7.2026", "2026-07-03", "03-Jul-26", "3 July 2026", "2026-07-03T00:00:00", "03/07/26"]
)
def test_dates(tmp_path: Path, written: str) -> None:
    assert text(tmp_path, f"Date,Amount\n{written},1\n".encode()).days == Counter([date(2026, 7, 3)])


@pytest.mark.parametrize("written", ["501.00", "12-34-56-78", "99/99/2026", "E08000035", "2026"])
def test_no_dates(tmp_path: Path, written: str) -> None:
    assert not text(tmp_path, f"a,b\n{written},1\n".encode()).days


def test_a_workbook_counts_by_its_fullest_sheet(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    book.add_worksheet("Cover").write(0, 0, "Spending")
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, ["Date", "Amount"])
    sheet.write_datetime(1, 0, date(2026, 7, 3))  # type: ignore[arg-type]
    sheet.write(1, 1, 501)
    book.close()
    found = content.read(path, "xlsx")
    assert found and found.rows == 1 and found.days == Counter([date(2026, 7, 3)])


def test_the_share_of_a_period(tmp_path: Path) -> None:
    found = text(tmp_path, b"d\n01/04/2026\n30/06/2026\n01/07/2026\n31/03/2026\n")
    assert found.share(date(2026, 4, 1), date(2026, 6, 30)) == 0.5
    assert text(tmp_path, b"d\nx\n").share(date(2026, 4, 1), date(2026, 6, 30)) is None
