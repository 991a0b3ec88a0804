"""Anonymous pages and API calls over HTTP, one gunicorn worker on each side, one request at a time."""

from collections.abc import Iterator

from ..measure import Row, alternate, compare
from ..registry import Benchmark
from ..session import Session

PATHS = {
    "home page": "/",
    "search page": "/dataset/?q=council",
    "search page, two facets": "/dataset/?q=council&tags=council&res_format=CSV",
    "dataset page": "/dataset/{name}",
    "organisation page": "/organization/aireborough",
    "API package_show": "/api/3/action/package_show?id={name}",
    "API package_search": "/api/3/action/package_search?q=council&rows=20",
}
WARM = 3


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    found = session.catalogue(size)
    ours, theirs = session.our_site, session.their_site
    for what, pattern in PATHS.items():
        # Each request asks for another dataset, so that nobody measures a cache of one page.
        paths = [pattern.format(name=found[number * 7 % len(found)]["name"]) for number in range(runs + WARM)]
        for path in paths[runs:]:
            ours.page(path)
            theirs.page(path)
        a, b = alternate(
            runs,
            lambda run, at=paths: ours.page(at[run])[0] * 1000,
            lambda run, at=paths: theirs.page(at[run])[0] * 1000,
        )
        yield compare("pages", what, "ms", a, b)


BENCHMARK = Benchmark("pages", "anonymous pages and the API over HTTP, time of one answer", 100, 20, rows)
