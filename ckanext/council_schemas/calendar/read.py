"""Gathers what a council's calendar is made of: its public datasets, what people said, what was seen before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from .. import dates
from . import duties, match, measure, periods, status, store
from .match import Evidence, File
from .measure import Check
from .model import Duty
from .periods import Period
from .status import Entry

LONDON = ZoneInfo("Europe/London")
PAGE = 200
MOST = 2000  # datasets of one council that are read

Dict = dict[str, Any]


def today() -> date:
    """The day in London, where the Code's days end."""
    return datetime.now(LONDON).date()


def day(text: str) -> date | None:
    """The day in London of one of CKAN's times (UTC without zone)."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(LONDON).date()
    except (ValueError, TypeError):
        return None


@dataclass(frozen=True)
class Calendar:
    """A council's calendar on a day."""

    organization: Dict
    rules: str
    today: date
    since: date
    entries: list[Entry]
    files: list[File]
    said: list[status.Said]

    @property
    def score(self) -> status.Score:
        return status.score(self.entries, self.today)


def councils(limit: int, offset: int) -> tuple[int, list[str]]:
    """How many organisations there are that a rule may bind, and the names of some of them, by title."""
    group: Any = model.Group
    has_code = sa.func.coalesce(group.extras["gss_code"].astext, "") != ""
    smaller = sa.exists().where(
        Duty.organization_id == model.Group.id, Duty.set_id == store.COUNCIL, Duty.system == duties.SMALLER
    )
    bound = sa.and_(
        model.Group.is_organization.is_(True), model.Group.state == model.State.ACTIVE, sa.or_(has_code, smaller)
    )
    total = model.Session.scalar(sa.select(sa.func.count()).select_from(model.Group).where(bound)) or 0
    order = (sa.func.lower(model.Group.title), model.Group.name)
    names = model.Session.scalars(sa.select(model.Group.name).where(bound).order_by(*order).limit(limit).offset(offset))
    return total, list(names)


def datasets(organization_id: str) -> Iterator[Dict]:
    """The public datasets of a council that belong to a set of the Code."""
    for start in range(0, MOST, PAGE):
        query = {
            "fq_list": [f'owner_org:"{organization_id}"', "transparency_set:[* TO *]"],
            "rows": PAGE,
            "start": start,
            "sort": "name asc",
            "facet": False,
        }
        found = tk.get_action("package_search")({"ignore_auth": True}, query)["results"]
        yield from found
        if len(found) < PAGE:
            return


def calendar(organization: Dict, on: date, since: date | None = None) -> Calendar:
    """The calendar of an organisation (``organization_show``), from a year before ``on``, or from ``since``."""
    said = store.said(organization["id"])
    smaller = any(one.set_id == store.COUNCIL and one.system == duties.SMALLER for one in said)
    rules = duties.regime(organization.get("gss_code") or "", smaller)
    since = since or periods.add_months(on, -12)
    todo = duties.obligations(rules, on, since)
    # What was due before is judged as well, not shown: a file of those days that comes again met them already.
    before = [one for one in duties.obligations(rules, on, periods.add_months(since, -12)) if one not in todo]
    found = [(file, resource) for pkg in datasets(organization["id"]) for file, resource in _files(pkg, on)]
    resources = {file.id: resource for file, resource in found}
    checked = measure.checks(list(resources))
    # Files come in once they are asked about; most of an old council's are never.
    cache: dict[str, Evidence] = {}

    def evidence(file: File) -> Evidence:
        if file.id not in cache:
            cache[file.id] = measure.measure(resources[file.id], file.set_id, checked.get(file.id))
        return cache[file.id]

    files = [_with_check(file, checked.get(file.id)) for file, _ in found]
    seen, taken = store.seen(organization["id"]), {}
    judged = {
        one: status.judge(
            one, match.meet(one, files, rules, evidence, taken), said, on, seen.get((one.set_id, one.period.key))
        )
        for one in sorted((*before, *todo), key=lambda o: o.period.end)
    }
    return Calendar(organization, rules, on, since, [judged[one] for one in todo], files, said)


def _files(pkg: Dict, on: date) -> Iterator[tuple[File, Dict]]:
    if pkg["transparency_set"] not in duties.RHYTHMS:
        return
    coverage = tuple(period for each in pkg.get("temporal_coverage") or [] if (period := _period(each)))
    contact = next(iter(pkg.get("contact") or []), {})
    about = {
        "dataset_id": pkg["id"],
        "system": pkg.get("legacy_source") or "",
        "owner": contact.get("name") or pkg.get("maintainer") or "",
        "email": contact.get("email") or pkg.get("maintainer_email") or "",
    }
    for resource in pkg["resources"]:
        created = day(resource.get("created") or pkg["metadata_created"])
        if not created or created > on:
            continue
        changed = max(created, day(resource.get("last_modified") or "") or created)
        name = resource.get("name") or ""
        texts = (name, (resource.get("url") or "").rsplit("/", 1)[-1], resource.get("description") or "")
        yield (
            File(
                resource["id"], name, pkg["transparency_set"], pkg["name"], pkg["title"], created, changed, texts,
                coverage if len(pkg["resources"]) == 1 or len(coverage) == 1 else (), about,
            ),
            resource,
        )  # fmt: skip


def _with_check(file: File, check: Check | None) -> File:
    """A file that was put up again has its content since then."""
    uploaded = day(check.uploaded.isoformat()) if check else None
    return File(**{**file.__dict__, "changed": uploaded}) if uploaded and uploaded > file.changed else file


def _period(each: Dict) -> Period | None:
    first, last = _day(each.get("start"), 0), _day(each.get("end"), 1)
    return Period(first, last) if first and last and first <= last else None


def _day(text: Any, end: int) -> date | None:
    """The first or last day of a year, a month or a day."""
    iso = (dates.iso(text) or "") if isinstance(text, str) else ""
    try:
        if len(iso) == 4:
            return date(int(iso), 12, 31) if end else date(int(iso), 1, 1)
        if len(iso) == 7:
            month = periods.month(int(iso[:4]), int(iso[5:]))
            return month.end if end else month.start
        return date.fromisoformat(iso[:10])
    except ValueError:
        return None
