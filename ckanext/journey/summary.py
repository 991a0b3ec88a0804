"""What the dataset page shows of a journey, kept in the process for as long as nothing of the journey's rows changes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import sqlalchemy as sa

from . import access, config, grouping, path, read

KEPT = 500

# PostgreSQL gives each version of a row the number of the transaction that wrote it, so sums of those tell any change.
_STAMP = sa.text("""
SELECT p.owner_org, h.sequence > coalesce(o.sequence, 0) AS behind,
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint)) FROM journey_step WHERE package_id = p.id) AS steps,
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint)) FROM journey_hop WHERE package_id = p.id) AS hops,
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint)) FROM journey_system WHERE stream = p.owner_org) AS systems,
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint)) FROM journey_download WHERE package_id = p.id) AS downloads,
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint)) FROM journey_hold WHERE stream = p.owner_org) AS holds,
  (SELECT xmin::text FROM journey_dataset WHERE package_id = p.id) AS dataset
FROM package p LEFT JOIN journey_head h ON h.stream = p.owner_org LEFT JOIN journey_folded o ON o.stream = p.owner_org
WHERE p.id = :package
""")

_kept: OrderedDict[tuple[Any, ...], tuple[Any, dict[str, Any]]] = OrderedDict()


def of(conn: sa.Connection, package_id: str, reader: access.Reader) -> dict[str, Any]:
    """`path` (the picture's stations), `latest` (entries of the timeline, the newest first), `total`, `score`, `waiting`.

    Of what the caller changes in this transaction nothing is kept: the next transaction has another stamp.
    """
    waiting = 0
    stamp = conn.execute(_STAMP, {"package": package_id}).first()
    if stamp is not None and stamp.behind:
        waiting = read.current(conn, package_id)
        stamp = conn.execute(_STAMP, {"package": package_id}).first()
    key, mark = (package_id, reader, config.page_steps()), tuple(stamp)[2:] if stamp is not None else None
    found = _kept.get(key)
    if found is None or mark is None or found[0] != mark:
        found = (mark, _made(conn, package_id, reader))
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found[1] | {"waiting": waiting}


def _made(conn: sa.Connection, package_id: str, reader: access.Reader) -> dict[str, Any]:
    journey = read.journey(conn, package_id, reader, catch_up=False)
    latest = grouping.entries(journey["steps"])[: -config.page_steps() - 1 : -1]
    told = {name: journey[name] for name in ("total", "score")}
    return {"path": path.stations(journey), "latest": latest, **told}
