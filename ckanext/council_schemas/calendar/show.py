"""A calendar as plain data, for the API, the page and the feeds (pure)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from .. import vocabularies
from . import duties, match, periods, status
from .match import File, Part
from .periods import Period
from .status import Entry, Said, Score

Dict = dict[str, Any]
SETS = "transparency_set"


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def council(organization: Dict, rules: str) -> Dict:
    """Who it is about. ``rules`` is code-2015, wales, scotland, northern-ireland, smaller or none."""
    return {
        "id": organization["id"],
        "name": organization["name"],
        "title": organization.get("title") or organization["name"],
        "gss_code": organization.get("gss_code") or "",
        "rules": rules,
        "binding": rules in (duties.CODE, duties.SMALLER),
    }


def score(found: Score) -> Dict:
    """``percent`` 0 to 100, None where nothing that binds was due."""
    names = ("percent", "due", "in_time", "late", "missing", "excepted")
    return {name: getattr(found, name) for name in names}


def counts(entries: Iterable[Entry]) -> dict[str, int]:
    """How many entries are in each state, all states named."""
    found = Counter(entry.status for entry in entries)
    return {state: found[state] for state in status.STATES}


def entry(one: Entry, said: Iterable[Said], files: Iterable[File], editor: bool, lang: str = "en") -> Dict:
    """One obligation. Names and addresses of persons are in it for editors only; owners are teams or posts."""
    duty, period, whom = one.obligation, one.obligation.period, owner(one, said, files)
    return {
        "set": duty.set_id,
        "title": vocabularies.get(SETS).label(duty.set_id, lang),
        "period": period.key,
        "label": "" if period.key == "once" else periods.label(period, lang),
        "start": iso(period.start),
        "end": iso(period.end),
        "due": iso(duty.due),
        "binding": duty.binding,
        "always": duty.set_id in duties.ALWAYS,
        "state": one.status,
        "published": iso(one.on),
        "in_time": one.in_time,
        "owner": whom["owner"],
        "system": whom["system"],
        **({"email": whom["email"]} if editor else {}),
        "not_applicable": _exception(one, editor),
        "missing": [_span(gap) for gap in one.met.missing],
        "files": [_part(part) for part in (*one.met.parts, *one.met.refused)],
    }


def owner(one: Entry, said: Iterable[Said], files: Iterable[File]) -> dict[str, str]:
    """Who sees to it and from which system: what was said of the period, the set, the council; else of its datasets."""
    of_set = [file for file in files if file.set_id == one.obligation.set_id]
    newest = max(of_set, key=lambda f: (f.changed, f.id)).about if of_set else {}
    told = [each for each in said if each.set_id in (one.obligation.set_id, "*")]
    told = [each for each in told if each.period in ("", one.obligation.period.key)]
    told.sort(key=lambda each: (each.set_id != "*", each.period), reverse=True)
    found = {}
    for name in ("owner", "email", "system"):
        mine = next((getattr(s, name) for s in told if s.set_id != "*" and getattr(s, name)), "")
        council = next((getattr(s, name) for s in told if s.set_id == "*" and getattr(s, name)), "")
        found[name] = mine or newest.get(name, "") or ("" if name == "system" else council)
    return found


def _exception(one: Entry, editor: bool) -> Dict | None:
    said = one.claims
    if not said:
        return None
    people = {"said_by": said.said_by, "approved_by": said.approved_by} if editor else {}
    return {
        "reason": said.reason,
        "said_on": iso(said.said_on),
        "valid_until": iso(said.valid_until),
        "confirmed": bool(said.approved_by),
        "holds": status.holds(said, one.obligation),
        "period": said.period,
        **people,
    }


def _span(period: Period) -> Dict:
    return {"start": iso(period.start), "end": iso(period.end)}


def _part(part: Part) -> Dict:
    file = part.file
    return {
        "resource_id": file.id,
        "dataset_id": file.about.get("dataset_id", ""),
        "dataset": file.dataset,
        "dataset_title": file.dataset_title,
        "name": file.name,
        **_span(part.period),
        "basis": part.basis,
        "changed": iso(file.changed),
        "counts": part.evidence.counts,
        "reason": part.evidence.reason,
        "rows": part.evidence.rows,
    }


def strays(files: Iterable[File], rules: str, shown: set[str], since: date) -> list[Dict]:
    """Files changed since a day that no shown obligation looked at, with the period they were taken for."""
    found = [file for file in files if file.id not in shown and file.changed >= since]
    parts = [Part(file, *match.covers(file, rules)[0], match.Evidence(False, reason="other-period")) for file in found]
    return [{**_part(part), "set": part.file.set_id} for part in parts]
