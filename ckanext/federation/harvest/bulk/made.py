"""A dataset on its way: what is known of it at each stage of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Made:
    """``given``: as ``package_create`` would take it; ``data``: as its form has validated it; ``package``: the row;
    ``default`` and ``shown``: ``package_show`` of it by CKAN's schema and by its type's; ``labels``: who may see it."""

    step: dict[str, Any]
    given: dict[str, Any]
    context: Any
    data: dict[str, Any]
    package: Any = None
    default: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.given["id"]
