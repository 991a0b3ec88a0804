"""The statements of a walk over the graph: pieces that they share stand at the top."""

from __future__ import annotations

from string import Template
from typing import Any

import sqlalchemy as sa

from .held import MATCH

# A file `a` in its place `io` of the step `s`, held back from the reader.
_KEPT = f"""EXISTS (SELECT 1 FROM journey_hold h LEFT JOIN package hp ON hp.id = h.package_id
  WHERE NOT (:all OR coalesce(hp.owner_org, '') = ANY(:editor) OR h.package_id = ANY(:edited)) AND ({MATCH}))"""  # noqa: S608 - pieces of our own
_OF_STEP = "SELECT 1 FROM journey_step_io io JOIN journey_artefact a ON a.id = io.artefact_id WHERE io.step_id = s.id"

_PIECES = {
    # Who sees a step: of a dataset by the dataset, of none by the organisation whose tool reported it.
    "SEEN": f"""(:all
      OR s.visibility = 'public' AND (s.package_id IS NULL OR p.state = 'active' AND NOT p.private)
      OR s.visibility <> 'restricted' AND (coalesce(p.owner_org, s.stream) = ANY(:member) OR s.package_id = ANY(:shared))
      OR coalesce(p.owner_org, s.stream) = ANY(:admin))
    AND (NOT EXISTS ({_OF_STEP} AND {_KEPT}) OR EXISTS ({_OF_STEP} AND io.direction = 'output' AND NOT {_KEPT}))""",
    # The file by which a step is come upon.
    "FOUND": f"EXISTS (SELECT 1 FROM journey_artefact a WHERE a.id = io.artefact_id AND NOT {_KEPT})",  # noqa: S608
    "STEP": """s.id, s.type, s.state, s.run_id, s.capture, s.package_id, s.system_id, s.tool,
      coalesce(s.ended, s.started) AS time, s.day_only""",
    "FILE": """io.direction, io.node, io.name, io.rows, coalesce(io.bytes, a.bytes) AS bytes, a.sha256, a.namespace,
      a.package_id AS package, a.resource_id AS resource""",
    "FILES": f"""FROM journey_step_io io JOIN journey_artefact a ON a.id = io.artefact_id
      WHERE io.step_id = s.id AND NOT {_KEPT}""",
    "DRAWABLE": "(s.system_id IS NOT NULL OR EXISTS (SELECT 1 FROM journey_step_io io WHERE io.step_id = s.id))",
}
_PIECES["BOTH"] = Template("""(SELECT json_agg(f) FROM (
    (SELECT $FILE $FILES AND io.direction = 'input' ORDER BY io.position LIMIT :files) UNION ALL
    (SELECT $FILE $FILES AND io.direction = 'output' ORDER BY io.position LIMIT :files)) f) AS files, NULL AS via""").substitute(
    _PIECES
)


def _statement(text: str) -> Any:
    return sa.text(Template(text).substitute(_PIECES))


# `via` is the file by which a step was come upon, `files` are those on its other side.
HOP = _statement("""
SELECT f.way, f.node, x.* FROM (
  SELECT 'up' AS way, 'output' AS side, 'input' AS beyond, unnest(CAST(:up AS text[])) AS node
  UNION ALL SELECT 'down', 'input', 'output', unnest(CAST(:down AS text[]))) f
CROSS JOIN LATERAL (
  SELECT $STEP,
    (SELECT json_agg(b) FROM (
       SELECT $FILE $FILES AND io.direction = f.beyond ORDER BY io.position LIMIT :files) b) AS files,
    (SELECT row_to_json(v) FROM (SELECT $FILE FROM journey_artefact a WHERE a.id = io.artefact_id) v) AS via
  FROM (SELECT * FROM journey_step_io io WHERE io.node = f.node AND io.direction = f.side
         ORDER BY io.at DESC LIMIT :counted) io
  JOIN journey_step s ON s.id = io.step_id LEFT JOIN package p ON p.id = s.package_id
  WHERE $SEEN AND $FOUND ORDER BY io.at DESC LIMIT :fan) x
""")

OWN = _statement("""
SELECT 'own' AS way, NULL AS node, $STEP, $BOTH
FROM (SELECT s.* FROM journey_step s LEFT JOIN package p ON p.id = s.package_id
       WHERE s.package_id = :package AND $SEEN AND $DRAWABLE
       ORDER BY s.capture = 'auto', s.recorded DESC, s.sequence DESC LIMIT :own) s
""")

OF_SYSTEM = _statement("""
SELECT 'down' AS way, NULL AS node, $STEP, $BOTH
FROM (SELECT s.* FROM journey_step s LEFT JOIN package p ON p.id = s.package_id
       WHERE s.system_id = :system AND $SEEN ORDER BY s.recorded DESC LIMIT :fan) s
""")

# The files of datasets: how other datasets' runs reach one that is walked through.
HELD = _statement("""
SELECT x.node FROM unnest(CAST(:packages AS text[])) d(id) CROSS JOIN LATERAL (
  SELECT io.node, max(io.at) AS at FROM journey_artefact a JOIN journey_step_io io ON io.artefact_id = a.id
  WHERE a.package_id = d.id AND (a.resource_id IS NOT NULL OR a.namespace IS NOT NULL)
  GROUP BY io.node ORDER BY 2 DESC LIMIT :fan) x
""")

COUNT = _statement("""
SELECT f.way, f.node, (SELECT count(*) FROM (
    SELECT 1 FROM (SELECT io.* FROM journey_step_io io WHERE io.node = f.node AND io.direction = f.side
                    ORDER BY io.at DESC LIMIT :counted) io
    JOIN journey_step s ON s.id = io.step_id LEFT JOIN package p ON p.id = s.package_id WHERE $SEEN AND $FOUND) n) AS steps
FROM (SELECT 'up' AS way, 'output' AS side, unnest(CAST(:up AS text[])) AS node
      UNION ALL SELECT 'down', 'input', unnest(CAST(:down AS text[]))) f
""")

COUNT_FILES = _statement("""
SELECT f.step, f.side, (SELECT count(*) FROM (SELECT 1 FROM journey_step_io io
  WHERE io.step_id = f.step AND io.direction = f.side LIMIT :counted) n) AS files
FROM unnest(CAST(:steps AS text[]), CAST(:sides AS text[])) f(step, side)
""")

COUNT_OWN = _statement("""
SELECT count(*) AS all_steps, count(*) FILTER (WHERE $DRAWABLE) AS drawable
FROM journey_step s LEFT JOIN package p ON p.id = s.package_id WHERE s.package_id = :package AND $SEEN
""")

COUNT_SYSTEM = _statement("""
SELECT count(*) FROM (SELECT 1 FROM journey_step s LEFT JOIN package p ON p.id = s.package_id
  WHERE s.system_id = :system AND $SEEN LIMIT :counted) n
""")
