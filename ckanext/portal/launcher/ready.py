"""Does a service answer? Each probe is quick and says why not."""

import contextlib
import http.client
import json
import time
from collections.abc import Callable

import psutil

from . import supervise
from .errors import PortalError
from .home import Home

Probe = Callable[[], str | None]


def postgres(url: str) -> Probe:
    def probe() -> str | None:
        import psycopg2

        try:
            psycopg2.connect(url, connect_timeout=3).close()
        except psycopg2.Error as error:
            return str(error)
        return None

    return probe


def valkey(url: str) -> Probe:
    def probe() -> str | None:
        import redis

        try:
            redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3).ping()
        except redis.RedisError as error:
            return str(error)
        return None

    return probe


def web(host: str, port: int, path: str, timeout: float = 30) -> Probe:
    """Any answer below 500 will do: the page is the application's affair."""

    def probe() -> str | None:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read(2000)
        except (OSError, http.client.HTTPException) as error:
            return str(error)
        finally:
            connection.close()
        return None if answer.status < 500 else f"HTTP {answer.status}: {body[:300].decode(errors='replace')}"

    return probe


def own_web(home: Home, probe: Probe, port: int) -> Probe:
    """That it is our web server that answers, and not another portal's that took the port a moment before."""

    def both() -> str | None:
        why = probe()
        pid = supervise.states(home).get("web", {}).get("pid")
        if why or not pid:
            return why or "it is not running"
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                if any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in each.net_connections("inet")):
                    return None
        return f"another program answers on port {port}; stop it, or set PORTAL_PORT"

    return both


def solr(url: str) -> Probe:
    """`url` is the core's, as in solr_url."""

    def probe() -> str | None:
        import requests

        try:
            answer = requests.get(f"{url.rstrip('/')}/admin/ping", params={"wt": "json"}, timeout=5)
            status = answer.json().get("status")
        except (requests.RequestException, json.JSONDecodeError) as error:
            return str(error)
        return None if status == "OK" else f"HTTP {answer.status_code}: {answer.text[:300]}"

    return probe


def alive(home: Home, name: str) -> Probe:
    """For services without a port: supervisor has seen it up for the service's `up_seconds`."""

    def probe() -> str | None:
        state = supervise.states(home).get(name, {}).get("statename", "not known")
        return None if state == "RUNNING" else f"it is {state.lower()}"

    return probe


def wait(home: Home, name: str, probe: Probe, seconds: float) -> None:
    """Until the probe is content. Raises PortalError with the service's last words."""
    deadline = time.monotonic() + seconds
    tries = 0
    while why := probe():
        state = supervise.states(home).get(name, {})
        tries += state.get("statename") in ("BACKOFF", "FATAL")
        if time.monotonic() > deadline or tries > 60 or state.get("statename") == "FATAL":
            log = home.logs / f"{name}.log"
            last = "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""
            raise PortalError(f"{name} does not answer", f"{why}\n{last}", f"The whole log: ./portal logs {name}")
        time.sleep(0.1)
