"""From what is known of a run to the step that a journey shows (pure).

Facets are those of OpenLineage 2-0-2. No facet of its own carries a checksum or a kind of step: tools may send the custom
facets ``towpath_checksum`` ({"sha256"}) on a dataset and ``towpath_step`` ({"type"}) on a job.
"""

from __future__ import annotations

import re
from typing import Any

from .. import events as ev
from .. import vocab
from .fold import State, status

Links = dict[str, tuple[str, str | None]]
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)
# Words in a job's name that tell what kind of step it is, the more telling first.
_WORDS = (
    ("anonymise", r"anonymi[sz]|pseudonymi[sz]|redact|mask"),
    ("disclosure-check", r"disclosure"),
    ("validate", r"validat|check|test|quality"),
    ("deduplicate", r"dedup|duplicate"),
    ("geocode", r"geocod|locat"),
    ("aggregate", r"aggregat|summar|group"),
    ("join", r"join|merge|match"),
    ("extract", r"extract|export|dump|unload|ingest"),
    ("publish", r"publish"),
    ("load", r"load|import|copy|insert"),
    ("clean", r"clean|fix|repair"),
)
STATES = {"fail": "failed", "abort": "aborted", "start": "running", "running": "running", "other": "running"}


def _facet(facets: dict[str, Any], name: str) -> dict[str, Any]:
    value = facets.get(name, [None, {}])[1]
    # A tool takes a facet of before back by sending it with this mark.
    return value if isinstance(value, dict) and value.get("_deleted") is not True else {}


def _text(value: Any) -> str | None:
    return str(value)[:4000] if value not in (None, "") else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def state_of(state: State) -> str:
    """complete, failed, aborted, running, or declared for what is no run."""
    told = status(state)
    return STATES.get(told, told)


def targets(state: State, links: Links) -> list[str | None]:
    """The datasets of ours whose step a run is: those that it wrote, or else those that it read; [None] if none is ours."""
    for side in ("outputs", "inputs"):
        found = {links[place][0] for place in state[side] if place in links}
        if found:
            return [*sorted(found)]
    return [None]


def step(state: State, links: Links, package: str | None) -> ev.StepRecorded:
    """The step that a folded run is on the way of a dataset: what it wrote for other datasets is left out.

    `links` says of each place (namespace and name) which dataset and resource of ours it is.
    """
    facets = state["facets"]
    job = state.get("job", [None, {}])[1]
    inputs, all_outputs = (_files(state[side], links) for side in ("inputs", "outputs"))
    outputs = tuple(each for each in all_outputs if each.package in (None, package))
    engine, code = _facet(facets, "run.processing_engine"), _facet(facets, "job.sourceCodeLocation")
    error = _facet(facets, "run.errorMessage").get("message")
    told = _text(_facet(facets, "job.documentation").get("description"))
    return ev.StepRecorded(
        type=kind(facets, str(job.get("name") or "")),
        started=state.get("begun"),
        ended=(state.get("ended") or [None])[0],
        tool=_text(engine.get("name")) or _producer(state),
        tool_version=_text(engine.get("version")),
        rationale=" ".join(part for part in (told, error and f"Error: {_text(error)}") if part) or None,
        plan=_plan(job, code),
        run_id=state.get("run_id", [None, None])[1],
        # Of rows that went into several datasets, nobody knows which became whose.
        rows_in=_sum(inputs) if len(outputs) == len(all_outputs) else None,
        rows_out=_sum(outputs),
        inputs=inputs,
        outputs=outputs,
        capture="openlineage",
        confidence="observed",
        visibility=state.get("visibility", [None, "public"])[1] or "public",
    )


def kind(facets: dict[str, Any], name: str) -> str:
    """The kind of step: as told, else by words of the job's name, else cleaning, the widest."""
    told = _facet(facets, "job.towpath_step").get("type")
    if told in vocab.TYPES:
        return str(told)
    return by_words(name) or "clean"


def by_words(text: str) -> str | None:
    """The kind of step that words in a name tell of, if any does."""
    return next((code for code, words in _WORDS if re.search(words, text, re.IGNORECASE)), None)


def _plan(job: dict[str, Any], code: dict[str, Any]) -> ev.Plan | None:
    if not job.get("name"):
        return None
    repository = _text(code.get("repoUrl")) or _text(code.get("url"))
    return ev.Plan(str(job["name"])[:500], _text(code.get("tag")), repository, _text(code.get("version")))


def _producer(state: State) -> str | None:
    """The last part of the producer's address, such as openlineage-python."""
    text = str(state.get("producer", [None, ""])[1] or "").rstrip("/")
    return next((part for part in reversed(text.split("/")) if part and not re.fullmatch(r"v?\d[\w.]*", part)), None)


def _files(side: dict[str, Any], links: Links) -> tuple[ev.File, ...]:
    return tuple(_file(place, facets, links.get(place)) for place, facets in sorted(side.items()))


def _file(place: str, facets: dict[str, Any], link: tuple[str, str | None] | None) -> ev.File:
    namespace, name = place.split("\x1f", 1)
    statistics = _facet(facets, "outputStatistics") or _facet(facets, "inputStatistics")
    metrics = _facet(facets, "dataQualityMetrics")
    rows = next(
        (found for f in (statistics, metrics) for found in [_count(f.get("rowCount"))] if found is not None), None
    )
    size = next(
        (
            found
            for f in (statistics, metrics)
            for n in ("size", "bytes")
            for found in [_count(f.get(n))]
            if found is not None
        ),
        None,
    )
    found = _SHA256.fullmatch(str(_facet(facets, "towpath_checksum").get("sha256") or ""))
    package, resource = link or (None, None)
    return ev.File(name[:500], found[1].lower() if found else None, size, rows, namespace[:500], package, resource)


def _sum(files: tuple[ev.File, ...]) -> int | None:
    """Rows on one side; unknown as soon as one file's are."""
    counts = [each.rows for each in files]
    return sum(count for count in counts if count is not None) if counts and None not in counts else None
