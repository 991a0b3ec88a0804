"""What is lost when a legacy system is switched off: the datasets that come from no other, what is due of them, and
the templates that begin with it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from . import access, config

SOON = 365  # days before a retirement in which pages warn of it
SHOWN = 200

# As search has it: the system that the metadata name, and those of steps that everyone may see.
_DATASETS = sa.text("""
SELECT p.id, p.name, p.title, p.owner_org,
  NOT EXISTS (SELECT 1 FROM journey_dataset d WHERE d.package_id = p.id AND d.legacy_system_id <> :system)
  AND NOT EXISTS (SELECT 1 FROM journey_step s
    WHERE s.package_id = p.id AND s.system_id <> :system AND s.visibility = 'public') AS only_here
FROM package p
WHERE p.state = 'active' AND (:all OR NOT p.private OR p.owner_org = ANY(:member) OR p.id = ANY(:shared))
  AND p.id IN (SELECT package_id FROM journey_dataset WHERE legacy_system_id = :system
               UNION SELECT package_id FROM journey_step WHERE system_id = :system AND visibility = 'public')
ORDER BY lower(p.title), p.name
""")
_STEPS = sa.text("""
SELECT s.type, count(*) AS steps, max(coalesce(s.ended, s.started, s.recorded)) AS latest
FROM journey_step s JOIN package p ON p.id = s.package_id
WHERE s.system_id = :system AND s.visibility = 'public' AND p.state = 'active'
  AND (:all OR NOT p.private OR p.owner_org = ANY(:member) OR p.id = ANY(:shared))
GROUP BY s.type ORDER BY count(*) DESC, s.type
""")
_TEMPLATES = sa.text("""
SELECT t.id, t.name FROM journey_template t WHERE t.stream = :stream AND (:all OR t.stream = ANY(:member))
  AND EXISTS (SELECT 1 FROM jsonb_array_elements(t.steps) s WHERE s ->> 'system' = ANY(:names)) ORDER BY t.name
""")
_RETIRING = sa.text("""
SELECT n.package_id, s.id, s.name, s.retirement_date FROM (
  SELECT package_id, legacy_system_id AS system_id FROM journey_dataset WHERE package_id = ANY(:packages)
  UNION SELECT package_id, system_id FROM journey_step WHERE package_id = ANY(:packages) AND visibility = 'public') n
JOIN journey_system s ON s.id = n.system_id WHERE s.retirement_date <= :until ORDER BY s.retirement_date, s.name
""")


def today() -> date:
    return datetime.now(UTC).astimezone(config.zone()).date()


def when(day: date | None) -> str | None:
    """soon or past, None for a day that is far or not known."""
    if day is None or (day - today()).days > SOON:
        return None
    return "past" if day <= today() else "soon"


def loss(conn: sa.Connection, system: Any, eyes: access.Eyes, context: Any) -> dict[str, Any]:
    """What is lost with a system, as far as the caller may see it.

    `only_here`: datasets that come from no other system (name, title, due: the next day on which the calendar wants the
    like of them, or None), `only_count`, `elsewhere`: how many come from others too, `steps`: kinds of steps that name it,
    with counts and the latest, `templates`: of the organisation, for its members.
    """
    seen = {"all": eyes.everything, "member": list(eyes.member), "shared": list(eyes.shared), "system": system.id}
    rows = conn.execute(_DATASETS, seen).all()
    alone = [row for row in rows if row.only_here]
    due = _due(alone[:SHOWN], context)
    told = {
        "stream": system.stream,
        "names": [system.name, system.id],
        "all": eyes.everything,
        "member": seen["member"],
    }
    return {
        "only_here": [{"name": r.name, "title": r.title or r.name, "due": due.get(r.name)} for r in alone[:SHOWN]],
        "only_count": len(alone),
        "elsewhere": len(rows) - len(alone),
        "steps": [
            {"type": row.type, "count": row.steps, "latest": row.latest.astimezone(UTC).isoformat()}
            for row in conn.execute(_STEPS, seen)
        ],
        "templates": [{"id": row.id, "name": row.name} for row in conn.execute(_TEMPLATES, told)],
    }


def _due(datasets: list[Any], context: Any) -> dict[str, str]:
    """The next day on which the council's calendar wants a set that a dataset has met; nothing where there is no calendar."""
    try:
        show = tk.get_action("council_calendar_show")
    except KeyError:
        return {}
    found: dict[str, str] = {}
    names = {row.name for row in datasets}
    for organisation in {row.owner_org for row in datasets if row.owner_org}:
        try:
            entries = show(access.as_caller(context), {"id": organisation})["entries"]
        except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
            continue
        found |= next_due(entries, names)
    return found


def next_due(entries: list[dict[str, Any]], names: Collection[str]) -> dict[str, str]:
    """By dataset: the first day, among a council's obligations, on which a set that the dataset has met is wanted again."""
    open_days: dict[str, list[str]] = {}
    for entry in entries:
        if entry["state"] in ("due", "upcoming") and entry["due"]:
            open_days.setdefault(entry["set"], []).append(entry["due"])
    met = {
        (file["dataset"], entry["set"]) for entry in entries for file in entry["files"] if file.get("dataset") in names
    }
    found: dict[str, str] = {}
    for name, wanted in met:
        for day in open_days.get(wanted, ()):
            found[name] = min(day, found.get(name, day))
    return found


def retiring(conn: sa.Connection, packages: list[str]) -> dict[str, list[dict[str, Any]]]:
    """By dataset: its systems that are switched off already, or will be within a year (id, name, retirement_date, gone)."""
    on = today()
    until = on + timedelta(days=SOON)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in conn.execute(_RETIRING, {"packages": packages, "until": until}) if packages else ():
        day = row.retirement_date
        told = {"id": row.id, "name": row.name, "retirement_date": day.isoformat(), "gone": day <= on}
        found.setdefault(row.package_id, []).append(told)
    return found
