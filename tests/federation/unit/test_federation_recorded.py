"""Feeds recorded from real portals, where the machine has them: each record becomes a dataset or a refusal."""

import io
import json
from pathlib import Path

import pytest

from ckanext.federation.harvest import compare, dialects, reading
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import FeedError, Hints

PLACES = [above / "shared" / "feeds" for above in Path(__file__).resolve().parents[4:6]]
FILES = sorted(next((place for place in PLACES if place.is_dir()), PLACES[0]).glob("*"))
NO_FEEDS = {"socrata-catalog-v1_nyc_2022-07.stats.jsonl"}
MEDIA = {".rdf": "application/rdf+xml", ".xml": "application/rdf+xml", ".jsonld": "application/ld+json"}
LICENCES = frozenset(
    ["notspecified", "uk-ogl", "cc-by", "cc-by-sa", "cc-zero", "cc-nc", "odc-odbl", "odc-by", "odc-pddl", "other-pd"]
)
POLICY = Policy("https://example.org/", registered_licences=LICENCES)

pytestmark = pytest.mark.skipif(not FILES, reason="no recorded feeds beside the project")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_record_is_a_dataset_or_a_refusal(path):
    hints = Hints("https://example.org/feed", MEDIA.get(path.suffix, "application/json"))
    if path.name in NO_FEEDS:
        with pytest.raises(FeedError):
            dialects.choose("auto", path.read_bytes(), hints)
        return
    module, document = dialects.choose("auto", path.read_bytes(), hints)
    page = module.page(document)
    items = page.items
    assert not page.repeats  # none of these feeds lists an item twice; services and their layer 0 are two datasets
    comparison = compare.Comparison(
        {}, "", module.identity, lambda one: convert(module.read(one), POLICY), lambda _id: {}
    )
    steps = list(comparison.steps(items, page.repeats))
    assert len(steps) + comparison.counts.duplicates == len(items)
    for step in steps:
        if step.action == compare.REFUSE:
            assert step.reason
            assert "cannot be understood" not in step.reason
            continue
        assert step.dataset["title"]
        assert "{{" not in json.dumps(step.dataset)
        assert "<script" not in json.dumps(step.dataset).lower()
        assert all(
            one["url"].startswith(("http://", "https://", "ftp://")) for one in step.dataset.get("resources", [])
        )
    assert steps or not items


@pytest.mark.parametrize("path", [path for path in FILES if path.name not in NO_FEEDS], ids=lambda path: path.name)
def test_a_stream_of_it_has_as_many_records(path):
    """Parsed whole and read as a stream, it is the same datasets."""
    hints = Hints("https://example.org/feed", MEDIA.get(path.suffix, "application/json"))
    found = []
    for small in (0, reading.SMALL):
        one = reading.opened(io.BytesIO(path.read_bytes()), hints, small=small)
        found.append(sorted(one.module.identity(item) for page in one.pages() for item in page.items))
        assert one.cut == ""
    assert found[0] == found[1]


@pytest.mark.parametrize("path", [path for path in FILES if path.name not in NO_FEEDS], ids=lambda path: path.name)
def test_cut_in_half_it_is_refused_or_gives_whole_records(path):
    hints = Hints("https://example.org/feed", MEDIA.get(path.suffix, "application/json"))
    body = path.read_bytes().rstrip()
    try:
        one = reading.opened(io.BytesIO(body[: len(body) // 2]), hints)
        items = [item for page in one.pages() for item in page.items]
    except FeedError as error:
        assert str(error)
        return
    assert one.cut
    for item in items:
        convert(one.module.read(item), POLICY)
