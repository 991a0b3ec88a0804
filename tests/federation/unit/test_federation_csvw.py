"""CSVW descriptions in a GitHub-style folder, on a real server, as GitHub, its contents API and a web server list them."""

import io
import json

import pytest

from ckanext.federation.harvest import fetch, reading
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import Hints

README = b"""# Vehicles

<table><tr><td>Dataset name</td><td>Licensed vehicles</td></tr>
<tr><td>Dataset description</td><td>Vehicles by kind &amp; year</td></tr>
<tr><td>Publisher</td><td>Airedale Council</td></tr>
<tr><td>Publisher URL</td><td><a href="https://lab.airedale.example/vehicles">x</a></td></tr>
<tr><td>Geographic coverage</td><td>Airedale</td></tr>
<tr><td>Temporal coverage</td><td>Since 2015</td></tr>
<tr><td>Update frequency</td><td>Quarterly</td></tr>
<tr><td>Licence</td><td><a href="http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/">OGL</a></td></tr>
<tr><td>Last updated</td><td>21 November 2023</td></tr></table>"""
# A comma too many, as in a real one.
FOLDER = b"""{"@context": "http://www.w3.org/ns/csvw", "tables": [{"url": "vans.csv",}, {"url": "cars.csv"}],
"tableSchema": {"columns": [{"titles": "year", "dc:description": "The year"}]}}"""
CCTV = {
    "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
    "url": "cameras.csv",
    "dc:title": "Cameras",
    "dc:license": {"@id": "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"},
    "dc:rightsHolder": "Airedale",
    "tableSchema": {"columns": [{"titles": "id"}]},
}
FILES = {
    "README.md": b"# All our data\n",
    "licensed_vehicles/README.md": README,
    "licensed_vehicles/csv-metadata.json": FOLDER,
    "licensed_vehicles/vans.csv": b"year\n2020\n",
    "licensed_vehicles/cars.csv": b"year\n2020\n",
    "licensed_vehicles/clean.R": b"x",
    "cctv/cameras.csv-metadata.json": json.dumps(CCTV).encode(),
    "cctv/cameras.geojson-metadata.json": b'{"@context": "http://www.w3.org/ns/csvw", "url": "cameras.geojson"}',
    "cctv/cameras.csv": b"id\n1\n",
    "cctv/cameras.geojson": b"{}",
    "cctv/lamps.csv-metadata.json": b'{"@context": "http://www.w3.org/ns/csvw" "url": "lamps.csv"}',
    "maps/roads.geojson": b"{}",
}


@pytest.fixture
def repository(server):
    for path, body in FILES.items():
        server.serve(f"/council/data/raw/HEAD/{path}", body)
    tree = [{"path": path, "type": "blob", "size": len(body)} for path, body in FILES.items()]
    tree.append({"path": "cctv", "type": "tree"})
    return server.serve("/repos/council/data/git/trees/HEAD", json.dumps({"sha": "1", "tree": tree}).encode())


def harvest(server, url):
    fetcher = fetch.Fetcher("x", frozenset({server.address}), fetch.Limits(seconds=20, tries=1))
    one = reading.Reading("csvw", fetcher.get(url))
    found = {}
    for page in one.pages():
        for item in page.items:
            if page.unfetched:
                reading.fetch_documents(item, fetcher)
            record = one.module.read(item)
            found[record.upstream_id] = convert(
                record, Policy(server.url, registered_licences=frozenset(["notspecified", "uk-ogl"]))
            )
    return found


def test_a_repository(server, repository):
    base = f"{server.url}/council/data/raw/HEAD/"
    found = harvest(server, repository + "?recursive=1")
    assert sorted(found) == [base + "cctv/cameras", base + "cctv/lamps", base + "licensed_vehicles"]
    vehicles = found[base + "licensed_vehicles"].dataset
    assert (vehicles["title"], vehicles["notes"]) == ("Licensed vehicles", "Vehicles by kind & year")
    assert vehicles["url"] == "https://lab.airedale.example/vehicles"
    assert vehicles["license_id"] == "uk-ogl"
    assert vehicles["frequency"].endswith("/QUARTERLY")
    assert vehicles["modified"] == "2023-11-21"
    assert vehicles["publisher"] == [{"name": "Airedale Council"}]
    assert vehicles["spatial_coverage"] == [{"text": "Airedale"}]
    assert [(one["url"], one["format"], one["size"]) for one in vehicles["resources"]] == [
        (base + "licensed_vehicles/vans.csv", "CSV", 10),
        (base + "licensed_vehicles/cars.csv", "CSV", 10),
    ]
    assert vehicles["resources"][0]["documentation"] == [base + "licensed_vehicles/csv-metadata.json"]
    assert any("README: temporal coverage" in note for note in found[base + "licensed_vehicles"].notes)


def test_files_of_one_name_are_one_dataset(server, repository):
    base = f"{server.url}/council/data/raw/HEAD/"
    found = harvest(server, repository)
    cameras = found[base + "cctv/cameras"]
    assert cameras.dataset["title"] == "Cameras"
    assert cameras.dataset["license_id"] == "uk-ogl"
    assert sorted(one["format"] for one in cameras.dataset["resources"]) == ["CSV", "GeoJSON"]
    assert cameras.dataset["url"] == f"{server.url}/council/data/tree/HEAD/cctv"
    assert any("rightsholder" in note for note in cameras.notes)
    lamps = found[base + "cctv/lamps"]
    assert lamps.dataset["title"] == "Lamps"
    assert any("broken JSON" in note for note in lamps.notes)
    assert any("gives no title" in note or "give no title" in note for note in lamps.notes)


def test_a_description_that_cannot_be_fetched_is_that_datasets_failure(server, repository):
    server.serve("/council/data/raw/HEAD/licensed_vehicles/csv-metadata.json", b"", 500)
    found = harvest(server, repository)
    base = f"{server.url}/council/data/raw/HEAD/"
    assert "500" in found[base + "licensed_vehicles"].refused
    assert not found[base + "cctv/cameras"].refused


def test_the_contents_of_a_folder_and_a_web_servers_list(server, repository):
    raw = f"{server.url}/council/data/raw/HEAD/cctv/"
    names = [path.split("/")[1] for path in FILES if path.startswith("cctv/")]
    contents = [{"name": n, "path": f"cctv/{n}", "type": "file", "download_url": raw + n, "size": 1} for n in names]
    listed = harvest(server, server.serve("/repos/council/data/contents/cctv", json.dumps(contents).encode()))
    assert sorted(listed) == [raw + "cameras", raw + "lamps"]
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in ("../", *names))
    page = server.serve("/council/data/raw/HEAD/cctv/", f"<!DOCTYPE html><html><ul>{links}</ul></html>".encode())
    assert sorted(harvest(server, page)) == sorted(listed)


def test_one_description_alone(server, repository):
    url = f"{server.url}/council/data/raw/HEAD/cctv/cameras.csv-metadata.json"
    [(name, found)] = harvest(server, url).items()
    assert name == url.removesuffix("-metadata.json")
    assert found.dataset["title"] == "Cameras"
    assert [one["url"] for one in found.dataset["resources"]] == [url.removesuffix("-metadata.json")]


def test_a_web_page_without_descriptions_is_no_feed():
    with pytest.raises(Exception, match="web page"):
        reading.opened(io.BytesIO(b"<html><a href='x.csv'>x</a></html>"), Hints("https://e.org/"))
