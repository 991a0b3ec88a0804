"""The whole catalogue as Turtle, and one dataset's RDF: our stream against ckanext-dcat's pages."""

import io
from collections.abc import Iterator

import pyoxigraph

from ..harvests import FILES
from ..measure import Row, alternate, compare
from ..process import SideError, Site
from ..registry import Benchmark
from ..session import Session

DCAT = "http://www.w3.org/ns/dcat#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PER_PAGE = 100  # ckanext-dcat's own default


def described(turtle: bytes, kind: str = "Dataset") -> set[str]:
    """The datasets (or distributions) that a document describes."""
    quads = pyoxigraph.parse(io.BytesIO(turtle), format=pyoxigraph.RdfFormat.TURTLE)
    wanted = pyoxigraph.NamedNode(DCAT + kind)
    return {str(quad.subject) for quad in quads if quad.predicate.value == TYPE and quad.object == wanted}


def _whole(site: Site) -> tuple[float, list[bytes]]:
    seconds, body = site.page("/catalog.ttl")
    return seconds, [body]


def _pages(site: Site, size: int) -> tuple[float, list[bytes]]:
    """A harvester's way through ckanext-dcat's pages; the time is the sum of all."""
    answers = [site.page(f"/catalog.ttl?page={number}") for number in range(1, -(-size // PER_PAGE) + 1)]
    return sum(seconds for seconds, _body in answers), [body for _seconds, body in answers]


def _check(side: str, bodies: list[bytes], size: int) -> None:
    """Both sides must say as much: every dataset with every distribution."""
    for kind, expected in (("Dataset", size), ("Distribution", size * FILES)):
        there: set[str] = set().union(*(described(body, kind) for body in bodies))
        if len(there) != expected:
            raise SideError(f"{side}: the document describes {len(there)} of {expected} {kind.lower()}s")


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    found = session.catalogue(size, FILES)
    ours, theirs = session.our_site, session.their_site
    size = session.total()  # harvests that ran before left datasets on both sides
    _check("ours", _whole(ours)[1], size)
    _check("theirs", _pages(theirs, size)[1], size)
    a, b = alternate(max(runs // 4, 2), lambda _run: _whole(ours)[0], lambda _run: _pages(theirs, size)[0])
    yield compare(
        "feeds",
        f"whole catalogue in Turtle, {size} datasets",
        "datasets/s",
        [size / s for s in a],
        [size / s for s in b],
    )
    for suffix in ("ttl", "jsonld"):
        paths = [f"/dataset/{found[number * 7 % len(found)]['name']}.{suffix}" for number in range(runs + 1)]
        for site, side in ((ours, "ours"), (theirs, "theirs")):
            body = site.page(paths[-1])[1]
            if suffix == "ttl":
                _check(side, [body], 1)
        a, b = alternate(
            runs,
            lambda run, at=paths: ours.page(at[run])[0] * 1000,
            lambda run, at=paths: theirs.page(at[run])[0] * 1000,
        )
        yield compare("feeds", f"one dataset's RDF (.{suffix})", "ms", a, b)


BENCHMARK = Benchmark("feeds", "DCAT out: whole catalogue and one dataset, over HTTP", 100, 12, rows)
