"""In which turns the rows of many events are written."""

from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey.rows import Row
from ckanext.journey.turns import turns

KEYS = {"journey_hop": ["id"], "journey_step": ["id"], "t": ["id"]}


def hops(package, *numbers):
    cleared = Row("journey_hop", {"package_id": package}, "clear")
    return [cleared, *(Row("journey_hop", {"package_id": package, "id": number}, "replace") for number in numbers)]


def one_by_one(rows):
    return [row for turn in turns(rows, KEYS) for row in turn]


def test_many_datasets_are_cleared_together():
    rows = hops("one", 1, 2) + hops("two", 3)
    assert [[(row.mode, row.values.get("id")) for row in turn] for turn in turns(rows, KEYS)] == [
        [("clear", None), ("clear", None)],
        [("replace", 1), ("replace", 2), ("replace", 3)],
    ]


def test_what_came_before_is_cleared_after_it():
    rows = hops("one", 1) + hops("two", 2) + hops("one", 3)
    assert one_by_one(rows) == rows


def test_tables_keep_apart():
    step = Row("journey_step", {"package_id": "one", "id": 9}, "replace")
    rows = [step, *hops("one", 1)]
    assert one_by_one(rows) == [*hops("one", 1), step]


def test_rows_of_one_kind_go_together_whatever_stands_between_them():
    rows = [Row("t", {"id": key, "a": key}, mode) for key in (1, 2) for mode in ("fill", "update")]
    assert [[(row.mode, row.values["id"]) for row in turn] for turn in turns(rows, KEYS)] == [
        [("fill", 1), ("fill", 2)],
        [("update", 1), ("update", 2)],
    ]


def written(rows):
    """What a table holds after these rows, as `Row` says."""
    table = {}
    for row in rows:
        key, values = row.values["id"], row.values
        if row.mode == "clear":
            table = {key: one for key, one in table.items() if one["p"] != values["p"]}
        elif key not in table:
            table |= {} if row.mode == "update" else {key: {"a": None, "b": None, **values}}
        elif row.mode == "fill":
            table[key] |= {name: value for name, value in values.items() if table[key][name] is None}
        elif row.mode != "keep":
            table[key] |= values
    return table


VALUE = st.one_of(st.none(), st.integers(0, 3))
COLUMNS = st.sampled_from([("a",), ("b",), ("a", "b")])


@given(
    st.lists(
        st.builds(
            lambda mode, key, names, one, two: Row("t", {"id": key, "p": key % 2, **dict(zip(names, (one, two)))}, mode),
            st.sampled_from(["keep", "fill", "replace", "update"]), st.integers(0, 3), COLUMNS, VALUE, VALUE,
        ),
        max_size=14,
    )
)  # fmt: skip
def test_the_turns_leave_what_one_row_after_the_other_leaves(rows):
    before = [dict(row.values) for row in rows]
    found = list(turns(rows, KEYS))
    assert written(row for turn in found for row in turn) == written(rows)
    for turn in found:
        assert len({(row.mode, tuple(row.values)) for row in turn}) == 1
        assert len({row.values["id"] for row in turn}) == len(turn)
    assert [row.values for row in rows] == before
