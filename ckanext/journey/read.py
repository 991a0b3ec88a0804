"""What a page or an action shows of a dataset's journey: two queries for the rows, pure modules for the rest."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from . import timeline

LIMIT = 500

_DATASET = sa.text("""
SELECT d.stage, d.since, s.id AS system_id, s.name AS system_name,
  (SELECT count(*) FROM journey_step t WHERE t.package_id = :package) AS total,
  (SELECT json_agg(h ORDER BY h.position) FROM journey_hop h WHERE h.package_id = :package) AS hops,
  (SELECT json_agg(f ORDER BY f.recorded DESC)
     FROM (SELECT hook, error, recorded FROM journey_failure
            WHERE package_id = :package ORDER BY recorded DESC LIMIT 20) f) AS failures
FROM (SELECT 1) one
LEFT JOIN journey_dataset d ON d.package_id = :package
LEFT JOIN journey_system s ON s.id = d.legacy_system_id
""")

_STEPS = sa.text("""
SELECT s.*, sys.name AS system_name, p.name AS plan_name, p.version AS plan_version,
       p.repository AS plan_repository, p.commit AS plan_commit,
  (SELECT json_agg(json_build_object('direction', io.direction, 'name', io.name, 'sha256', a.sha256,
            'bytes', coalesce(io.bytes, a.bytes), 'rows', io.rows) ORDER BY io.direction, io.position)
     FROM journey_step_io io JOIN journey_artefact a ON a.id = io.artefact_id WHERE io.step_id = s.id) AS io,
  (SELECT json_agg(json_build_object('kind', e.kind, 'value', e.value, 'url', e.url, 'sha256', e.sha256,
            'visibility', e.visibility) ORDER BY e.position)
     FROM journey_evidence e WHERE e.step_id = s.id) AS evidence
FROM (SELECT * FROM journey_step WHERE package_id = :package
       ORDER BY coalesce(started, ended, recorded) DESC, recorded DESC, sequence DESC, id LIMIT :limit OFFSET :offset) s
LEFT JOIN journey_system sys ON sys.id = s.system_id
LEFT JOIN journey_plan p ON p.id = s.plan_id
""")


def journey(
    conn: sa.Connection, package_id: str, allowed: frozenset[str], limit: int = LIMIT, offset: int = 0
) -> dict[str, Any]:
    """The journey of a dataset as someone may see it who sees the visibilities `allowed`.

    A dict of `stage`, `since`, `total`, `steps` (in the order of the way), `hops`, `systems`, `failures`; see
    `timeline.build`. The caller has checked that the dataset may be read.
    """
    about = conn.execute(_DATASET, {"package": package_id}).one()._mapping
    found = conn.execute(_STEPS, {"package": package_id, "limit": limit, "offset": offset})
    return timeline.build(dict(about), [dict(row._mapping) for row in found], allowed)
