"""The named nodes: their registrations, and sample feeds of their platforms, the earlier and the present one."""

import io
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ckanext.federation import nodes
from ckanext.federation.harvest import addresses, dialects, identity, reading
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.record import Hints

FEEDS = Path(__file__).parents[1] / "feeds" / "nodes"
POLICY = Policy("https://e.org/", registered_licences=frozenset(["notspecified", "uk-ogl"]))
NODES = {node["name"]: node for node in nodes.known()}


def read(name, dialect, url="https://e.org/feed"):
    body = (FEEDS / name).read_bytes()
    one = reading.opened(io.BytesIO(body), Hints(url, "application/json"), dialect)
    pages = list(one.pages())
    repeats = {key for page in pages for key in page.repeats}
    items = [item for page in pages for item in page.items]
    found = {}
    for item in items:
        if (key := one.module.identity(item)) not in repeats:
            found.setdefault(key, convert(one.module.read(item), POLICY))
    return found


def test_the_named_nodes_are_all_here():
    assert set(NODES) == {"bristol", "cambridgeshire-insight", "camden", "leeds", "london-datastore", "nyc", "trafford"}
    assert nodes.about("leeds")["labels"] == nodes.about("bristol")["labels"] == ["ODI Nodes"]
    assert nodes.about("nobody") == {"labels": [], "licence_policy": "", "organization_map": {}, "earlier": []}


@pytest.mark.parametrize("name", NODES)
def test_a_registration_is_complete(name):
    node, about = NODES[name], nodes.about(name)
    assert node["dialect"] in dialects.NAMES
    assert node["organization_policy"] in {"node", "match", "create"}
    assert about["licence_policy"]
    for url in (node["url"], node["feed_url"], *(one["feed_url"] for one in about["earlier"])):
        assert addresses.problem(url) == ""
        assert urlsplit(url).scheme == "https"
    assert not set(node) & set(nodes.ABOUT)


def test_bristol_keeps_its_datasets_when_it_moves():
    old = read(
        "bristol-opendatasoft.json",
        "opendatasoft",
        "https://opendata.bristol.example/api/explore/v2.1/catalog/datasets",
    )
    new = read("bristol-hub.json", NODES["bristol"]["dialect"])
    assert len(new) == 3  # one is listed twice
    gone = {name: identity.keys(name, one.dataset) for name, one in old.items()}
    come = {name: identity.keys(name, one.dataset) for name, one in new.items()}
    found = {
        old[one.other].dataset["title"]: (new[name].dataset["title"], one.kind)
        for name, one in identity.moved(gone, come).items()
    }
    assert found == {"Trees": ("Trees", "title"), "Air Quality (now)": ("Air quality", "file")}
    [shut] = old["da_shut"].dataset["resources"]
    assert shut["url"] == old["da_shut"].dataset["url"]  # its data is not visible, so only its page is linked
    assert "{{" not in json.dumps([one.dataset for one in new.values()])


def test_london_before_and_now():
    now, before = read("london-datastore-v3.json", "datapress"), read("london-datastore-v2.json", "datapress")
    assert before.keys() <= now.keys()
    assert now["2abc1"].publisher["name"] == before["2abc1"].publisher["name"] == "TfL"
    assert now["2abc2"].dataset["title"] == "Housing starts"
    assert now["2abc2"].dataset["license_id"] == "notspecified"
    assert "bloggs" not in json.dumps(now["2abc2"].dataset).lower()
    assert now["2abc3"].refused
    titles = nodes.about("london-datastore")["organization_map"]
    assert titles[now["2abc2"].publisher["name"]] == "London Borough of Barnet"


def test_leeds_before_and_now():
    now, before = read("leeds-v3.json", "datapress"), read("leeds-facade.json", "ckan")
    assert set(before) <= set(now)
    assert before["e1"].dataset["license_id"] == now["e1"].dataset["license_id"] == "uk-ogl"
    assert [one.publisher["name"] for one in now.values()] == ["Leeds City Council", "Northern Rail Users"]


@pytest.mark.parametrize(
    ("feeds", "count"), [(("camden-data.json", "camden-catalog.json"), 3), (("nyc-data.json", "nyc-catalog.jsonl"), 2)]
)
def test_socrata_by_either_feed(feeds, count):
    data, catalog = (read(name, "socrata") for name in feeds)
    assert len(data) == count
    assert set(catalog) <= set(data)
    for one in data.values():
        assert "publisher" not in one.dataset
        assert "bloggs" not in json.dumps(one.dataset).lower()
        assert len(one.dataset["resources"]) == 4


def test_nyc_says_how_it_is_updated():
    bridges, trees = read("nyc-catalog.jsonl", "socrata").values()
    assert bridges.dataset["frequency"].endswith("/WEEKLY")
    assert "Updated automatically: Yes." in bridges.dataset["provenance"]
    assert "Updated automatically: No." in trees.dataset["provenance"]
    assert trees.dataset["frequency"].endswith("/NEVER")
    assert any("Geo-coding" in note for note in trees.notes)


def test_cambridgeshire_by_either_feed():
    [(id_, data)] = read("cambridgeshire-insight-data.json", "dkan").items()
    [(other, package)] = read("cambridgeshire-insight-package.json", "dkan").items()
    assert id_ == other
    assert data.dataset["license_id"] == package.dataset["license_id"] == "uk-ogl"
    assert (package.dataset["issued"], package.dataset["modified"]) == ("2019-12-10T09:23:00Z", "2019-12-19T03:00:00Z")
    assert any("private" in note for note in package.notes)
    assert any("size" in note for note in package.notes)


def test_trafford_is_one_dataset_a_folder_with_a_readme_and_one_a_name_elsewhere():
    url = NODES["trafford"]["feed_url"]
    one = reading.opened(
        io.BytesIO((FEEDS / "trafford-tree.json").read_bytes()), Hints(url, "application/json"), "csvw"
    )
    [page] = one.pages()
    raw = "https://raw.githubusercontent.com/traffordDataLab/council_open_data/HEAD/"
    assert page.unfetched
    assert [item["id"] for item in page.items] == [raw + "assets/cctv/cameras", raw + "transparency_code/pay_multiple"]
    assert (
        page.items[1]["page"]
        == "https://github.com/traffordDataLab/council_open_data/tree/HEAD/transparency_code/pay_multiple"
    )
    assert len(page.items[0]["documents"]) == 2
