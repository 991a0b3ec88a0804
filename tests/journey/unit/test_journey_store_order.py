"""In which order the rows of many events are written."""

from ckanext.journey.rows import Row
from ckanext.journey.store import _in_turn


def hops(package, *numbers):
    cleared = Row("journey_hop", {"package_id": package}, "clear")
    return [cleared, *(Row("journey_hop", {"package_id": package, "id": number}, "replace") for number in numbers)]


def test_many_datasets_are_cleared_together():
    rows = hops("one", 1, 2) + hops("two", 3)
    assert [(row.mode, row.values.get("id")) for row in _in_turn(rows)] == [
        *[("clear", None), ("clear", None)],
        *[("replace", 1), ("replace", 2), ("replace", 3)],
    ]


def test_what_came_before_is_cleared_after_it():
    rows = hops("one", 1) + hops("two", 2) + hops("one", 3)
    assert list(_in_turn(rows)) == rows


def test_tables_keep_apart():
    step = Row("journey_step", {"package_id": "one", "id": 9}, "replace")
    rows = [step, *hops("one", 1)]
    assert list(_in_turn(rows)) == [*hops("one", 1), step]
