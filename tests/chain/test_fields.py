"""A dataset with every field of a council's form, at the end of the chain: what it says, and by which way it came."""

import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from rdflib import DCTERMS, FOAF, PROV, Graph, URIRef

from tests.feeds.integration.test_feeds_valid import FILE, FULL

from .conftest import Chain

# Fields that differ at each portal, and why.
PORTALS_OWN = dict.fromkeys(("id", "name", "creator_user_id", "owner_org", "organization"), "each portal's own rows")
PORTALS_OWN |= dict.fromkeys(("metadata_created", "metadata_modified"), "when it was made and changed there")
PORTALS_OWN["identifier"] = (
    "at a harvested dataset its id at the portal before; what it was stands in alternate_identifier"
)
PORTALS_OWN["alternate_identifier"] = "grows by what it is called on the way"
PORTALS_OWN["uri"] = "each portal has an address of its own for its copy; the origin's stands in alternate_identifier"
FILES_OWN = dict.fromkeys(("id", "package_id", "uri"), "each portal's own rows")
FILES_OWN |= dict.fromkeys(("created", "metadata_modified"), "when it was made and changed there")
# Internal to the council; the public never sees them.
INTERNAL = {"sensitivity", "dpia_status"}
TITLE = "Air quality monitoring"
NUMBERED = {**FILE, "spatial_resolution_in_meters": "25"}


@pytest.fixture(scope="module")
def copies(chain: Chain) -> list[dict[str, Any]]:
    """The dataset as the public sees it at each of the portals."""
    chain.publish(**{**FULL, "title": TITLE, "spatial_resolution_in_meters": "25", "resources": [NUMBERED]})
    first, second = chain.flow()
    assert [one["results"].get("created") for one in (first, second)] == [1, 1], (first["outcomes"], second["outcomes"])
    return [portal.find(TITLE) for portal in chain.portals]


def plain(name: str, value: Any) -> Any:
    """A value without what only its storage decides: the order of sets, spaces in GeoJSON, ids of tags."""
    if name == "tags":
        return sorted(tag["name"] for tag in value)
    if name in ("language", "theme"):
        return sorted(value)
    if name == "spatial_coverage":
        shapes = ("geom", "bbox", "centroid")
        return [{key: json.loads(one[key]) if key in shapes else one[key] for key in one} for one in value]
    return value


def differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {name for name in one.keys() | other.keys() if plain(name, one.get(name)) != plain(name, other.get(name))}


def test_a_portal_of_ours_is_discovered_as_one(chain: Chain) -> None:
    found = chain.region.call("federation_discover", url=chain.county.url)
    assert (found["platform"], found["dialect"]) == ("towpath", "towpath")
    assert found["feed_url"] == f"{chain.county.url}/feeds/changes.json"
    assert chain.region.call("federation_node_show", id="county")["dialect"] == "towpath"


def test_no_field_is_lost_on_the_way(copies: list[dict[str, Any]]) -> None:
    council, county, region = copies
    filled = {name for name in FULL if name not in ("tag_string", *INTERNAL)}
    assert filled <= {name for name, value in council.items() if value}
    for copy in (county, region):
        assert differing(council, copy) - {"resources"} == PORTALS_OWN.keys()
        assert not INTERNAL & copy.keys()
        assert copy["organization"]["title"] == council["organization"]["title"]
        (told,), (file,) = council["resources"], copy["resources"]
        assert differing(told, file) == FILES_OWN.keys()
    named = [council["uri"], council["identifier"], *council["alternate_identifier"]]
    assert set(named) <= set(county["alternate_identifier"]) <= set(region["alternate_identifier"])
    assert council["id"] in region["alternate_identifier"] and county["identifier"] == council["id"]


def test_the_second_portal_notes_nothing_lost(chain: Chain, copies: list[dict[str, Any]]) -> None:
    record = chain.region.call("federation_record_show", id=copies[2]["id"])
    assert record["notes"] == []
    (note,) = chain.county.call("federation_record_show", id=copies[1]["id"])["notes"]
    assert note == "not carried over, kept in the raw record: resource.uri"


def test_the_portals_on_the_way_in_their_order(chain: Chain, copies: list[dict[str, Any]]) -> None:
    council, county, region = copies
    journey = chain.region.call("journey_show", id=region["id"], token=None)
    first, second = journey["hops"]
    assert [(hop["position"], hop["portal"], hop["observed"]) for hop in (first, second)] == [
        (1, "Aireborough", False),
        (2, "Ridings", True),
    ]
    assert [hop["remote_id"] for hop in (first, second)] == [council["id"], county["id"]]
    assert first["url"] == f"{chain.council.url}/dataset/{council['id']}"
    assert second["url"] == f"{chain.county.url}/dataset/{county['id']}"
    assert all(len(hop["content_hash"]) == 64 and hop["source_type"] == "towpath" for hop in (first, second))
    assert all(hop["remote_modified"] == "2026-03" and hop["harvested"] for hop in (first, second))
    # What the county saw of the council it tells as it saw it.
    (seen,) = chain.county.call("journey_show", id=county["id"], token=None)["hops"]
    assert seen["observed"] and seen["content_hash"] == first["content_hash"]
    assert [one["detail"] for one in journey["path"] if one["kind"] == "portal"] == ["Aireborough", "Ridings"]


def test_the_pages_show_them_in_their_order(chain: Chain, copies: list[dict[str, Any]]) -> None:
    name = copies[2]["name"]
    journey = BeautifulSoup(chain.region.get(f"/dataset/journey/{name}").text, "html.parser")
    assert [one.get_text() for one in journey.select(".journey-hops h3")] == [
        *("Aireborough", "Ridings", "Northern Data"),
    ]
    dataset = BeautifulSoup(chain.region.get(f"/dataset/{name}").text, "html.parser")
    drawn = dataset.select_one(".journey-words ol")
    assert drawn and re.findall(r"Portal:\s+(\w+)", drawn.get_text()) == ["Aireborough", "Ridings"]


def test_the_feed_of_the_last_portal_tells_them_in_their_order(chain: Chain, copies: list[dict[str, Any]]) -> None:
    region = copies[2]
    graph = Graph().parse(data=chain.region.get(f"/dataset/{region['id']}.ttl").text, format="turtle")
    ways, node = [], URIRef(f"{chain.region.url}/dataset/{region['id']}")
    while before := [one for one in graph.objects(node, PROV.wasDerivedFrom) if graph.value(one, PROV.wasAttributedTo)]:
        (node,) = before
        agent = graph.value(node, PROV.wasAttributedTo)
        ways.append((str(graph.value(agent, FOAF.name)), str(graph.value(node, DCTERMS.identifier))))
    assert ways == [("Ridings", copies[1]["id"]), ("Aireborough", copies[0]["id"])]
    changes = chain.region.get("/feeds/changes.json").json()["changes"]
    (told,) = [one for one in changes if one["id"] == region["id"]]
    assert [hop["portal"] for hop in told["journey"]["hops"]] == ["Aireborough", "Ridings"]


def test_the_export_in_prov_tells_them_in_their_order(chain: Chain, copies: list[dict[str, Any]]) -> None:
    region = copies[2]
    prov = chain.region.get(f"/dataset/journey/{region['name']}.prov.json").json()
    names = {name: one.get("tp:portal") for name, one in prov["entity"].items() if "tp:portal" in one}
    derived = {one["prov:generatedEntity"]: one["prov:usedEntity"] for one in prov["wasDerivedFrom"].values()}
    way, at = [], f"dataset:{region['id']}"
    while at in derived:
        at = derived[at]
        way.append(names[at])
    assert way == ["Ridings", "Aireborough"]
