"""A council's calendar as iCalendar, RFC 5545 (pure). Made by the icalendar library.

Each obligation is an all-day event on its last day, with one UID for good, so that a calendar that subscribes renames
its events and never doubles them. SEQUENCE counts what people changed about it (RFC 5546, 2.1.4: a change of status
needs a higher one); a new state alone is told by a later DTSTAMP.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, vText

Dict = dict[str, Any]
DOMAIN = "calendar.towpath"


def feed(council: Dict, entries: Iterable[Dict], sequences: dict[str, int], on: date, words: "Words") -> bytes:
    """The feed: what has a due date. ``sequences`` are the counts of changes by set and period, ``set/period``."""
    calendar = Calendar()
    calendar.add("prodid", "-//Towpath//Transparency Code calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", words.title(council))
    calendar.add("refresh-interval;value=duration", vText("P1D"))
    calendar.add("x-published-ttl", "P1D")
    for entry in entries:
        if entry["due"]:
            calendar.add_component(_event(council, entry, sequences, on, words))
    return calendar.to_ical()


class Words:
    """What the feed says, in the reader's language: each a function of the entry."""

    def __init__(
        self,
        title: Callable[[Dict], str],
        summary: Callable[[Dict], str],
        description: Callable[[Dict], str],
        url: Callable[[Dict], str],
    ) -> None:
        self.title, self.summary, self.description, self.url = title, summary, description, url


def uid(council_id: str, entry: Dict) -> str:
    return f"{council_id}-{entry['set']}-{entry['period']}@{DOMAIN}"


def sequence(entry: Dict, sequences: dict[str, int]) -> int:
    return sum(sequences.get(f"{entry['set']}/{period}", 0) for period in {"", entry["period"]})


def _event(council: Dict, entry: Dict, sequences: dict[str, int], on: date, words: Words) -> Event:
    due = date.fromisoformat(entry["due"])
    event = Event()
    event.add("uid", uid(council["id"], entry))
    event.add("sequence", sequence(entry, sequences))
    event.add("dtstamp", datetime(on.year, on.month, on.day, tzinfo=UTC))
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("summary", words.summary(entry))
    event.add("description", words.description(entry))
    event.add("url", words.url(entry))
    event.add("categories", [entry["state"]])
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if entry["state"] == "not-applicable" else "CONFIRMED")
    if entry["state"] in ("upcoming", "due"):
        event.add_component(_alarm(words.summary(entry)))
    return event


def _alarm(text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", timedelta(days=-14))
    return alarm
