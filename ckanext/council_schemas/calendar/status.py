"""Each obligation's status, and the score of a council (pure).

The score is the share of what fell due in the last twelve months that the public can have: 1 for what came in
time, a half for what came late, nothing for what is not there or could not be measured. Without a binding rule there
is no score.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from . import duties, periods
from .duties import Obligation
from .match import Met

PUBLISHED, DUE, LATE, UNKNOWN, UPCOMING, NOT_APPLICABLE, VOLUNTARY = (
    "published", "due", "late", "unknown", "upcoming", "not-applicable", "voluntary",
)  # fmt: skip
STATES = (LATE, UNKNOWN, DUE, UPCOMING, PUBLISHED, NOT_APPLICABLE, VOLUNTARY)
# There is a file, and nothing says yet whether it holds the data.
UNMEASURED = {"not-measured", "being-checked"}
WEIGHT = {True: 1.0, False: 0.5, None: 1.0}


@dataclass(frozen=True)
class Said:
    """What people said of a set, or of one period of it. ``period`` is a key, or empty for every period."""

    set_id: str
    period: str = ""
    not_applicable: bool = False
    reason: str = ""
    said_by: str = ""
    said_on: date | None = None
    approved_by: str = ""
    valid_until: date | None = None
    owner: str = ""
    email: str = ""
    system: str = ""
    sequence: int = 0


@dataclass(frozen=True)
class Entry:
    """One obligation with its status. ``in_time`` is None where nothing says when it came."""

    obligation: Obligation
    status: str
    met: Met
    on: date | None = None
    in_time: bool | None = None
    said: Said | None = None
    claims: Said | None = None


def said_of(said: Iterable[Said], obligation: Obligation) -> Said | None:
    """What was said of this period, else of the set; that it does not apply before anything else."""
    of_set = {one.period: one for one in said if one.set_id == obligation.set_id}
    found = [of_set[period] for period in (obligation.period.key, "") if period in of_set]
    return next((one for one in found if one.not_applicable), found[0] if found else None)


def holds(said: Said, obligation: Obligation) -> bool:
    """Whether a "not applicable" takes an obligation out: with a reason, approved by another, not run out."""
    other = bool(said.approved_by) and said.approved_by != said.said_by
    in_force = said.valid_until is None or (obligation.due or obligation.period.end) <= said.valid_until
    return said.not_applicable and bool(said.reason) and other and in_force and obligation.set_id not in duties.ALWAYS


def judge(obligation: Obligation, met: Met, said: list[Said], today: date, seen: date | None = None) -> Entry:
    """The status of an obligation. ``seen`` is the day on which it was first found whole, if that was recorded."""
    mine = said_of(said, obligation)
    claims = mine if mine and mine.not_applicable else None
    if met.on:
        on = min(met.on, seen) if seen else met.on
        once = obligation.period.key == "once"
        in_time = None if once or not obligation.due else on <= obligation.due
        return Entry(obligation, PUBLISHED, met, on, in_time, mine, claims)
    if claims and holds(claims, obligation):
        return Entry(obligation, NOT_APPLICABLE, met, said=mine, claims=claims)
    return Entry(obligation, _waits(obligation, met, today), met, said=mine, claims=claims)


def _waits(obligation: Obligation, met: Met, today: date) -> str:
    if obligation.period.end >= today and obligation.period.key != "once":
        return UPCOMING
    if any(part.evidence.reason in UNMEASURED for part in met.refused):
        return UNKNOWN
    if not obligation.binding:
        return VOLUNTARY
    # In time means by the end of the last day, in London.
    return LATE if obligation.due and today > obligation.due else DUE


@dataclass(frozen=True)
class Score:
    """``percent`` is rounded down; None where nothing that binds was due."""

    percent: int | None
    due: int
    in_time: int
    late: int
    missing: int
    excepted: int


def score(entries: Iterable[Entry], today: date) -> Score:
    """The score of what was due in the year up to today, and of what is due once.

    Exceptions beyond ``duties.MOST_EXCEPTED`` sets count as missing.
    """
    judged = [entry for entry in entries if entry.obligation.binding and _counts(entry, today)]
    sets = sorted({e.obligation.set_id for e in judged if e.status == NOT_APPLICABLE}, key=list(duties.RHYTHMS).index)
    excepted = [e for e in judged if e.status == NOT_APPLICABLE and e.obligation.set_id in sets[: duties.MOST_EXCEPTED]]
    rest = [entry for entry in judged if entry not in excepted]
    there = [entry for entry in rest if entry.status == PUBLISHED]
    points = sum(WEIGHT[entry.in_time] for entry in there)
    after = sum(entry.in_time is False for entry in there)
    percent = int(100 * points / len(rest)) if rest else None
    return Score(percent, len(rest), len(there) - after, after, len(rest) - len(there), len(excepted))


def _counts(entry: Entry, today: date) -> bool:
    due = entry.obligation.due
    # By the calendar, not by days: over a leap day last year's sets would be out of the score before this year's are in it.
    return bool(due) and (entry.obligation.period.key == "once" or periods.add_months(today, -12) <= due < today)
