"""The calendar at its edges: days around last days, leap days, the score's twelve months, the feed as others read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from ckanext.council_schemas.calendar import duties, ics, match, periods, remind, status
from ckanext.council_schemas.calendar.duties import Obligation

SPEND = "expenditure-over-500"


def missing(today: date) -> list[status.Entry]:
    """What a council that publishes nothing owes: each obligation of England, judged."""
    found = duties.obligations(duties.CODE, today, periods.add_months(today, -12))
    return [status.judge(one, match.Met(), [], today) for one in found]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    "today", [*days(date(2024, 1, 28), date(2024, 5, 2)), *days(date(2025, 4, 28), date(2025, 8, 1))]
)
def test_the_score_is_of_one_year_on_every_day(today: date) -> None:
    """Four quarters of each quarterly set, one year of each annual one, waste once: also over a leap day."""
    score = status.score(missing(today), today)
    quarterly = sum(kind == duties.QUARTERLY for kind in duties.RHYTHMS.values())
    assert (score.due, score.percent) == (4 * quarterly + len(duties.RHYTHMS) - quarterly, 0)


@pytest.mark.parametrize(
    ("period", "due"),
    [
        (periods.quarter(2025, 3), date(2026, 1, 31)),
        (periods.quarter(2023, 4), date(2024, 4, 30)),
        (periods.quarter(2025, 1), date(2025, 7, 30)),
    ],
)
def test_a_quarter_is_due_to_the_end_of_its_day(period: periods.Period, due: date) -> None:
    one = Obligation(SPEND, period, duties.due(duties.CODE, SPEND, period), True)
    assert one.due == due
    states = [status.judge(one, match.Met(), [], day).status for day in (due, due + timedelta(1))]
    assert states == [status.DUE, status.LATE]
    for on, in_time in ((due, True), (due + timedelta(1), False)):
        assert status.judge(one, match.Met(on), [], due + timedelta(9)).in_time is in_time


@pytest.mark.parametrize(
    ("days_left", "told"),
    [(15, None), (14, remind.SOON), (0, remind.SOON), (-1, remind.LATE), (-29, remind.LATE), (-30, remind.STILL_LATE)],
)
def test_when_a_reminder_is_sent(days_left: int, told: str | None) -> None:
    due = date(2024, 1, 31)
    one = Obligation(SPEND, periods.quarter(2023, 3), due, True)
    today = due - timedelta(days_left)
    assert remind.kind(status.judge(one, match.Met(), [], today), today) == told
    published = status.judge(one, match.Met(due), [], today)
    voluntary = Obligation(SPEND, one.period, due, False)
    assert remind.kind(published, today) is None
    assert remind.kind(status.judge(voluntary, match.Met(), [], today), today) is None


WORDS = ics.Words(
    title=lambda council: f"Côd Tryloywder; {council['title']}",
    summary=lambda entry: f"{entry['set']}, {entry['period']}; £500 — cyhoeddi erbyn y diwrnod olaf, os gwelwch yn dda",
    description=lambda entry: "First line\nsecond line, with a comma; and \\ a backslash " + "x" * 200,
    url=lambda entry: f"https://example.gov.uk/organization/calendar/a/{entry['set']}?period={entry['period']}",
)


def entries(*days_: date) -> list[dict]:
    states = ("due", "late", "published", "upcoming", "not-applicable", "voluntary")
    return [
        {"set": SPEND, "period": f"{day.year}-{number}", "due": day.isoformat(), "state": states[number % len(states)]}
        for number, day in enumerate(days_)
    ]


def feed(found: list[dict], on: date = date(2026, 11, 26)) -> bytes:
    return ics.feed({"id": "b-1", "title": "Aireborough, the council"}, found, {f"{SPEND}/": 2}, on, WORDS)


def test_the_feed_is_read_as_it_was_meant() -> None:
    due = [
        date(2024, 2, 29),
        date(2025, 12, 31),
        date(2026, 1, 31),
        date(2026, 4, 30),
        date(2026, 7, 30),
        date(2026, 10, 30),
    ]
    body = feed([*entries(*due), {"set": SPEND, "period": "2025-26", "due": None, "state": "voluntary"}])
    read = Calendar.from_ical(body)
    assert not read.errors and read["version"] == "2.0" and read["prodid"] and read["method"] == "PUBLISH"
    events = list(read.walk("VEVENT"))
    assert [event.decoded("dtstart") for event in events] == due
    assert [event.decoded("dtend") for event in events] == [day + timedelta(1) for day in due]
    assert events[0].decoded("dtend") == date(2024, 3, 1) and events[1].decoded("dtend") == date(2026, 1, 1)
    for event, told in zip(events, entries(*due), strict=True):
        assert not event.errors and event["sequence"] == 2
        assert str(event["summary"]) == WORDS.summary(told)
        assert str(event["description"]) == WORDS.description(told)
        assert str(event["url"]) == WORDS.url(told)
        assert event.decoded("dtstamp") == datetime(2026, 11, 26, tzinfo=UTC)
        alarms = event.walk("VALARM")
        assert len(alarms) == (told["state"] in ("upcoming", "due"))
        assert all(alarm.decoded("trigger") == timedelta(days=-14) and alarm["description"] for alarm in alarms)
    assert len({event["uid"] for event in events}) == len(events)
    assert [event["status"] for event in events].count("CANCELLED") == 1


def test_the_lines_of_the_feed_are_those_of_rfc_5545() -> None:
    body = feed(entries(date(2026, 1, 31)))
    assert body.endswith(b"END:VCALENDAR\r\n") and body.count(b"\n") == body.count(b"\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    body.decode()
    empty = Calendar.from_ical(feed([]))
    assert list(empty.walk("VEVENT")) == []
