"""Cells that a spreadsheet program would run are told as text, in every CSV file of this portal."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.council_schemas import formulas


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\t=1", "\rx", " =1", "\n=1", "\u00a0=1", "\uff1d1", "|x", "%0A=1"]
)
def test_what_a_spreadsheet_would_run_is_text(text):
    assert formulas.runs(text) and formulas.safe(text) == f"'{text}"


@pytest.mark.parametrize("value", ["plain", "a=b", "", " plain", "'=1", 12, -3, 0, -1.5])
def test_other_cells_stay_as_they_are(value):
    assert formulas.safe(value) == value


def test_nothing_is_an_empty_cell_and_a_yes_or_no_is_a_word():
    assert formulas.safe(None) == "" and formulas.safe(True) == "True"


@given(st.text())
def test_no_cell_begins_with_what_runs_and_nothing_is_lost(text):
    out = io.StringIO()
    csv.writer(out).writerow([formulas.safe(text), "end"])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert row[0] in (text, f"'{text}") and not formulas.runs(row[0])
