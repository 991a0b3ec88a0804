"""The sample nodes: true shapes, the known defects, links that work, and a well-behaved server."""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ckanext.portal.demo import datapress, hub, nodes, seeds

PROJECT = Path(__file__).resolve().parents[4]
DCAT_AP, DCAT_US = "/bristol/api/feed/dcat-ap/2.1.1.json", "/bristol/api/feed/dcat-us/1.1.json"
EXPORT = "/london/api/v3/datasets/export.json"


def ask(server, path, method="GET", **headers):
    url = path if path.startswith("http") else f"{server.base_url}{path}"
    request = urllib.request.Request(url, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def feed(server, path):
    status, headers, body = ask(server, path)
    assert status == 200 and "json" in headers["Content-Type"]
    return json.loads(body)


def test_dcat_ap_has_the_hubs_shape_and_defects(node_server):
    found = feed(node_server, DCAT_AP)
    datasets = found["dcat:dataset"]
    assert found["@type"] == "dcat:Catalog" and found["dct:description"] is None and 20 <= len(datasets) <= 26
    for one in datasets:
        assert "dct:modified" not in one and "dct:license" not in one
        assert all("dcat:accessUrl" in d and "dcat:accessURL" not in d for d in one["dcat:distribution"])
    text = json.dumps(datasets)
    assert text.count('"{{description}}"') >= 2 and text.count("mailto:{{orgContactEmail}}") >= 2
    identifiers = [one["dct:identifier"] for one in datasets]
    doubled = [one for one in identifiers if one.endswith("&sublayer=0")]
    assert doubled and all(one.removesuffix("&sublayer=0") in identifiers for one in doubled)
    for key in ("dcat:keyword", "dct:language", "dct:publisher", "dct:title"):
        assert any(one[key] is None for one in datasets), key
    assert any("<script>" in str(one["dct:description"]) for one in datasets)


def test_dcat_us_has_the_hubs_shape_and_defects(node_server):
    datasets = feed(node_server, DCAT_US)["dataset"]
    assert {one["theme"] for one in datasets} == {""} and "" in {one["spatial"] for one in datasets}
    assert {one["license"] for one in datasets} == {"", hub.PROMISE}
    assert any(isinstance(one["modified"], int) and one["modified"] > 10**12 for one in datasets)
    assert any(isinstance(one["modified"], str) for one in datasets)
    assert any(one["contactPoint"]["hasEmail"] == "mailto:gis help desk" for one in datasets)


def test_both_hub_feeds_hold_the_same_datasets(node_server):
    ap = [one["dct:identifier"] for one in feed(node_server, DCAT_AP)["dcat:dataset"]]
    assert ap == [one["identifier"] for one in feed(node_server, DCAT_US)["dataset"]]


def test_the_export_has_datapress_shape_and_defects(node_server):
    found = feed(node_server, EXPORT)
    assert isinstance(found, list) and 20 <= len(found) <= 26
    keys = {"id", "webpage", "title", "description", "createdAt", "updatedAt", "nextReviewDate", "sharing", "masthead",
            "team", "topics", "tags", "licence", "contact", "resources", "links", "custom"}  # fmt: skip
    assert all(set(one) == keys and len(one["id"]) == 5 for one in found)
    assert any(one["licence"] is None for one in found) and any("<em>" in str(one["title"]) for one in found)
    assert all("<dp-prose>" in one["description"] for one in found if one["description"])
    assert any(one["description"] is None for one in found) and any(one["tags"] is None for one in found)
    assert any(one["contact"] for one in found) and "2021" in {one["title"] for one in found}
    ids = [one["id"] for one in found]
    assert len(set(ids)) == len(ids) - 1, "one record comes twice"
    assert len({one["team"]["title"] for one in found}) > 2


@pytest.mark.parametrize(("kind", "name"), [(hub, "bristol"), (datapress, "london")])
def test_every_defect_named_is_known_and_every_known_one_is_used(kind, name):
    import yaml

    node = yaml.safe_load((PROJECT / "seeds" / "nodes" / f"{name}.yaml").read_text())
    assert {defect for one in node["datasets"] for defect in one.get("defects", [])} == set(kind.DEFECTS)


def test_every_link_of_the_feeds_works(node_server):
    urls = {d["dcat:accessUrl"] for one in feed(node_server, DCAT_AP)["dcat:dataset"] for d in one["dcat:distribution"]}
    urls |= {one["landingPage"] for one in feed(node_server, DCAT_US)["dataset"]}
    urls |= {one["webpage"] for one in feed(node_server, EXPORT)}
    assert len(urls) > 100
    for url in urls:
        assert url.startswith(node_server.base_url)
        status, headers, body = ask(node_server, url)
        assert status == 200 and body, url
        if url.endswith(".geojson"):
            assert json.loads(body)["features"]
        elif url.endswith(".kml"):
            assert ElementTree.fromstring(body).tag.endswith("kml")
        elif url.endswith(".csv"):
            assert headers["Content-Type"].startswith("text/csv") and body.count(b"\r\n") > 4


def test_sizes_and_hashes_are_those_of_the_files(node_server):
    resources = [r for one in feed(node_server, EXPORT) for r in one["resources"]]
    assert len(resources) > 20
    for one in resources:
        body = ask(node_server, one["url"])[2]
        assert (len(body), hashlib.md5(body).hexdigest()) == (one["size"], one["hash"])


def test_one_dataset_by_itself(node_server):
    whole = {one["id"]: one for one in feed(node_server, EXPORT)}
    assert feed(node_server, "/london/api/v3/dataset/2m7xd") == whole["2m7xd"]


def test_unchanged_is_304(node_server):
    status, headers, _ = ask(node_server, DCAT_AP)
    assert status == 200
    status, again, body = ask(node_server, DCAT_AP, If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"") and again["ETag"] == headers["ETag"]
    assert ask(node_server, DCAT_AP, If_None_Match=f'"x", W/{headers["ETag"]}')[0] == 304
    assert ask(node_server, DCAT_AP, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert ask(node_server, DCAT_AP, If_Modified_Since="Thu, 01 Jan 2015 00:00:00 GMT")[0] == 200
    # A tag decides alone.
    assert ask(node_server, DCAT_AP, If_None_Match='"x"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert ask(node_server, DCAT_AP, If_Modified_Since="yesterday")[0] == 200


def test_gzip_when_asked(node_server):
    _, plain, body = ask(node_server, EXPORT)
    _, zipped, small = ask(node_server, EXPORT, Accept_Encoding="br, gzip")
    assert zipped["Content-Encoding"] == "gzip" and gzip.decompress(small) == body and len(small) < len(body) / 2
    assert zipped["ETag"] != plain["ETag"] and zipped["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in ask(node_server, EXPORT, Accept_Encoding="gzip;q=0")[1]


def test_head_has_no_body(node_server):
    status, headers, body = ask(node_server, EXPORT, method="HEAD")
    assert status == 200 and body == b"" and int(headers["Content-Length"]) > 1000


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(node_server, method):
    assert ask(node_server, EXPORT, method=method)[0] == 501


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/london/..%2f..%2fcouncil.yaml", "/bristol.yaml", "/nowhere"],
)
def test_no_path_leaves_what_is_served(node_server, path):
    status, _, body = ask(node_server, path)
    assert status == 404 and b"root:" not in body and b"seed" not in body


def test_the_index_lists_every_address(node_server):
    assert all(name in ask(node_server, "/")[2] for name in (b"/bristol", b"/london"))
    for home, path in (("/bristol", DCAT_AP), ("/london/", EXPORT)):
        assert f"{node_server.base_url}{path}".encode() in ask(node_server, home)[2]


def test_identity_does_not_hang_on_the_port():
    folder = PROJECT / "seeds" / "nodes"
    one, two = (nodes.answers(folder, f"http://127.0.0.1:{port}") for port in (1, 2))
    pattern = re.compile(rb'"(?:dct:identifier|id)": "[^"]*"')
    for path in (DCAT_AP, EXPORT):
        assert pattern.findall(one[path].body) == pattern.findall(two[path].body)
        assert b"127.0.0.1:1/" in one[path].body and b"127.0.0.1:1/" not in two[path].body


def test_base_url_is_put_in_the_feeds():
    server = nodes.NodeServer("127.0.0.1", 0, PROJECT / "seeds" / "nodes", base_url="https://sample.example/")
    try:
        assert b"https://sample.example/bristol/maps/" in server.answers[DCAT_AP].body
    finally:
        server.server_close()


def test_no_seeds_is_an_error(tmp_path):
    with pytest.raises(seeds.SeedError, match="yaml"):
        nodes.answers(tmp_path, "http://x")


def test_a_taken_port_is_said_so(node_server):
    command = [sys.executable, "-m", "ckanext.portal.demo.nodes", "--port", str(node_server.server_port)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "cannot listen" in done.stderr and "Traceback" not in done.stderr


def test_runs_as_a_program_and_stops_when_told():
    command = [sys.executable, "-m", "ckanext.portal.demo.nodes", "--port", "0"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1].rstrip("/")
        with urllib.request.urlopen(f"{address}{EXPORT}", timeout=10) as answer:
            assert answer.status == 200
        process.terminate()
        assert process.wait(timeout=20) == 0
