"""Asks each service whether it is up, what it is and how far behind. Each probe is quick and raises if there is no answer."""

from __future__ import annotations

import json
import os
import platform
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg2
import redis
import requests
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.plugins import toolkit as tk
from rq import Queue, Worker

from . import config, schedule

SCHEDULER_LATE = 150  # seconds without a beat, of which there is one a minute at least
WORKER_LATE = 480  # RQ's worker says nothing while it waits for a job for about 400 seconds


class Down(Exception):
    """The service answers, or left traces, and is not fit for work; the message says why."""


def postgresql(seconds: int) -> dict[str, Any]:
    url = sa.make_url(tk.config["sqlalchemy.url"])
    connection = psycopg2.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False),
        connect_timeout=seconds,
        options=f"-c statement_timeout={seconds * 1000}",
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version'), pg_database_size(current_database())")
            (number, size) = cursor.fetchone() or ("", 0)
    finally:
        connection.close()
    return {"version": number.split(" ")[0], "size": size, "port": url.port or 5432}


def valkey(seconds: int) -> dict[str, Any]:
    found: Any = _redis(seconds).info()
    return {
        "version": found.get("valkey_version") or found.get("redis_version", ""),
        "memory": found.get("used_memory_rss"),
        "port": found.get("tcp_port"),
        "product": "Valkey" if "valkey_version" in found else "Redis",
    }


def solr(seconds: int) -> dict[str, Any]:
    """The core must answer a search; the version comes from the server, if it tells."""
    url = tk.config["solr_url"].rstrip("/")
    asked = {"q": "*:*", "rows": 0, "wt": "json", "fq": f'+site_id:"{tk.config["ckan.site_id"]}" +entity_type:package'}
    answer = requests.get(f"{url}/select", params=asked, timeout=seconds, auth=_solr_login())
    answer.raise_for_status()
    parts = urlsplit(url)
    found: dict[str, Any] = {"indexed": answer.json()["response"]["numFound"], "port": parts.port}
    server = urlunsplit(parts._replace(path=parts.path.rpartition("/")[0] + "/admin/info/system"))
    told = requests.get(server, params={"wt": "json"}, timeout=seconds, auth=_solr_login())
    if told.ok:
        found["version"] = told.json().get("lucene", {}).get("solr-spec-version", "")
    return found


def _solr_login() -> tuple[str, str] | None:
    user, password = tk.config["solr_user"], tk.config["solr_password"]
    return (user, password) if user and password else None


def web(seconds: int) -> dict[str, Any]:
    """This very process answers; how it is served is told by its parent."""
    master = psutil.Process(os.getppid())
    served_by_gunicorn = "gunicorn" in sys.modules and any("gunicorn" in part for part in master.cmdline())
    process = master if served_by_gunicorn else psutil.Process()
    return {
        "version": f"CKAN {version('ckan')}",
        "detail": _with("gunicorn") if served_by_gunicorn else f"Python {platform.python_version()}",
        "pid": process.pid,
        "memory": memory(process.pid),
        "started": process.create_time(),
        "port": urlsplit(tk.config["ckan.site_url"]).port,
    }


def _with(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


def worker(seconds: int) -> dict[str, Any]:
    prefix, lanes_queue = jobs.add_queue_name_prefix(""), config.lanes_queue()
    lane = jobs.add_queue_name_prefix(lanes_queue) if lanes_queue else ""
    return _workers(seconds, lambda name: name.startswith(prefix) and name != lane, "No job worker is running")


def lanes(seconds: int) -> dict[str, Any]:
    """The workers of the harvests' queue; a harvest each."""
    lane = jobs.add_queue_name_prefix(config.lanes_queue())
    return _workers(seconds, lambda name: name == lane, "No lane is running: harvests wait")


def _workers(seconds: int, mine: Callable[[str], bool], none: str) -> dict[str, Any]:
    """The workers of the queues that are ``mine`` by their name, and what waits in these."""
    connection = _redis(seconds)
    queues = [queue for queue in Queue.all(connection=connection) if mine(queue.name)]
    waiting = [job for job in (_oldest(queue) for queue in queues) if job]
    found: dict[str, Any] = {
        "version": _with("rq"),
        "lag": {"waiting": sum(queue.count for queue in queues), "oldest": max(waiting, default=0)},
    }
    workers = [each for each in Worker.all(connection=connection) if any(mine(name) for name in each.queue_names())]
    alive = [each for each in workers if _lives(each.hostname, each.pid) and _age(each.last_heartbeat) < WORKER_LATE]
    if not alive:
        raise Down(none, found)
    pids = [each.pid for each in alive if each.hostname == socket.gethostname() and each.pid]
    found |= {
        "workers": len(alive),
        "busy": sum(each.state == "busy" for each in alive),
        "pid": pids[0] if pids else None,
        "memory": sum(memory(pid) for pid in pids) or None,
    }
    return found | {"started": min((each.birth_date.timestamp() for each in alive if each.birth_date), default=None)}


def _oldest(queue: Queue) -> float:
    """Seconds for which the first job of the queue has waited."""
    first = queue.get_jobs(0, 1)
    return _age(first[0].enqueued_at) if first and first[0].enqueued_at else 0.0


def _age(moment: Any) -> float:
    if moment is None:
        return float("inf")
    at = moment.timestamp() if moment.tzinfo else moment.replace(tzinfo=UTC).timestamp()
    return max(0.0, time.time() - at)


def scheduler(seconds: int) -> dict[str, Any]:
    beat: Any = _redis(seconds).get(schedule.beat_key())
    if not beat:
        raise Down("The scheduler has not been seen for a day")
    said = json.loads(beat)
    age = max(0.0, time.time() - said["at"])
    found = {"version": _with("rq"), "pid": said["pid"], "lag": {"beat": age}, "jobs": said.get("jobs")}
    if age > SCHEDULER_LATE or not _lives(said["host"], said["pid"]):
        raise Down("The scheduler stopped", found)
    if said["host"] == socket.gethostname():
        found["memory"] = memory(said["pid"])
    return found


def _lives(host: str | None, pid: int | None) -> bool:
    """False only where it can be known: a process of this machine that is no more."""
    return host != socket.gethostname() or pid is None or psutil.pid_exists(pid)


def _redis(seconds: int) -> redis.Redis:
    url = tk.config["ckan.redis.url"]
    return redis.Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)


def memory(pid: int) -> int:
    """Bytes resident of a process and its children. Pages that they share are counted once where the system tells."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_resident(process) for process in family)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except (psutil.Error, AttributeError, OSError):
        pass
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0
