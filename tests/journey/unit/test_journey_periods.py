"""The next period in a title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.journey.workflow.periods import following


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Spend over £500, Q1 2025/26", "Spend over £500, Q2 2025/26"),
        ("Spend over £500, Q4 2025/26", "Spend over £500, Q1 2026/27"),
        ("Spend Q4 2025-2026", "Spend Q1 2026-2027"),
        ("Quarter 4, 2025", "Quarter 1, 2026"),
        ("spend-2025-q4", "spend-2026-q1"),
        ("Spend 1999/00", "Spend 2000/01"),
        ("Spend December 2025", "Spend January 2026"),
        ("spend_dec_2025", "spend_jan_2026"),
        ("spend_2025_q1", "spend_2025_q2"),
        ("Payments, Oct 2025", "Payments, Nov 2025"),
        ("April to June 2025", "July to September 2025"),
        ("October to December 2025", "January to March 2026"),
        ("November to January 2026", "February to April 2026"),
        ("Spend 2025-12", "Spend 2026-01"),
        ("Budget 2025/26", "Budget 2026/27"),
        ("Pay multiple 2025", "Pay multiple 2026"),
    ],
)
def test_the_period_moves_on_by_itself(text, expected):
    assert following(text) == expected


@pytest.mark.parametrize("text", ["Public toilets", "Route 66", "", "Q5", "12345"])
def test_what_names_no_period_stays(text):
    assert following(text) is None


@given(st.integers(1990, 2080), st.integers(1, 4))
def test_four_quarters_make_a_year(year, quarter):
    text = f"Q{quarter} {year}/{(year + 1) % 100:02}"
    moved = text
    for _ in range(4):
        moved = following(moved)
    assert moved == f"Q{quarter} {year + 1}/{(year + 2) % 100:02}"


@given(st.text(max_size=60))
def test_any_text_is_taken(text):
    moved = following(text)
    assert moved is None or moved != text
