"""Bodies of what came from other portals (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .parts import Hop


@dataclass(frozen=True)
class HarvestImported:
    """A record of another portal was created or updated here. `asserted`: the portals before that one; `met`: those after it,
    where this portal met the same dataset."""

    portal: str
    upstream_id: str
    title: str | None = None
    portal_url: str | None = None
    record_url: str | None = None
    source_type: str | None = None
    upstream_modified: str | None = None
    content_hash: str | None = None
    raw_sha256: str | None = None
    run_id: str | None = None
    outcome: str | None = None
    fetched: str | None = None
    fetch_url: str | None = None
    fetch_sha256: str | None = None
    fetch_bytes: int | None = None
    fetch_records: int | None = None
    asserted: tuple[Hop, ...] = field(default=(), metadata={"of": Hop})
    met: tuple[Hop, ...] = field(default=(), metadata={"of": Hop})

    def portals(self) -> tuple[Hop, ...]:
        """All of them in the order from the origin."""
        url, modified = self.record_url or self.portal_url, self.upstream_modified
        names = (self.title or self.portal, url, self.upstream_id, self.source_type, modified, self.content_hash)
        return (*self.asserted, Hop(*names, True, self.portal), *self.met)


@dataclass(frozen=True)
class HarvestWithdrawn:
    """The other portal no longer offers the record. `explains` is the step by which the dataset went, if there is one."""

    portal: str
    upstream_id: str
    run_id: str | None = None
    reason: str | None = None
    explains: str | None = None
