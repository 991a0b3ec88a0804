"""Starting, awaiting and ending the servers of these tests, as an account that is never root."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ckanext.portal.launcher import account


@contextlib.contextmanager
def folder(name: str) -> Iterator[Path]:
    """A folder that the servers' account owns, and that goes at the end. Short, for the sake of Unix sockets."""
    made = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    made.chmod(0o755)  # mkdtemp's 700 would keep out the servers' account
    account.give(made)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


class Server:
    """One process; what it says is in `log`."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.command, self.log = command, log
        self.start()

    def start(self) -> None:
        with self.log.open("a") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out, cwd="/", **account.run_as())

    def wait(self, ready: Callable[[], bool], seconds: float) -> None:
        """Until `ready` says so. AssertionError with the server's last words if it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if ready():
                    return
            time.sleep(0.2)
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
        raise AssertionError(f"{self.command[0]} is not ready (exit code {self.process.poll()}):\n{last}")

    def kill(self) -> None:
        """kill -9: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def answers(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


def run(command: list[str], **more: str) -> str:
    """A command of the servers' account; its output. AssertionError when it fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, cwd="/", env={**os.environ, **more}, **account.run_as()
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
    return done.stdout
