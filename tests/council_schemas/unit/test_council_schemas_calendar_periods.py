"""Quarters, years and due dates at their edges; periods that names tell; which rules bind whom."""

from datetime import date

import pytest

from ckanext.council_schemas.calendar import duties, naming, periods
from ckanext.council_schemas.calendar.periods import Period


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2025, 3, 31), "2024-25-Q4"),
        (date(2025, 4, 1), "2025-26-Q1"),
        (date(2025, 6, 30), "2025-26-Q1"),
        (date(2025, 7, 1), "2025-26-Q2"),
        (date(2025, 9, 30), "2025-26-Q2"),
        (date(2025, 12, 31), "2025-26-Q3"),
        (date(2026, 1, 1), "2025-26-Q4"),
        (date(2024, 2, 29), "2023-24-Q4"),
        (date(1999, 12, 31), "1999-00-Q3"),
    ],
)
def test_a_day_is_in_its_quarter(day: date, key: str) -> None:
    found = periods.quarter_at(day)
    assert found.key == key and found.start <= day <= found.end
    assert periods.parse(key) == found


def test_quarters_follow_each_other_without_a_gap() -> None:
    now = periods.quarter_at(date(2026, 11, 25))
    for _ in range(12):
        last = periods.before(now)
        assert last.end + periods.DAY == now.start
        now = last


@pytest.mark.parametrize(
    ("end", "due"),
    [
        (date(2025, 3, 31), date(2025, 4, 30)),
        (date(2025, 6, 30), date(2025, 7, 30)),
        (date(2025, 9, 30), date(2025, 10, 30)),
        (date(2025, 12, 31), date(2026, 1, 31)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2025, 1, 31), date(2025, 2, 28)),
    ],
)
def test_a_month_later(end: date, due: date) -> None:
    assert periods.add_months(end, 1) == due


def test_months_back_over_a_leap_day() -> None:
    assert periods.add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert periods.add_months(date(2025, 1, 31), -2) == date(2024, 11, 30)


@pytest.mark.parametrize("key", ["2025-27", "2025-26-Q5", "2025-13-01", "2025-04-02", "", "2025", "once more"])
def test_no_key(key: str) -> None:
    with pytest.raises(ValueError):
        periods.parse(key)


def test_what_no_part_covers() -> None:
    whole = periods.quarter(2025, 1)
    april, june = periods.month(2025, 4), periods.month(2025, 6)
    assert periods.missing_days(whole, [june, april]) == [periods.month(2025, 5)]
    assert periods.missing_days(whole, [april, periods.month(2025, 5), june]) == []
    assert periods.missing_days(whole, [periods.financial_year(2025)]) == []
    assert periods.missing_days(whole, []) == [Period(whole.start, whole.end)]
    assert periods.missing_days(whole, [Period(date(2025, 4, 2), whole.end)]) == [Period(whole.start, whole.start)]


def test_labels() -> None:
    assert periods.label(periods.quarter(2025, 4)) == "Quarter 4, January to March 2026"
    assert periods.label(periods.quarter(2025, 4), "cy") == "Chwarter 4, Ionawr i Mawrth 2026"
    assert periods.label(periods.parse("2025-04-01")) == "1 April 2025"
    assert periods.label(periods.financial_year(2025)) == "2025-26"


Q1 = periods.quarter(2025, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Spend over £500 2025-26 Q1", [Q1]),
        ("spend_q1_2025-26.csv", [Q1]),
        ("spend-over-500-2025-26-q1.csv", [Q1]),
        ("Qtr 1 2025/26", [Q1]),
        ("Quarter 1 2025/2026", [Q1]),
        ("April to June 2025", [Q1]),
        ("Apr-Jun 2025", [Q1]),
        ("Ebrill i Mehefin 2025", [Q1]),
        ("Q1 April to June 2025", [Q1]),
        ("Chwarter 1 2025-26", [Q1]),
        ("01/04/2025 - 30/06/2025", [Q1]),
        ("2025-04-01 to 2025-06-30", [Q1]),
        ("Q1 2025", [Q1, periods.quarter(2024, 4)]),
        ("November 2024 to January 2025", [Period(date(2024, 11, 1), date(2025, 1, 31))]),
        ("November to January 2025", [Period(date(2024, 11, 1), date(2025, 1, 31))]),
        ("May 2025", [periods.month(2025, 5)]),
        ("2025-05", [periods.month(2025, 5)]),
        ("spend-202505.csv", [periods.month(2025, 5)]),
        ("payments May-25.csv", [periods.month(2025, 5)]),
        ("Senior salaries 2024/25", [periods.financial_year(2024)]),
        ("2024-25", [periods.financial_year(2024)]),
        ("Pay multiple, 2014-15 to 2025-26", [Period(date(2014, 4, 1), date(2026, 3, 31))]),
        ("as at 31 March 2025", [Period(date(2025, 3, 31), date(2025, 3, 31))]),
        ("31st March 2025", [Period(date(2025, 3, 31), date(2025, 3, 31))]),
        ("2024-26", []),
        ("Spend over £500", []),
        ("Marching orders", []),
        ("31/02/2025", []),
        ("", []),
        ("x" * 100_000, []),
    ],
)
def test_a_name_tells_its_period(text: str, found: list[Period]) -> None:
    assert [(p.start, p.end) for p in naming.find(text)] == [(p.start, p.end) for p in found]


def test_2011_12_may_be_a_year_or_a_month() -> None:
    assert naming.find("2011-12") == [periods.financial_year(2011), periods.month(2011, 12)]


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("E08000035", duties.CODE),
        ("E47000003", duties.CODE),
        ("W06000015", duties.WALES),
        ("S12000036", duties.SCOTLAND),
        ("N09000003", duties.NORTHERN_IRELAND),
        ("", duties.NONE),
    ],
)
def test_the_gss_code_says_which_rules(code: str, rules: str) -> None:
    assert duties.regime(code) == rules


def test_a_smaller_authority_says_so_itself_and_only_without_a_code() -> None:
    assert duties.regime("", smaller=True) == duties.SMALLER
    assert duties.regime("E08000035", smaller=True) == duties.CODE


def due(rules: str, today: date, since: date) -> dict[str, tuple[date | None, bool]]:
    return {one.key: (one.due, one.binding) for one in duties.obligations(rules, today, since)}


def test_all_sixteen_sets_bind_in_england() -> None:
    found = due(duties.CODE, date(2026, 4, 1), date(2025, 4, 1))
    assert {key.split("/")[0] for key in found} == set(duties.RHYTHMS) and len(duties.RHYTHMS) == 16
    assert all(binding for _, binding in found.values())
    assert found["expenditure-over-500/2025-26-Q4"] == (date(2026, 4, 30), True)
    assert found["expenditure-over-500/2026-27-Q1"] == (date(2026, 7, 30), True)
    assert found["senior-salaries/2025-26"] == (date(2026, 4, 30), True)
    assert found["social-housing-asset-value/2026-04-01"] == (date(2026, 4, 30), True)
    assert [key for key in found if key.startswith("waste")] == ["waste-contracts/once"]


@pytest.mark.parametrize(("today", "running"), [(date(2026, 3, 31), "2025-26-Q4"), (date(2026, 4, 1), "2026-27-Q1")])
def test_the_quarter_that_runs_changes_on_1_april(today: date, running: str) -> None:
    keys = list(due(duties.CODE, today, date(2025, 4, 1)))
    assert keys[0] == f"expenditure-over-500/{running}"


def test_nothing_binds_elsewhere_but_scottish_spending_is_asked_by_the_year() -> None:
    for rules in (duties.WALES, duties.SCOTLAND, duties.NORTHERN_IRELAND):
        assert not any(binding for _, binding in due(rules, date(2026, 4, 1), date(2025, 4, 1)).values())
    scots = due(duties.SCOTLAND, date(2026, 4, 1), date(2025, 4, 1))
    assert scots["expenditure-over-500/2025-26"] == (None, False)
    assert due(duties.NONE, date(2026, 4, 1), date(2025, 4, 1)) == {}


def test_smaller_authorities_have_until_1_july() -> None:
    found = due(duties.SMALLER, date(2026, 4, 1), date(2025, 8, 1))
    assert found["expenditure-over-500/2025-26"] == (date(2026, 7, 1), True)
    assert set(found) == {
        "expenditure-over-500/2025-26", "expenditure-over-500/2026-27",
        "land-and-building-assets/2025-26", "land-and-building-assets/2026-27",
    }  # fmt: skip
