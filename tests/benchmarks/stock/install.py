"""Installs stock CKAN and its extensions, from a lock of their own, into a folder of their own; only when asked for."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")
DEFAULT = Path(__file__).resolve().parents[3] / ".venv-stock"


def folder() -> Path:
    """BENCH_STOCK_HOME, or .venv-stock of the project: it outlives the throw-away services."""
    return Path(os.environ.get("BENCH_STOCK_HOME") or DEFAULT)


def python() -> Path:
    """The Python of stock CKAN, installed if need be (again when the lock changed). Raises CalledProcessError."""
    at = folder()
    stamp, wanted = at / "lock.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    binary = at / "bin" / "python"
    if binary.exists() and stamp.exists() and stamp.read_text() == wanted:
        return binary
    print(f"  installing stock CKAN into {at} (once; a minute or two) ...", file=sys.stderr, flush=True)
    shutil.rmtree(at, ignore_errors=True)
    at.parent.mkdir(parents=True, exist_ok=True)
    venv.create(at, with_pip=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    subprocess.run([binary, "-I", "-m", "pip", "install", *options, "-r", LOCK], check=True, stdin=subprocess.DEVNULL)
    stamp.write_text(wanted)
    return binary
