"""Dates as publishers write them, as precise as they are. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?")
PATTERNS = ("y", "MMMM y", "d MMMM y")  # CLDR: for a year, a month, a day


class Day(NamedTuple):
    """The first day that is meant, the text's ISO 8601, and the CLDR pattern that says no more than the text does."""

    first: date
    iso: str
    pattern: str


def day(text: object) -> Day | None:
    """A year, a month, a day or a moment in ISO 8601 (of a moment, the day as written); None for anything else."""
    found = WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if not found:
        return None
    parts = [int(part) for part in found.groups() if part]
    try:
        first = date(*[*parts, 1, 1][:3])
    except ValueError:
        return None
    return Day(first, found[0].replace(" ", "T", 1), PATTERNS[len(parts) - 1])
