"""What every export is made from: the public journey, what the dataset's page says of it, and where things are named (pure)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from pyoxigraph import NamedNode

from .. import path, vocab

# What neither XML nor a terminal should be given; lone surrogates have no UTF-8.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IRI = re.compile(r"[\s<>\"{}|\\^`\x00-\x20\x7f-\x9f\ue000-\uf8ff]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEMES = ("http", "https", "ftp", "ftps", "urn", "doi", "info", "ark", "mailto")


def clean(value: Any) -> str:
    """Text that every format can carry."""
    return _CONTROL.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")


def cleaned(value: Any) -> Any:
    """Plain data with all its texts clean."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(name): cleaned(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    return value


def address(value: Any) -> str | None:
    """An absolute IRI of a harmless scheme, what is illegal in it encoded; None if it is none."""
    text = clean(value or "").strip()
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() not in _SCHEMES or not rest.strip("/"):
        return None
    head, mark, fragment = _NOT_IRI.sub(lambda m: quote(m[0], safe=""), _BAD_PERCENT.sub("%25", text)).partition("#")
    try:
        parts = urlsplit(head)
    except ValueError:
        return None
    if scheme.lower() in ("http", "https", "ftp", "ftps") and not parts.hostname:
        return None
    start = head.find("/", head.find("//") + 2) if "//" in head else len(scheme)
    if start > 0:  # square brackets are for the addresses of hosts alone
        head = head[:start] + head[start:].replace("[", "%5B").replace("]", "%5D")
    found = head + mark + fragment.replace("#", "%23").replace("[", "%5B").replace("]", "%5D")
    try:
        return NamedNode(found).value
    except ValueError:
        return None


def moment(value: str | None) -> str | None:
    """A full xsd:dateTime in UTC; of a day its midnight. None for what is no ISO 8601."""
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).isoformat().replace("+00:00", "Z")


def slug(text: str) -> str:
    """A name as part of an address; a few digits of its hash keep apart what the letters do not."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40]
    return plain if plain == text else f"{plain or 'x'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class About:
    """What the dataset's page says: `resources` are dicts of id, name, url, format, mimetype, size, and `held` (uploaded
    here and public, so a crate may carry the bytes). `made` is the moment of the export, ISO 8601 in UTC."""

    id: str
    name: str
    title: str
    site_url: str
    site_title: str
    made: str
    notes: str | None = None
    publisher: str | None = None
    publisher_url: str | None = None
    licence: str | None = None
    licence_url: str | None = None
    created: str | None = None
    modified: str | None = None
    language: str = "en"
    resources: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Document:
    """`journey` is that of `timeline.build` for the public; `cut` says how many steps and files were left out."""

    about: About
    journey: dict[str, Any]
    cut: dict[str, int] = field(default_factory=lambda: {"steps": 0, "files": 0})

    @property
    def steps(self) -> list[dict[str, Any]]:
        return self.journey["steps"]

    @property
    def hops(self) -> list[dict[str, Any]]:
        return sorted(self.journey["hops"], key=lambda hop: hop["position"])

    @property
    def page(self) -> str:
        """The address of the page of the journey; what belongs to it is named by what follows a # there."""
        return f"{self.about.site_url}/dataset/journey/{self.about.id}"

    @property
    def terms(self) -> str:
        """The namespace of the journey's own terms."""
        return f"{self.about.site_url}/journey#"

    @property
    def notice(self) -> str | None:
        """Says what is missing from the export, None if nothing is."""
        told = []
        if steps := self.cut["steps"]:
            told.append(f"{steps:,} earlier steps")
        if files := self.cut["files"]:
            told.append(f"{files:,} files or pieces of evidence of the steps")
        cut = f"This export was cut: {' and '.join(told)} are left out. All of it is at {self.page}" if told else ""
        waiting = self.journey.get("waiting") or 0
        late = f"{waiting:,} reports of the organisation's tools are not in it yet." if waiting else ""
        return " ".join(part for part in (cut, late) if part) or None


def build(about: About, journey: dict[str, Any], most: int) -> Document:
    """The document of at most `most` steps, files and pieces of evidence together.

    The latest steps are kept, half of the room is theirs; then what the latest of them took and gave.
    """
    steps = journey["steps"][-max(most // 2, 1) :]
    left, kept, files_out = max(most - len(steps), 0), [], 0
    for step in reversed(steps):
        sides = {}
        for name in ("evidence", "outputs", "inputs"):
            sides[name] = step[name][:left]
            left -= len(sides[name])
            files_out += len(step[name]) - len(sides[name])
        kept.append(step | sides)
    steps_out = max(journey["total"], len(journey["steps"])) - len(kept)
    shown = journey | {"steps": kept[::-1], "hops": [_hop(hop) for hop in journey["hops"][-most:]], "failures": []}
    shown["path"] = path.stations(journey)
    return Document(about, cleaned(shown), {"steps": steps_out, "files": files_out})


def _hop(hop: dict[str, Any]) -> dict[str, Any]:
    return hop | {"harvested": moment(hop["harvested"])}


def label(code: str) -> str:
    """What a step's type is called in English."""
    return vocab.TYPES[code].label if code in vocab.TYPES else code


def role(code: str | None) -> str | None:
    """A role in words; None if nobody recorded one."""
    return vocab.ROLES.get(code, code) if code else None


def sides(steps: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """Each step, direction and file."""
    for step in steps:
        for direction in ("inputs", "outputs"):
            for item in step[direction]:
                yield step, direction, item


def when(step: dict[str, Any]) -> str | None:
    """When what a step made was there: its end, else its beginning."""
    return moment(step["ended"]) or moment(step["started"])
