"""Which files meet an obligation, which do not and why; states; the score, and what does not raise it."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ckanext.council_schemas.calendar import duties, match, periods, status
from ckanext.council_schemas.calendar.content import Content
from ckanext.council_schemas.calendar.duties import Obligation
from ckanext.council_schemas.calendar.match import Evidence, File
from ckanext.council_schemas.calendar.status import Said

SPEND, SALARIES, CHART, HOUSING, WASTE = (
    "expenditure-over-500", "senior-salaries", "organisation-chart", "social-housing-asset-value", "waste-contracts",
)  # fmt: skip
Q1 = periods.quarter(2025, 1)
YEAR = periods.financial_year(2024)
SPEND_Q1 = Obligation(SPEND, Q1, date(2025, 7, 30), True)
IN_TIME, LATE_DAY = date(2025, 7, 30), date(2025, 7, 31)


def file(name: str, set_id: str = SPEND, changed: date = IN_TIME, published: date | None = None, **more) -> File:
    values = {"dataset": "spend", "dataset_title": "Spend", "texts": (name,), **more}
    return File(values.pop("id", name), name, set_id, published=published or changed, changed=changed, **values)


def rows(number: int = 10):
    return lambda one: Evidence(number > 0, number, "" if number else "no-rows", f"digest of {one.id}")


def meet(obligation: Obligation, *files: File, measure=None, rules: str = duties.CODE) -> match.Met:
    return match.meet(obligation, files, rules, measure or rows(), {})


def why(met: match.Met) -> list[str]:
    return [part.evidence.reason for part in met.refused]


def test_a_quarter_in_one_file() -> None:
    met = meet(SPEND_Q1, file("April to June 2025"))
    assert met.on == IN_TIME and met.parts[0].basis == match.NAMED and not met.refused


def test_three_months_make_a_quarter_on_the_day_of_the_last() -> None:
    months = [file(f"{m} 2025", changed=date(2025, 7, n)) for n, m in enumerate(("April", "May", "June"), 10)]
    assert meet(SPEND_Q1, *months).on == date(2025, 7, 12)
    two = meet(SPEND_Q1, months[0], months[2])
    assert two.on is None and list(two.missing) == [periods.month(2025, 5)]


def test_other_quarters_do_not_count() -> None:
    met = meet(SPEND_Q1, file("January to March 2025"), file("2025-26 Q2", changed=date(2025, 10, 1)))
    assert met == match.Met()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [(date(2025, 6, 29), ["before-end"]), (date(2025, 6, 30), ["before-end"]), (date(2025, 7, 1), [])],
)
def test_a_list_of_payments_is_whole_only_after_its_last_day(changed: date, reason: list[str]) -> None:
    assert why(meet(SPEND_Q1, file("2025-26 Q1", changed=changed))) == reason


def test_an_empty_file_does_not_count() -> None:
    met = meet(SPEND_Q1, file("2025-26 Q1"), measure=rows(0))
    assert met.on is None and why(met) == ["no-rows"]


def test_a_file_needs_a_row_for_each_period_that_it_claims() -> None:
    ten_years = file("spend", changed=date(2025, 8, 1), coverage=(periods.Period(date(2015, 4, 1), Q1.end),))
    assert why(meet(SPEND_Q1, ten_years, measure=rows(5))) == ["few-rows"]
    assert meet(SPEND_Q1, ten_years, measure=rows(500)).on == date(2025, 8, 1)


def test_last_quarters_bytes_under_a_new_name_do_not_count() -> None:
    same, taken = (lambda one: Evidence(True, 10, "", "one digest")), {}
    last = Obligation(SPEND, periods.quarter(2024, 4), date(2025, 4, 30), True)
    old, new = file("2024-25 Q4", changed=date(2025, 4, 9)), file("2025-26 Q1")
    assert match.meet(last, [old, new], duties.CODE, same, taken).on == date(2025, 4, 9)
    met = match.meet(SPEND_Q1, [old, new], duties.CODE, same, taken)
    assert met.on is None and why(met) == ["same-file"]


def test_one_file_may_meet_two_quarters() -> None:
    taken: dict[str, str] = {}
    half = file("April to September 2025", changed=date(2025, 10, 2))
    second = Obligation(SPEND, periods.quarter(2025, 2), date(2025, 10, 30), True)
    assert match.meet(SPEND_Q1, [half], duties.CODE, rows(), taken).on
    assert match.meet(second, [half], duties.CODE, rows(), taken).on


def test_a_file_that_failed_does_not_count_and_the_next_one_does() -> None:
    def measure(one: File) -> Evidence:
        return Evidence(False, 9, "check-not-passed", "a") if one.name.startswith("bad") else Evidence(True, 9, "", "b")

    met = meet(SPEND_Q1, file("bad 2025-26 Q1"), file("good 2025-26 Q1", changed=LATE_DAY), measure=measure)
    assert met.on == LATE_DAY and why(met) == ["check-not-passed"]


def test_dataset_coverage_counts_where_no_name_tells() -> None:
    met = meet(SPEND_Q1, file("spend.csv", coverage=(Q1,)))
    assert met.on and met.parts[0].basis == match.COVERAGE


def test_a_name_wins_over_the_coverage_of_its_dataset() -> None:
    met = meet(SPEND_Q1, file("2024-25 Q4", coverage=(Q1,)))
    assert met.on is None


def test_a_file_without_period_is_taken_for_the_newest_that_had_ended() -> None:
    met = meet(SPEND_Q1, file("spend.csv", changed=date(2025, 7, 2)))
    assert met.on and met.parts[0].basis == match.PUBLISHED


def test_annual_snapshot_and_as_at() -> None:
    salaries = Obligation(SALARIES, YEAR, date(2025, 4, 30), True)
    assert meet(salaries, file("as at 31 March 2025", SALARIES, date(2025, 4, 2))).on
    assert why(meet(salaries, file("as at 31 March 2025", SALARIES, date(2025, 3, 30)))) == ["before-end"]
    assert meet(salaries, file("Senior salaries 2023-24", SALARIES, date(2025, 4, 2))) == match.Met()
    housing = Obligation(HOUSING, periods.parse("2025-04-01"), date(2025, 4, 30), True)
    assert meet(housing, file("as at 1 April 2025", HOUSING, date(2025, 4, 20))).on
    assert meet(housing, file("as at 1 April 2024", HOUSING, date(2025, 4, 20))) == match.Met()


def test_waste_contracts_count_once_for_good() -> None:
    waste = Obligation(WASTE, periods.parse("once"), date(2015, 1, 31), True)
    assert meet(waste, file("Waste contracts", WASTE, date(2019, 5, 5))).on == date(2019, 5, 5)


def test_since_a_month_goes_on_until_the_file_was_made() -> None:
    assert meet(SPEND_Q1, file("Spending since April 2023")).on == IN_TIME


def test_a_list_whose_dates_are_of_another_quarter_does_not_count() -> None:
    def held(*days: date):
        return lambda one: Evidence(True, 9, "", one.id, Content(len(days), Counter(days)))

    old, new = date(2025, 2, 3), date(2025, 5, 6)
    assert why(meet(SPEND_Q1, file("2025-26 Q1"), measure=held(*[old] * 9, new))) == ["other-dates"]
    assert meet(SPEND_Q1, file("2025-26 Q1"), measure=held(old, old, new)).on
    assert meet(SPEND_Q1, file("2025-26 Q1"), measure=held()).on, "no date could be read: nothing is held against it"


# States


def judge(
    met: match.Met,
    today: date,
    said: list[Said] | None = None,
    obligation: Obligation = SPEND_Q1,
    seen: date | None = None,
):
    return status.judge(obligation, met, said or [], today, seen)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2025, 6, 30), status.UPCOMING),
        (date(2025, 7, 1), status.DUE),
        (IN_TIME, status.DUE),
        (LATE_DAY, status.LATE),
    ],
)
def test_nothing_is_there(today: date, state: str) -> None:
    assert judge(match.Met(), today).status == state


def test_published_in_time_and_late() -> None:
    assert judge(meet(SPEND_Q1, file("2025-26 Q1")), LATE_DAY).in_time is True
    entry = judge(meet(SPEND_Q1, file("2025-26 Q1", changed=LATE_DAY)), LATE_DAY)
    assert (entry.status, entry.in_time) == (status.PUBLISHED, False)


def test_a_correction_after_the_day_does_not_make_it_late() -> None:
    entry = judge(meet(SPEND_Q1, file("2025-26 Q1", changed=date(2025, 9, 1))), date(2025, 9, 2), seen=IN_TIME)
    assert entry.in_time is True and entry.on == IN_TIME


@pytest.mark.parametrize("reason", sorted(status.UNMEASURED))
def test_what_could_not_be_measured_is_unknown_not_late_and_not_published(reason: str) -> None:
    met = meet(SPEND_Q1, file("2025-26 Q1"), measure=lambda one: Evidence(False, reason=reason))
    entry = judge(met, LATE_DAY)
    assert entry.status == status.UNKNOWN
    assert status.score([entry], LATE_DAY + timedelta(1)).percent == 0


def test_where_nothing_binds_nothing_is_late() -> None:
    assert judge(match.Met(), LATE_DAY, obligation=replace(SPEND_Q1, binding=False)).status == status.VOLUNTARY


PARKING = Obligation("parking-account", YEAR, date(2025, 4, 30), True)
NONE_HERE = Said("parking-account", "", True, "The county runs all parking", "ann", date(2025, 1, 1), "bob")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (NONE_HERE, status.NOT_APPLICABLE),
        (replace(NONE_HERE, approved_by=""), status.LATE),
        (replace(NONE_HERE, approved_by="ann"), status.LATE),
        (replace(NONE_HERE, reason=""), status.LATE),
        (replace(NONE_HERE, valid_until=date(2025, 4, 29)), status.LATE),
        (replace(NONE_HERE, valid_until=date(2025, 4, 30)), status.NOT_APPLICABLE),
        (replace(NONE_HERE, period=YEAR.key), status.NOT_APPLICABLE),
        (replace(NONE_HERE, period="2023-24"), status.LATE),
    ],
)
def test_not_applicable_needs_a_reason_and_a_second_person_and_runs_out(said: Said, state: str) -> None:
    assert judge(match.Met(), date(2025, 6, 1), [said], PARKING).status == state


def test_spending_applies_to_every_council() -> None:
    said = [replace(NONE_HERE, set_id=SPEND)]
    assert judge(match.Met(), LATE_DAY, said).status == status.LATE


# The score


def entries(count: int, on: date | None) -> list[status.Entry]:
    met = match.Met(on)
    quarters = [periods.quarter(2024, 2), periods.quarter(2024, 3), periods.quarter(2024, 4), Q1][:count]
    return [
        judge(met, date(2025, 8, 1), obligation=Obligation(SPEND, q, periods.add_months(q.end, 1), True))
        for q in quarters
    ]


def test_score_of_what_fell_due_in_the_year() -> None:
    today = date(2025, 8, 1)
    assert status.score(entries(4, date(2024, 10, 1)), today).percent == 100
    assert status.score(entries(4, date(2025, 7, 31)), today).percent == 50
    assert status.score(entries(4, None), today).percent == 0
    found = status.score([*entries(2, date(2024, 10, 1)), *entries(4, None)[2:]], today)
    assert (found.percent, found.due, found.in_time, found.missing) == (50, 4, 2, 2)


def test_what_is_due_today_or_later_is_not_in_the_score() -> None:
    one = judge(match.Met(), IN_TIME)
    assert status.score([one], IN_TIME).percent is None
    assert status.score([judge(match.Met(), LATE_DAY)], LATE_DAY).percent == 0


def test_too_many_exceptions_count_as_missing() -> None:
    said, found = [], []
    for set_id in [one for one in duties.RHYTHMS if one not in duties.ALWAYS][:8]:
        said.append(replace(NONE_HERE, set_id=set_id))
        found.append(judge(match.Met(), date(2025, 6, 1), said, Obligation(set_id, YEAR, date(2025, 4, 30), True)))
    score = status.score(found, date(2025, 6, 1))
    assert (score.excepted, score.missing, score.percent) == (duties.MOST_EXCEPTED, 8 - duties.MOST_EXCEPTED, 0)
