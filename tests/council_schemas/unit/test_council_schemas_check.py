"""File checks: every rule finds what is planted, and nothing else; structure, encodings, workbooks, limits."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from ckanext.council_schemas import vocabularies
from ckanext.council_schemas.check import Limits, Report, check_file, rules, tables
from ckanext.council_schemas.check.command import check
from ckanext.council_schemas.check.tidy import TidyError, tidy

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "schemas" / "samples"
HEADER = "Payment Date,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category"
ROW = "2026-01-15,Finance,Acme Ltd,Paper,750.50,0,Stationery"
SPEND = tables.get("expenditure-over-500")
TODAY = date(2026, 11, 25)


def checked(tmp_path, text, table=SPEND, name="file.csv", **more):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_file(path, table, today=TODAY, **more)


def lines(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


def at(report, rule):
    return [(each.line, each.value) for each in report.problems if each.rule == rule]


def test_a_good_file_has_no_problem(tmp_path):
    report = checked(tmp_path, lines(ROW, ROW.replace("750.50", "800")))
    assert report.valid and report.counts == {} and report.rows == 2
    assert [column.field for column in report.columns] == [
        "payment_date", "department", "beneficiary", "purpose", "amount", "irrecoverable_vat", "merchant_category",
    ]  # fmt: skip


PLANTED = {
    "required": (ROW.replace("Acme Ltd", ""), None),
    "recommended": (ROW.replace(",0,", ",,"), None),
    "type": (ROW.replace("750.50", "lots"), "lots"),
    "number-format": (ROW.replace("750.50", '"£1,750.50"'), "£1,750.50"),
    "date-format": (ROW.replace("2026-01-15", "15/01/2026"), "15/01/2026"),
    "future-date": (ROW.replace("2026-01-15", "2027-01-15"), "2027-01-15"),
    "withheld": (ROW.replace("Acme Ltd", "REDACTED PERSONAL DATA"), "REDACTED PERSONAL DATA"),
    "below-threshold": (ROW.replace("750.50", "500"), "500"),
    "zero-amount": (ROW.replace("750.50", "0.00"), "0.00"),
    "total-row": (",,Total,,9999,,", "Total, 9999"),
    "note-row": ("* without VAT,,,,,,", "* without VAT"),
    "missing-cell": ("2026-01-15,Finance,Acme Ltd,Paper,750.50,0", None),
    "extra-cell": (ROW + ",more", "more"),
    "blank-row": (",,,,,,", None),
    "repeated-header": (HEADER, None),
    "personal-name": (ROW.replace("Acme Ltd", "Mrs Jane Doe"), "Mrs Jane Doe"),
    "personal-email": (ROW.replace("Paper", "ask jane.doe@example.org"), "ask jane.doe@example.org"),
    "personal-ni": (ROW.replace("Paper", "AB 12 34 56 C"), "AB 12 34 56 C"),
    "personal-nhs": (ROW.replace("Paper", "943 476 5919"), "943 476 5919"),
    "personal-phone": (ROW.replace("Paper", "07700 900123"), "07700 900123"),
    "personal-bank": (ROW.replace("Paper", "20-00-00 55779911"), "20-00-00 55779911"),
}


@pytest.mark.parametrize("rule", PLANTED)
def test_what_is_planted_is_found_where_it_is(tmp_path, rule):
    row, value = PLANTED[rule]
    report = checked(tmp_path, lines(ROW, ROW.replace("Paper", "Pens"), row, ROW.replace("Paper", "Ink")))
    assert at(report, rule) == [(4, value)]
    assert report.counts[rule] == 1
    (problem,) = [each for each in report.problems if each.rule == rule]
    assert problem.message and problem.fix
    assert report.valid is (report.errors == 0)


OTHERS = {
    "range": ("parking-spaces", "location,kind,spaces", "Mill Lane,on,12", "High Street,off,-3"),
    "enum": ("brownfield-land", "SiteReference,OwnershipStatus", "A1,mixed ownership", "A2,the council"),
    "pattern": ("constitution", "title,url", "Part 1,https://example.gov.uk/1", "Part 2,on request"),
    "identifier": ("land-and-building-assets", "asset_id,uprn", "A1,100051234567", "A2,10005123456789"),
    "unique": ("land-and-building-assets", "asset_id,name", "A1,Town Hall", "A1,Depot"),
    "salary-band": (
        "senior-salaries",
        "job_title,salary_band",
        'Director,"£60,000 - £64,999"',
        'Head,"£60,000 - £69,999"',
    ),
    "named-salary": ("senior-salaries", "job_title,salary_band,name", "Head,60000-64999,", "Chief,150000-154999,"),
    "small-sector": ("social-housing-asset-value", "postal_sector,homes", "LS1 1,12", "LS1 2,9"),
    "gss-unknown": ("contracts", "reference,gss_coverage", "C1,E08000035", "C2,E08999999"),
    "personal-address": (
        "grants-vcse",
        "beneficiary,home address",
        "A Club,by the church",
        "B Club,12 Mill Lane LS1 1AA",
    ),
}


@pytest.mark.parametrize("rule", OTHERS)
def test_rules_of_other_tables(tmp_path, rule):
    code, header, good, bad = OTHERS[rule]
    report = checked(tmp_path, lines(good, bad, header=header), tables.get(code))
    assert [line for line, _ in at(report, rule)] == [3]
    assert report.counts[rule] == 1


def test_rules_that_see_the_whole_file(tmp_path):
    rows = [ROW.replace("Paper", f"Item {n}") for n in range(40)]
    twice = checked(tmp_path, lines(*rows, rows[3]))
    assert at(twice, "duplicate-row") == [(42, None)]
    stray = checked(tmp_path, lines(*rows, ROW.replace("2026-01-15", "2021-01-15")))
    assert at(stray, "stray-date") == [(42, "2021-01-15")]


def test_every_rule_is_planted_somewhere():
    rules.load()
    structural = {
        "split-header",
        "more-sheets",
        "title-rows",
        "no-header",
        "blank-header",
        "empty-column",
        "duplicate-header",
        "no-rows",
        "missing-column",
    }
    structural |= {"long-cell", "encoding", "mixed-encoding", "lost-letter", "nul", "byte-order-mark"}
    seen = set(PLANTED) | set(OTHERS) | {"duplicate-row", "stray-date", "code-list"} | structural
    assert set(rules.INFO) == seen


@pytest.mark.parametrize(
    "name", ["John Lewis plc", "Grant Thornton", "St Mary School", "Dr Martens Shop Ltd", "Mark Group Ltd"]
)
def test_a_company_is_no_person(tmp_path, name):
    assert "personal-name" not in checked(tmp_path, lines(ROW.replace("Acme Ltd", name))).counts


@pytest.mark.parametrize(
    "text", ["accounts@example.org", "943 476 5918", "invoice 1234567890", "0113 222 4444", "AB12 CDE"]
)
def test_what_only_looks_like_personal_data(tmp_path, text):
    assert checked(tmp_path, lines(ROW.replace("Paper", text))).personal == 0


def test_a_list_of_codes(tmp_path):
    table = tables.from_descriptor({"fields": [{"name": "area", "codeList": "gss"}]}, "test")
    report = checked(tmp_path, "area\nE08000035\nLeeds\nAtlantis\n", table)
    assert at(report, "code-list") == [(4, "Atlantis")]


def test_title_rows_and_lines_in_quotes_keep_their_numbers(tmp_path):
    text = 'Council spending\n"a note\nof two lines",\n\n' + lines(
        '2026-01-15,Finance,"Acme\nLtd",Paper,x,0,S', ROW.replace("750.50", "y")
    )
    report = checked(tmp_path, text)
    assert report.header_line == 5
    assert at(report, "type") == [(6, "x"), (8, "y")]
    assert [line for line, _ in at(report, "title-rows")] == [1]
    assert [line for line, _ in at(report, "blank-row")] == [4]


def test_headers(tmp_path):
    text = lines(
        "1,2026-01-15,Finance,Acme Ltd,Paper,5000,,",
        header="Supplier,Date,Service Area,PAYEE,Summary,Net Amount (£),,Supplier",
    )
    report = checked(tmp_path, text)
    fields = {column.header: (column.field, column.matched) for column in report.columns if column.header}
    assert fields["Date"] == ("payment_date", "title") and fields["PAYEE"][0] is None
    assert report.counts["duplicate-header"] == 1 and report.counts["empty-column"] == 1
    mapped = checked(tmp_path, text, mapping={"PAYEE": "beneficiary", "Supplier": "", "summary": "purpose"})
    assert {c.header: c.matched for c in mapped.columns}["PAYEE"] == "mapping"
    with pytest.raises(ValueError, match="no field called wages"):
        checked(tmp_path, text, mapping={"PAYEE": "wages"})
    named = checked(tmp_path, lines(ROW + ",x", header=HEADER + ","))
    assert named.counts["blank-header"] == 1 and not named.valid


@pytest.mark.parametrize(
    ("encoding", "mark", "counts"),
    [
        ("utf-8", b"", {}),
        ("utf-8", b"\xef\xbb\xbf", {}),
        ("cp1252", b"", {"encoding": 1}),
        ("utf-16-le", b"\xff\xfe", {"encoding": 1}),
        ("utf-16-be", b"\xfe\xff", {"encoding": 1}),
        ("utf-8", "\ufeff".encode().decode("cp1252").encode(), {"byte-order-mark": 1}),
    ],
)
def test_encodings(tmp_path, encoding, mark, counts):
    report = checked(
        tmp_path, mark + lines(ROW.replace("Paper", "Café £5"), ROW.replace("Acme", "Müller & Söhne")).encode(encoding)
    )
    assert report.counts == counts and report.rows == 2
    assert report.columns[0].header == "Payment Date"


def test_two_encodings_in_one_file(tmp_path):
    text = lines(ROW.replace("Paper", "Café naïve Zoë"), *[ROW.replace("Paper", "Crème")] * 3).encode()
    report = checked(tmp_path, text + ROW.replace("Paper", "Café").encode("cp1252") + b"\n")
    assert [line for line, _ in at(report, "mixed-encoding")] == [6]


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path, sign, end):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator=end)
    writer.writerows([HEADER.split(","), ["2026-01-15", "Finance", f"A{sign} B Ltd", "Paper", "1", "0", "S"]])
    report = checked(tmp_path, out.getvalue())
    assert report.delimiter == sign and report.rows == 1 and report.counts == {"below-threshold": 1}


def book(path, *rows):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)


def test_workbooks(tmp_path):
    path = tmp_path / "spend.xlsx"
    book(
        path,
        ["Spending of the council"],
        [],
        HEADER.split(","),
        [date(2026, 1, 15), "Finance", "Acme Ltd", "Paper", 750.5, 0, "S"],
        [None, "x"],
    )
    report = check_file(path, SPEND)
    assert (report.format, report.header_line, report.rows) == ("xlsx", 3, 2)
    assert {line for line, _ in at(report, "required")} == {5}
    assert report.counts["title-rows"] == 1 and "date-format" not in report.counts


def test_a_workbook_that_unpacks_to_too_much_is_not_read(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    report = check_file(path, SPEND, limits=Limits(decompressed=1_000_000))
    assert "unpacks to" in (report.stopped or "")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'{"a": 1}', "JSON"),
        (b"PK\x03\x04nonsense", "damaged"),
        (bytes(range(256)) * 9, "binary"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(tmp_path, data, word):
    report = checked(tmp_path, data)
    assert word in (report.stopped or "") and not report.valid


def test_an_empty_table_publishes_nothing(tmp_path):
    report = checked(tmp_path, lines())
    assert report.counts == {"no-rows": 1} and not report.valid


def test_limits(tmp_path):
    assert "rows" in (checked(tmp_path, lines(*[ROW] * 30), limits=Limits(rows=20)).stopped or "")
    assert "bytes" in (checked(tmp_path, lines(*[ROW] * 30), limits=Limits(bytes=100)).stopped or "")
    assert "columns" in (checked(tmp_path, lines(ROW), limits=Limits(columns=3)).stopped or "")
    long = checked(tmp_path, lines(ROW.replace("Paper", "x" * 60)), limits=Limits(cell=50))
    assert [line for line, _ in at(long, "long-cell")] == [2]
    many = checked(tmp_path, lines(*[ROW.replace("750.50", "n")] * 30), limits=Limits(problems=7))
    assert many.counts["type"] == 30 and len(at(many, "type")) == 7


def test_a_quotation_mark_that_is_not_closed(tmp_path):
    report = checked(tmp_path, lines(ROW, ROW.replace("Paper", '"Paper'), *[ROW] * 4))
    assert not report.valid


def test_what_progress_raises_ends_the_check(tmp_path):
    def stop(_progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checked(tmp_path, lines(*[ROW] * 10), progress=stop)


def test_a_report_is_stored_and_read_again(tmp_path):
    report = checked(tmp_path, lines(ROW.replace("Paper", "=cmd()").replace("750.50", "=1+1")))
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    told = report.to_frictionless()
    assert told["valid"] is False and told["stats"]["errors"] == report.errors
    assert {error["type"] for error in told["tasks"][0]["errors"]} == {"type-error"}
    cells = [row["value"] for row in csv.DictReader(io.StringIO(report.to_csv()))]
    assert "'=1+1" in cells


def oracle(path, table):
    """Errors that frictionless finds, as (kind, line)."""
    from frictionless import Checklist, Resource, Schema

    fields = [{"name": each.name, "type": "string"} for each in table]
    for each, made in zip(table, fields, strict=True):
        if each.required:
            made["constraints"] = {"required": True}
        if each.type == "number":
            made["type"] = "number"
    resource = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor({"fields": fields}))
    report = resource.validate(Checklist(), limit_errors=100_000)
    return {
        (error.type, error.row_number) for task in report.tasks for error in task.errors if hasattr(error, "row_number")
    }


def test_frictionless_finds_the_same(tmp_path):
    draw = random.Random(3)
    table = tables.from_descriptor(
        {
            "fields": [
                {"name": "date", "constraints": {"required": True}},
                {"name": "amount", "type": "number"},
                {"name": "note"},
            ]
        },
        "t",
    )
    faults = {"date": ",5,x", "amount": "d,many,x", "short": "d,5", "long": "d,5,x,y", "blank": ""}
    rows = [
        faults[draw.choice(list(faults))] if draw.random() < 0.1 else f'd,{draw.randrange(900)},"a, b ""c"""'
        for _ in range(3_000)
    ]
    path = tmp_path / "file.csv"
    path.write_text(lines(*rows, header="date,amount,note"))
    report = check_file(path, table)
    kinds = {
        "required": "constraint-error",
        "type": "type-error",
        "blank-row": "blank-row",
        "missing-cell": "missing-cell",
        "extra-cell": "extra-cell",
    }
    ours = {(kinds[each.rule], each.line) for each in report.problems}
    assert ours == oracle(path, table) and len(ours) > 200


@pytest.mark.parametrize(
    "path", sorted(SAMPLES.glob("*.csv")) or [None], ids=lambda path: path.name if path else "none"
)
def test_recorded_files(path, tmp_path):
    if path is None:
        pytest.skip("no recorded files beside the project")
    report = check_file(path, SPEND if "librar" not in path.name and "vehicles" not in path.name else None)
    with path.open(
        encoding=report.encoding if report.encoding != "mixed" else "utf-8", errors="replace", newline=""
    ) as file:
        filled = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    assert report.stopped is None
    above = (
        sum(1 for row in filled if row[0].lower().startswith("sql") or "--" in row[0]) if report.header_line != 1 else 0
    )
    assert report.rows == len(filled) - 1 if report.header_line == 1 else report.rows >= len(filled) - 25 - above
    try:
        done = tidy(path, tmp_path / "tidy.csv", SPEND if report.table else None)
    except TidyError as error:
        assert "more cells than the header" in str(error)
        return
    again = check_file(tmp_path / "tidy.csv", SPEND if report.table else None)
    assert again.rows == report.rows == done.rows
    assert not set(again.counts) & {
        "title-rows",
        "blank-row",
        "empty-column",
        "encoding",
        "number-format",
        "date-format",
        "blank-header",
    }


def test_tidy_changes_what_it_says_and_nothing_else(tmp_path):
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = [
        "Spending",
        "",
        HEADER.replace("Payment Date", " Payment  Date ") + ",",
        '15/01/2026,Finance,Acme Ltd,Café,"(1,750.50)",0,S,',
        ",,,,,,,",
        "soon,Finance,B Ltd,x,£5,0,S,",
    ]
    path.write_bytes("\n".join(rows).encode("cp1252"))
    done = tidy(path, out, SPEND)
    changes = {each.rule: each for each in done.changes}
    assert set(changes) == {"title-rows", "blank-row", "header", "dates", "numbers", "encoding", "empty-column"}
    assert changes["dates"].examples == [("15/01/2026", "2026-01-15")]
    assert [tuple(each) for each in changes["numbers"].examples] == [("(1,750.50)", "-1750.5"), ("£5", "5")]
    assert out.read_text().splitlines() == [
        HEADER,
        "2026-01-15,Finance,Acme Ltd,Café,-1750.5,0,S",
        "soon,Finance,B Ltd,x,5,0,S",
    ]
    path.write_text(lines(ROW))
    assert tidy(path, out, SPEND).changes == [] and out.read_text() == lines(ROW)
    path.write_text(lines(ROW + ",surplus"))
    with pytest.raises(TidyError, match="lines 2"):
        tidy(path, out, SPEND)


def test_each_set_of_the_code_has_a_table():
    codes = set(vocabularies.get("transparency_set").terms)
    more = {"brownfield-land", "planning-applications", "premises-licences", "public-toilets"}
    assert set(tables.codes()) == codes | more
    names = [name for code in tables.codes() for name in tables.get(code).short_names]
    assert len(names) == len(set(names))
    for code in tables.codes():
        table = tables.get(code)
        assert any(field.required for field in table) and table.descriptor["title_cy"]
        assert not [field.name for field in table if field.required and field.recommended]


def test_the_tables_are_frictionless_schemas():
    from frictionless import Schema

    for code in tables.codes():
        descriptor = tables.get(code).frictionless()
        schema = Schema.from_descriptor(descriptor)
        assert [field.name for field in schema.fields] == [field["name"] for field in descriptor["fields"]]


def run(*words):
    return CliRunner().invoke(check, [str(word) for word in words])


def test_the_command(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(lines(ROW))
    bad.write_text(lines(ROW.replace("750.50", "lots")))
    assert run(good, "--as", "spend").exit_code == 0
    shown = run(bad, "--as", "spend")
    assert shown.exit_code == 1 and 'line 2, Amount: "lots" is not a number.' in shown.output
    assert json.loads(run(bad, "--as", "spend", "--json").stdout)["counts"] == {"type": 1}
    assert json.loads(run(bad, "--as", "spend", "--frictionless").stdout)["valid"] is False
    assert run(bad, "--as", "spend", "--csv").stdout.startswith("line,column,header")
    assert "missing" in run(good, "--as", "spend", "--mapping", "Beneficiary=").output
    for words in (
        (tmp_path / "none.csv",),
        (good, "--as", "wages"),
        (good, "--as", "spend", "--mapping", "x"),
        (good, "--as", "spend", "--mapping", "Amount=wages"),
        (good, "--tidy", good),
    ):
        failed = run(*words)
        assert failed.exit_code == 2 and failed.output.startswith("Error: ")
    assert "spend" in run("--tables").output
    tidied = run(good, "--as", "spend", "--tidy", tmp_path / "out.csv")
    assert tidied.exit_code == 0 and (tmp_path / "out.csv").read_text() == good.read_text()
