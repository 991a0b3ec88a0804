from datetime import date

import pytest

from ckanext.portal.dates import day


@pytest.mark.parametrize(
    ("text", "first", "pattern"),
    [
        ("2026-10-28", date(2026, 10, 28), "d MMMM y"),
        ("2020-05-04T23:30:00+00:00", date(2020, 5, 4), "d MMMM y"),
        ("2026-11-23 16:37:26.698296", date(2026, 11, 23), "d MMMM y"),
        (" 2024-05 ", date(2024, 5, 1), "MMMM y"),
        ("2024", date(2024, 1, 1), "y"),
    ],
)
def test_a_date_is_as_precise_as_it_was_written(text, first, pattern):
    found = day(text)
    assert found and (found.first, found.pattern) == (first, pattern)


@pytest.mark.parametrize(
    "text", ["", None, 2024, "last week", "2024-13", "2023-02-29", "20240501", "01/02/2026", "0000"]
)
def test_what_is_no_date_is_none(text):
    assert day(text) is None


def test_what_the_page_says_to_machines_is_iso():
    found = day("2026-11-23 16:37:26")
    assert found and found.iso == "2026-11-23T16:37:26"
