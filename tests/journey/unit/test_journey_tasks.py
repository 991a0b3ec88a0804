"""What is said to be next for a release, from where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.journey.workflow import tasks

NONE: dict[str, Any] = {"template": None, "steps": []}
LEFT: dict[str, Any] = {
    "template": {"id": "t"},
    "steps": [{"recorded": False}, {"recorded": True}, {"recorded": False}],
}
APPROVE = {"move": "approve", "refused": None}


def file(held: bool = False, check: str | None = "passed") -> dict[str, Any]:
    return {"id": "f", "held": held, "check": check}


@pytest.mark.parametrize(
    ("state", "privacy", "release", "files", "codes"),
    [
        ("extracting", "unknown", NONE, [], ["add-file", "review"]),
        ("extracting", "unknown", LEFT, [], ["add-file", "record"]),
        ("cleaning", "unknown", LEFT, [file(True, "running")], ["wait-check", "record"]),
        ("privacy", "reviewed", NONE, [file(), file(True, "personal")], ["mend"]),
        ("validating", "unknown", NONE, [file()], ["review", "submit"]),
        ("validating", "unsigned", NONE, [file()], ["sign"]),
        ("returned", "signed", NONE, [file(check=None)], ["submit"]),
        ("approval", "signed", LEFT, [file()], ["decide"]),
        ("approval", "signed", NONE, [file(True, "problems")], ["mend", "decide"]),
        ("scheduled", "signed", NONE, [file()], ["wait-day"]),
        ("published", "signed", NONE, [file()], ["correct"]),
        ("in-use", "unknown", NONE, [file(True, "waiting")], ["wait-check", "correct"]),
    ],
)
def test_what_is_next(state, privacy, release, files, codes) -> None:
    standing = {"state": state, "privacy": privacy, "moves": [APPROVE]}
    assert [task.code for task in tasks.of(standing, release, files)] == codes


def test_who_worked_on_it_waits_for_somebody_else() -> None:
    standing = {"state": "approval", "privacy": "signed", "moves": [{**APPROVE, "refused": "You worked on it"}]}
    assert [task.code for task in tasks.of(standing, NONE, [file()])] == ["wait-decision"]


def test_how_many_steps_are_left() -> None:
    standing = {"state": "extracting", "privacy": "unknown", "moves": []}
    assert tasks.of(standing, LEFT, [file()])[0].count == 2
