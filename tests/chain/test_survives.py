"""The last portal's harvest dies in the middle, and is picked up by the next: nothing is lost, nothing is there twice."""

import json
import time
from collections import Counter

import psycopg2
import pytest

from .conftest import Chain
from .portals import Portal, kill

COUNT = 110
WAY = ["Calder Parish", "Aireborough", "Ridings"]


def item(number: int) -> dict[str, object]:
    """A record of a data.json."""
    return {
        "identifier": f"parish-{number}",
        "title": f"Parish record {number}",
        "description": "A parish's record.",
        "modified": "2026-05-06",
        "license": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "publisher": {"name": "Calder Parish Council"},
        "distribution": [
            {"title": "CSV", "downloadURL": f"https://parish.example/{number}.csv", "mediaType": "text/csv"}
        ],
    }


@pytest.fixture(scope="module")
def harvested(chain: Chain) -> None:
    """A parish's many datasets, in the council's portal and the county's."""
    body = json.dumps({"dataset": [item(number) for number in range(COUNT)]}).encode()
    url = chain.feed.put("/data.json", "application/json", body)
    chain.council.call("federation_node_create", name="parish", title=WAY[0], url=url.rpartition("/")[0], feed_url=url)
    run = chain.council.call("federation_run", id="parish")
    assert run["results"] == {"created": COUNT}, (run["error"], run["results"])
    chain.council.render()
    assert chain.county.harvest(chain.council)["results"]["created"] >= COUNT
    chain.county.render()


def rows(portal: Portal, query: str) -> list[tuple]:
    connection = psycopg2.connect(portal.side.services.database(portal.side.database))
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchall()
    connection.close()
    return found


def titles(portal: Portal) -> list[str]:
    return [title for (title,) in rows(portal, "SELECT title FROM package WHERE title LIKE 'Parish record %'")]


def killed_in_the_middle(chain: Chain) -> None:
    process = chain.region.command("federation", "run", "county")
    try:
        until = time.monotonic() + 120
        while not titles(chain.region):
            assert process.poll() is None and time.monotonic() < until, process.stdout and process.stdout.read()
            time.sleep(0.02)
    finally:
        kill(process)
    until = time.monotonic() + 20
    while chain.region.call("federation_node_show", id="county")["health"] == "running":
        assert time.monotonic() < until
        time.sleep(0.05)


def test_killed_in_the_middle_and_resumed(chain: Chain, harvested: None) -> None:
    killed_in_the_middle(chain)
    (left,) = chain.region.call("federation_run_list", id="county", limit=1)
    assert left["status"] == "applying" and 0 < len(titles(chain.region)) < COUNT
    chain.region.harvest(chain.county)
    assert chain.region.call("federation_run_show", id=left["id"])["status"] == "done"

    expected = Counter(f"Parish record {number}" for number in range(COUNT))
    assert Counter(titles(chain.region)) == expected
    found = chain.region.call("package_search", q="title:parish", rows=1000, token=None)["results"]
    assert Counter(one["title"] for one in found) == expected
    parish = "JOIN package ON package.id = package_id WHERE title LIKE 'Parish record %'"
    order = "string_agg(portal, ';' ORDER BY position)"
    ways = rows(chain.region, f"SELECT title, {order} FROM journey_hop {parish} GROUP BY title")
    assert Counter(title for title, _way in ways) == expected
    assert {way for _title, way in ways} == {";".join(WAY)}
    imports = (
        "SELECT count(*) FROM journey_event WHERE type = 'harvest-imported' AND journey_event.package_id = package.id"
    )
    doubled = rows(chain.region, f"SELECT title FROM package WHERE title LIKE 'Parish record %' AND ({imports}) <> 1")
    assert doubled == []
    assert chain.region.harvest(chain.county)["status"] == "unchanged"
