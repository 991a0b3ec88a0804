"""Downloads as counts of a day: no address, no person, no time of day.

A count goes up in Valkey while a file is sent; once its day (UTC) is over it becomes an event of the ledger.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from . import capture, config, ledger
from . import model as tables
from .bodies import DownloadsCounted

log = logging.getLogger(__name__)
KEPT = 90 * 86400  # seconds that a count waits to be told, should nobody do it
_VIEWS = re.compile(r"(?:^|_)resource\.download$|^datastore\.dump$")
_ROBOT = re.compile(r"bot\b|crawl|spider|slurp|preview|monitor|headlesschrome", re.IGNORECASE)


def seen(response: Any) -> Any:
    """After a request: count it if a person's program was sent a file, or where it lies. Never in the way of an answer."""
    request = tk.request
    try:
        if _VIEWS.search(request.endpoint or "") and _is_download(request, response):
            resource_id = str((request.view_args or {}).get("resource_id") or "")
            if resource_id:
                _count(resource_id)
    except Exception:
        log.exception("Journey: a download was not counted")
    return response


def _is_download(request: Any, response: Any) -> bool:
    """Not a look at the headers, nor a later part of a file, nor a robot."""
    part = request.headers.get("Range", "")
    first = not part or re.match(r"bytes=0-", part)
    sent = response.status_code in (200, 206, 301, 302) and request.method == "GET"
    refused = response.status_code == 302 and "/user/login" in response.headers.get("Location", "")
    return bool(sent and first and not refused and not _ROBOT.search(request.headers.get("User-Agent", "")))


def _count(resource_id: str) -> None:
    key = _key(datetime.now(UTC).date())
    with connect_to_redis().pipeline(transaction=False) as pipe:
        pipe.hincrby(key, resource_id, 1)
        pipe.expire(key, KEPT)
        pipe.execute()


def _key(day: date | str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:journey:downloads:{day}"


def tell(today: date | None = None) -> int:
    """Counts of days that are over, into the ledger: one event for a dataset and a day. Returns how many.

    Told again after being cut off, nothing is counted twice: the key of an event is its dataset and day.
    """
    connection: Any = connect_to_redis()
    today, told = today or datetime.now(UTC).date(), 0
    for key in sorted(connection.scan_iter(match=_key("*"))):
        day = key.decode().rsplit(":", 1)[1]
        if day >= today.isoformat():
            continue
        counts = {name.decode(): int(value) for name, value in connection.hgetall(key).items()}
        told += _day(day, counts)
        connection.delete(key)
    return told


def _day(day: str, counts: dict[str, int]) -> int:
    of: dict[str, dict[str, int]] = defaultdict(dict)
    query = sa.select(model.Resource.id, model.Resource.package_id).where(model.Resource.id.in_(counts))
    for resource_id, package_id in model.Session.execute(query):
        of[package_id][resource_id] = counts[resource_id]
    for package_id, found in of.items():
        stream, conn = capture.stream_of(model.Package.get(package_id)), model.Session.connection()
        draft = ledger.Draft(
            DownloadsCounted(day, found), stream, package_id, role="system", key=f"downloads:{package_id}:{day}"
        )
        ledger.append(conn, draft, config.lock_seconds())
        model.Session.commit()
    return len(of)


def summary(conn: sa.Connection, package_id: str) -> dict[str, Any]:
    """`total`, `recent` (the last 30 days that were told) and `since` (the first day, None where nothing was told)."""
    here = tables.download.c
    recent = sa.func.sum(here.downloads).filter(here.day > sa.func.current_date() - 31)
    query = sa.select(sa.func.sum(here.downloads), recent, sa.func.min(here.day)).where(here.package_id == package_id)
    total, last, since = conn.execute(query).one()
    return {"total": int(total or 0), "recent": int(last or 0), "since": since and since.isoformat()}
