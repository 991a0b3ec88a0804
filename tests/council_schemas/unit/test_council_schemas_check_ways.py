"""File checks: the quick ways and the careful ones report the same, whatever is wrong and wherever it stands."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_council_schemas_check import HEADER, OTHERS, PLANTED, ROW

from ckanext.council_schemas.check import Limits, blocks, check_file, judge, reading, tables, text

SPEND = tables.get("expenditure-over-500")
WIDE = f"{HEADER},Telephone,NHS number,Sort Code,Account Number,Home address,Notes"
MORE = {
    "telephone": f"{ROW},0113 496 0123,,,,,",
    "nhs": f"{ROW},,9434765919,,,,",
    "bank": f"{ROW},,,200000,55779911,,",
    "home": f"{ROW},,,,,12 Mill Lane LS1 1AA,",
    "iban": f"{ROW},,,,,,GB33 BUKB 2020 1555 5555 55",
    "house": f"{ROW},,,,,,at 12 Mill Lane LS1 1AA",
    "note": "ring 07700 900123,,,,,,,,,,,,",
    "spaces": ROW.replace("Acme Ltd", "\u00a0").replace("750.50", " 750.50\u200b") + ",,,,,,",
    "quotes": f'{ROW},,,,,,"two\nlines, ""quoted"""',
    "empty quotes": ROW.replace("Paper", '""') + ",,,,,,",
    "missing value": ROW.replace("Paper", "n/a") + ",,,,,,",
    "several": ROW.replace("2026-01-15", "2027-01-15").replace("750.50", "(£1)").replace("Acme Ltd", "J. Smith"),
    "day": ROW.replace("2026-01-15", "15th January 2026 10:30") + ",,,,,,",
}
# Each as wide as the header, but for those that are wrong by it.
FAULTS = {
    name: row if name in ("extra-cell", "missing-cell") or row == HEADER else f"{row},,,,,,"
    for name, (row, _) in PLANTED.items()
} | MORE
faults = st.lists(st.sampled_from(sorted(FAULTS)), max_size=30)


def filled(number):
    """Rows of which nothing is wrong, more than those among which the header is looked for."""
    rows = []
    for at in range(number):
        row = (
            ROW.replace("Paper", f"Item {at}")
            .replace("Acme Ltd", f"Firm {at % 7} Ltd")
            .replace("750.50", f"{600 + at}")
        )
        rows.append(f"{row},,,,,,Note {at}")
    return rows


def checked(rows, header=WIDE, table=SPEND, end="\n", **more):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes((end.join([header, *rows]) + end).encode())
        return check_file(path, table, today=date(2026, 11, 25), **more)


def said(report):
    """What a report tells, of each rule in the order of the file."""
    problems = sorted(report.problems, key=lambda each: (each.rule, each.line or 0, each.position or 0))
    return report.rows, report.columns, dict(report.counts), dict(report.severities), problems


@settings(deadline=None, max_examples=40)
@given(faults, st.sampled_from(["\n", "\r\n"]), st.randoms(use_true_random=False))
def test_the_quick_reader_and_the_careful_one_report_the_same(planted, end, draw):
    rows = [*filled(60), *(FAULTS[name] for name in planted)]
    draw.shuffle(rows)
    rows = [*filled(reading.FIRST), *rows]
    # A quotation mark within a cell is no mark of RFC 4180: all of its block goes through the careful reader.
    odd, plain = (f"{ROW},,,,,,5{sign} wide" for sign in ('"', "'"))
    assert blocks.cut(f"{odd}\n".encode(), ",", True) is None and blocks.cut(f"{plain}\n".encode(), ",", True)
    assert said(checked([*rows, odd], end=end)) == said(checked([*rows, plain], end=end))


@settings(deadline=None, max_examples=40)
@given(faults, st.randoms(use_true_random=False))
def test_texts_judged_once_and_rows_judged_one_by_one_report_the_same(planted, draw):
    rows = [*filled(300), *(FAULTS[name] for name in planted)]
    draw.shuffle(rows)
    told = []
    for repeats, at_once in ((0, 25_000), (1_000_000, 25_000), (3, 100), (0, 40)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(judge, "REPEATS", repeats)  # 0: every column does; a million: none
            patch.setattr(judge, "AT_ONCE", at_once)
            told.append(said(checked(rows)))
    assert told[1:] == told[:1] * 3


@pytest.mark.parametrize("rule", OTHERS)
@pytest.mark.parametrize("repeats", [0, 1_000_000])
def test_rules_of_other_tables_in_both_ways(monkeypatch, rule, repeats):
    code, header, good, bad = OTHERS[rule]
    monkeypatch.setattr(judge, "REPEATS", repeats)
    report = checked([good, bad, good, bad], header=header, table=tables.get(code))
    assert [each.line for each in report.problems if each.rule == rule][:1] == [3]


@settings(deadline=None, max_examples=20)
@given(faults, st.integers(200, 5_000))
def test_it_makes_no_difference_where_blocks_end(planted, size):
    rows = [*filled(230), *(FAULTS[name] for name in planted), *filled(9)]
    whole = said(checked(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK", size)
        assert said(checked(rows)) == whole


@pytest.mark.parametrize("repeats", [0, 3, 1_000_000])
def test_all_are_counted_and_the_first_are_kept_in_every_way(monkeypatch, repeats):
    monkeypatch.setattr(judge, "REPEATS", repeats)
    rows = [*filled(300), *[FAULTS["type"], FAULTS["personal-name"], FAULTS["missing-cell"]] * 20]
    report = checked(rows, limits=Limits(problems=5))
    for rule in ("type", "personal-name", "missing-cell"):
        assert report.counts[rule] == 20
        assert [each.line for each in report.problems if each.rule == rule] == [
            302 + 3 * at + ("type", "personal-name", "missing-cell").index(rule) for at in range(5)
        ]


cells = st.text(st.sampled_from('ab ,;"\n\t£\u00a0'), max_size=4)


@given(
    st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=8), st.sampled_from(",;\t"), st.booleans()
)
def test_records_are_cut_as_the_csv_module_cuts_them(rows, delimiter, crlf):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n" if crlf else "\n").writerows(rows)
    block = out.getvalue().encode()
    found, used = blocks.cut(block, delimiter, last=False) or (None, 0)
    assert found is not None and used == len(block)
    reader = csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter)
    lines = [0]
    for at, row in enumerate(reader):
        assert found.widths[at] == max(len(row), 1)
        assert (
            list(csv.reader([block[found.starts[at] : found.ends[at]].decode()], delimiter=delimiter)) != [] or not row
        )
        lines.append(out.getvalue().count("\n", 0, len(block[: found.ends[at]].decode())))
    assert found.lines.tolist() == lines[:-1] and found.feeds == lines[-1]
    if any(cell != cell.strip() or (not cell and '""' in out.getvalue()) for row in rows for cell in row):
        assert found.loose


def test_a_plain_block_needs_no_stripping():
    for block in (b"a,b\nc,\n", b"a,b\r\n,d\r\n", b'"a, b",c\n', b'"a","b"\n'):
        found, _ = blocks.cut(block, ",", last=True)
        assert not found.loose, block
    for block in (
        b"a ,b\n",
        b" a,b\n",
        b"a,b \r\n",
        b'" a",b\n',
        b'"",b\n',
        b"a,\xc2\xa0b\n",
        b"a\rb,c\n",
        b'"a\n",b\n',
        b"a,b\r",
    ):
        found, _ = blocks.cut(block, ",", last=True)
        assert found.loose, block
    assert np.array_equal(blocks.cut(b"a,b\nc,d", ",", last=True)[0].widths, [2, 2])


def test_what_the_quick_reader_refuses_is_read_carefully():
    """A carriage return behind a quotation mark, and none at the line's end."""
    report = checked([*filled(reading.FIRST), f'{ROW},,,,,,"note"\r', f"{ROW.replace('750.50', 'lots')},,,,,,"])
    assert report.stopped is None and report.counts["type"] == 1
