"""What a page or an action shows of a dataset's journey: two queries for the rows, pure modules for the rest."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from . import access, held, score, timeline, withheld
from .lineage import project

LIMIT = 500

_DATASET = sa.text("""
SELECT wanted.id AS package, p.owner_org, h.sequence > coalesce(o.sequence, 0) AS behind, d.stage, d.since, s.id AS system_id, s.name AS system_name,
  (SELECT count(*) FROM journey_step t WHERE t.package_id = wanted.id) AS total,
  (SELECT json_agg(h ORDER BY h.position) FROM journey_hop h WHERE h.package_id = wanted.id) AS hops,
  (SELECT json_agg(f ORDER BY f.recorded DESC)
     FROM (SELECT hook, error, recorded FROM journey_failure
            WHERE package_id = wanted.id ORDER BY recorded DESC LIMIT 20) f) AS failures
FROM unnest(CAST(:packages AS text[])) AS wanted(id)
LEFT JOIN package p ON p.id = wanted.id
LEFT JOIN journey_head h ON h.stream = p.owner_org
LEFT JOIN journey_folded o ON o.stream = p.owner_org
LEFT JOIN journey_dataset d ON d.package_id = wanted.id
LEFT JOIN journey_system s ON s.id = d.legacy_system_id
""")

# Of a hold: the dataset and its organisation.
_HOLDS = """(SELECT json_agg(json_build_array(h.package_id, hp.owner_org))
     FROM journey_hold h LEFT JOIN package hp ON hp.id = h.package_id WHERE """
_STEPS = sa.text(f"""
SELECT s.*, sys.name AS system_name, p.name AS plan_name, p.version AS plan_version,
       p.repository AS plan_repository, p.commit AS plan_commit,
  (SELECT json_agg(json_build_object('direction', io.direction, 'name', io.name, 'sha256', a.sha256,
            'bytes', coalesce(io.bytes, a.bytes), 'rows', io.rows, 'artefact', a.id, 'kind', a.kind,
            'format', a.format, 'resource_id', a.resource_id, 'package_id', a.package_id, 'invalidated', a.invalidated,
            'held', {_HOLDS} {held.MATCH})) ORDER BY io.direction, io.position)
     FROM journey_step_io io JOIN journey_artefact a ON a.id = io.artefact_id WHERE io.step_id = s.id) AS io,
  (SELECT json_agg(json_build_object('kind', e.kind, 'value', e.value, 'url', e.url, 'sha256', e.sha256,
            'visibility', e.visibility) ORDER BY e.position)
     FROM journey_evidence e WHERE e.step_id = s.id) AS evidence,
  {_HOLDS} h.resource_id = s.resource_id AND h.sha256 = s.detail->>'replaces') AS replaces_held
FROM unnest(CAST(:packages AS text[])) AS wanted(id)
CROSS JOIN LATERAL (SELECT * FROM journey_step WHERE package_id = wanted.id AND visibility = ANY(:allowed)
       ORDER BY coalesce(started, ended, recorded) DESC, recorded DESC, sequence DESC, id LIMIT :limit OFFSET :offset) s
LEFT JOIN journey_system sys ON sys.id = s.system_id
LEFT JOIN journey_plan p ON p.id = s.plan_id
""")  # noqa: S608 - pieces of our own

_PUBLIC = sa.text("SELECT count(*) FROM journey_step WHERE package_id = :package AND visibility = ANY(:allowed)")


def journey(
    conn: sa.Connection,
    package_id: str,
    reader: access.Reader,
    limit: int = LIMIT,
    offset: int = 0,
    catch_up: bool = True,
) -> dict[str, Any]:
    """The journey of a dataset as somebody may see it.

    Tools' reports that wait are folded first, unless `catch_up` is False; those that are left are counted in `waiting`.
    A dict of `stage`, `since`, `total`, `steps` (in the order of the way), `hops`, `systems`, `failures`, see
    `timeline.build`, and `score`, which counts what is told to anybody, but nothing of files that are held back: it is the
    same for everyone. The caller has checked that the dataset may be read.
    """
    about, waiting = _about(conn, [package_id])[package_id], 0
    if about["behind"] and catch_up:
        waiting = project.catch_up(about["owner_org"])
        about = _about(conn, [package_id])[package_id]
    rows = _rows(conn, package_id, limit, offset)
    whole = rows if offset == 0 and about["total"] <= limit else _rows(conn, package_id, LIMIT, 0)
    return _shown(about, rows, whole, reader) | {"waiting": waiting}


def _shown(
    about: dict[str, Any], rows: list[dict[str, Any]], whole: list[dict[str, Any]], reader: access.Reader
) -> dict[str, Any]:
    told = timeline.build(about, withheld.seen(whole, access.ADMIN.edits), access.ADMIN.sees)
    same = rows is whole and timeline.all_seen(rows, reader.sees) and not any(map(withheld.is_held, rows))
    return (told if same else _built(about, rows, reader)) | {"score": score.score(told)}


def _built(about: dict[str, Any], rows: list[dict[str, Any]], reader: access.Reader) -> dict[str, Any]:
    shown = withheld.seen(rows, reader.edits)
    found = timeline.build(about, shown, reader.sees)
    return found | {"withheld": found["withheld"] + len(rows) - len(shown)}


def journeys(conn: sa.Connection, package_ids: list[str]) -> dict[str, dict[str, Any]]:
    """What everyone may see of the journeys of many datasets, by their ids, as `journey` gives it without folding."""
    values = {"packages": package_ids, "limit": LIMIT, "offset": 0, "allowed": list(access.EVERYTHING.sees)}
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in conn.execute(_STEPS, values).mappings():
        rows.setdefault(row["package_id"], []).append(dict(row))
    found = {}
    for package_id, about in _about(conn, package_ids).items():
        there = rows.get(package_id, [])
        found[package_id] = _shown(about, there, there, access.PUBLIC) | {"waiting": 0}
    return found


def _about(conn: sa.Connection, package_ids: list[str]) -> dict[str, dict[str, Any]]:
    return {row["package"]: dict(row) for row in conn.execute(_DATASET, {"packages": package_ids}).mappings()}


def current(conn: sa.Connection, package_id: str) -> int:
    """Fold what tools reported to a dataset's organisation; gives how many reports are left for later."""
    owner = conn.execute(sa.text("SELECT owner_org FROM package WHERE id = :id"), {"id": package_id}).scalar()
    return project.catch_up(owner) if owner else 0


def public(conn: sa.Connection, package_id: str, limit: int) -> dict[str, Any]:
    """What everyone may see of a dataset's journey, its latest `limit` steps; `total` counts the public steps alone.

    `waiting` counts the reports of the organisation's tools that are not folded yet.
    """
    waiting = current(conn, package_id)
    about = _about(conn, [package_id])[package_id]
    seen = {"package": package_id, "allowed": list(access.PUBLIC.sees)}
    rows = _rows(conn, package_id, limit, 0, access.PUBLIC)
    shown = withheld.seen(rows, access.PUBLIC.edits)
    about["total"] = conn.execute(_PUBLIC, seen).scalar_one() - (len(rows) - len(shown))
    return timeline.build(about | {"failures": []}, shown, access.PUBLIC.sees) | {"waiting": waiting}


def _rows(
    conn: sa.Connection, package_id: str, limit: int, offset: int, of: access.Reader = access.EVERYTHING
) -> list[dict[str, Any]]:
    values = {"packages": [package_id], "limit": limit, "offset": offset, "allowed": list(of.sees)}
    found = conn.execute(_STEPS, values)
    return [dict(row._mapping) for row in found]
