"""A spend file checked: ours against frictionless, with the same errors found."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import spend
from ..measure import Row, alternate, compare
from ..process import DRIVERS, SideError
from ..registry import Benchmark
from ..session import Session


def _run(script: str, path: Path) -> tuple[float, dict[str, Any]]:
    """Seconds of the whole process, and what it printed."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-P", DRIVERS / script, path], capture_output=True, text=True)
    taken = time.monotonic() - began
    if done.returncode:
        raise SideError(f"{script}: {done.stderr[-2000:]}")
    return taken, json.loads(done.stdout)


def _same(ours: dict[str, Any], theirs: dict[str, Any]) -> int:
    """How many errors both found. Raises SideError where one found what the other did not."""
    a, b = ({tuple(each) for each in side["errors"]} for side in (ours, theirs))
    if a != b or not a:
        raise SideError(f"the errors differ: only ours {sorted(a - b)[:5]}, only theirs {sorted(b - a)[:5]}")
    if ours["ticks"] < 2:
        raise SideError("ours told no progress")
    return len(a)


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="bench-check-") as folder:
        path = Path(folder) / "spend.csv"
        spend.write(path, size)
        session.log(f"{path.stat().st_size / 1e6:.0f} MB, {size:,} rows of {len(spend.HEADER)} columns")
        a, b = alternate(runs, lambda _: _run("check_ours.py", path), lambda _: _run("check_frictionless.py", path))
        found = {_same(ours, theirs) for (_, ours), (_, theirs) in zip(a, b, strict=True)}
        session.log(f"the same {found.pop():,} errors on both sides")
    what = f"spend file, {size:,} rows"
    yield compare("check", what, "s", [taken for taken, _ in a], [taken for taken, _ in b])
    yield compare("check", f"{what}, resident", "MB", [told["mb"] for _, told in a], [told["mb"] for _, told in b])


BENCHMARK = Benchmark("check", "a spend file fully checked, against frictionless (size: rows)", 100_000, 3, rows)
