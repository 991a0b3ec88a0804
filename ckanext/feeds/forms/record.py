"""A dataset as every output needs it: plain values, looked up and cleaned once (``read.py``). Pure.

An empty text or tuple means that nobody said it: outputs leave it out, they make nothing up. Dates are ISO 8601 as
precise as they were given (``2026``, ``2026-07``, ``2026-07-01``); moments are UTC and end in Z.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: West, south, east, north in degrees (WGS 84).
Box = tuple[float, float, float, float]
OPEN, RESTRICTED, CLOSED = "open", "restricted", "closed"


@dataclass(frozen=True)
class Agent:
    name: str
    uri: str = ""
    url: str = ""
    email: str = ""


@dataclass(frozen=True)
class Concept:
    """A term of a list: its address (empty for a word of somebody's own) and its name."""

    uri: str
    label: str


@dataclass(frozen=True)
class Period:
    """Either end may be open (empty)."""

    start: str
    end: str


@dataclass(frozen=True)
class Place:
    name: str = ""
    uri: str = ""
    box: Box | None = None


@dataclass(frozen=True)
class Licence:
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class File:
    """One resource. ``url`` gives the file itself (``is_download``) or a page or service where the data is."""

    id: str
    uri: str
    page: str
    name: str = ""
    description: str = ""
    url: str = ""
    is_download: bool = True
    format: str = ""
    media_type: str = ""
    size: int | None = None
    #: Algorithm (``md5``, ``sha256``) and hex digits.
    checksum: tuple[str, str] | None = None
    issued: str = ""
    modified: str = ""
    licence: Licence = Licence()
    conforms_to: tuple[str, ...] = ()
    position: int = 0


@dataclass(frozen=True)
class Dataset:
    id: str
    name: str
    type: str
    uri: str
    page: str
    title: str
    description: str = ""
    identifier: str = ""
    version: str = ""
    keywords: tuple[str, ...] = ()
    themes: tuple[Concept, ...] = ()
    organisation: str = ""
    publisher: Agent | None = None
    creators: tuple[Agent, ...] = ()
    #: Name and mail address of whom to ask; the address is empty when nobody has one.
    contact: Agent | None = None
    licence: Licence = Licence()
    access: str = OPEN
    frequency: Concept = Concept("", "")
    #: ISO 8601 repeating interval (``R/P3M``), empty when unknown or irregular.
    interval: str = ""
    periods: tuple[Period, ...] = ()
    places: tuple[Place, ...] = ()
    languages: tuple[str, ...] = ()
    landing_page: str = ""
    documentation: tuple[str, ...] = ()
    conforms_to: tuple[str, ...] = ()
    created: str = ""
    issued: str = ""
    modified: str = ""
    #: When its record on this portal was made and last changed.
    record_created: str = ""
    record_modified: str = ""
    files: tuple[File, ...] = field(default=())
