"""Recorded feeds, where the machine has them, damaged on the way and planned by the portal: whatever comes, the plan or the run's
error says it, and the records that came are accounted for."""

import gzip
import random
from pathlib import Path

import pytest
from ckan.tests.helpers import call_action

PLACES = [above / "shared" / "feeds" for above in Path(__file__).resolve().parents[4:6]]
FILES = sorted(next((place for place in PLACES if place.is_dir()), PLACES[0]).glob("*"))
# The unit tests take the larger ones too; two lead on to a host that is not there.
FILES = [path for path in FILES if path.stat().st_size < 20_000 and "collection-1" not in path.name]
MEDIA = {".rdf": "application/rdf+xml", ".xml": "application/rdf+xml", ".jsonld": "application/ld+json"}
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "federation council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.skipif(not FILES, reason="no recorded feeds beside the project"),
]


def shapes(path):
    """The feed in damaged forms: bytes and headers."""
    luck, body = random.Random(path.name), path.read_bytes().rstrip()
    turned = bytearray(body)
    for _ in range(8):
        turned[luck.randrange(len(body))] = luck.randrange(256)
    packed = gzip.compress(body)
    return {
        "cut": (body[: luck.randrange(len(body))], {}),
        "bytes turned": (bytes(turned), {}),
        "another charset": (path.read_text("utf-8-sig").encode("utf-16"), {"Content_Type": "text/html; charset=utf-7"}),
        "no gzip": (body, {"Content_Encoding": "gzip"}),
        "gzip cut": (packed[: len(packed) // 2], {"Content_Encoding": "gzip"}),
    }


def test_nothing_fails_but_in_words(federation, server, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")
    monkeypatch.setattr("time.sleep", lambda _seconds: None)  # between tries
    for number, path in enumerate(FILES):
        url = f"{server.url}/{number}"
        call_action("federation_node_create", name=f"node-{number}", feed_url=url, url=f"https://{number}.example/")
        for name, (body, headers) in shapes(path).items():
            server.serve(f"/{number}", body, **{"Content_Type": MEDIA.get(path.suffix, "application/json"), **headers})
            run = call_action("federation_plan", id=f"node-{number}")
            said = (path.name, name, run["status"], run["error"])
            assert run["status"] in ("planned", "held", "failed", "unchanged"), said
            assert "The portal failed" not in run["error"], said
            if run["status"] == "failed":
                assert len(run["error"]) > 10, said
                continue
            counts = run["counts"]
            assert sum(run["results"].values()) + counts["duplicates"] == counts["records"], said
            assert all(one["reason"] for one in run["outcomes"] if one["status"] == "refused"), said
            if name == "cut" and path.suffix != ".jsonl":
                assert run["status"] == "held", said
