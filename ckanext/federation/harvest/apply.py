"""A plan's steps onto CKAN: new datasets many at a time (``bulk``), everything else one by one (``step``).

Whichever way, a step's outcome and its record are committed with the dataset. The search index follows: what is not in
it yet is remembered as ``unindexed``. The steps of a large run are done by several processes (``crew``).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from . import crew, naming, portal, store
from .bulk import Bulk, allowed, rows
from .compare import CREATE
from .indexing import Indexing
from .step import Steps

# New datasets in one transaction: what is lost, and done again, when the process dies.
TOGETHER = 50


@dataclass(slots=True)
class Batch:
    """Steps to do: their ids; the names of new datasets and their organisations, by step."""

    ids: list[int]
    names: dict[int, str] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)


class Applier:
    """Applies the steps of one run."""

    def __init__(self, node: store.Row, run_id: str):
        self.node, self.run_id = node, run_id
        user, shape = portal.user(), portal.dataset_shape()
        self.indexing = Indexing(node["id"], user)
        self.steps = Steps(node, run_id, user, shape, self.indexing)
        self.bulk = Bulk(node, run_id, user, shape, self.indexing) if allowed() else None

    def apply(self) -> Generator[str]:
        """Do what is still planned; yields the status of each step ("" now and then, when it takes long). Close it to
        stop on the way."""
        hands = crew.size(self.run_id)
        if hands:
            with closing(crew.Crew(self, hands).work()) as work:
                yield from work
        for batch in self.batches():
            yield from self.do(batch)
        self.end()

    def end(self) -> None:
        """Nothing more is done in this run, or for now."""
        self.indexing.flush()
        if self.bulk:
            self.bulk.end()

    def batches(self) -> Iterator[Batch]:
        """What is still planned, in order; commits the organisations and tags that it needs."""
        after, given = 0, set[str]()
        while steps := store.steps_ahead(self.run_id, after, TOGETHER):
            new = [step for step in steps if step["action"] == CREATE]
            batch = Batch([step["id"] for step in steps], naming.names(self.node["id"], new, given))
            given.update(batch.names.values())
            batch.owners = {step["id"]: self.steps.organisations.of(step["publisher"]) for step in new}
            if self.bulk:
                rows.make_tags({tag for step in new for tag in step["tags"] or []})
            yield batch
            after = steps[-1]["id"]

    def do(self, batch: Batch) -> Iterator[str]:
        """Do these steps; yields the status of each."""
        steps = store.steps(batch.ids)
        done: set[int] = set()
        new = [step for step in steps if step["id"] in batch.names]
        if self.bulk and len(new) > 1:
            done = self.bulk.create(new, batch.names, batch.owners)
        for step in steps:
            yield "created" if step["id"] in done else self.steps.do(step, batch.names.get(step["id"], ""))
