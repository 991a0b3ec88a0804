"""Which sets bind which council, in what rhythm, by when (pure).

Sources: Local Government Transparency Code 2015 (England), parts 2.1 to 2.3; Transparency Code for Smaller
Authorities 2014; Public Services Reform (Scotland) Act 2010, section 31.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from . import periods
from .periods import Period

QUARTERLY, ANNUAL, AS_AT, ONCE = "quarterly", "annual", "as-at", "once"
RHYTHMS = {
    "expenditure-over-500": QUARTERLY,
    "procurement-card": QUARTERLY,
    "invitations-to-tender": QUARTERLY,
    "contracts": QUARTERLY,
    "grants-vcse": ANNUAL,
    "organisation-chart": ANNUAL,
    "trade-union-facility-time": ANNUAL,
    "parking-account": ANNUAL,
    "parking-spaces": ANNUAL,
    "senior-salaries": ANNUAL,
    "constitution": ANNUAL,
    "pay-multiple": ANNUAL,
    "fraud": ANNUAL,
    "land-and-building-assets": ANNUAL,
    "social-housing-asset-value": AS_AT,
    "waste-contracts": ONCE,
}
# Sets that list every transaction of their period: a picture of one day does not meet them.
TRANSACTIONS = {"expenditure-over-500", "procurement-card", "invitations-to-tender", "contracts", "grants-vcse"}
# Lists of payments: their dates are those of the period, whatever else is in them.
DATED = {"expenditure-over-500", "procurement-card", "grants-vcse"}
# What stands at a moment: without a named period, a file published in the year is that year's.
SNAPSHOTS = {"organisation-chart", "constitution", "land-and-building-assets", "parking-spaces"}
# Documents, where a row is no measure.
DOCUMENTS = {"organisation-chart", "constitution", "parking-account", "pay-multiple"}
# Every council has spending, staff and a constitution: nobody can say that these do not apply.
ALWAYS = {"expenditure-over-500", "organisation-chart", "senior-salaries", "constitution", "pay-multiple", "contracts"}
MOST_EXCEPTED = 6  # of 16 sets; more would be a calendar of exceptions

CODE, WALES, SCOTLAND, NORTHERN_IRELAND, SMALLER, NONE = (
    "code-2015", "wales", "scotland", "northern-ireland", "smaller", "none",
)  # fmt: skip


@dataclass(frozen=True)
class Obligation:
    """One set for one period. ``due`` is the last day in time; None where no date is laid down."""

    set_id: str
    period: Period
    due: date | None
    binding: bool

    @property
    def key(self) -> str:
        return f"{self.set_id}/{self.period.key}"


def regime(gss_code: str, smaller: bool = False) -> str:
    """Which rules an organisation is under, by its GSS code; ``smaller`` is what one without a code says of itself."""
    if gss_code.startswith("E"):
        return CODE
    nations = {"W": WALES, "S": SCOTLAND, "N": NORTHERN_IRELAND}
    return nations.get(gss_code[:1], SMALLER if smaller and not gss_code else NONE)


def binding(rules: str, set_id: str) -> bool:
    return rules == CODE or (rules == SMALLER and set_id in _sets(rules))


def _sets(rules: str) -> list[str]:
    if rules == NONE:
        return []
    if rules == SMALLER:
        return ["expenditure-over-500", "land-and-building-assets"]
    return list(RHYTHMS)


def rhythm(rules: str, set_id: str) -> str:
    """Quarterly, annual, as at 1 April or once. Scotland and smaller authorities report spending by the year."""
    yearly = rules == SMALLER or (rules == SCOTLAND and set_id == "expenditure-over-500")
    return ANNUAL if yearly else RHYTHMS[set_id]


def has_period(set_id: str, key: str) -> bool:
    """Whether a set can be due for a period; what is quarterly in England is yearly elsewhere."""
    try:
        periods.parse(key)
    except ValueError:
        return False
    kind = ONCE if key == "once" else QUARTERLY if "Q" in key else AS_AT if key.count("-") == 2 else ANNUAL
    mine = RHYTHMS.get(set_id)
    return kind == mine or (kind == ANNUAL and mine == QUARTERLY)


def due(rules: str, set_id: str, period: Period) -> date | None:
    """The last day on which it is in time."""
    if rules == SMALLER:
        return date(period.end.year, 7, 1)
    if rules == SCOTLAND and set_id == "expenditure-over-500":
        return None  # "as soon as is reasonably practicable"
    if rhythm(rules, set_id) == AS_AT:
        return date(period.end.year, 4, 30)
    return periods.add_months(period.end, 1)


def obligations(rules: str, today: date, since: date) -> list[Obligation]:
    """What was or is due from ``since`` on, up to the period that runs today, by set and then newest first."""
    return [one for set_id in _sets(rules) for one in _of_set(rules, set_id, today, since)]


def _of_set(rules: str, set_id: str, today: date, since: date) -> Iterator[Obligation]:
    bound, kind = binding(rules, set_id), rhythm(rules, set_id)
    if kind == ONCE:
        once = periods.parse("once")
        yield Obligation(set_id, once, due(rules, set_id, once), bound)
        return
    if kind == AS_AT:
        found = _valuations(today)
    else:
        found = _back(periods.quarter_at(today) if kind == QUARTERLY else periods.year_at(today))
    for period in found:
        last = due(rules, set_id, period)
        if (last or period.end) < since:
            return
        yield Obligation(set_id, period, last, bound)


def _back(period: Period) -> Iterator[Period]:
    while period.end.year > 2013:
        yield period
        period = periods.before(period)


def _valuations(today: date) -> Iterator[Period]:
    """1 April of each year, the next one first."""
    for year in range(periods.year_at(today).end.year, 2013, -1):
        yield periods.parse(f"{year}-04-01")
