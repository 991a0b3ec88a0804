"""What the database and the search index hold, read in batches; and which datasets the index still owes."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit as tk
from pysolr import SolrError
from redis.exceptions import RedisError

from .index_diff import Row

log = logging.getLogger(__name__)

BATCH = 1000
FIRST_PAUSE, LONGEST_PAUSE = 60, 6 * 3600  # seconds before a dataset that the index refused is offered again


def database_rows(since: datetime | None = None) -> Iterator[Row]:
    """Every dataset that the index should have (changed since then, UTC, if given), sorted by id, by code point."""
    package = model.Package
    order = sa.collate(package.id, "C")
    query = (
        sa.select(package.id, package.metadata_modified, package.state, package.private).order_by(order).limit(BATCH)
    )
    if tk.config["ckan.search.remove_deleted_packages"]:
        query = query.where(package.state != model.State.DELETED)
    if since:
        query = query.where(package.metadata_modified >= since)
    last = ""
    while rows := model.Session.execute(query.where(order > last)).all():
        for row in rows:
            yield Row(row.id, _milliseconds(row.metadata_modified), row.state, bool(row.private))
        last = rows[-1].id


def index_rows(ids: list[str] | None = None) -> Iterator[Row]:
    """Every dataset of this site in the index (of these ids, if given), sorted by id. pysolr.SolrError if Solr is away."""
    asked: dict[str, Any] = {
        "q": "*:*",
        "fq": [f'+site_id:"{tk.config["ckan.site_id"]}"', "+entity_type:package"],
        "fl": "id,metadata_modified,state,capacity,indexed_ts",
        "sort": "id asc, index_id asc",
        "rows": BATCH,
    }
    if ids is not None:
        asked["fq"].append("{!terms f=id}" + ",".join(ids))
    solr, cursor = make_connection(decode_dates=False), "*"
    while True:
        answer = solr.search(**asked, cursorMark=cursor)
        for document in answer.docs:
            yield _row(document)
        if not answer.docs or answer.nextCursorMark == cursor:
            return
        cursor = answer.nextCursorMark


def counts() -> tuple[dict[tuple[str, bool], int], dict[tuple[str, bool], int]]:
    """How many datasets of each (state, private) the database and the index hold: a cheap way to see a difference."""
    package = model.Package
    query = sa.select(package.state, package.private, sa.func.count()).group_by(package.state, package.private)
    if tk.config["ckan.search.remove_deleted_packages"]:
        query = query.where(package.state != model.State.DELETED)
    database = {(state, bool(private)): number for state, private, number in model.Session.execute(query)}
    answer = make_connection(decode_dates=False).search(
        "*:*",
        fq=[f'+site_id:"{tk.config["ckan.site_id"]}"', "+entity_type:package"],
        rows=0,
        **{"facet": "true", "facet.pivot": "state,capacity"},
    )
    pivot = answer.facets.get("facet_pivot", {}).get("state,capacity", [])
    index = {
        (state["value"], capacity["value"] == "private"): capacity["count"]
        for state in pivot
        for capacity in state.get("pivot", [])
    }
    return database, index


def answers() -> bool:
    """Whether Solr answers at all: if not, a dataset that could not be indexed is not to blame."""
    try:
        make_connection(decode_dates=False).search("*:*", rows=0)
    except SolrError:
        return False
    return True


def _row(document: dict[str, Any]) -> Row:
    return Row(
        document["id"],
        _milliseconds(_date(document.get("metadata_modified"))),
        document.get("state", ""),
        document.get("capacity") == "private",
        _milliseconds(_date(document.get("indexed_ts"))),
    )


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _milliseconds(moment: datetime | None) -> int:
    """CKAN's dates are UTC without saying so."""
    if moment is None:
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


# What the index owes, kept in Redis: a sorted set of dataset ids by the time from which to try again, and how
# often each failed. Lost with Redis, it is found again by comparing; it is only what makes finding it quick.


def _key(part: str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:portal:index:{part}"


def remember(package_id: str, refused: bool = False) -> None:
    """Notes that the index owes this dataset. Each time the index refused it, the next try waits twice as long."""
    try:
        redis, pause = connect_to_redis(), 0
        if refused:
            failures: Any = redis.hincrby(_key("failures"), package_id, 1)
            pause = min(FIRST_PAUSE * 2 ** (int(failures) - 1), LONGEST_PAUSE)
        redis.zadd(_key("owed"), {package_id: time.time() + pause})
    except RedisError as error:
        log.warning("Dataset %s is not in the index, and could not be noted: %s", package_id, error)


def forget(package_id: str) -> None:
    """The index has it."""
    redis = connect_to_redis()
    redis.zrem(_key("owed"), package_id)
    redis.hdel(_key("failures"), package_id)


def owed(limit: int = BATCH) -> list[str]:
    """Ids of datasets noted whose time has come."""
    found: Any = connect_to_redis().zrangebyscore(_key("owed"), 0, time.time(), 0, limit)
    return [each.decode() for each in found]


def postponed() -> set[str]:
    """Ids of datasets that the index refused and that are not to be tried yet."""
    found: Any = connect_to_redis().zrangebyscore(_key("owed"), time.time(), "+inf")
    return {each.decode() for each in found}


def number_owed() -> int:
    number: Any = connect_to_redis().zcard(_key("owed"))
    return int(number)
