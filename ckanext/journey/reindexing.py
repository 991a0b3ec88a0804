"""Search learns soon of journeys that changed without their datasets: ids wait in Valkey, one job takes them all.

The hourly index of the portal mends what is missed here, such as while Valkey is away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from . import access

log = logging.getLogger(__name__)
WAITS = 600  # seconds after which a job that never ran is asked for again


def soon(package_ids: Iterable[str]) -> None:
    """Have datasets indexed again by the worker, each once however often its journey changes until then. Never raises."""
    wanted = sorted(set(package_ids))
    if not wanted:
        return
    try:
        connection: Any = connect_to_redis()
        connection.sadd(_key("reindex"), *wanted)
        if connection.set(_key("reindex:asked"), 1, nx=True, ex=WAITS):
            tk.enqueue_job(work, [], title="Journey: search learns of changed journeys", rq_kwargs={"result_ttl": 0})
    except Exception:
        log.exception("Journey: %d datasets are indexed with the next run over all", len(wanted))


def work() -> int:
    """The job: index what waits; gives how many. An id leaves the list once it is done, so a job cut off loses none."""
    connection: Any = connect_to_redis()
    # From here on a change asks for a job of its own: this one may have read the dataset already.
    connection.delete(_key("reindex:asked"))
    waiting = sorted(each.decode() for each in connection.smembers(_key("reindex")))
    for package_id in waiting:
        access.reindex(package_id)
        connection.srem(_key("reindex"), package_id)
    return len(waiting)


def _key(name: str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:journey:{name}"
