"""OpenLineage 2-0-2 documents: read from bytes, checked against the rules of its schema (pure).

Formats are not asserted, as real events carry run ids that are no UUID and schema addresses that lead nowhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

DEPTH = 100
LONGEST_NAME = 4000
TYPES = frozenset({"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"})
_SPACE = " \t\r\n"
_ZONE = re.compile(r"(?<=[Zz\d])\[[\w/+-]+\]$")


class DocumentError(ValueError):
    """The bytes are no OpenLineage event; the message says what is wrong and where."""


def _refuse(text: str) -> None:
    raise DocumentError(f"{text} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


@dataclass(frozen=True)
class Document:
    """An event: its text as it came, what it says, its kind (run, job or dataset), what is odd about it."""

    text: str
    data: dict[str, Any]
    kind: str
    warnings: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the content, whatever the order of its keys or its spaces."""
        plain = json.dumps(self.data, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()


def decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8: byte {error.start}") from error


def parse(text: str, start: int = 0) -> tuple[Any, int]:
    """The JSON value that begins at `start`, and where it ends; raises DocumentError."""
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise DocumentError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise DocumentError(f"nested more than {DEPTH} deep") from error


def single(text: str) -> Document:
    """The one event that a request carries."""
    start = _skip(text, 0)
    data, end = parse(text, start)
    if _skip(text, end) != len(text):
        raise DocumentError("something follows the event; a list of events goes to /api/v1/lineage/batch")
    return check(data, text[start:end])


def batch(text: str) -> Iterator[tuple[Any, str]]:
    """Each member of a JSON list with its own text; raises DocumentError where the list cannot be read."""
    place = _skip(text, 0)
    if place >= len(text) or text[place] != "[":
        raise DocumentError("a batch is a JSON list of events")
    place = _skip(text, place + 1)
    if place < len(text) and text[place] == "]":
        return _end(text, place + 1)
    while True:
        data, end = parse(text, place)
        yield data, text[place:end]
        place = _skip(text, end)
        if place < len(text) and text[place] == ",":
            place = _skip(text, place + 1)
        elif place < len(text) and text[place] == "]":
            return _end(text, place + 1)
        else:
            raise DocumentError("the list of events does not end")


def _end(text: str, place: int) -> None:
    if _skip(text, place) != len(text):
        raise DocumentError("something follows the list of events")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def check(data: Any, text: str) -> Document:
    """The event `data` is, if it keeps the rules; raises DocumentError with the field's path."""
    warnings: list[str] = []
    if not isinstance(data, dict):
        raise DocumentError("an event is a JSON object")
    _shallow(data)
    kind = _kind(data)
    for name in ("eventTime", "producer"):
        _string(data, name, "")
    if data.get("schemaURL") is None:
        warnings.append("schemaURL is missing")
    else:
        _string(data, "schemaURL", "")
    when(data["eventTime"])
    if kind == "dataset":
        _dataset(data["dataset"], "dataset", ("facets",))
    else:
        _job_and_run(data, kind)
    return Document(text, data, kind, tuple(warnings))


def _kind(data: dict[str, Any]) -> str:
    if data.get("run") is not None:
        return "run"
    if data.get("job") is not None:
        if data.get("dataset") is not None:
            raise DocumentError("an event with job and dataset but no run is neither a JobEvent nor a DatasetEvent")
        return "job"
    if data.get("dataset") is not None:
        return "dataset"
    raise DocumentError("an event has a run and a job, or a job, or a dataset")


def _job_and_run(data: dict[str, Any], kind: str) -> None:
    if kind == "run":
        kept = data.get("eventType")
        if kept is not None and (not isinstance(kept, str) or kept not in TYPES):
            raise DocumentError(f"eventType is none of {', '.join(sorted(TYPES))}")
        run = _object(data, "run", "")
        _string(run, "runId", "run.")
        _facets(run, "facets", "run.")
    job = _object(data, "job", "")
    for name in ("namespace", "name"):
        _string(job, name, "job.")
    _facets(job, "facets", "job.")
    for side, extra in (("inputs", "inputFacets"), ("outputs", "outputFacets")):
        items = data.get(side)
        if items is None:
            continue
        if not isinstance(items, list):
            raise DocumentError(f"{side} is not a list")
        for number, item in enumerate(items):
            _dataset(item, f"{side}[{number}]", ("facets", extra))


def _dataset(item: Any, path: str, facets: tuple[str, ...]) -> None:
    if not isinstance(item, dict):
        raise DocumentError(f"{path} is not an object")
    for name in ("namespace", "name"):
        _string(item, name, f"{path}.")
    for name in facets:
        _facets(item, name, f"{path}.")


def _facets(owner: dict[str, Any], name: str, path: str) -> None:
    facets = owner.get(name)
    if facets is None:
        return
    if not isinstance(facets, dict):
        raise DocumentError(f"{path}{name} is not an object")
    for key, facet in facets.items():
        if facet is None:
            continue
        if not isinstance(facet, dict):
            raise DocumentError(f"{path}{name}.{key} is not an object")
        for required in ("_producer", "_schemaURL"):
            if not isinstance(facet.get(required), str):
                raise DocumentError(f"{path}{name}.{key}.{required} is required and must be text")


def _object(data: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    if not isinstance(data.get(name), dict):
        raise DocumentError(f"{path}{name} is required and must be an object")
    return data[name]


def _string(data: dict[str, Any], name: str, path: str) -> None:
    value = data.get(name)
    if not isinstance(value, str):
        raise DocumentError(f"{path}{name} is required and must be text")
    if len(value) > LONGEST_NAME:
        raise DocumentError(f"{path}{name} is longer than {LONGEST_NAME} characters")
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value if sign > "\ud7ff"):
        raise DocumentError(f"{path}{name} holds a character that is no text")


def _shallow(data: Any) -> None:
    """Refuses what is nested too deep, a level at a time so that no stack runs out."""
    level, depth = [data], 0
    while level:
        depth += 1
        if depth > DEPTH:
            raise DocumentError(f"nested more than {DEPTH} deep")
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value)
            if isinstance(child, (dict, list))
        ]


def when(text: str) -> datetime:
    """A time of an event in UTC; one without a zone counts as UTC.

    Letters may be small (RFC 3339), and the name of a zone may follow its offset, as Java writes it (RFC 9557).
    """
    try:
        found = datetime.fromisoformat(_ZONE.sub("", text.strip()).upper())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DocumentError(f"eventTime is not a time in ISO 8601: {text[:80]!r}") from error
