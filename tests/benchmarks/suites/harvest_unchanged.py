"""The same feed harvested again, nothing changed: ckanext-harvest imports everything once more."""

from collections.abc import Iterator

from ..harvests import FEEDS, Harvest
from ..measure import Row, alternate, compare
from ..registry import Benchmark
from ..session import Session


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    for feed in FEEDS:
        both = Harvest(session, feed, size)
        both.prepare("again")
        both.ours("again"), both.theirs("again")
        a, b = alternate(
            runs,
            lambda _run, both=both: both.ours("again", first=False),
            lambda _run, both=both: both.theirs("again", first=False),
        )
        yield compare(
            "harvest-unchanged",
            f"{feed.what}, {size} datasets",
            "datasets/s",
            [size / s for s in a],
            [size / s for s in b],
        )


BENCHMARK = Benchmark("harvest-unchanged", "the same feed once more, nothing changed", 60, 3, rows)
