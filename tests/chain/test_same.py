"""One dataset that is met twice on the way is one, and nobody harvests his own back.

From here on the region harvests the council itself, too; what later tests publish, only where they say so.
"""

from typing import Any

import pytest

from .conftest import Chain


@pytest.fixture(scope="module")
def direct(chain: Chain) -> dict[str, Any]:
    """The region's first harvest of the council, whose datasets it has by way of the county already."""
    chain.publish("Footpaths", notes="As the council says.")
    chain.flow()
    before = chain.region.find("Footpaths")["id"]
    assert governing(chain, before) == "Ridings"
    chain.region.register(chain.council)
    return {"run": chain.region.harvest(chain.council), "id": before}


def governing(chain: Chain, package_id: str) -> str:
    return chain.region.call("federation_record_show", id=package_id)["node_title"]


def test_the_nearest_of_two_ways_governs_one_dataset(chain: Chain, direct: dict[str, Any]) -> None:
    assert set(direct["run"]["results"]) <= {"linked", "created"}
    (outcome,) = [one for one in direct["run"]["outcomes"] if one["title"] == "Footpaths"]
    assert (outcome["status"], outcome["package_id"]) == ("linked", direct["id"])
    assert "the same identifier" in outcome["reason"]
    assert [one["id"] for one in chain.region.all("Footpaths")] == [direct["id"]]
    record = chain.region.call("federation_record_show", id=direct["id"])
    assert (record["node_title"], [one["node_title"] for one in record["met"]]) == ("Aireborough", ["Ridings"])
    hops = chain.region.call("journey_show", id=direct["id"], token=None)["hops"]
    assert [(hop["portal"], hop["observed"]) for hop in hops] == [("Aireborough", True), ("Ridings", True)]


def test_what_changes_at_the_origin_comes_by_the_nearest_way(chain: Chain, direct: dict[str, Any]) -> None:
    origin = chain.council.find("Footpaths")["id"]
    chain.council.call("package_patch", id=origin, notes="Newly said.")
    assert [one["status"] for one in chain.region.harvest(chain.council)["outcomes"]] == ["updated"]
    assert chain.region.find("Footpaths")["notes"] == "Newly said."
    first, second = chain.flow()
    assert first["results"] == {"updated": 1} and second["results"] == {"noted": 1}
    assert governing(chain, direct["id"]) == "Aireborough"
    assert [one["id"] for one in chain.region.all("Footpaths")] == [direct["id"]]


def test_it_stays_until_both_ways_have_lost_it(chain: Chain, direct: dict[str, Any]) -> None:
    chain.council.call("package_delete", id=chain.council.find("Footpaths")["id"])
    (near,) = chain.region.harvest(chain.council)["outcomes"]
    assert near["status"] == "withdrawn" and near["reason"].endswith("Ridings still has it, so it stays published.")
    assert governing(chain, direct["id"]) == "Ridings"
    chain.flow()
    assert chain.region.all("Footpaths") == []


def test_nobody_takes_his_own_back(chain: Chain, direct: dict[str, Any]) -> None:
    chain.publish("Our own")
    chain.flow()
    before = chain.council.call("package_search", rows=0, include_private=True)["count"]
    chain.council.register(chain.region)
    run = chain.council.harvest(chain.region)
    assert run["counts"]["create"] == 0 and run["counts"]["link"] == 0, run["results"]
    reasons = {one["title"]: one["reason"] for one in run["outcomes"]}
    assert reasons["Our own"] == "It is this portal’s own dataset “Our own”, come back by way of that node."
    assert chain.council.call("package_search", rows=0, include_private=True)["count"] == before
    chain.county.harvest(chain.council)
    assert [len(portal.all("Our own")) for portal in chain.portals] == [1, 1, 1]
