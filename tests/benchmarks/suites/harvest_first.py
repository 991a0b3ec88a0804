"""A feed harvested for the first time: every dataset is new."""

from collections.abc import Iterator

from ..harvests import FEEDS, Harvest
from ..measure import Row, alternate, compare
from ..registry import Benchmark
from ..session import Session


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    for feed in FEEDS:
        both = Harvest(session, feed, size)
        for run in range(runs):
            both.prepare(f"first{run}")  # a node of its own for each run, so that each is a first
        a, b = alternate(
            runs, lambda run, both=both: both.ours(f"first{run}"), lambda run, both=both: both.theirs(f"first{run}")
        )
        yield compare(
            "harvest-first", f"{feed.what}, {size} datasets", "datasets/s", [size / s for s in a], [size / s for s in b]
        )


BENCHMARK = Benchmark("harvest-first", "a feed of new datasets, from the job's start to its end", 40, 3, rows)
