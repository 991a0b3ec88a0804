"""What is to be done next for a release, in the order in which it is done (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import stages

# Words of a file's check that ask for patience, not for work.
_UNDER_WAY = frozenset({"waiting", "running"})


@dataclass(frozen=True)
class Task:
    """`code` says what: add-file, wait-check, mend, record, review, sign, submit, decide, wait-decision, wait-day or correct.

    `file` is the one that it is about, `count` how many steps there are to record.
    """

    code: str
    file: dict[str, Any] | None = None
    count: int = 0


def of(standing: dict[str, Any], release: dict[str, Any], files: Sequence[dict[str, Any]]) -> list[Task]:
    """`standing` and `release` as `journey_workflow_show` and `journey_release_show` give them; `files` with `held` and `check`."""
    state = standing["state"]
    if state in stages.OPEN:
        return [*_held(files), Task("correct")]
    if state == "scheduled":
        return [*_held(files), Task("wait-day")]
    if state == "approval":
        return [*_held(files), _decision(standing)]
    return _work(standing, release, files)


def _held(files: Sequence[dict[str, Any]]) -> list[Task]:
    return [Task("wait-check" if each["check"] in _UNDER_WAY else "mend", each) for each in files if each["held"]]


def _work(standing: dict[str, Any], release: dict[str, Any], files: Sequence[dict[str, Any]]) -> list[Task]:
    found = _held(files) if files else [Task("add-file")]
    left = sum(not step["recorded"] for step in release["steps"])
    if left:
        found.append(Task("record", count=left))
    reviewed = {"unknown": [] if left else [Task("review")], "unsigned": [Task("sign")]}
    reviewed["reported"] = [Task("review")]  # a tool's word
    found += reviewed.get(standing["privacy"], [])
    if not any(task.code in ("add-file", "wait-check", "mend", "sign") for task in found):
        found.append(Task("submit"))
    return found


def _decision(standing: dict[str, Any]) -> Task:
    may = any(move["move"] == "approve" and not move["refused"] for move in standing["moves"])
    return Task("decide" if may else "wait-decision")
