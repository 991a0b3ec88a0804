"""File checks of what councils really send: notes, totals, cover sheets, odd dates and amounts, and lies about sizes."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ckanext.council_schemas.check import Limits, check_file, tables, values
from ckanext.council_schemas.check.command import check
from ckanext.council_schemas.check.redact import Redactor
from ckanext.council_schemas.check.tidy import tidy

HEADER = "Payment Date,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category"
ROW = "2026-01-15,Finance,Acme Ltd,Paper,750.50,0,Stationery"
SPEND = tables.get("expenditure-over-500")


def checked(tmp_path, *rows, header=HEADER, table=SPEND):
    path = tmp_path / "file.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return check_file(path, table)


def personal(tmp_path, beneficiary="Acme Ltd", purpose="Paper"):
    row = f'2026-01-15,Finance,"{beneficiary}","{purpose}",750.50,0,Stationery'
    report = checked(tmp_path, row)
    return [each.rule for each in report.problems if each.severity == "personal"]


def number(text):
    return values.numbers(pl.Series([text]))[0]


def day(text):
    return values.dates(pl.Series([text]))[0]


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


# Rows that are no records


def test_a_note_a_total_and_a_second_header_are_told_of_once_each(tmp_path):
    report = checked(tmp_path, ",,,,£,£,", ROW, "Total,,,,750.50,,", "* figures exclude VAT,,,,,,")
    assert [(each.rule, each.line) for each in report.problems] == [
        ("note-row", 2), ("total-row", 4), ("note-row", 5),
    ]  # fmt: skip


def test_a_record_with_empty_cells_is_no_note(tmp_path):
    report = checked(tmp_path, ",,Beta Ltd,,900,0,", ",,,,900,0,")
    assert report.counts["required"] == 7 and "note-row" not in report.counts


def test_personal_data_in_a_note_is_found(tmp_path):
    report = checked(tmp_path, ROW, "ring 07700 900123,,,,,,")
    assert {each.rule for each in report.problems if each.line == 3} == {"note-row", "personal-phone"}


def test_tidy_takes_out_totals_and_notes_and_says_which(tmp_path):
    gas = ROW.replace("Acme Ltd", "Total Gas & Power")
    rows = [ROW, gas, "Total,,,,750.50,,", ",,Beta Ltd,,900,0,", "* figures exclude VAT,,,,,,"]
    assert checked(tmp_path, *rows).counts["total-row"] == 1
    done, out = tidy(tmp_path / "file.csv", tmp_path / "out.csv", SPEND), tmp_path / "out.csv"
    said = {each.rule: (each.count, [before for before, _after in each.examples]) for each in done.changes}
    assert said == {"total-row": (1, ["Total, 750.50"]), "note-row": (1, ["* figures exclude VAT"])}
    assert done.rows == 3 and out.read_text().splitlines()[1:] == [ROW, gas, ",,Beta Ltd,,900,0,"]


def test_tidy_keeps_totals_where_no_table_says_what_a_record_is(tmp_path):
    checked(tmp_path, ROW, "Total,,,,750.50,,")
    assert tidy(tmp_path / "file.csv", tmp_path / "out.csv").rows == 2


def test_a_redacted_copy_keeps_every_row(tmp_path):
    checked(tmp_path, ROW.replace("Acme Ltd", "Mrs Jane Doe"), "Total,,,,750.50,,")
    taken = Redactor({"personal-name"}, (), "REDACTED")
    assert tidy(tmp_path / "file.csv", tmp_path / "out.csv", SPEND, redactor=taken).rows == 2


def test_an_open_quotation_mark_is_named_as_the_cause(tmp_path):
    report = checked(tmp_path, '2026-01-15,Finance,"Acme Ltd,Paper,750,0,x', ROW)
    (short,) = [each for each in report.problems if each.rule == "missing-cell"]
    assert short.line == 2 and "quotation mark" in short.fix


# Signs that nobody sees


@pytest.mark.parametrize("space", ["\u00a0", "\u200b", "\ufeff", "\u2003", "\t"])
@pytest.mark.parametrize("rows", [1, 300])  # of the first records, and of those that polars reads
def test_spaces_of_any_kind_are_stripped(tmp_path, space, rows):
    row = ROW.replace("750.50", f"{space}750.50{space}").replace("Acme Ltd", space)
    report = checked(tmp_path, *[row] * rows)
    assert report.counts["required"] == rows and "type" not in report.counts


@pytest.mark.parametrize("name", ["Confidential Shredding Ltd", "Xxxl Clothing", "Redactive Media Ltd"])
def test_a_company_that_sounds_withheld_is_none(tmp_path, name):
    assert "withheld" not in checked(tmp_path, ROW.replace("Acme Ltd", name)).counts


@pytest.mark.parametrize("text", ["REDACTED", "Redacted - Personal Data", "XXXXX", "***", "Withheld", "CONFIDENTIAL"])
def test_what_is_withheld(tmp_path, text):
    assert checked(tmp_path, ROW.replace("Acme Ltd", text)).counts == {"withheld": 1}


# Amounts and dates


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1,234.50)", -1234.5), ("(£950.00)", -950), ("1234.50-", -1234.5), ("£-900", -900), ("- £900", -900),
        ("−900", -900), ("￡900", 900), ("GBP 900", 900), ("900 GBP", 900), ("950.00 CR", -950), ("900.", 900),
        (".5", 0.5), ("+900", 900), ("1,234.567", 1234.567), ("6.82121E-13", 6.82121e-13), ("1.5E+05", 150_000),
    ],
)  # fmt: skip
def test_amounts(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "1,23.5",
        "1.234,50",
        "1,234,5",
        "--900",
        "(-900)",
        "(900",
        "900)",
        "nan",
        "inf",
        "£",
        "-",
        "1_000",
        "0x1F",
        "12%",
    ],
)
def test_what_is_no_amount(text):
    assert number(text) is None


@pytest.mark.parametrize("text", ["1e5", "nan", "inf", "12.5", "x"])
def test_a_number_is_read_alike_whatever_stands_beside_it(text):
    beside = [values.numbers(pl.Series([text, other]))[0] for other in ("1", "(1.00)", "many", None)]
    assert beside == [number(text)] * 4


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_dress_of_an_amount_is_the_same_amount(amount):
    size = abs(amount)
    dressed = [f"{size:,.2f}", f"£{size:,.2f}", f"£ {size}", f"{size}"]
    if amount < 0:
        dressed = [f"({each})" for each in dressed] + [f"-{each}" for each in dressed] + [f"{size}-", f"£-{size:,.2f}"]
    for text in dressed:
        assert number(text) == float(amount), text


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_a_plain_number_loses_no_digit(value):
    assert float(values.plain_number(value)) == value and "e" not in values.plain_number(value).lower()


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text):
    read = number(text)
    assert read is None or (read == read and abs(read) != float("inf"))


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31)))
def test_every_form_of_a_day_is_the_same_day(when):
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(when.day, "th")
    forms = [
        "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d-%b-%Y", "%d/%b/%Y", "%d-%b-%y", "%d/%m/%y", "%A %d %B %Y",
        "%Y-%m-%dT00:00:00", "%d/%m/%Y 12:00 AM", "%d / %m / %Y", "%B %d, %Y", f"%d{ending} %B %Y",
    ]  # fmt: skip
    for form in forms:
        assert day(when.strftime(form)) == when, form


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1)))
def test_the_serial_number_of_a_spreadsheet_is_a_day(when):
    assert day(str((when - date(1899, 12, 30)).days)) == when


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_none(text):
    read = day(text)
    assert read is None or 1900 <= read.year < 2200


@pytest.mark.parametrize("text", ["01/15/2026", "31/02/2026", "2026", "Jan-26", "15/01/0026", "00/01/1900", "45000.5"])
def test_what_is_no_day(text):
    assert day(text) is None


# Tidy


def test_tidy_rounds_nothing(tmp_path):
    checked(tmp_path, ROW.replace("750.50", '"1,234.5678"'))
    tidy(tmp_path / "file.csv", tmp_path / "out.csv", SPEND)
    assert ",1234.5678," in (tmp_path / "out.csv").read_text()
    assert Decimal("1234.5678") == Decimal(values.plain_number(number("1,234.5678")))


# Workbooks


def test_the_sheet_of_the_table_is_taken_not_the_cover(tmp_path):
    rows = [[*ROW.split(",")[:4], 750.5 + n, 0, "x"] for n in range(5)]
    for row in rows:
        row[0] = datetime(2026, 1, 15)
    cover = [[f"note {n} on this data"] for n in range(9)]
    path = workbook(tmp_path / "book.xlsx", Notes=cover, January=[HEADER.split(","), *rows])
    report = check_file(path, SPEND)
    assert (report.sheet, report.rows, report.counts) == ("January", 5, {})


def lying_workbook(path, size):
    """A workbook whose sheet says that it unpacks to ten bytes, and unpacks to ``size``."""
    source = workbook(path.with_name("true.xlsx"), Sheet=[["a"], ["1"]])
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            sheet = entry.filename.endswith("sheet1.xml")
            new.writestr(entry.filename, b"<worksheet>" + b" " * size if sheet else old.read(entry))
    data = bytearray(out.getvalue())
    true = struct.pack("<I", size + 11)
    assert data.count(true) == 2  # in the entry and in the directory
    path.write_bytes(bytes(data).replace(true, struct.pack("<I", 10)))
    return path


def test_a_workbook_that_lies_about_its_size_is_not_read(tmp_path):
    path = lying_workbook(tmp_path / "bomb.xlsx", 40_000_000)
    with zipfile.ZipFile(path) as archive:
        assert sum(each.file_size for each in archive.infolist()) < 100_000
    report = check_file(path, SPEND, limits=Limits(decompressed=5_000_000))
    assert report.stopped and "unpacks to more than the 5,000,000 bytes" in report.stopped


# Personal data


@pytest.mark.parametrize(
    "name",
    [
        "J. Smith", "J.A. Smith", "SMITH, J.", "SMITH, JENNIFER", "Lucy Sowden", "Mr R. G. Aldread",
        "J Smith", "R A Aldread", "SMITH J", "Aldread R A", "O'Neil P", "Mr J Smith",
    ],
)  # fmt: skip
def test_people(tmp_path, name):
    assert personal(tmp_path, beneficiary=name) == ["personal-name"]


@pytest.mark.parametrize(
    "name",
    [
        "R K Builders", "A A Taxis", "H Samuel", "W H Smith", "L B Bexley", "H M Customs", "Zappak U K", "Otley F C", "B Q",
        "John Lewis plc", "W. H. Smith plc", "E.ON Energy", "St. John Ambulance", "Robert Owen Communities", "Leonard Cheshire",
        "Aaron Court", "Paula Cooper Gallery", "Lee Mill Pre-School", "Peter Pan Playgroup", "Martin Carthy Contracting",
    ],
)  # fmt: skip
def test_companies(tmp_path, name):
    assert personal(tmp_path, beneficiary=name) == []


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("call (0113) 496 0123", []),  # an office's
        ("call +44 113 496 0123", []),  # and no NHS number, though its check digit fits
        ("call 07700 900123", ["personal-phone"]),
        ("repairs at 12 Mill Lane, Leeds LS1 1UR", ["personal-address"]),
        ("invoice 0199 999 9999", []),
        ("invoice 01134960123", []),
        ("12 Mill Lane", []),
        ("leigh.library@example.gov.uk", []),
    ],
)
def test_personal_data_in_a_text(tmp_path, text, rules):
    assert personal(tmp_path, purpose=text) == rules


def test_a_landline_beside_a_payee(tmp_path):
    assert personal(tmp_path, beneficiary="Acme Ltd (0113) 496 0123") == ["personal-phone"]
    report = checked(tmp_path, f"{ROW},0113 496 0123", f"{ROW},0100 000 0000", header=f"{HEADER},Supplier telephone")
    assert [(each.rule, each.line) for each in report.problems] == [("personal-phone", 2)]


def test_a_bank_account_by_its_headers(tmp_path):
    header = f"{HEADER},Sort Code,Account Number"
    report = checked(tmp_path, f"{ROW},200000,55779911", header=header)
    assert report.counts == {"personal-bank": 2}
    alone = checked(tmp_path, f"{ROW},55779911", header=f"{HEADER},Account Number")  # a ledger's
    assert alone.counts == {}


# Thresholds of other duties


def test_thresholds(tmp_path):
    small, large = ROW.replace("750.50", "120"), ROW.replace("750.50", "26000")
    for regime, count in (("england", 2), ("wales", 2), ("smaller", 0), ("scotland", 2)):
        report = checked(
            tmp_path, small, small.replace("Paper", "Ink"), large, table=tables.with_threshold(SPEND, regime)
        )
        assert report.counts.get("below-threshold", 0) == count, regime
    assert checked(tmp_path, ROW, table=tables.with_threshold(SPEND, "scotland")).counts == {"below-threshold": 1}
    with pytest.raises(KeyError, match="england, scotland, wales, smaller"):
        tables.with_threshold(SPEND, "france")


def test_the_command_takes_a_threshold(tmp_path):
    checked(tmp_path, ROW)
    run = CliRunner().invoke
    shown = run(check, [str(tmp_path / "file.csv"), "--as", "spend", "--threshold", "Scotland"])
    assert shown.exit_code == 0 and "£25,000" in shown.output
    for words in (
        ["--as", "spend", "--threshold", "france"],
        ["--threshold", "scotland"],
        ["--as", "fraud", "--threshold", "wales"],
    ):
        failed = run(check, [str(tmp_path / "file.csv"), *words])
        assert failed.exit_code == 2 and failed.output.startswith("Error: ")


# Line numbers


@given(st.lists(st.sampled_from(["x", "two\nlines", "three\n\nlines", 'a ""quoted"" word']), min_size=1, max_size=40))
def test_lines_are_the_files_own(cells):
    import tempfile
    from pathlib import Path

    rows, line, wanted = [], 2, []
    for number_, cell in enumerate(cells):
        amount = "many" if number_ % 3 == 0 else "5"
        wanted += [line] if amount == "many" else []
        rows.append(f'2026-01-15,Finance,Acme Ltd,"{cell}",{amount},0,{number_}')
        line += 1 + cell.count("\n")
    with tempfile.TemporaryDirectory() as folder:
        report = checked(Path(folder), *rows)
    assert [each.line for each in report.problems if each.rule == "type"] == wanted


@pytest.mark.parametrize("quote", ['"', "'"])
def test_cells_far_apart_are_refused_before_a_place_is_kept_for_each(tmp_path, quote):
    """The reader would ask for half a terabyte, and the process would die."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Amount", "far"
    book.save(tmp_path / "far.xlsx")
    with zipfile.ZipFile(tmp_path / "far.xlsx") as source, zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b'r="XFD1048576"', f"r = {quote}XFD1048576{quote}".encode()))
    report = check_file(tmp_path / "odd.xlsx", SPEND)
    assert report.stopped and "16,384 columns and 1,048,576 rows" in report.stopped


def test_a_tall_and_a_wide_sheet_are_read(tmp_path):
    book = openpyxl.Workbook()
    for place in range(1, 300):
        book.active.cell(1, place, f"Column {place}")
        book.active.cell(2, place, "x")
    tall = book.create_sheet("Tall")
    tall["A1"], tall["A200000"] = "Amount", "1"
    book.save(tmp_path / "wide.xlsx")
    assert check_file(tmp_path / "wide.xlsx", None).stopped is None


@pytest.mark.parametrize(
    ("table", "field", "text", "value"),
    [
        ("pay-multiple", "multiple", "8.6:1", "8.6"), ("pay-multiple", "multiple", "8.6 : 1", "8.6"),
        ("pay-multiple", "multiple", "1:8.6", "8.6"), ("pay-multiple", "multiple", "8.6 to 1", "8.6"),
        ("pay-multiple", "multiple", "8.6x", "8.6"), ("public-toilets", "charge", "Free", "0"),
        ("public-toilets", "charge", "No charge", "0"), ("public-toilets", "charge", "20p", "0.2"),
        ("public-toilets", "charge", "5 pence", "0.05"), ("public-toilets", "charge", "£0.50", "0.5"),
    ],
)  # fmt: skip
def test_numbers_in_words(tmp_path, table, field, text, value):
    path, out = tmp_path / "file.csv", tmp_path / "out.csv"
    path.write_text(f"{field},Notes\n{text},a\n{text},b\n{text},c\n{text},d\n")
    said = [each for each in check_file(path, tables.get(table)).problems if each.column == field]
    assert [(each.rule, each.severity, each.fix) for each in said] == [
        ("number-format", "warning", f"Write {value}.")
    ] * 4
    tidy(path, out, tables.get(table))
    assert out.read_text().splitlines()[1:] == [f"{value},{note}" for note in "abcd"]


@pytest.mark.parametrize(
    ("table", "field", "text"),
    [("pay-multiple", "multiple", "8:2"), ("pay-multiple", "multiple", "Free"), ("public-toilets", "charge", "varies"),
     ("public-toilets", "charge", "200p")],
)  # fmt: skip
def test_words_that_are_no_number(tmp_path, table, field, text):
    path = tmp_path / "file.csv"
    path.write_text(f"{field},Notes\n{text},a\n")
    assert [each.rule for each in check_file(path, tables.get(table)).problems if each.column == field] == ["type"]


def test_a_date_from_the_year_on_with_points(tmp_path):
    report = checked(tmp_path, ROW.replace("2026-01-15", "2026.01.15"))
    assert [(each.rule, each.fix) for each in report.problems] == [("date-format", "Write 2026-01-15.")]
