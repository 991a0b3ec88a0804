"""The folder that holds all of one portal's state: PORTAL_HOME, or var/ of the project."""

import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import PortalError

PROJECT = Path(__file__).resolve().parents[3]
CONFIG = PROJECT / "config"
FOLDERS = ("postgres", "valkey", "solr", "storage", "logs", "run")
# Unix sockets have paths of at most 107 bytes; supervisor adds a suffix of its own while it binds.
SOCKET_PATH_MAX = 90


class Home:
    """Paths and small JSON files of one portal. Nothing is made before `create()`."""

    def __init__(self, path: Path | str | None = None) -> None:
        chosen = path or os.environ.get("PORTAL_HOME") or PROJECT / "var"
        self.path = Path(chosen).expanduser().resolve()
        self.ini = self.path / "portal.ini"
        self.settings = self.path / "settings.ini"
        self.logs = self.path / "logs"
        self.run = self.path / "run"
        self.services_file = self.run / "services.json"

    def create(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for name in FOLDERS:
                (self.path / name).mkdir(exist_ok=True)
        except OSError as error:
            raise PortalError(
                f"The portal's folder {self.path} cannot be made",
                str(error),
                "Set PORTAL_HOME to a folder that you may write to.",
            ) from error

    @property
    def socket(self) -> Path:
        """Where supervisor listens: in the folder, or where the folder's path is too long for a socket."""
        inside = self.run / "supervisor.sock"
        if len(str(inside)) <= SOCKET_PATH_MAX:
            return inside
        key = secrets.token_hex(4) if not self.path.exists() else f"{self.path.stat().st_ino:x}"
        folder = Path(tempfile.gettempdir()) / f"towpath-{os.getuid()}-{key}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / "s.sock"

    def read(self, name: str) -> dict[str, Any]:
        """A JSON file of the folder; {} where it is missing or was cut short by a crash."""
        try:
            return json.loads((self.path / name).read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def write(self, name: str, data: dict[str, Any], mode: int = 0o644) -> None:
        """Replaces a JSON file in one step, so that a crash leaves the old one or the new one."""
        target = self.path / name
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w") as handle:
            json.dump(data, handle, indent=1)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(target)

    def state(self) -> dict[str, Any]:
        return self.read("state.json")

    def remember(self, **changes: Any) -> None:
        self.write("state.json", {**self.state(), **changes})

    def done(self, step: str) -> bool:
        return step in self.state().get("done", [])

    def mark_done(self, step: str) -> None:
        if not self.done(step):
            self.remember(done=[*self.state().get("done", []), step])

    def secrets(self) -> dict[str, str]:
        return self.read("secrets.json")

    def keep_secret(self, **values: str) -> None:
        self.write("secrets.json", {**self.secrets(), **values}, mode=0o600)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Held while a portal is started, stopped or removed; a second command says so instead of meddling."""
        with open(self.run / "lock", "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise PortalError(
                    f"The portal in {self.path} is being started or stopped by another command",
                    "its lock is held",
                    "Wait for that command to end, or look at it with ./portal status.",
                ) from error
            yield
