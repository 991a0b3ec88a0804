"""Supervisor's event listener: says when a service dies and comes back, and keeps services.json true."""

import sys
import time
from typing import TextIO

from . import supervise
from .home import Home


def fields(line: str) -> dict[str, str]:
    """Supervisor's header and payload lines: `key:value key:value`."""
    return dict(pair.split(":", 1) for pair in line.split() if ":" in pair)


def sentence(event: str, payload: dict[str, str]) -> str | None:
    """What a person should hear of an event, or nothing."""
    name, pid = payload.get("processname", "?"), payload.get("pid", "?")
    if event == "PROCESS_STATE_EXITED" and payload.get("expected") == "0":
        return f"{name} (pid {pid}) died; it is started again"
    if event == "PROCESS_STATE_BACKOFF":
        return f"{name} did not come up (try {payload.get('tries', '?')}); it is tried again"
    if event == "PROCESS_STATE_FATAL":
        return f"{name} cannot be started: see its log"
    if event == "PROCESS_STATE_RUNNING":
        return f"{name} runs (pid {pid})"
    return None


def write_services(home: Home) -> None:
    """services.json: {"services": [{"name", "pid", "port", "state", "started"}]}; started in seconds since 1970."""
    ports = home.state().get("ports", {})
    rows = [
        {
            "name": name,
            "pid": each["pid"] or None,
            "port": ports.get(name),
            "state": each["statename"].lower(),
            "started": each["start"] or None,
        }
        for name, each in supervise.states(home).items()
    ]
    home.write("run/services.json", {"services": rows})


def listen(home: Home, source: TextIO, answer: TextIO) -> None:
    while True:
        answer.write("READY\n")
        answer.flush()
        header = fields(source.readline())
        if not header:
            return
        payload = fields(source.read(int(header["len"])).partition("\n")[0])
        text = sentence(header["eventname"], payload)
        if text:
            with open(home.logs / "events.log", "a") as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
        write_services(home)
        answer.write("RESULT 2\nOK")
        answer.flush()


if __name__ == "__main__":
    listen(Home(sys.argv[1]), sys.stdin, sys.stdout)
