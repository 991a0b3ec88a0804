"""Where a release can stand, and what may follow (pure).

States are those of the board; `scheduled` is approved and waits for its day, `blocked` and `returned` stand beside the way.
"""

from __future__ import annotations

from dataclasses import dataclass


def N_(text: str) -> str:
    return text


@dataclass(frozen=True)
class State:
    code: str
    label: str
    help: str


STATES: tuple[State, ...] = (
    State("identified", N_("Identified"), N_("Known to exist, and wanted.")),
    State("extracting", N_("Being taken out"), N_("On its way out of the system that holds it.")),
    State("cleaning", N_("Being cleaned"), N_("Errors and what is not needed are removed.")),
    State("privacy", N_("Privacy review"), N_("Someone looks whether a person could be harmed by it.")),
    State("validating", N_("Being checked"), N_("The files are checked against their rules.")),
    State("approval", N_("Waits for approval"), N_("A second person decides whether it is published.")),
    State("scheduled", N_("Approved, waits for its day"), N_("It is published by itself on the day that was set.")),
    State("published", N_("Published"), N_("Anyone can read it.")),
    State("in-use", N_("In use"), N_("Published, and somebody told what they built with it.")),
    State("blocked", N_("Blocked"), N_("Something stands in the way.")),
    State("returned", N_("Sent back"), N_("Whoever was to approve it asked for changes.")),
    State("withdrawn", N_("Withdrawn"), N_("It was taken out of public view.")),
)
CODES: dict[str, State] = {state.code: state for state in STATES}

WORK = ("identified", "extracting", "cleaning", "privacy", "validating")
OPEN = ("published", "in-use")
_BESIDE = ("blocked", "returned", "withdrawn")


@dataclass(frozen=True)
class Move:
    """What somebody may do. `needs` names what must be told with it: reason, publish_at."""

    code: str
    label: str
    origins: tuple[str, ...]
    to: str
    needs: tuple[str, ...] = ()
    second_person: bool = False


MOVES: dict[str, Move] = {
    move.code: move
    for move in (
        *(Move(code, CODES[code].label, (*WORK, *_BESIDE), code) for code in WORK),
        Move("submit", N_("Ask for approval"), (*WORK, *_BESIDE), "approval"),
        Move("recall", N_("Take back for more work"), ("approval", "scheduled"), "validating", ("reason",)),
        Move("approve", N_("Approve and publish now"), ("approval",), "published", second_person=True),
        Move(
            "schedule",
            N_("Approve, to be published on a day"),
            ("approval",),
            "scheduled",
            ("publish_at",),
            second_person=True,
        ),
        Move("return", N_("Send back"), ("approval", "scheduled"), "returned", ("reason",), second_person=True),
        Move("block", N_("Say what stands in the way"), (*WORK, "returned", "approval"), "blocked", ("reason",)),
        Move("withdraw", N_("Withdraw from public view"), OPEN, "withdrawn", ("reason",)),
    )
}


def possible(state: str | None) -> list[Move]:
    """The moves from a state, in the order in which a page offers them; none known counts as identified."""
    return [move for move in MOVES.values() if (state or "identified") in move.origins and move.to != state]
