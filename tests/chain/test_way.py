"""The way of a dataset outlives the search index, the books of the harvests and the portals that it came by."""

from typing import Any

import psycopg2
import pytest
from bs4 import BeautifulSoup

from .conftest import Chain
from .portals import Portal

TITLE = "Milestones"


@pytest.fixture(scope="module")
def region_id(chain: Chain) -> str:
    chain.publish(TITLE)
    chain.flow()
    return chain.region.find(TITLE)["id"]


def way(chain: Chain, region_id: str) -> list[dict[str, Any]]:
    """The portals as the journey, the feed and the page tell them, which must be the same."""
    hops = chain.region.call("journey_show", id=region_id, token=None)["hops"]
    chain.region.render()
    changes = chain.region.get("/feeds/changes.json").json()["changes"]
    (told,) = [one for one in changes if one["id"] == region_id]
    assert told["journey"]["hops"] == hops
    page = BeautifulSoup(chain.region.get(f"/dataset/journey/{region_id}").text, "html.parser")
    assert [one.get_text() for one in page.select(".journey-hops h3")] == [
        *(hop["portal"] for hop in hops),
        "Northern Data",
    ]
    return hops


def sql(portal: Portal, statement: str) -> None:
    connection = psycopg2.connect(portal.side.services.database(portal.side.database))
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def test_after_a_reindex(chain: Chain, region_id: str) -> None:
    before = way(chain, region_id)
    assert [hop["portal"] for hop in before] == ["Aireborough", "Ridings"]
    chain.region.ckan("search-index", "rebuild")
    assert chain.region.find(TITLE)["id"] == region_id
    assert way(chain, region_id) == before


def test_after_the_journeys_tables_were_made_anew(chain: Chain, region_id: str) -> None:
    before = way(chain, region_id)
    chain.region.call("journey_rebuild")
    assert way(chain, region_id) == before


def test_after_the_harvests_books_are_cleared(chain: Chain, region_id: str) -> None:
    before = way(chain, region_id)
    for portal in (chain.county, chain.region):
        sql(portal, "TRUNCATE federation_run, federation_outcome")
    chain.flow()
    assert way(chain, region_id) == before


def test_after_the_county_forgot_the_council(chain: Chain, region_id: str) -> None:
    """Its node and all that was known of what came from there; the datasets stay."""
    before = way(chain, region_id)
    sql(chain.county, "DELETE FROM federation_node WHERE name = 'council'")
    sql(chain.region, "UPDATE federation_node SET feed_token = '', feed_sha256 = ''")  # all of it is read again
    chain.region.harvest(chain.county)
    assert way(chain, region_id) == before
    chain.county.call("package_patch", id=chain.county.find(TITLE)["id"], notes="The county looks after it now.")
    assert chain.region.harvest(chain.county)["results"] == {"updated": 1}
    after = way(chain, region_id)
    assert [(hop["portal"], hop["remote_id"]) for hop in after] == [(hop["portal"], hop["remote_id"]) for hop in before]


def test_after_the_council_is_gone(chain: Chain, region_id: str) -> None:
    before = way(chain, region_id)
    chain.council.stop()
    try:
        chain.region.harvest(chain.county)
        assert way(chain, region_id) == before
        assert chain.region.find(TITLE)["resources"][0]["url"] == "https://files.example/milestones.csv"
        if "council" in {node["name"] for node in chain.region.call("federation_node_list")}:
            run = chain.region.call("federation_run", id="council")
            assert run["status"] == "failed" and not run["outcomes"]
        assert way(chain, region_id) == before
    finally:
        chain.council.start()
