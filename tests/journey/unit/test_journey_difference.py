"""What changed between two releases of a table."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey.releases.difference import LINE, compare


def table(*rows, columns=("ref", "payee", "amount")):
    names = [LINE, *columns]
    data = {name: [] for name in names}
    for number, row in enumerate(rows, 2):
        for name, value in zip(names, (number, *row), strict=True):
            data[name].append(value)
    return pl.DataFrame(data, schema={LINE: pl.Int64, **dict.fromkeys(columns, pl.String)})


OLD = table(("1", "Acme", "10"), ("2", "Bolt", "20"), ("3", "Cog", None))


def counts(found):
    return found.added, found.removed, found.changed, found.same


def test_rows_are_told_apart_by_their_reference():
    new = table(("3", "Cog", "30"), ("1", "Acme", "10"), ("4", "Dot", "40"))
    found = compare(OLD, new)
    assert found.key == ("ref",)
    assert counts(found) == (1, 1, 1, 1)
    assert list(found.changes()) == [
        {"op": "removed", "line": 3, "key": {"ref": "2"}, "values": {"ref": "2", "payee": "Bolt", "amount": "20"}},
        {"op": "added", "line": 4, "key": {"ref": "4"}, "values": {"ref": "4", "payee": "Dot", "amount": "40"}},
        {"op": "changed", "line": 2, "key": {"ref": "3"}, "values": {"amount": [None, "30"]}},
    ]


def test_without_a_key_a_changed_row_is_one_gone_and_one_new():
    old = table(("a", "x", "1"), ("a", "x", "1"), ("a", "y", None))
    new = table(("a", "x", "1"), ("a", "y", None), ("a", "z", "3"))
    found = compare(old, new)
    assert found.key == ()
    assert counts(found) == (1, 1, 0, 2)  # of the row that stood twice, one is gone


def test_a_key_that_is_given_counts_only_if_it_tells_rows_apart():
    new = table(("1", "Acme", "11"), ("2", "Bolt", "20"), ("3", "Cog", None))
    assert compare(OLD, new, key=("payee",)).key == ("payee",)
    assert compare(OLD, new, key=("nothing",)).key == ("ref",)
    doubled = table(("1", "Acme", "11"), ("2", "Acme", "20"), ("3", "Cog", None))
    assert compare(OLD, doubled, key=("payee",)).key == ("ref",)
    assert compare(OLD, new, key=("amount",)).key == ("ref",)  # empty in a row


def test_columns_that_came_or_went_are_named_and_not_compared():
    new = table(("1", "Acme", "x"), ("2", "Bolt", "y"), ("3", "Cog", "z"), columns=("ref", "payee", "purpose"))
    found = compare(OLD, new)
    assert (found.columns_added, found.columns_removed) == (("purpose",), ("amount",))
    assert counts(found) == (0, 0, 0, 3)


def test_tables_that_share_no_column_share_no_row():
    new = table(("9",), columns=("other",))
    assert counts(compare(OLD, new)) == (1, 3, 0, 0)


@pytest.mark.parametrize(
    ("old", "new", "expected"), [(OLD, OLD.clear(), (0, 3, 0, 0)), (OLD.clear(), OLD, (3, 0, 0, 0))]
)
def test_an_empty_release(old, new, expected):
    assert counts(compare(old, new)) == expected


def test_a_running_number_that_starts_anew_is_no_key():
    old = table(*((str(n), f"p{n}", "1") for n in range(1, 9)), columns=("row number", "payee", "amount"))
    new = table(*((str(n + 100), f"p{n}", "1") for n in range(1, 9)), columns=("row number", "payee", "amount"))
    assert compare(old, new).key == ("payee",)


cells = st.none() | st.sampled_from(["a", "b", "é", ""])
rows = st.lists(st.tuples(cells, cells, cells), max_size=8)


@given(rows, rows)
def test_the_changes_lead_from_one_release_to_the_next(before, after):
    old, new = table(*before), table(*after)
    found = compare(old, new)
    left = [tuple(row[1:]) for row in old.iter_rows()]
    for change in found.changes():
        values = change["values"]
        if change["op"] == "removed":
            left.remove(tuple(values.values()))
        elif change["op"] == "added":
            left.append(tuple(values.values()))
        else:
            names = ("ref", "payee", "amount")
            place = next(n for n, r in enumerate(left) if all(r[names.index(k)] == v for k, v in change["key"].items()))
            left[place] = tuple(values[n][1] if n in values else left[place][i] for i, n in enumerate(names))
    assert sorted(map(repr, left)) == sorted(repr(tuple(row[1:])) for row in new.iter_rows())
    assert found.same == new.height - found.added - found.changed
