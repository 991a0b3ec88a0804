"""What a dataset's forms are made of: its public dictionaries. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """What the public sees of a dataset.

    ``dataset`` and ``organization`` are ``package_show``'s and ``organization_show``'s dictionaries; ``journey`` has
    ``stage``, ``systems``, ``steps`` and ``hops`` as ``journey_show`` gives them, or is None.
    """

    dataset: Mapping[str, Any]
    organization: Mapping[str, Any] | None = None
    journey: Mapping[str, Any] | None = None


def to_bytes(source: Source) -> bytes:
    """JSON in UTF-8; equal sources have equal bytes."""
    return _json({"dataset": source.dataset, "journey": source.journey, "organization": source.organization})


def from_bytes(data: bytes) -> Source:
    return Source(**json.loads(data))


def digest(journey: Mapping[str, Any] | None) -> str:
    """Short hash of a journey; empty without one."""
    return hashlib.sha256(_json(journey)).hexdigest()[:32] if journey else ""


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"), sort_keys=True).encode()
