"""The processes that a benchmark asks: a CKAN driven by JSON lines, and a site behind gunicorn."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

DRIVERS = Path(__file__).parent / "drivers"
START_SECONDS = 120
TAIL = 25


class SideError(Exception):
    """A side failed at what it was asked; the text holds its own words."""


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-TAIL:]) if log.exists() else ""


def clean_environment() -> dict[str, str]:
    """Without variables that would override a side's settings."""
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("CKAN_", "CKAN__", "PYTEST_", "PYTHONPATH"))
    }


class Driver:
    """`drivers/SCRIPT` on an ini, in a side's own Python."""

    def __init__(self, python: Path, script: str, ini: Path, log: Path) -> None:
        self.log = log
        self._errors = log.open("w")
        self._process = subprocess.Popen(
            [python, DRIVERS / script, ini],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=log.parent,
            env=clean_environment(),
        )
        self._answer("its start")

    def _answer(self, what: str) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SideError(f"{self.log.stem} ended at {what}:\n{tail(self.log)}")
        answer = json.loads(line)
        if "error" in answer:
            raise SideError(f"{self.log.stem} failed at {what}:\n{answer['error']}")
        return answer["ok"]

    def ask(self, do: str, **arguments: Any) -> Any:
        """What the command returned. Raises SideError."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps({"do": do, "with": arguments}) + "\n")
            self._process.stdin.flush()
        return self._answer(do)

    def close(self) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()


class Site:
    """One gunicorn worker on an ini, the same for both sides; or, with `settings`, gunicorn as that file has it."""

    def __init__(self, python: Path, ini: Path, port: int, log: Path, settings: Path | None = None) -> None:
        self.port, self.log = port, log
        self._errors = log.open("w")
        command = [
            python,
            "-m",
            "gunicorn",
            "--no-control-socket",
            "--chdir",
            DRIVERS,
            *(["-c", settings] if settings else ["-w", "1", "-t", "300"]),
            "-b",
            f"127.0.0.1:{port}",
            "ckanext.portal.launcher.wsgi:application" if settings else "wsgi:application",
        ]
        environment = {**clean_environment(), "CKAN_INI": str(ini)}
        self._process = subprocess.Popen(
            command, stdout=self._errors, stderr=self._errors, cwd=log.parent, env=environment
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.get("/api/3/action/status_show")
                return
            time.sleep(0.2)
        self.close()
        raise SideError(f"{self.log.stem} does not answer:\n{tail(self.log)}")

    def get(self, path: str, accept: str = "*/*") -> tuple[float, float, int, bytes]:
        """Seconds to the first byte of the body, seconds to its end, status, body; on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        began = time.perf_counter()
        try:
            connection.request("GET", path, headers={"Accept": accept, "Host": f"127.0.0.1:{self.port}"})
            answer = connection.getresponse()
            first = answer.read(1)
            at_first = time.perf_counter() - began
            body = first + answer.read()
            return at_first, time.perf_counter() - began, answer.status, body
        finally:
            connection.close()

    def page(self, path: str, accept: str = "*/*") -> tuple[float, bytes]:
        """Seconds and body of an answer that must be 200. Raises SideError."""
        _first, seconds, status, body = self.get(path, accept)
        if status != 200:
            raise SideError(
                f"{self.log.stem}: {path} answered {status}: {body[:400].decode(errors='replace')}\n{tail(self.log)}"
            )
        return seconds, body

    def memory(self) -> float:
        """Resident memory of the worker, in MB."""
        (worker,) = psutil.Process(self._process.pid).children()
        return worker.memory_info().rss / 1e6

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._errors.close()
