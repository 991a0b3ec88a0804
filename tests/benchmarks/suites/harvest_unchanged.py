"""The same feed harvested again, no dataset changed: ckanext-harvest imports everything once more."""

from collections.abc import Iterator

from ..harvests import FEEDS, Harvest
from ..measure import Row, alternate, compare
from ..registry import Benchmark
from ..session import Session


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    """Twice a feed: with another date of the catalogue each time (so that each dataset must be compared), and byte for byte."""
    for feed in FEEDS:
        both = Harvest(session, feed, size)
        both.prepare("again")
        both.ours("again")
        both.theirs("again")

        def ours(run: int, both: Harvest = both) -> float:
            both.publish("again", day=2 + run)
            return both.ours("again", first=False)

        def theirs(_run: int, both: Harvest = both) -> float:
            return both.theirs("again", first=False)

        a, b = alternate(runs, ours, theirs)
        yield compare(
            "harvest-unchanged",
            f"{feed.what}, {size} datasets",
            "datasets/s",
            [size / s for s in a],
            [size / s for s in b],
        )
        if feed is FEEDS[0]:
            a, b = alternate(runs, lambda _run, both=both: both.ours("again", first=False), theirs)
            what = f"{feed.what}, {size}, same bytes"
            yield compare("harvest-unchanged", what, "datasets/s", [size / s for s in a], [size / s for s in b])


BENCHMARK = Benchmark("harvest-unchanged", "the same feed once more, no dataset changed", 40, 3, rows)
