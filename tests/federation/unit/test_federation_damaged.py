"""Recorded feeds, where the machine has them, damaged on the way and fetched over HTTP: nothing raises but the two errors that
say that a feed cannot be used, and every record that came has an outcome."""

import gzip
import json
import random
import re
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from ckanext.federation.harvest import compare, fetch, reading
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import FeedError

LARGEST = 700_000
PLACES = [above / "shared" / "feeds" for above in Path(__file__).resolve().parents[4:6]]
FILES = sorted(next((place for place in PLACES if place.is_dir()), PLACES[0]).glob("*"))
# Notes on a feed and not a feed; and what takes long and has nothing that the others have not.
FILES = [path for path in FILES if "stats" not in path.name and path.stat().st_size < LARGEST]
MEDIA = {".rdf": "application/rdf+xml", ".xml": "application/rdf+xml", ".jsonld": "application/ld+json"}
POLICY = Policy("https://example.org/", registered_licences=frozenset(["notspecified", "uk-ogl", "cc-by"]))
LISTS = {"dataset", "datasets", "@graph", "results", "data", "dcat:dataset"}
TIMES = 4

pytestmark = [
    pytest.mark.skipif(not FILES, reason="no recorded feeds beside the project"),
    pytest.mark.parametrize("path", FILES, ids=lambda path: path.name),
]


@pytest.fixture
def harvest(server):
    """A function that serves bytes with headers, fetches them and compares them with an empty portal."""

    def read(body, path, small=reading.SMALL, length=None, **headers):
        headers = {"Content_Type": MEDIA.get(path.suffix, "application/json"), **headers}
        url = server.serve("/feed", body, length=length, **headers)
        limits = fetch.Limits(seconds=30, tries=1)
        answer = fetch.Fetcher("Towpath/test", frozenset({server.address}), limits).get(url)
        one = reading.Reading("auto", answer, small)
        comparison = compare.Comparison(
            {}, "", one.module.identity, lambda item: convert(one.module.read(item), POLICY), lambda _id: {}
        )
        steps = [step for page in one.pages() for step in comparison.steps(page.items, page.repeats)]
        return SimpleNamespace(counts=comparison.counts, steps=steps, cut=one.cut)

    return read


def outcomes(found):
    return sorted((step.upstream_id, step.action, step.content_hash) for step in found.steps)


def accounted_for(found):
    """Each record is a step or a repetition, each refusal has its reason, and nothing went wrong in ours."""
    counts = found.counts
    assert len(found.steps) + counts.duplicates == counts.records
    for step in found.steps:
        assert step.action in (compare.CREATE, compare.REFUSE)
        assert step.dataset["title"] if step.action == compare.CREATE else step.reason
        assert "cannot be" not in step.reason, step.reason


def whole_or_refused(harvest, body, path, **more):
    """What came of damaged bytes; None where the feed was refused as a whole, in words."""
    try:
        found = harvest(body, path, **more)
    except (FeedError, fetch.FetchError) as error:
        assert len(str(error)) > 10
        return None
    accounted_for(found)
    return found


def chance(path):
    return random.Random(path.name)


@pytest.mark.parametrize("small", [reading.SMALL, 0], ids=["whole", "stream"])
def test_cut_at_any_byte(harvest, path, small):
    body, sure = path.read_bytes().rstrip(), outcomes(harvest(path.read_bytes(), path))
    for at in [0, 1, len(body) - 1, *(chance(path).randrange(len(body)) for _ in range(TIMES))]:
        found = whole_or_refused(harvest, body[:at], path, small=small)
        if found and path.suffix != ".jsonl":  # of lines, any number is a feed
            assert found.cut
        if found:
            assert set(outcomes(found)) <= set(sure)


def test_the_connection_ends_early(harvest, path):
    body = path.read_bytes()
    found = whole_or_refused(harvest, body[: chance(path).randrange(len(body))], path, length=len(body))
    assert found is None or found.cut


def doubled(value):
    if isinstance(value, dict):
        return {key: one + one if key in LISTS and is_list(one) else doubled(one) for key, one in value.items()}
    return value


def is_list(value):
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def test_every_record_twice(harvest, path):
    body = path.read_bytes()
    once = harvest(body, path)
    if path.suffix == ".jsonl":
        twice = body.rstrip() + b"\n" + body
    elif path.suffix in (".rdf", ".xml"):
        head, inside, end = re.fullmatch(rb"(.*?<rdf:RDF[^>]*>)(.*)(</rdf:RDF>\s*)", body, re.S).groups()
        twice = head + inside + inside + end
    else:
        value = json.loads(body)
        twice = json.dumps(value + value if isinstance(value, list) else doubled(value)).encode()
    found = harvest(twice, path)
    accounted_for(found)
    # A record without an identifier is refused each time.
    assert {one[:2] for one in outcomes(found)} == {one[:2] for one in outcomes(once)}
    assert len(found.steps) == len(once.steps) + sum(not step.upstream_id for step in once.steps)


# The encoding that it is in, and what the server says.
STATED = [
    ("utf-8-sig", "utf-16"),
    ("utf-16", "iso-8859-1"),
    ("utf-16-be", "utf-8"),
    ("utf-32", "utf-7"),
    ("utf-8", "koi8-r"),
    ("utf-8", "no-such-thing"),
]


@pytest.mark.parametrize(("encoding", "stated"), STATED)
def test_another_encoding_than_is_stated(harvest, path, encoding, stated):
    text, media = path.read_text("utf-8-sig"), MEDIA.get(path.suffix, "application/json")
    found = harvest(text.encode(encoding), path, Content_Type=f"{media}; charset={stated}")
    assert outcomes(found) == outcomes(harvest(path.read_bytes(), path))


LIES = {
    "says gzip and is none": (lambda body: body, "gzip"),
    "is gzip and does not say so": (gzip.compress, "identity"),
    "is gzip and says deflate": (gzip.compress, "deflate"),
    "is gzip and says brotli": (gzip.compress, "br"),
    "gzip twice": (lambda body: gzip.compress(gzip.compress(body)), "gzip"),
    "gzip in two members": (lambda body: gzip.compress(body[:999]) + gzip.compress(body[999:]), "gzip"),
    "gzip with rubbish behind": (lambda body: gzip.compress(body) + b"\0" * 99, "gzip"),
    "says deflate and is none": (lambda body: body, "deflate"),
    "deflate without a header": (lambda body: zlib.compress(body)[2:-4], "deflate"),
}


@pytest.mark.parametrize("lie", LIES)
def test_compression_that_lies(harvest, path, lie):
    pack, says = LIES[lie]
    found = harvest(pack(path.read_bytes()), path, Content_Encoding=says)
    assert outcomes(found) == outcomes(harvest(path.read_bytes(), path))


def test_gzip_that_breaks(harvest, path):
    body = gzip.compress(path.read_bytes())
    at = chance(path).randrange(20, len(body) - 20)
    for broken in (body[:at], body[:at] + b"\0\xff\0" + body[at + 3 :], body[:-6] + b"\0" * 6, body[:5]):
        assert whole_or_refused(harvest, broken, path, Content_Encoding="gzip") is None


@pytest.mark.parametrize("small", [reading.SMALL, 0], ids=["whole", "stream"])
def test_single_bytes_that_turned(harvest, path, small):
    luck = chance(path)
    for _ in range(TIMES):
        body = bytearray(path.read_bytes())
        for _ in range(8):
            body[luck.randrange(len(body))] = luck.randrange(256)
        whole_or_refused(harvest, bytes(body), path, small=small)
