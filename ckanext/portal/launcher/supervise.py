"""Starts, asks and stops supervisor, which keeps the services alive; clears what a crash left behind."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from . import plan
from .account import account
from .errors import PortalError
from .home import Home
from .spec import Service

MARK = "TOWPATH_HOME"  # in the environment of every process of a portal: which portal it belongs to
SAME_START = 3  # seconds between a process and the record of its start
NO_ANSWER = (OSError, http.client.HTTPException, xmlrpc.client.Error)


def environment(home: Home) -> dict[str, str]:
    """What every service gets beside its own variables."""
    kept = {
        key: os.environ[key]
        for key in ("PATH", "LANG", "LC_ALL", "TZ", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
        if key in os.environ
    }
    return {**kept, MARK: str(home.path), "HOME": str(home.path), "PYTHONUNBUFFERED": "1"}


def proxy(home: Home) -> Any:
    """Supervisor's XML-RPC namespace."""
    transport = SupervisorTransport(None, None, f"unix://{home.socket}")
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


def running(home: Home) -> bool:
    with contextlib.suppress(*NO_ANSWER):
        return proxy(home).getState()["statename"] == "RUNNING"
    return False


def states(home: Home) -> dict[str, dict[str, Any]]:
    """Each service's pid and state as supervisor knows them; {} where no supervisor runs."""
    with contextlib.suppress(*NO_ANSWER):
        return {each["name"]: each for each in proxy(home).getAllProcessInfo() if each["name"] != "watch"}
    return {}


def _same_portal(process: psutil.Process, home: Home) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return process.environ().get(MARK) == str(home.path)
    return False


def _recorded(home: Home) -> list[psutil.Process]:
    """The services that were last seen: PostgreSQL and Valkey write their titles over their environment."""
    found = []
    for each in home.read("run/services.json").get("services", []):
        if not each["pid"] or not each["started"]:
            continue  # it was stopped
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(each["pid"])
            # the same number at another time is another process
            if abs(process.create_time() - each["started"]) < SAME_START:
                found.append(process)
    return found


def _postmaster(home: Home) -> list[psutil.Process]:
    """PostgreSQL's own record, should ours have been cut off."""
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
        lines = (home.path / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        if process.name() == "postgres" and str(home.path) in " ".join(process.cmdline()):
            return [process]
    return []


def _valkey(home: Home) -> list[psutil.Process]:
    """Valkey by the folder that it works in, should our record have been cut off."""
    found = []
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.Error, OSError):
            if process.info["name"] == "valkey-server" and process.cwd() == str(home.path / "valkey"):
                found.append(process)
    return found


def leftovers(home: Home) -> list[psutil.Process]:
    """Processes of this portal that no supervisor looks after."""
    me = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    marked = [each for each in psutil.process_iter() if _same_portal(each, home)]
    found = {*marked, *_recorded(home), *_postmaster(home), *_valkey(home)}
    return [each for each in found if each.pid not in me]


def clear_leftovers(home: Home) -> int:
    """Ends what a killed supervisor left running: asked first, killed after ten seconds. Returns how many."""
    found = leftovers(home)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    for process in psutil.wait_procs(found, timeout=10)[1]:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=5)
    return len(found)


def write_configuration(home: Home, services: list[Service]) -> Path:
    entry = account()
    user = entry.pw_name if entry else None
    watch = [sys.executable, "-P", "-m", "ckanext.portal.launcher.watch", str(home.path)]
    parts = [
        plan.supervisor(str(home.run), str(home.logs), str(home.socket), root=entry is not None),
        plan.listener(watch, str(home.logs), environment(home)),
        *(
            plan.program(each, str(home.logs), user, environment(home), number)
            for number, each in enumerate(services, 1)
        ),
    ]
    path = home.run / "supervisor.conf"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write("\n".join(parts))
    return path


def start(home: Home, services: list[Service]) -> None:
    """Starts supervisor in a session of its own; no service yet."""
    path = write_configuration(home, services)
    home.socket.unlink(missing_ok=True)
    command = [sys.executable, "-P", "-m", "supervisor.supervisord", "-c", str(path)]
    with open(home.logs / "supervisor.err", "w") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
            cwd="/",
            env={**os.environ, **environment(home)},
        )
    deadline = time.monotonic() + 20
    while not running(home):
        if process.poll() is not None or time.monotonic() > deadline:
            raise PortalError(
                "The supervisor of the services did not start",
                (home.logs / "supervisor.err").read_text()[-800:] or "it gave no message",
                f"Look at {home.logs}/supervisor.log.",
            )
        time.sleep(0.05)


def start_service(home: Home, name: str) -> None:
    with contextlib.suppress(xmlrpc.client.Fault):  # already started is as good
        proxy(home).startProcess(name, False)


def stop_service(home: Home, name: str) -> None:
    with contextlib.suppress(xmlrpc.client.Fault):
        proxy(home).stopProcess(name, True)


def stop(home: Home) -> bool:
    """Stops all: clients first, then servers, then supervisor. False where nothing ran."""
    if not running(home):
        return clear_leftovers(home) > 0
    pid = proxy(home).getPID()
    alive = [name for name, each in states(home).items() if each["statename"] not in ("STOPPED", "EXITED", "FATAL")]
    for group in plan.stop_order(alive):
        calls = [(name, proxy(home)) for name in group]
        for name, rpc in calls:
            with contextlib.suppress(xmlrpc.client.Fault):
                rpc.stopProcess(name, False)
        _wait_stopped(home, group)
    with contextlib.suppress(*NO_ANSWER):
        proxy(home).shutdown()
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).wait(timeout=30)
    home.socket.unlink(missing_ok=True)
    clear_leftovers(home)
    return True


def _wait_stopped(home: Home, names: list[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        now = states(home)
        if all(now.get(name, {}).get("pid", 0) == 0 for name in names):
            return
        time.sleep(0.1)
