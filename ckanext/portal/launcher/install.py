"""Makes .venv from the lock, once, and hands over to the launcher inside it.

Runs on a bare python3: standard library only. Nothing is fetched when the stamp in .venv is the lock's own.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
VENV = Path(os.environ.get("PORTAL_VENV") or PROJECT / ".venv")
PYTHON = VENV / "bin" / "python"


def wanted(argv: list[str]) -> str:
    """The lock that the command needs: tests and benchmarks ask for more than running does."""
    tests = bool(argv) and argv[0] in ("test", "bench")
    return "requirements-test.lock" if tests else "requirements.lock"


def stamp(lock: str) -> str:
    """What .venv must have been made of to be good for `lock`."""
    digest = hashlib.sha256(str(PROJECT).encode())
    for name in (lock, "setup.py", "pyproject.toml"):
        digest.update((PROJECT / name).read_bytes())
    return digest.hexdigest()


def installed(lock: str) -> bool:
    return PYTHON.exists() and (VENV / f"{lock}.done").exists() and (VENV / f"{lock}.done").read_text() == stamp(lock)


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def pip(*words: str) -> None:
    command = [str(PYTHON), "-I", "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", *words]
    if subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL).returncode:
        sys.exit(
            f"portal: pip could not install {words[-1]} (its own message is above).\n"
            "The first start needs the package registry; check the network and proxy settings, then run the command again."
        )


def install(lock: str) -> None:
    began = time.monotonic()
    say(f"installing {lock} into {VENV} (first start or a new lock; a minute or two) ...")
    broken = (
        not PYTHON.exists() or subprocess.run([PYTHON, "-I", "-m", "pip", "--version"], capture_output=True).returncode
    )
    if broken:
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"portal: could not make {VENV}: {error}\nOn Debian and Ubuntu: apt install python3-venv")
    pip("--require-hashes", "-r", lock)
    pip("--no-build-isolation", "-e", ".")
    (VENV / f"{lock}.done").write_text(stamp(lock))
    if lock != "requirements.lock":  # the test lock holds all of the other
        (VENV / "requirements.lock.done").write_text(stamp("requirements.lock"))
    say(f"installed in {time.monotonic() - began:.0f} s")


def main(argv: list[str]) -> None:
    lock = wanted(argv)
    if not installed(lock):
        VENV.parent.mkdir(parents=True, exist_ok=True)
        with open(VENV.parent / f".{VENV.name.strip('.')}.lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # two first starts at once: the second waits
            if not installed(lock):
                install(lock)
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", "ckanext.portal.launcher", *argv])


if __name__ == "__main__":
    main(sys.argv[1:])
