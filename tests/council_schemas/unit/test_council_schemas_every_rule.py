"""Each rule of each table is planted once, in a file that is good but for it: it is found there, once, and nothing else is.

A table's file has one row for each pair of rule and column; one check of it serves all tests of the table.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from council_schemas_files import MAKES, text

from ckanext.council_schemas.check import Column, Report, Table, check_file, rules, tables
from ckanext.council_schemas.check.rules import Context, Test

TODAY = date(2026, 11, 26)
Found = tuple[str, int, str | None]
WRONG = {"number": "lots", "integer": "4.5", "date": "31/02/2025", "boolean": "perhaps", "year": "last year"}
DRESSED = {"number": "£60,000.00", "integer": "£50", "date": "01/05/2025"}
PERSONAL = {
    "personal-ni": "AB 12 34 56 C",
    "personal-nhs": "943 476 5919",
    "personal-email": "jane.doe@example.org",
    "personal-phone": "07700 900123",
    "personal-bank": "20-00-00 55779911",
    "personal-address": "12 Mill Lane, LS1 1AA",
    "personal-name": "Mrs Jane Doe",
}
# What one plant cannot but break as well.
COMPANIONS = {"zero-amount": {"below-threshold"}, "future-date": {"stray-date"}} | {
    rule: {"enum", "pattern"} for rule in PERSONAL
}
OF_ROWS = ("missing-cell", "extra-cell", "blank-row", "repeated-header", "total-row", "note-row")


def plants(table: Table, rule: str, key: str | None) -> list[tuple[dict[str, str], str | None]]:
    """Cells that break a rule in a column, and the column that is told of. Empty where the rule is of whole rows or files."""
    if key is None:
        return []
    if rule in PERSONAL:
        return [({key: PERSONAL[rule]}, key)]
    each = table.field(key)
    assert each is not None
    limits = each.constraints
    made = {
        "required": [""],
        "recommended": [""],
        "type": [WRONG.get(each.type, "")],
        "number-format": ["£50" if "maximum" in limits else DRESSED.get(each.type, "")],
        "date-format": [DRESSED.get(each.type, "")],
        "withheld": ["REDACTED"],
        "future-date": ["2026-12-01"],
        "below-threshold": [f"{each.threshold or 0:.0f}"],
        "zero-amount": ["0.00"],
        "enum": ["something else"],
        "pattern": ["on our website"],
        "identifier": ["?1?"],
        "gss-unknown": ["E08999999"],
        "range": [
            *([str(limits["minimum"] - 1)] if "minimum" in limits else []),
            *([str(limits["maximum"] + 1)] if "maximum" in limits else []),
        ],
        "salary-band": ["£60,000 - £69,999", "grade 7"],
        "small-sector": ["9"],
    }
    if rule == "named-salary":
        return [({key: "", (table.rule(rule) or {})["salary"]: "£150,000 - £154,999"}, key)]
    return [({key: value}, key) for value in made[rule]]


@dataclass
class Planted:
    """A table's file: its rows and what is wrong in them, by rule."""

    table: Table
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    wrong: dict[str, list[Found]] = field(default_factory=dict)

    def good(self) -> list[str]:
        row = len(self.rows)
        return [text(MAKES[each.name](row)) for each in self.table]

    def put(self, rule: str, cells: list[str], column: str | None = None) -> None:
        self.rows.append(cells)
        self.say(rule, column)
        for each in COMPANIONS.get(rule, ()):
            if (each, column) in of_columns(self.table):
                self.say(each, column)
        if rule == "missing-cell":  # the last of them is an empty cell too
            for each in ("required", "recommended"):
                if (each, self.header[-1]) in of_columns(self.table):
                    self.say(each, self.header[-1])

    def say(self, rule: str, column: str | None) -> None:
        self.wrong.setdefault(rule, []).append((rule, len(self.rows) + 1, column))


@cache
def columns_of(code: str) -> tuple[Column, ...]:
    return tuple(Column(place, each.name, each.name, "name") for place, each in enumerate(tables.get(code), 1))


def rules_in(table: Table) -> list[Test]:
    return rules.compile_rules(Context(table, columns_of(table.code), TODAY))[0]


def of_columns(table: Table) -> set[tuple[str, str | None]]:
    stray = table.rule("stray-date")
    return {(test.rule, test.key) for test in rules_in(table)} | ({("stray-date", stray["field"])} if stray else set())


def collected(table: Table) -> list[str]:
    return [rule for rule, _ in rules.compile_rules(Context(table, columns_of(table.code), TODAY))[1]]


@cache
def planted(code: str) -> Planted:
    table = tables.get(code)
    made = Planted(table, [each.name for each in table])
    made.rows = [made.good()]
    while len(made.rows) < 30:
        made.rows.append(made.good())
    done = set()
    for test in rules_in(table):
        if (test.rule, test.key) in done:
            continue
        done.add((test.rule, test.key))
        for cells, column in plants(table, test.rule, test.key):
            row = dict(zip(made.header, made.good(), strict=True)) | cells
            made.put(test.rule, [row[name] for name in made.header], column)
    for rule in OF_ROWS:
        row = odd_row(made, rule)
        if row is not None:
            made.put(rule, row)
    whole_file(made)
    return made


def odd_row(made: Planted, rule: str) -> list[str] | None:
    """A row that is none. A note is told from a record by three columns that are asked for, or by a date or an amount."""
    width = len(made.header)
    first = [""] * (width - 1)
    needed = [each for each in made.table if each.required]
    if rule == "note-row" and len(needed) < 3 and not any(each.type in ("date", "number") for each in needed):
        return None
    return {
        "missing-cell": made.good()[:-1],
        "extra-cell": [*made.good(), "more"],
        "blank-row": ["", *first],
        "repeated-header": made.header,
        "total-row": ["Total", *first],
        "note-row": ["Amounts are without VAT", *first],
    }[rule]


def whole_file(made: Planted) -> None:
    """What only the whole file tells: keys and rows that stand twice, a date outside the quarter."""
    for rule in collected(made.table):
        row = dict(zip(made.header, made.good(), strict=True))
        if rule == "unique":
            (key,) = made.table.primary_key
            made.put(
                rule, [made.rows[3][made.header.index(key)] if name == key else row[name] for name in made.header], key
            )
        elif rule == "duplicate-row":
            made.put(rule, list(made.rows[4]))
        elif rule == "stray-date":
            key = (made.table.rule(rule) or {})["field"]
            made.put(rule, ["2021-04-01" if name == key else row[name] for name in made.header], key)


@cache
def report(code: str) -> Report:
    made = planted(code)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([made.header, *made.rows])
        return check_file(path, made.table, today=TODAY)


def found(code: str, rule: str) -> list[Found]:
    return [(each.rule, each.line or 0, each.column) for each in report(code).problems if each.rule == rule]


PAIRS = [(code, rule) for code in tables.codes() for rule in planted(code).wrong]


@pytest.mark.parametrize("code", tables.codes())
def test_the_good_rows_of_a_table_have_no_problem(code, tmp_path):
    made = planted(code)
    path = tmp_path / "good.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([made.header, *made.rows[:30]])
    good = check_file(path, made.table, today=TODAY)
    assert good.valid and good.counts == {}


@pytest.mark.parametrize(("code", "rule"), PAIRS, ids=[f"{code}-{rule}" for code, rule in PAIRS])
def test_a_planted_violation_is_found_once_where_it_is(code, rule):
    due = planted(code).wrong[rule]
    assert sorted(found(code, rule), key=str) == sorted(due, key=str)
    assert report(code).counts[rule] == len(due)


@pytest.mark.parametrize("code", tables.codes())
def test_nothing_but_what_was_planted_is_found(code):
    made = planted(code)
    assert dict(report(code).counts) == {rule: len(due) for rule, due in made.wrong.items()}


@pytest.mark.parametrize("code", tables.codes())
def test_every_rule_that_a_table_has_was_planted_in_each_of_its_columns(code):
    table = tables.get(code)
    due = {(test.rule, test.key) for test in rules_in(table) if test.key}
    due |= {(rule, None) for rule in collected(table)}
    done = {(rule, column) for rule, all_ in planted(code).wrong.items() for _, _, column in all_}
    done |= {(rule, None) for rule, _ in done}
    assert due <= done


@pytest.mark.parametrize("code", tables.codes())
def test_each_column_that_is_not_there_is_told_of(code, tmp_path):
    table = tables.get(code)
    wanted = [each for each in table if each.required or each.recommended]
    for each in wanted:
        kept = [one for one in table if one is not each]
        path = tmp_path / "file.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[one.name for one in kept], [text(MAKES[one.name](0)) for one in kept]])
        (problem,) = check_file(path, table, today=TODAY).problems
        assert (problem.rule, problem.line, problem.value) == ("missing-column", 1, each.name)
        assert problem.severity == ("error" if each.required else "warning")


@pytest.mark.parametrize("code", tables.codes())
def test_what_is_wrong_with_the_header_is_told_of_once(code, tmp_path):
    made = planted(code)
    good, path = made.rows[:3], tmp_path / "file.csv"

    def rules_of(header, rows):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*header, *rows])
        return [(each.rule, each.line) for each in check_file(path, made.table, today=TODAY).problems]

    names = made.header
    assert rules_of([names], []) == [("no-rows", 1)]
    assert rules_of([["Published by the council"], names], good) == [("title-rows", 1)]
    assert rules_of([[*names, ""]], [[*row, ""] for row in good]) == [("empty-column", 1)]
    assert rules_of([[*names, ""]], [[*row, "x"] for row in good]) == [("blank-header", 1)]
    assert rules_of([[*names, "Batch", "Batch"]], [[*row, "x", "y"] for row in good]) == [("duplicate-header", 1)]
