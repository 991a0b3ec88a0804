"""The state of the portal's services, gathered for the status page. Never waits for longer than the slowest probe may take."""

from __future__ import annotations

import json
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from datetime import UTC, datetime
from typing import Any

import psutil

from . import config, index_store, probes

log = logging.getLogger(__name__)

SERVICES: dict[str, tuple[str, tuple[str, ...]]] = {
    # name here: (label, names in the services file)
    "postgresql": ("PostgreSQL", ("postgres", "postgresql")),
    "valkey": ("Valkey", ("valkey", "redis")),
    "solr": ("Solr", ("solr",)),
    "web": ("Web server", ("web", "gunicorn")),
    "worker": ("Job worker", ("worker",)),
    "lanes": ("Harvest lanes", ("lanes",)),
    "scheduler": ("Scheduler", ("scheduler",)),
}
NEEDED = ("postgresql", "valkey", "solr", "web")  # without one of these the portal is down, without another degraded
DETAILS = (
    "version",
    "detail",
    "memory",
    "size",
    "pid",
    "port",
    "started",
    "lag",
    "reason",
    "milliseconds",
    "workers",
    "busy",
    "jobs",
)
_threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="portal-status")


def report(details: bool) -> dict[str, Any]:
    """See the action portal_status, which this is."""
    services = _probe_all()
    _index_lag(services)
    _from_file(services)
    kept = ("name", "label", "up", *(DETAILS if details else ()))
    return {
        "status": overall(services),
        "checked": datetime.now(UTC).isoformat(timespec="seconds"),
        "services": [{key: each[key] for key in kept if each.get(key) is not None} for each in services.values()],
    }


def overall(services: dict[str, dict[str, Any]]) -> str:
    """up, degraded (jobs wait, or a service of the operator's own is down) or down."""
    down = {name for name, service in services.items() if not service["up"]}
    if down.intersection(NEEDED):
        return "down"
    return "degraded" if down else "up"


def ready() -> dict[str, str]:
    """Which of the services that no page can do without fail to answer, and why: empty if the portal is ready."""
    asked = {name: _threads.submit(_probe, name) for name in ("postgresql", "valkey", "solr")}
    found = {name: _answer(name, each, time.monotonic() + config.probe_seconds()) for name, each in asked.items()}
    return {name: service.get("reason", "") for name, service in found.items() if not service["up"]}


def _probe_all() -> dict[str, dict[str, Any]]:
    until = time.monotonic() + config.probe_seconds() + 1
    asked = {name: _threads.submit(_probe, name) for name in SERVICES if name != "lanes" or config.lanes_queue()}
    return {name: _answer(name, each, until) for name, each in asked.items()}


def _probe(name: str) -> dict[str, Any]:
    start = time.monotonic()
    try:
        found = {"up": True, **getattr(probes, name)(config.probe_seconds())}
    except probes.Down as error:
        found = {"up": False, "reason": error.args[0], **(error.args[1] if len(error.args) > 1 else {})}
    except Exception as error:
        log.info("%s does not answer: %s", name, error)
        found = {"up": False, "reason": first_line(error)}
    label = found.pop("product", None) or SERVICES[name][0]
    return {"name": name, "label": label, "milliseconds": round((time.monotonic() - start) * 1000), **found}


def _answer(name: str, asked: Future[dict[str, Any]], until: float) -> dict[str, Any]:
    try:
        return asked.result(max(0.0, until - time.monotonic()))
    except TookTooLong:
        reason = f"No answer within {config.probe_seconds()} seconds"
        return {"name": name, "label": SERVICES[name][0], "up": False, "reason": reason}


def first_line(error: Exception) -> str:
    """What went wrong, short, and without the address's password."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]


def _index_lag(services: dict[str, dict[str, Any]]) -> None:
    """How many datasets the index has too few or too many, and how many are known to wait."""
    if not (services["solr"]["up"] and services["postgresql"]["up"]):
        return
    try:
        database, index = index_store.counts()
        waiting = index_store.number_owed() if services["valkey"]["up"] else 0
    except Exception as error:
        log.info("The lag of the index could not be found: %s", error)
        return
    keys = database.keys() | index.keys()
    behind = sum(abs(database.get(key, 0) - index.get(key, 0)) for key in keys)
    services["solr"]["lag"] = {"datasets": sum(database.values()), "behind": max(behind, waiting)}


def _from_file(services: dict[str, dict[str, Any]]) -> None:
    """Adds what whoever started the services knows of them, and the services that only it knows."""
    for row in _read_file():
        name = next((key for key, (_, names) in SERVICES.items() if row.get("name") in names), None)
        service = services.get(name) if name else None
        pid = row.get("pid")
        if service is None:
            up = bool(pid and psutil.pid_exists(pid))
            service = services[row["name"]] = {"name": row["name"], "label": row["name"], "up": up}
            if not up:
                service["reason"] = str(row.get("state") or "")
        if pid and psutil.pid_exists(pid):
            service |= {"pid": pid, "memory": probes.memory(pid) or service.get("memory")}
        for key in ("port", "started"):
            if row.get(key):
                service[key] = row[key]


def _read_file() -> list[dict[str, Any]]:
    path = config.services_file()
    if not path:
        return []
    try:
        with open(path, encoding="utf-8") as handle:
            rows = json.load(handle)["services"]
        return [row for row in rows if isinstance(row, dict) and row.get("name")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("The services file cannot be read: %s", error)
        return []
