"""Given only a site's address: which platform it is and what it offers. Sites are real local servers."""

import json

import pytest

from ckanext.federation.harvest import discover, fetch

PAGE = b"<!DOCTYPE html><html><head><title>Open data</title></head><body>hello</body></html>"


@pytest.fixture
def ask(server):
    fetcher = fetch.Fetcher("x", frozenset({server.address}), fetch.Limits(seconds=20, tries=1))
    return lambda path="": discover.discover(server.url + path, fetcher)


SITES = {
    "datapress": {
        "/api/v3/datasets/export.json": "datapress_v3.json",
        "/api/3/action/package_search": "ckan_search.json",
    },
    "arcgis-hub": {
        "/api/feed/dcat-us/1.1.json": "hub_dcat-us.json",
        "/api/feed/dcat-ap/2.1.1.json": "hub_dcat-ap.json",
        "/api/v3/datasets": "hub_search.json",
    },
    "opendatasoft": {"/api/explore/v2.1/catalog/datasets": "opendatasoft_explore.json"},
    "socrata": {"/data.json": "socrata_data.json"},
    "ckan": {"/api/3/action/package_search": "ckan_search.json"},
    "dkan": {"/api/3/action/current_package_list_with_resources": "dkan_package.json"},
}
FEEDS = {
    "datapress": ("/api/v3/datasets/export.json", "datapress"),
    "arcgis-hub": ("/api/feed/dcat-us/1.1.json", "arcgis-hub"),
    "opendatasoft": ("/api/explore/v2.1/catalog/datasets?limit=100&offset=0", "opendatasoft"),
    "socrata": ("/data.json", "socrata"),
    "ckan": ("/api/3/action/package_search?rows=200&sort=id+asc", "ckan"),
    "dkan": ("/api/3/action/current_package_list_with_resources", "dkan"),
}


@pytest.mark.parametrize("platform", SITES)
def test_each_platform_is_found_by_its_answers(server, feed, ask, platform):
    for path, name in SITES[platform].items():
        server.serve(path, feed(name), Content_Type="application/json")
    found = ask()
    path, dialect = FEEDS[platform]
    assert (found["platform"], found["feed_url"], found["dialect"]) == (platform, server.url + path, dialect)
    assert found["evidence"]
    assert all(one["platform"] in (platform, "") for one in found["offers"])
    assert all(one["records"] for one in found["offers"])
    assert any(not one["found"] and one["why"] for one in found["tried"])


def test_any_other_feed_is_offered_and_no_platform_is_guessed(server, feed, ask):
    server.serve("/data.json", json.dumps({"dataset": [{"identifier": "1", "title": "x"}]}).encode())
    server.serve("/catalog.ttl", feed("catalog.ttl"), Content_Type="text/turtle")
    server.serve("/inventory.xml", feed("inventory.xml"), Content_Type="text/xml")
    found = ask()
    assert (found["platform"], found["platform_name"], found["evidence"]) == ("", "", [])
    assert [(one["dialect"], one["records"]) for one in found["offers"]] == [
        ("dcat-us", 1),
        ("dcat-rdf", 2),
        ("inventory", 4),
    ]
    assert (found["feed_url"], found["dialect"]) == (server.url + "/data.json", "dcat-us")


def test_an_address_that_is_a_feed_itself(server, feed, ask):
    server.serve("/odd/place.json", feed("socrata_data.json"))
    found = ask("/odd/place.json")
    assert (found["platform"], found["feed_url"]) == ("socrata", server.url + "/odd/place.json")


def test_a_site_that_answers_everything_with_a_page_offers_nothing(server, ask):
    class Everywhere(dict):
        def get(self, path, default=None):
            return super().get("*")

    server.serve("*", PAGE, Content_Type="text/html")
    server.routes = Everywhere(server.routes)
    found = ask()
    assert (found["platform"], found["feed_url"], found["offers"]) == ("", "", [])
    assert all("web page" in one["why"] for one in found["tried"])


def test_of_a_huge_feed_only_the_start_is_read(server, ask):
    sent = []

    def huge(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'{"dataset": [')
        for number in range(2_000_000):
            sent.append(1)
            handler.wfile.write(json.dumps({"identifier": str(number), "title": "x" * 900}).encode() + b",")

    server.routes["/data.json"] = huge
    found = ask()
    [offer] = found["offers"]
    assert offer["more"]
    assert 500 < offer["records"] < 2_000
    assert len(sent) < 50_000


def test_private_and_dead_sites_say_so_at_once(server):
    fetcher = fetch.Fetcher("x", frozenset(), fetch.Limits(seconds=20, tries=1))
    with pytest.raises(fetch.FetchError, match="private address"):
        discover.discover(server.url, fetcher)
    with pytest.raises(fetch.FetchError, match="Only http"):
        discover.discover("file:///etc/passwd", fetcher)
    assert server.requests == []


def test_a_github_repository_has_one_place():
    from ckanext.federation.harvest import probes

    [(probe, url)] = probes.addresses("https://github.com/traffordDataLab/council_open_data")
    assert url == "https://api.github.com/repos/traffordDataLab/council_open_data/git/trees/HEAD?recursive=1"
    assert probe.platform == "github"


def test_dkan_2_by_its_metastore(server, ask):
    item = {"@type": "dcat:Dataset", "identifier": "1", "title": "x", "distribution": []}
    server.serve("/api/1/metastore/schemas/dataset/items", json.dumps([item]).encode())
    server.serve("/data.json", json.dumps({"dataset": [item]}).encode())
    found = ask()
    assert (found["platform"], found["feed_url"], found["dialect"]) == ("dkan", server.url + "/data.json", "dkan")


def test_robots_are_the_reason_where_they_forbid_it(server, feed):
    from ckanext.federation.harvest.manners import Manners

    server.serve("/robots.txt", b"User-agent: *\nDisallow: /api/\n")
    server.serve("/api/3/action/package_search", feed("ckan_search.json"))
    fetcher = fetch.Fetcher(
        "x", frozenset({server.address}), fetch.Limits(seconds=20, tries=1), manners=Manners("Towpath-federation")
    )
    found = discover.discover(server.url, fetcher)
    assert found["offers"] == []
    assert any("robots_exempt" in one["why"] for one in found["tried"])
