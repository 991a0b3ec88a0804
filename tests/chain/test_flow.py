"""What changes, leaves, comes back or stays private at the origin, two portals on."""

from typing import Any

import pytest

from .conftest import Chain

WITHDRAWN = "Its node says that it was withdrawn."


@pytest.fixture(scope="module", autouse=True)
def company(chain: Chain) -> None:
    """Other datasets beside the one that a test is about, or the guard would hold its withdrawal."""
    for number in range(6):
        chain.publish(f"Company {number}")
    chain.flow()


def partial(run: dict[str, Any]) -> tuple[int, int]:
    """Whether only changes were read, and how many records came."""
    return run["counts"]["partial"], run["counts"]["records"]


def told(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["status"], one["title"]) for one in run["outcomes"]]


def test_a_change_arrives_by_itself(chain: Chain) -> None:
    package_id = chain.publish("Bridges")
    chain.flow()
    chain.council.call("package_patch", id=package_id, notes="All bridges, and the **fords**.")
    first, second = chain.flow()
    for run in (first, second):
        assert partial(run) == (1, 1)
        assert told(run) == [("updated", "Bridges")]
        # Dates have seconds: it may have been published in the same one.
        assert {one["field"] for one in run["outcomes"][0]["changes"]} - {"modified"} == {"notes"}
    assert chain.region.find("Bridges")["notes"] == "All bridges, and the **fords**."
    hops = chain.region.call("journey_show", id=chain.region.find("Bridges")["id"], token=None)["hops"]
    assert [hop["portal"] for hop in hops] == ["Aireborough", "Ridings"]
    assert [partial(run) for run in chain.flow()] == [(1, 0), (1, 0)]


@pytest.mark.parametrize("how", ["deleted", "made private", "purged"])
def test_what_leaves_the_origin_leaves_every_portal(chain: Chain, how: str) -> None:
    title = f"Fords {how}"
    package_id = chain.publish(title)
    chain.flow()
    copies = [portal.find(title)["id"] for portal in (chain.county, chain.region)]
    if how == "made private":
        chain.council.call("package_patch", id=package_id, private=True)
    else:
        chain.council.call("package_delete" if how == "deleted" else "dataset_purge", id=package_id)
    runs = chain.flow()
    for portal, run, copy in zip((chain.county, chain.region), runs, copies, strict=True):
        assert partial(run) == (1, 0)
        assert told(run) == [("withdrawn", title)]
        assert run["outcomes"][0]["reason"] == WITHDRAWN
        assert portal.all(title) == []
        assert portal.get(f"/dataset/{copy}").status_code == 404
        (tombstone,) = [one for one in portal.get("/feeds/changes.json").json()["changes"] if one["id"] == copy]
        assert tombstone["withdrawn"] and "dataset" not in tombstone
        assert portal.call("journey_show", id=copy)["stage"] == "withdrawn"
    if how == "purged":
        return
    chain.council.call("package_patch", id=package_id, state="active", private=False)
    assert [told(run) for run in chain.flow()] == [[("restored", title)]] * 2
    assert [portal.find(title)["id"] for portal in (chain.county, chain.region)] == copies


def test_what_is_not_public_travels_nowhere(chain: Chain) -> None:
    chain.publish("Salaries", private=True)
    chain.publish("Half written", state="draft")
    chain.publish("Analysis", type="analytics-project", resources=[])
    shown = chain.publish("Shown")
    files = [{"url": "https://files.example/open.csv", "name": "Open"}]
    chain.publish("Sensitive", sensitivity="statutory", dpia_status="approved", resources=files)
    runs = chain.flow()
    assert [sorted(title for _status, title in told(run)) for run in runs] == [["Sensitive", "Shown"]] * 2
    everything = {"include_private": True, "include_drafts": True, "include_deleted": True, "rows": 1000}
    for portal in (chain.county, chain.region):
        titles = {one["title"] for one in portal.call("package_search", **everything)["results"]}
        assert "Shown" in titles and not titles & {"Salaries", "Half written", "Analysis"}
        # Not even among what a steward sees of the feed.
        assert not {"sensitivity", "dpia_status"} & portal.find("Sensitive").keys()
    assert chain.council.call("package_show", id=shown)["title"] == "Shown"
    raw = chain.county.call("federation_record_show", id=chain.county.find("Sensitive")["id"])["raw"]
    assert "dpia_status" not in str(raw)
