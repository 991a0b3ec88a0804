"""The code as a whole: lint, types, and what may not be there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("pyright",)], ids=" ".join
)
def test_lint_and_types(command: tuple[str, ...]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_every_locked_requirement_has_hashes() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (PROJECT / name).read_text()
        for line in re.findall(r"^[a-z0-9][^\n]*==[^\n]*$", text, re.MULTILINE):
            assert line.endswith("\\"), f"{name}: {line} has no hash"


def test_the_test_lock_holds_the_running_lock() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9][^\s\\;]*==[^\s\\;]*)", (PROJECT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-test.lock")


def test_no_unfinished_marks() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b")
    found = [str(path) for path in (PROJECT / "ckanext").rglob("*.py") if marks.search(path.read_text())]
    assert not found
