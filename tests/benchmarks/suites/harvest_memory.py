"""The most memory that a process of a first harvest takes, for a feed and for one several times as large."""

from collections.abc import Iterator

from ..harvests import FEEDS, Harvest
from ..measure import Row, compare
from ..registry import Benchmark
from ..session import Session

GROWTH = 4


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    """Two rows: flat memory is the same number twice. Each measurement is of processes that did nothing before."""
    feed = FEEDS[-1]
    for count in (size, GROWTH * size):
        ours, theirs = [], []
        for run in range(runs):
            both, node = Harvest(session, feed, count), f"memory{count}x{run}"
            both.prepare(node)
            session.renew()
            both.ours(node)
            both.theirs(node)
            ours.append(session.our_driver.ask("memory"))
            theirs.append(session.their_driver.ask("memory"))
        yield compare("harvest-memory", f"{feed.what}, {count} datasets", "MB", ours, theirs)


BENCHMARK = Benchmark(
    "harvest-memory", "most memory of a process that harvests, at one size and four times that", 100, 2, rows
)
