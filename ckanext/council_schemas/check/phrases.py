"""What a check says: sentences kept with what is filled in, so that a page says them in its reader's language (pure).

A text is marked by ``N_`` where it is written, so that translators are given it; {value} and {column} are the cell's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(text: str) -> str:
    return text


@dataclass(frozen=True)
class Phrase:
    """``text``: the English sentence with its places. ``values``: what goes there, besides the cell and its column."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)

    def told(self, value: str | None, column: str | None) -> str:
        """The sentence in English."""
        return self.text.format(**places(self.values, value, column))

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "values": dict(self.values)}


def say(text: str, **values: object) -> Phrase:
    return Phrase(text, {name: str(value) for name, value in values.items()})


def places(values: Mapping[str, str], value: str | None, column: str | None) -> dict[str, str]:
    """All that a sentence may have places for."""
    return {"value": value or "", "column": column or "", **values}
