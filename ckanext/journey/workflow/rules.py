"""What must be so before a release moves on (pure). The answers are sentences for the person who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .stages import Move

Say = Callable[[str], str]


def N_(text: str) -> str:
    return text


@dataclass(frozen=True)
class Facts:
    """What is known of a release. `authors`: ids of those who worked on it since it was last published.

    `held_files`: names of files that their check still holds back. `embargo`: the moment before which it may not be
    published, `now`: this moment; both ISO 8601 in UTC.
    """

    authors: frozenset[str]
    now: str
    privacy_reviewed: bool = False
    privacy_signed: bool = False
    #: A tool says that it did a privacy step. No tool signs for privacy: a person has to.
    privacy_reported: bool = False
    has_officer: bool = False
    held_files: tuple[str, ...] = ()
    embargo: str | None = None
    changed_since_submitted: bool = False


@dataclass(frozen=True)
class Told:
    """What was told with a move."""

    reason: str | None = None
    publish_at: str | None = None
    embargo: str | None = None
    privacy_statement: str | None = None


NEEDED = {
    "reason": N_("Say why: whoever reads the journey will want to know"),
    "publish_at": N_("Give the day and time of publication"),
}
PAST = N_("This moment has passed: give a later one, or publish now")
EMBARGOED = N_("It is under embargo until {until}: it cannot be published before")
UNSIGNED = N_("The data protection officer has not signed the privacy review of this release yet")
UNREVIEWED = N_("Record a privacy step, or state why this release holds no personal data")
REPORTED = N_(
    "A tool reported a privacy step, but a tool cannot sign for it: record a privacy step yourself, or state why this release "
    "holds no personal data"
)
HELD = N_("Held back by their check: {names}. Mend them, or have them waived, first")
AUTHOR = N_("You worked on this release, so somebody else must decide on it")
CHANGED = N_("It was changed after approval was asked for: ask again, so that what is approved is what is published")


@dataclass
class Findings:
    """Why a move cannot be made: by field of the form, and whether it is a matter of who asks."""

    errors: dict[str, str] = field(default_factory=dict)
    not_allowed: str | None = None


def judge(move: Move, told: Told, facts: Facts, user: str | None, say: Say = str) -> Findings:
    """What stands against a move; empty findings if nothing does. `say` translates."""
    found = Findings()
    for name in move.needs:
        if not getattr(told, name):
            found.errors[name] = say(NEEDED[name])
    if move.second_person and (user is None or user in facts.authors):
        found.not_allowed = say(AUTHOR)
    if move.code == "submit":
        _ready(found, told, facts, say)
    if move.code in ("approve", "schedule"):
        _approvable(found, move, told, facts, say)
    return found


def _ready(found: Findings, told: Told, facts: Facts, say: Say) -> None:
    """Ready to be decided on: checked, and somebody thought of privacy."""
    if facts.held_files:
        found.errors["files"] = say(HELD).format(names=", ".join(facts.held_files))
    if facts.has_officer and not facts.privacy_signed:
        found.errors["privacy_statement"] = say(UNSIGNED)
    elif not facts.has_officer and not (facts.privacy_reviewed or told.privacy_statement):
        found.errors["privacy_statement"] = say(REPORTED if facts.privacy_reported else UNREVIEWED)


def _approvable(found: Findings, move: Move, told: Told, facts: Facts, say: Say) -> None:
    if facts.held_files:
        found.errors["files"] = say(HELD).format(names=", ".join(facts.held_files))
    if facts.changed_since_submitted:
        found.errors["files"] = say(CHANGED)
    if move.code == "schedule" and told.publish_at and told.publish_at <= facts.now:
        found.errors["publish_at"] = say(PAST)
    embargo = told.embargo or facts.embargo
    when = (told.publish_at if move.code == "schedule" else None) or facts.now
    if embargo and when < embargo:
        found.errors["publish_at"] = say(EMBARGOED).format(until=embargo)
