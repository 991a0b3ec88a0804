import pytest

from ckanext.portal.index_diff import Need, Row, differences

NOW = 1_000_000
SETTLED = NOW - 60_000


def row(id: str, modified: int = 5, state: str = "active", private: bool = False, written: int = 0) -> Row:
    return Row(id, modified, state, private, written)


def test_the_same_on_both_sides_needs_nothing():
    rows = [row("a"), row("b", private=True), row("c", state="draft")]
    assert list(differences(rows, rows, SETTLED)) == []


@pytest.mark.parametrize("place", ["a", "c", "z"])
def test_what_the_index_lacks_is_added_wherever_it_stands(place):
    rest = [row(id) for id in ("b", "d")]
    database = sorted([*rest, row(place)], key=lambda each: each.id)
    assert list(differences(database, rest, SETTLED)) == [(place, Need.ADD)]


def test_what_the_database_lacks_is_removed():
    assert list(differences([row("b")], [row("a"), row("b"), row("c")], SETTLED)) == [
        ("a", Need.REMOVE),
        ("c", Need.REMOVE),
    ]


@pytest.mark.parametrize("changed", [{"modified": 6}, {"modified": 4}, {"state": "deleted"}, {"private": True}])
def test_a_document_that_says_something_else_is_refreshed(changed):
    assert list(differences([row("a")], [row("a", **changed)], SETTLED)) == [("a", Need.REFRESH)]


def test_what_was_just_written_may_not_be_committed_yet():
    index = [row("a", written=NOW), row("b", modified=9, written=NOW)]
    assert list(differences([row("b")], index, SETTLED)) == []


def test_a_missing_document_is_added_however_young_the_rest():
    assert list(differences([row("a"), row("b")], [row("b", written=NOW)], SETTLED)) == [("a", Need.ADD)]


def test_two_documents_of_one_dataset_are_one():
    assert list(differences([row("a"), row("b")], [row("a"), row("a"), row("b")], SETTLED)) == []


def test_nothing_on_either_side():
    assert list(differences([], [], SETTLED)) == []
    assert list(differences([row("a")], [], SETTLED)) == [("a", Need.ADD)]
    assert list(differences([], [row("a")], SETTLED)) == [("a", Need.REMOVE)]


def test_streams_are_read_as_they_come():
    def endless():
        number = 0
        while True:
            yield row(f"{number:09}")
            number += 1

    found = differences(endless(), iter([]), SETTLED)
    assert [next(found)[0] for _ in range(3)] == ["000000000", "000000001", "000000002"]
