"""How completely a journey is told, out of 100, and what would tell more of it (pure).

The weights: origin named 10; unbroken chain 25; matching checksums at joins 15; rows that add up 10; schema 5;
validation 10; legal basis or DPIA 10; approval by a second person 10; tool and version 5. What does not apply to a dataset
(rows of a map) is left out of the sum and of what it is measured against; what is merely unknown counts as nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import vocab
from .vocab import N_

Steps = list[dict[str, Any]]
BANDS = ((75, "75-100"), (50, "50-74"), (25, "25-49"), (0, "0-24"))
TABULAR = (".csv", ".tsv", ".xlsx", ".xls", ".ods")
_LEGAL = frozenset({"legal-basis", "dpia-reference"})
_PRIVACY = frozenset({"anonymise", "disclosure-check", "dpia-review"})


@dataclass(frozen=True)
class Part:
    """One thing that is scored. `state`: met, partly, unknown or not-applicable; `points` of `most`."""

    code: str
    label: str
    most: int
    points: int
    state: str
    found: str
    advice: str


@dataclass(frozen=True)
class Measure:
    """How one part is judged: its share from 0 to 1 (None: does not apply) and what was found, in words."""

    code: str
    label: str
    most: int
    advice: str
    judge: Callable[[dict[str, Any]], tuple[Fraction | None, str]]


def score(journey: dict[str, Any]) -> dict[str, Any]:
    """The score of a journey as `timeline.build` gives it.

    A dict of `total` (0 to 100), `band`, and `parts`: dicts of code, label, most, points, state, found, advice (empty where
    nothing is missing). Labels and sentences are English, to be translated.
    """
    parts = [_part(measure, *measure.judge(journey)) for measure in MEASURES]
    applies = [part for part in parts if part.state != "not-applicable"]
    most, points = sum(part.most for part in applies), sum(part.points for part in applies)
    total = int(Fraction(100 * points, most)) if most else 0
    return {"total": total, "band": band(total), "parts": [dict(vars(part)) for part in parts]}


def band(total: int) -> str:
    return next(name for least, name in BANDS if total >= least)


def _part(measure: Measure, share: Fraction | None, found: str) -> Part:
    if share is None:
        return Part(measure.code, measure.label, measure.most, 0, "not-applicable", found, "")
    state = "met" if share == 1 else "partly" if share else "unknown"
    points = int(share * measure.most)
    return Part(
        measure.code, measure.label, measure.most, points, state, found, "" if state == "met" else measure.advice
    )


def _share(met: int, of: int) -> Fraction:
    return Fraction(met, of) if of else Fraction(0)


def _done(journey: dict[str, Any], *types: str) -> Steps:
    """Steps of these types that came to their end."""
    return [s for s in journey["steps"] if s["type"] in types and s["state"] not in ("failed", "aborted", "running")]


def _files(journey: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for step in journey["steps"] for item in (*step["inputs"], *step["outputs"])]


def _tabular(journey: dict[str, Any]) -> bool:
    """Whether the journey tells of any table; where it tells of no file at all, one may be expected."""
    names = [str(item["name"]).lower() for item in _files(journey)]
    counted = any(item["rows"] is not None for item in _files(journey))
    return counted or not names or any(name.endswith(TABULAR) for name in names) or bool(_done(journey, "load"))


def _origin(journey: dict[str, Any]) -> tuple[Fraction, str]:
    if journey["systems"]:
        return Fraction(1), N_("The system it comes from is named.")
    if journey["hops"]:
        return Fraction(1, 2), N_("The portal it was first seen on is named, not the system behind it.")
    return Fraction(0), N_("Nothing says which system it comes from.")


def _chain(journey: dict[str, Any]) -> tuple[Fraction, str]:
    """Each link of the way: taken out (or fetched), arrived (or imported), opened to everyone."""
    links: list[tuple[str, ...]] = [("extract",), ("receive", "load")]
    if journey["hops"]:
        links = [("harvest-fetch",), ("harvest-import",)]
    if journey.get("stage") in ("published", "withdrawn") and not journey["hops"]:
        links.append(("publish", "correct"))
    positions = sorted(hop["position"] for hop in journey["hops"])
    told = [bool(_done(journey, *link)) for link in links]
    if positions:
        told.append(positions == list(range(positions[0], positions[0] + len(positions))))
    if all(told):
        return Fraction(1), N_("Every link from its origin to this page is told.")
    return _share(sum(told), len(told)), N_("Links between its origin and this page are missing.")


def _joins(journey: dict[str, Any]) -> tuple[Fraction, str]:
    """A join is where a step takes what an earlier one gave out; the first step has nothing before it."""
    later = [item for step in journey["steps"] if step["type"] != "extract" for item in step["inputs"]]
    hashes = [hop["content_hash"] for hop in journey["hops"] if hop["observed"]]
    met = sum(1 for item in later if item["meets"]) + sum(1 for digest in hashes if digest)
    of = len(later) + len(hashes)
    if not of:
        return Fraction(0), N_("No step says which file it took from the one before.")
    if met == of:
        return Fraction(1), N_("Checksums meet wherever one step takes over from another.")
    return _share(met, of), N_("Some steps take files whose checksums no earlier step gave out.")


def _rows(journey: dict[str, Any]) -> tuple[Fraction | None, str]:
    if not _tabular(journey):
        return None, N_("It holds no tables whose rows could be counted.")
    asked = [s for s in journey["steps"] if "rows" in vocab.facts_of(s["type"]) or s["type"] == "load"]
    counted = sum(1 for step in asked if step["rows"]["state"] == "balanced")
    if asked and counted == len(asked):
        return Fraction(1), N_("The rows of every step add up.")
    return _share(counted, len(asked)), N_("Of some steps the rows were not counted, or do not add up.")


def _evidence(steps: Steps, *kinds: str) -> bool:
    return any(item["kind"] in kinds for step in steps for item in step["evidence"])


def _schema(journey: dict[str, Any]) -> tuple[Fraction | None, str]:
    if not _tabular(journey):
        return None, N_("It holds no tables that could follow a schema.")
    named = any((step["detail"] or {}).get("schema") for step in _done(journey, "validate"))
    if named or _evidence(journey["steps"], "schema-difference"):
        return Fraction(1), N_("The schema that its tables follow is recorded.")
    return Fraction(0), N_("Nothing says which schema its tables follow.")


def _validation(journey: dict[str, Any]) -> tuple[Fraction, str]:
    checks = _done(journey, "validate")
    observed = any(step["confidence"] == "observed" for step in checks)
    if observed or _evidence(checks, "validation-report"):
        return Fraction(1), N_("The files were checked, and the report is recorded.")
    if checks:
        return Fraction(1, 2), N_("The files are said to have been checked, without a report.")
    return Fraction(0), N_("Nothing says that the files were checked.")


def _legal(journey: dict[str, Any]) -> tuple[Fraction, str]:
    reviews = _done(journey, *_PRIVACY)
    if _evidence(journey["steps"], *_LEGAL) or _evidence(reviews, "disclosure-test"):
        return Fraction(1), N_("The legal basis or the privacy review is recorded.")
    if reviews:
        return Fraction(1, 2), N_("Privacy was reviewed, without a reference to the review.")
    return Fraction(0), N_("Neither a legal basis nor a privacy review is recorded.")


def _approval(journey: dict[str, Any]) -> tuple[Fraction, str]:
    """The portal enforces the second person only where it recorded the approval itself."""
    approvals = _done(journey, "approve")
    if any(step["capture"] == "auto" for step in approvals):
        return Fraction(1), N_("A second person approved it here.")
    if approvals:
        return Fraction(1, 2), N_("An approval is told of, but this portal did not see it.")
    return Fraction(0), N_("Nobody is recorded as having approved it.")


def _tools(journey: dict[str, Any]) -> tuple[Fraction, str]:
    asked = [step for step in journey["steps"] if "tool" in vocab.facts_of(step["type"])]
    if not asked:
        return Fraction(0), N_("No step tells what it was done with.")
    told = sum(Fraction(bool(step["tool"]) + bool(step["tool_version"]), 2) for step in asked)
    if told == len(asked):
        return Fraction(1), N_("Each step names its tool and version.")
    return Fraction(told) / len(asked), N_("Some steps do not name their tool and its version.")


MEASURES = (
    Measure("origin", N_("Origin named"), 10, N_("Name the system it comes from."), _origin),
    Measure("chain", N_("Unbroken chain"), 25, N_("Tell how it left that system and how it arrived here."), _chain),
    Measure(
        "joins", N_("Checksums that meet"), 15, N_("Give the checksums of files that steps took and gave."), _joins
    ),
    Measure("rows", N_("Rows that add up"), 10, N_("Count rows in, out and rejected in each step."), _rows),
    Measure("schema", N_("Schema"), 5, N_("Have the file checked against the table of its set."), _schema),
    Measure("validation", N_("Validation"), 10, N_("Have the file checked, and keep the report."), _validation),
    Measure("legal", N_("Legal basis or DPIA"), 10, N_("Add a reference to the legal basis or the DPIA."), _legal),
    Measure(
        "approval", N_("Two-person approval"), 10, N_("Have a second person approve the next release here."), _approval
    ),
    Measure("tools", N_("Tools and versions"), 5, N_("Name the tool of each step, and its version."), _tools),
)
