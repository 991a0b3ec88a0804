"""What tools report, and the graph of it: rates over HTTP through the real web server, against the goals of the project.

Stock CKAN has no lineage: in its column stand the goals, or the same page without the journey.
"""

from collections.abc import Iterator

from .. import reports
from ..measure import Row, alternate, compare
from ..process import SideError
from ..registry import Benchmark
from ..session import Session

BATCH, SINGLES = 500, 4  # events of a batch; a share of 1 / SINGLES of the size is posted one by one
BATCHES_A_SECOND, POSTS_A_SECOND, ADDED_MS, GRAPH_MS = 1000.0, 300.0, 10.0, 50.0
EDGES, HOPS, DATASETS = 1_000_000, 10, 20
CLIENTS = 4


def _kept(session: Session, before: int, sent: int) -> None:
    there = session.our_driver.ask("lineage_events") - before
    if there != sent:
        raise SideError(f"the ledger holds {there} of {sent} events")


def _ingest(session: Session, names: list[str], token: str, size: int, runs: int) -> Iterator[Row]:
    port = session.our_web.port
    singles = max(size // SINGLES, CLIENTS)
    for what, goal, path, expected, count in (
        (f"batches of {BATCH} over HTTP, {size} events", BATCHES_A_SECOND, "/batch", 204, size),
        (f"single POSTs over HTTP, {singles}", POSTS_A_SECOND, "", 201, singles),
    ):
        rates = []
        for run in range(runs):
            events = [reports.event(n, f"{path} {run}", names, "http://127.0.0.1") for n in range(count)]
            made = reports.batches(events, BATCH) if path else reports.bodies(events)
            messages = [reports.request(f"/api/v1/lineage{path}", token, body) for body in made]
            before = session.our_driver.ask("lineage_events")
            rates.append(count / reports.post(port, messages, CLIENTS, expected))
            _kept(session, before, count)
            session.log(f"{what}: {rates[-1]:.0f} events/s")
        yield compare("lineage", f"{what}, against the goal", "events/s", rates, [goal] * runs)
    total = session.our_driver.ask("lineage_events")
    seconds = session.our_driver.ask("lineage_fold")
    session.log(f"{total} events folded in {seconds:.1f} s: {total / seconds:.0f} events/s, in one process")
    if not session.our_driver.ask("lineage_shown", dataset=names[0]):
        raise SideError("what was reported is not shown")


def _page(session: Session, names: list[str], runs: int) -> Iterator[Row]:
    """The dataset page with and without the journey, the same site otherwise."""
    sites = session.our_site, session.our_site_without("journey")
    paths = [f"/dataset/{names[number % len(names)]}" for number in range(runs + 3)]
    for path in dict.fromkeys(paths):  # each once: the first reader of a journey makes its summary
        for site in sites:
            site.page(path)
    a, b = alternate(runs, *(lambda run, site=site: site.page(paths[run])[0] * 1000 for site in sites))
    yield compare("lineage", "dataset page with the journey against without", "ms", a, b)
    added = [max(one - other, 0.001) for one, other in zip(a, b, strict=True)]
    yield compare("lineage", "what the journey adds to it, against the goal", "ms", added, [ADDED_MS] * runs)


def _graph(session: Session, runs: int, edges: int) -> Iterator[Row]:
    made = session.our_driver.ask("lineage_edges", count=edges)
    answers = [
        session.our_driver.ask("lineage_graph", node=1 + run * 7919 % (edges // 8), hops=HOPS)
        for run in range(runs + 3)
    ][3:]
    session.log(f"graphs of {min(a['nodes'] for a in answers)} to {max(a['nodes'] for a in answers)} nodes")
    times = [answer["ms"] for answer in answers]
    yield compare("lineage", f"graph, {made} edges, {HOPS} hops, against the goal", "ms", times, [GRAPH_MS] * runs)


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    names = [each["name"] for each in session.our_catalogue(DATASETS)]
    token = session.our_driver.ask("lineage_token", organisation="aireborough")
    yield from _ingest(session, names, token, size, min(runs, 3))
    yield from _page(session, names, runs)
    yield from _graph(session, runs, EDGES if size >= 10_000 else size * 100)


BENCHMARK = Benchmark("lineage", "events of tools, journey pages and the graph (size: events)", 20_000, 20, rows)
