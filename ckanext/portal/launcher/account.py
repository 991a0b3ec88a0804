"""Which system account the services run as: never root, because PostgreSQL refuses it and nothing needs it."""

import functools
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .errors import PortalError
from .home import PROJECT, Home

NAME = os.environ.get("PORTAL_USER") or "towpath"


@functools.cache
def account() -> pwd.struct_passwd | None:
    """The account to change to when started by root (made if there is none); None for anybody else."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        done = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise PortalError(
                f"The system account {NAME!r} cannot be made",
                done.stderr,
                "Start the portal as an ordinary user, or name an account in PORTAL_USER.",
            ) from None
        return pwd.getpwnam(NAME)


def run_as() -> dict[str, Any]:
    """Arguments of subprocess.run and Popen that change to the account."""
    entry = account()
    return {} if entry is None else {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Hands a file or folder, with all in it, to the account."""
    entry = account()
    if entry is None:
        return
    for at in (path, *path.rglob("*")):
        if not at.is_symlink() and at.stat().st_uid != entry.pw_uid:
            os.chown(at, entry.pw_uid, entry.pw_gid)


def open_way(paths: Iterable[Path]) -> list[str]:
    """Lets the account pass through (not read) the folders above `paths`; returns a sentence for each changed."""
    notes: list[str] = []
    for folder in sorted({parent for path in paths for parent in path.parents}):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            notes.append(f"account {NAME} may now pass through {folder} (mode {mode:o} -> {mode | stat.S_IXOTH:o})")
    return notes


def prepare(home: Home, others: Iterable[Path]) -> list[str]:
    """When started by root: the account owns the portal's folder and can reach the programs.

    Raises PortalError where the account cannot run the project's Python.
    """
    if account() is None:
        return []
    notes = open_way([home.path, PROJECT, Path(sys.prefix), Path(sys.executable).resolve(), *others])
    give(home.path)
    trial = subprocess.run(
        [sys.executable, "-P", "-c", "import ckanext.portal.launcher"],
        capture_output=True,
        text=True,
        cwd="/",
        **run_as(),
    )
    if trial.returncode:
        raise PortalError(
            f"Account {NAME} cannot run {sys.executable}",
            (trial.stderr.strip().splitlines() or ["no message"])[-1],
            "Put the project and its Python where others may read them, or start the portal as an ordinary user.",
        )
    return notes
