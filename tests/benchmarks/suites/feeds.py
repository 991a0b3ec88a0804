"""The whole catalogue as Turtle, and one dataset's RDF: ours against ckanext-dcat's pages, and against a plain file."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph

from .. import package
from ..measure import Row, alternate, compare
from ..process import SideError, Site
from ..records import Record
from ..registry import Benchmark
from ..session import Session

DCAT = "http://www.w3.org/ns/dcat#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
FILES = 5  # resources of a dataset
IN_A_ROW = 10  # requests for one dataset's RDF that are one measurement
PER_PAGE = 100  # ckanext-dcat's own default
HARVESTED = 10  # those named catalogue-0000*
COPY = "benchmark-copy.ttl"


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


def _catalogue(session: Session, size: int, runs: int) -> Iterator[Row]:
    ours, theirs = session.our_site, session.their_site
    before = ours.memory(), theirs.memory()
    written, bodies = _whole(ours)
    _check("ours", bodies, size)
    session.log(f"ours: {size / written:.0f} datasets/s while the document is written for the first time")
    (session.ours.public / COPY).write_bytes(bodies[0])
    session.log(f"the document has {len(bodies[0]) / 1e6:.1f} MB")
    del bodies
    slow, pages = _pages(theirs, size)
    _check("theirs", pages, size)
    session.log(f"theirs: {size / slow:.0f} datasets/s")
    del pages
    grown = [max(site.memory() - at, 0.1) for site, at in zip((ours, theirs), before, strict=True)]
    # Ckanext-dcat's pages take minutes with a large catalogue: one more reading of them, then ours alone.
    again = min(max(runs // 4, 1), 1 if size > 1000 else 3)
    a, b = alternate(again, lambda _run: _whole(ours)[0], lambda _run: _pages(theirs, size)[0])
    what = f"whole catalogue in Turtle, {size} datasets"
    yield compare("feeds", what, "datasets/s", [size / s for s in a], [size / s for s in b])
    yield compare("feeds", f"memory of the site after reading {size} datasets", "MB", *([value] for value in grown))
    times = alternate(runs, lambda _run: ours.get("/catalog.ttl"), lambda _run: ours.get(f"/{COPY}"))
    for what, place in (("first byte of the catalogue", 0), ("last byte of the catalogue", 1)):
        a, b = ([answer[place] * 1000 for answer in side] for side in times)
        yield compare("feeds", f"{what}, ours against the same bytes as a file", "ms", a, b)


def _in_a_row(site: Site, paths: list[str]) -> float:
    """Milliseconds a request, of requests one after the other, as a reader of datasets makes them; each asks for another."""
    return sum(site.page(path)[0] for path in paths) / len(paths) * 1000


def _dataset(session: Session, names: list[str], runs: int) -> Iterator[Row]:
    ours, theirs = session.our_site, session.their_site
    for suffix in ("ttl", "jsonld"):
        paths = [f"/dataset/{names[number * 7 % len(names)]}.{suffix}" for number in range(runs * IN_A_ROW + 1)]
        for site, side in ((ours, "ours"), (theirs, "theirs")):
            body = site.page(paths[-1])[1]
            if suffix == "ttl":
                _check(side, [body], 1)
        rows = [paths[run * IN_A_ROW : (run + 1) * IN_A_ROW] for run in range(runs)]
        for count, how in ((IN_A_ROW, f"{IN_A_ROW} in a row"), (1, "stock's turn before each")):
            a, b = alternate(
                runs,
                lambda run, at=rows, count=count: _in_a_row(ours, at[run][:count]),
                lambda run, at=rows, count=count: _in_a_row(theirs, at[run][:count]),
            )
            yield compare("feeds", f"one dataset's RDF (.{suffix}), {how}", "ms", a, b)


def _expected(each: Record) -> dict[str, Any]:
    files = [
        {"name": file["title"], **{key: file[key] for key in ("description", "url", "format")}}
        for file in each["files"]
    ]
    return {
        "title": each["title"],
        "notes": each["description"],
        "url": each["page"],
        "license_id": "uk-ogl",
        **{key: each[key].replace("Z", "+00:00") for key in ("issued", "modified")},  # rdflib's way to write it
        "identifier": each["id"],
        "contact_name": each["contact"],
        "contact_email": each["email"],
        "publisher_name": each["publisher"],
        "theme": json.dumps([each["theme"]]),
        "keywords": sorted(each["keywords"]),
        "files": sorted(files, key=lambda file: file["url"]),
    }


def _harvested(session: Session, found: list[Record]) -> None:
    """Stock CKAN harvests some of ours by ckanext-dcat's harvester; every fact must be there. Raises SideError."""
    driver, some = session.their_driver, found[:HARVESTED]
    url = f"http://127.0.0.1:{session.our_site.port}/catalog.ttl?fq=name:catalogue-0000*"
    owner = driver.ask("organisation", name="aireborough", fields=package.ORGANISATION)
    config = '{"rdf_format": "turtle"}'
    source = driver.ask("source", name="ours", url=url, kind="dcat_rdf", owner=owner, config=config)
    answer = driver.ask("harvest", source_id=source)
    there = {each["title"]: each for each in driver.ask("harvested", source_id=source)}
    for each in some:
        here, expected = there.get(each["title"]), _expected(each)
        if here is None:
            raise SideError(f"stock CKAN did not harvest {each['name']}: {answer}")
        lost = {key: (here[key], value) for key, value in expected.items() if here[key] != value}
        if lost:
            raise SideError(f"stock CKAN has not all of {each['name']} (there, ours): {lost}")
    session.log(f"stock CKAN harvested {len(there)} of our datasets, with every fact")


def rows(session: Session, size: int, runs: int) -> Iterator[Row]:
    found = session.catalogue(size, FILES)
    yield from _dataset(session, [each["name"] for each in found], runs)
    yield from _catalogue(session, session.total(), runs)  # harvests that ran before left datasets on both sides
    _harvested(session, found)


BENCHMARK = Benchmark("feeds", "DCAT out: whole catalogue and one dataset, over HTTP", 400, 20, rows)
