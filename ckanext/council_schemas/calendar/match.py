"""Which files meet which obligation (pure).

A file counts for a period only if it covers it, was last changed after the period ended, holds data, and is
not the same file again under another name. What does not count is told, with the reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from . import duties, naming, periods
from .content import Content
from .duties import Obligation
from .periods import Period

# Of the dates in a list of payments, this part at least is in the period that the list claims.
LEAST = 0.2
COVERAGE, NAMED, TITLE, PUBLISHED = "temporal-coverage", "name", "dataset-title", "published"


@dataclass(frozen=True)
class Evidence:
    """What was measured of a file: whether it counts, its rows where known, why not, its fingerprint, what it holds."""

    counts: bool
    rows: int | None = None
    reason: str = ""
    digest: str = ""
    content: Content | None = None


@dataclass(frozen=True)
class File:
    """A public file of a set. ``published`` and ``changed`` are days in London."""

    id: str
    name: str
    set_id: str
    dataset: str
    dataset_title: str
    published: date
    changed: date
    texts: tuple[str, ...] = ()
    coverage: tuple[Period, ...] = ()
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A file, the period it covers, and what that was read from."""

    file: File
    period: Period
    basis: str
    evidence: Evidence = Evidence(True)


@dataclass(frozen=True)
class Met:
    """How far an obligation is met: ``on`` is the day when it was whole, None while it is not.

    That day is when the last of its files got its content, not when its page was made: a file put up in time
    with nothing in it and filled later was published later.
    """

    on: date | None = None
    parts: tuple[Part, ...] = ()
    missing: tuple[Period, ...] = ()
    refused: tuple[Part, ...] = ()


def covers(file: File, rules: str) -> list[tuple[Period, str]]:
    """The periods of a file and what told them, from the surest source that tells any."""
    for text in file.texts:
        if found := _readings(text, file):
            return [(found, NAMED)]
    if file.coverage:
        return [(period, COVERAGE) for period in file.coverage]
    if found := _readings(f"{file.name} {file.dataset_title}", file):
        return [(found, TITLE)]
    return [(_by_date(file, rules), PUBLISHED)]


def _readings(text: str, file: File) -> Period | None:
    """The first reading that had ended when the file was last changed, else the first."""
    found = naming.find(text)
    period = next((p for p in found if p.end < file.changed), found[0] if found else None)
    if period and naming.is_open(text):
        return Period(period.start, max(period.end, file.changed - periods.DAY))
    return period


def _by_date(file: File, rules: str) -> Period:
    """A file without a period: the newest one that had ended; a picture of how things stand, its year."""
    kind = duties.rhythm(rules, file.set_id)
    if kind == duties.ONCE:
        return Period(date(2014, 10, 1), file.changed)
    if kind == duties.AS_AT:
        return Period(date(periods.year_at(file.changed).start.year, 4, 1), file.changed)
    at = periods.quarter_at(file.published) if kind == duties.QUARTERLY else periods.year_at(file.published)
    if file.set_id in duties.SNAPSHOTS and file.published.month != at.start.month:
        return at
    return periods.before(at)


def meet(
    obligation: Obligation,
    files: Iterable[File],
    rules: str,
    measure: Callable[[File], Evidence],
    taken: dict[str, str],
) -> Met:
    """The files that meet an obligation. ``taken`` (fingerprint to obligation) is filled in: no file twice."""
    parts = [
        Part(file, period, basis)
        for file in files
        if file.set_id == obligation.set_id
        for period, basis in covers(file, rules)
        if _fits(obligation, period, basis, rules)
    ]
    good, refused = [], []
    for part in sorted(parts, key=lambda p: (p.file.changed, p.file.name)):
        judged = _judge(obligation, part, rules, measure, taken)
        (good if judged.evidence.counts else refused).append(judged)
    return _sum(obligation, good, refused, rules)


def _fits(obligation: Obligation, period: Period, basis: str, rules: str) -> bool:
    kind = duties.rhythm(rules, obligation.set_id)
    if kind == duties.ONCE:
        return True
    if kind == duties.AS_AT and period.key and period.key != obligation.period.key:
        return period.start == obligation.period.start
    return period.meets(obligation.period)


def _judge(
    obligation: Obligation, part: Part, rules: str, measure: Callable[[File], Evidence], taken: dict[str, str]
) -> Part:
    # A picture of one day is whole on that day; a list of transactions only when its days are over.
    last = (
        min(part.period.end, obligation.period.end) if duties.rhythm(rules, obligation.set_id) != duties.ONCE else None
    )
    still = part.period.start == part.period.end or part.file.set_id in duties.SNAPSHOTS
    if last and (part.file.changed < last if still and part.basis != PUBLISHED else _too_early(part, last)):
        return replace(part, evidence=Evidence(False, reason="before-end"))
    found = measure(part.file)
    if not found.counts:
        return replace(part, evidence=found)
    if found.rows is not None and found.rows < _claimed(part, rules) and part.file.set_id not in duties.DOCUMENTS:
        return replace(part, evidence=replace(found, counts=False, reason="few-rows"))
    share = found.content.share(part.period.start, part.period.end) if found.content else None
    if share is not None and share < LEAST and part.file.set_id in duties.DATED:
        return replace(part, evidence=replace(found, counts=False, reason="other-dates"))
    if found.digest:
        owner = taken.setdefault(found.digest, part.file.id)
        if owner != part.file.id:
            return replace(part, evidence=replace(found, counts=False, reason="same-file"))
    return replace(part, evidence=found)


def _too_early(part: Part, last: date) -> bool:
    if part.basis == PUBLISHED and part.file.set_id in duties.SNAPSHOTS:
        return False
    return part.file.changed <= last


def _claimed(part: Part, rules: str) -> int:
    """How many periods a file says it covers: it needs at least a row for each."""
    days = (part.period.end - part.period.start).days + 1
    each = 92 if duties.rhythm(rules, part.file.set_id) == duties.QUARTERLY else 366
    return max(1, days // each)


def _sum(obligation: Obligation, good: list[Part], refused: list[Part], rules: str) -> Met:
    """The day on which the parts, oldest first, were enough."""
    whole, parts = obligation.period, []
    for part in good:
        parts.append(part)
        if _enough(obligation, part, rules) or not periods.missing_days(whole, [p.period for p in parts]):
            return Met(part.file.changed, tuple(parts), (), tuple(refused))
    missing = periods.missing_days(whole, [p.period for p in parts]) if parts else []
    return Met(None, tuple(parts), tuple(missing), tuple(refused))


def _enough(obligation: Obligation, part: Part, rules: str) -> bool:
    """Whether one file does by its kind, whatever days it covers."""
    if duties.rhythm(rules, obligation.set_id) in (duties.ONCE, duties.AS_AT):
        return True
    if obligation.set_id in duties.TRANSACTIONS:
        return False
    return obligation.set_id in duties.SNAPSHOTS or part.period.start == part.period.end
