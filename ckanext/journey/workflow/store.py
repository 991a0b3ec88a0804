"""Where releases stand, who worked on them, what they are made of: asked of the database."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from ckan import model as ckan_model
from ckan.lib.dictization.model_dictize import package_dictize

from .. import changes, model

_HERE = model.move.c

# "In use" is told of what anyone can read; of what was withdrawn since, it no longer holds.
_HOLDS = sa.text(
    "(journey_move.state <> 'in-use' OR EXISTS (SELECT 1 FROM package p WHERE p.id = journey_move.package_id"
    " AND p.state = 'active' AND NOT p.private))"
)


def history(conn: sa.Connection, package_id: str) -> list[dict[str, Any]]:
    """The moves of a dataset, oldest first; what was said twice in a row counts from the first time."""
    query = sa.select(model.move).where(_HERE.package_id == package_id, _HOLDS)
    found: list[dict[str, Any]] = []
    for row in conn.execute(query.order_by(_HERE.since, _HERE.sequence)):
        told = dict(row._mapping)
        if found and found[-1]["state"] == told["state"]:
            newer = {name: value for name, value in told.items() if value is not None and name != "since"}
            found[-1] |= newer
        else:
            found.append(told)
    return found


_AUTHORS = sa.text("""
SELECT DISTINCT a.user_id FROM journey_event e
JOIN journey_actor a ON a.commitment = convert_from(e.raw, 'UTF8')::jsonb ->> 'actor'
WHERE e.package_id = :package AND e.recorded > :after
  AND (e.type IN ('dataset-changed', 'file-received', 'step-recorded')
       OR (e.type = 'workflow-moved' AND convert_from(e.raw, 'UTF8')::jsonb -> 'body' ->> 'move' = 'submit'))
""")


def authors(conn: sa.Connection, package_id: str, after: str) -> frozenset[str]:
    """Ids of those who changed the dataset, its files or its journey, or asked for approval, since a moment."""
    return frozenset(conn.execute(_AUTHORS, {"package": package_id, "after": after}).scalars())


def release_start(moves: list[dict[str, Any]]) -> str:
    """The moment from which work counts as work on the present release: the last publication, or the beginning."""
    ends = [move["since"] for move in moves[:-1] if move["state"] in ("published", "in-use", "withdrawn")]
    return ends[-1].strftime("%Y-%m-%dT%H:%M:%S.%fZ") if ends else ""


_SIGNERS = sa.text("""
SELECT a.user_id FROM journey_step s JOIN journey_event e ON e.id = s.event_id
LEFT JOIN journey_actor a ON a.commitment = convert_from(e.raw, 'UTF8')::jsonb ->> 'actor'
WHERE s.package_id = :package AND e.recorded > :after AND s.type = ANY(:types)
  AND coalesce(s.detail ->> 'outcome', '') NOT IN ('proposed', 'refused')
""")
_REPORTED = sa.text("""
SELECT id, type, tool, tool_version, coalesce(ended, started, recorded) AS "when" FROM journey_step
WHERE package_id = :package AND type = ANY(:types) AND capture = 'openlineage' AND state = 'complete'
  AND (:after = '' OR recorded > CAST(nullif(:after, '') AS timestamptz)) ORDER BY recorded, id LIMIT 20
""")
PRIVACY = ["anonymise", "disclosure-check", "dpia-review"]


def privacy_steps(conn: sa.Connection, package_id: str, after: str) -> list[str | None]:
    """The ids of the users who recorded privacy steps since a moment; None for one who is no longer known, or the portal.

    What a tool reports is nobody's word (`privacy_reports`), nor is a proposal that waits for a second person.
    """
    values = {"package": package_id, "after": after, "types": PRIVACY}
    return list(conn.execute(_SIGNERS, values).scalars())


def privacy_reports(conn: sa.Connection, package_id: str, after: str) -> list[dict[str, Any]]:
    """The privacy steps that tools report to have finished since a moment: id, type, tool, tool_version, when."""
    values = {"package": package_id, "after": after, "types": PRIVACY}
    return [dict(row._mapping) for row in conn.execute(_REPORTED, values)]


def content_of(conn: sa.Connection, package: Any) -> str:
    """SHA-256 over a dataset's told metadata and the checksums of its files as last received.

    Of what is stored, not of what plugins make of it when it is shown: that may change by itself.
    """
    context: Any = {"model": ckan_model, "session": ckan_model.Session}
    dataset = package_dictize(package, context)
    told = changes.fingerprint(changes.normalise(dataset))
    query = sa.select(model.artefact.c.resource_id, model.artefact.c.sha256).where(
        model.artefact.c.package_id == dataset["id"],
        model.artefact.c.kind == "file",
        model.artefact.c.invalidated.is_(None),
    )
    there = {resource["id"] for resource in dataset.get("resources") or []}
    files = {f"bytes:{row.resource_id}": row.sha256 for row in conn.execute(query) if row.resource_id in there}
    text = json.dumps({**told, **files}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def officers(conn: sa.Connection, stream: str, role: str = "dpo") -> list[str]:
    """Ids of the users who hold an office in an organisation."""
    table = model.officer.c
    query = sa.select(table.user_id).where(table.stream == stream, table.role == role).order_by(table.user_id)
    return list(conn.execute(query).scalars())


def due(conn: sa.Connection, now: str) -> list[str]:
    """Ids of the datasets that are approved and whose moment of publication has come."""
    latest = _latest()
    query = sa.select(latest.c.package_id).where(latest.c.state == "scheduled", latest.c.publish_at <= sa.text(":now"))
    return list(conn.execute(query.order_by(latest.c.publish_at), {"now": now}).scalars())


def _latest() -> Any:
    order = (_HERE.package_id, _HERE.since.desc(), _HERE.sequence.desc())
    return sa.select(model.move).distinct(_HERE.package_id).where(_HOLDS).order_by(*order).subquery()


def standing(conn: sa.Connection, organisations: list[str] | None, only: str | None = None) -> list[dict[str, Any]]:
    """Where each dataset stands that is public or belongs to one of `organisations` (None: all datasets).

    Dicts of package_id, name, title, organization (id), state, since, owner_role, reason, due, publish_at. `since` is
    when the dataset came to its state, not when that was last said. `only`: one organisation's datasets.
    """
    found = conn.execute(_STANDING, {"all": organisations is None, "mine": organisations or [""], "only": only})
    return [dict(row._mapping) for row in found]


_STANDING = sa.text("""
WITH seen AS (
  SELECT m.*, p.name, p.title, p.owner_org AS organization, (p.state = 'active' AND NOT p.private) AS public
  FROM journey_move m JOIN package p ON p.id = m.package_id
  WHERE p.state <> 'deleted' AND (m.state <> 'in-use' OR (p.state = 'active' AND NOT p.private))
    AND (:all OR (p.state = 'active' AND NOT p.private) OR p.owner_org = ANY(:mine))
    AND (CAST(:only AS text) IS NULL OR p.owner_org = :only)
), told AS (
  SELECT s.*, lag(state) OVER (PARTITION BY package_id ORDER BY since, sequence) AS before FROM seen s
), marked AS (
  SELECT t.*, max(CASE WHEN before IS DISTINCT FROM state THEN since END) OVER (PARTITION BY package_id) AS came,
         row_number() OVER (PARTITION BY package_id ORDER BY since DESC, sequence DESC) AS back
  FROM told t
)
SELECT package_id, name, title, organization, public, state, owner_role, reason, due, publish_at, came AS since
FROM marked WHERE back = 1
ORDER BY came, name
""")
