"""The pages of the site, on a stock CKAN with this plugin alone."""

import json
import os
import time

import pytest
from bs4 import BeautifulSoup
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.portal import cache, index_store, probes

NOWHERE = "http://127.0.0.1:9/solr/none"

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "portal"),
    pytest.mark.ckan_config("ckan.locale_default", "en_GB"),
    pytest.mark.ckan_config("ckan.locales_offered", "en_GB cy"),
    pytest.mark.usefixtures("with_plugins", "empty", "nothing_kept"),
]


@pytest.fixture
def nothing_kept():
    cache.public.clear()
    connect_to_redis().delete(index_store._key("owed"), index_store._key("failures"))
    yield
    cache.public.clear()


@pytest.fixture
def solr_is_away(monkeypatch):
    def stop():
        monkeypatch.setitem(tk.config, "solr_url", NOWHERE)

    return stop


def page(app, path, **kwargs) -> BeautifulSoup:
    answer = app.get(path, **kwargs)
    assert answer.status_code == 200, answer.body[:500]
    return BeautifulSoup(answer.body, "html.parser")


def figures(soup) -> dict[str, str]:
    return {
        each.dt.get_text(strip=True): each.dd.get_text(strip=True) for each in soup.select(".portal-figures dl > div")
    }


def test_home_counts_what_is_published(app):
    organisation = factories.Organization(title="Aireborough")
    files = [{"url": f"http://example.org/{n}.csv", "format": "CSV"} for n in range(3)]
    factories.Dataset(title="Parks", owner_org=organisation["id"], resources=files)
    factories.Dataset(private=True, owner_org=organisation["id"], resources=files)
    factories.Dataset(state="draft", resources=files)
    soup = page(app, "/")
    assert figures(soup) == {"datasets": "1", "organisations": "1", "files to download": "3"}
    assert [each.get_text(strip=True) for each in soup.select(".portal-cards h3")] == ["Parks"]
    assert soup.select_one(".portal-search-big")["action"] == "/dataset/"
    assert len(soup.find_all("h1")) == len(soup.find_all("main")) == 1


def test_home_keeps_its_figures_for_a_while_only_for_visitors(app):
    user = factories.UserWithToken()
    assert figures(page(app, "/"))["datasets"] == "0"
    factories.Dataset()
    assert figures(page(app, "/"))["datasets"] == "0"
    assert figures(page(app, "/", headers={"Authorization": user["token"]}))["datasets"] == "1"
    cache.public.clear()
    assert figures(page(app, "/"))["datasets"] == "1"


def test_home_without_solr(app, solr_is_away):
    factories.Dataset()
    solr_is_away()
    soup = page(app, "/")
    assert figures(soup)["datasets"] == "1"
    assert "Search cannot be reached" in soup.get_text()


def test_search_shows_why_and_by_which_filters(app):
    organisation = factories.Organization(name="aireborough", title="Aireborough")
    factories.Dataset(
        title="Parking places",
        notes="Where to <b>park</b> a car",
        owner_org=organisation["id"],
        license_id="cc-by",
        resources=[{"url": "http://example.org/a.csv", "format": "CSV"}],
    )
    factories.Dataset(title="Parks elsewhere")
    soup = page(app, "/dataset/?q=park&organization=aireborough")
    assert [each.get_text().strip() for each in soup.select(".dataset-heading")] == ["Parking places"]
    assert [each.get_text() for each in soup.select("mark")] == ["Parking", "park"]
    facts = {
        each.dt.get_text(strip=True): each.dd.get_text(" ", strip=True)
        for each in soup.select(".dataset-item .portal-facts > div")
    }
    assert facts["Publisher"] == "Aireborough"
    assert facts["Formats"] == "CSV"
    assert "Attribution" in facts["Licence"]
    assert facts["Record updated"]
    chips = [each.get_text(" ", strip=True) for each in soup.select(".portal-chips a")]
    assert chips == ["Remove filter Organisations: Aireborough", "Remove all filters"]
    assert soup.select(".portal-chips a")[0]["href"] == "/dataset/?q=park"
    assert soup.select_one("details.portal-facets summary")
    assert soup.select_one("#portal-announce")["role"] == "status"


def test_a_title_cannot_bring_a_script(app):
    factories.Dataset(title="<script>alert(1)</script> parks", notes="<img src=x onerror=alert(1)> parks")
    for path in ("/", "/dataset/?q=parks"):
        body = app.get(path).body
        assert "<script>alert(1)" not in body
        assert "onerror=alert" not in body


def test_search_without_solr_says_so(app, solr_is_away):
    factories.Organization(name="aireborough")
    solr_is_away()
    for path in ("/dataset/", "/dataset/?q=parks", "/organization/"):
        answer = app.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"] == "30"
        assert "Search cannot be reached at the moment" in answer.body


def test_a_dataset_can_be_read_without_solr(app, solr_is_away):
    factories.Dataset(name="parks", title="Parks")
    solr_is_away()
    assert page(app, "/dataset/parks").h1.get_text(strip=True) == "Parks"


def test_a_wrong_query_is_not_called_an_outage(app):
    answer = app.get("/dataset/?sort=nonsense+sideways")
    assert answer.status_code != 503


def test_suggestions_are_titles_organisations_and_tags(app):
    organisation = factories.Organization(name="parks-trust", title="Parks Trust")
    factories.Dataset(name="parking", title="Parking places", tags=[{"name": "parking"}], owner_org=organisation["id"])
    factories.Dataset(title="Libraries")
    found = json.loads(app.get("/portal/autocomplete?q=par").body)["suggestions"]
    assert {(each["kind"], each["label"]) for each in found} == {
        ("dataset", "Parking places"),
        ("organization", "Parks Trust"),
        ("tag", "parking"),
    }
    assert found[0]["url"] == "/dataset/parking"
    assert json.loads(app.get("/portal/autocomplete?q=p").body)["suggestions"] == []


def test_suggestions_keep_what_is_private(app):
    user = factories.UserWithToken()
    organisation = factories.Organization(title="Secret council", users=[{"name": user["name"], "capacity": "editor"}])
    factories.Dataset(title="Secret parks", private=True, owner_org=organisation["id"], tags=[{"name": "secret tag"}])
    assert json.loads(app.get("/portal/autocomplete?q=secret").body)["suggestions"] == []
    seen = app.get("/portal/autocomplete?q=secret", headers={"Authorization": user["token"]})
    assert json.loads(seen.body)["suggestions"][0]["label"] == "Secret parks"


@pytest.mark.parametrize(
    "typed", ["*:*", '"', "par -parking", "{!lucene}x", "_query_:x", "(((", "x" * 5000, "a b c d e f"]
)
def test_anything_may_be_typed(app, typed):
    factories.Dataset(title="Parking")
    assert app.get("/portal/autocomplete", query_string={"q": typed}).status_code == 200


def test_suggestions_are_capped(app):
    for number in range(12):
        factories.Dataset(title=f"Parks {number}", tags=[{"name": f"park-{number}"}])
    found = json.loads(app.get("/portal/autocomplete?q=park&limit=6").body)["suggestions"]
    assert len(found) == 6
    assert sum(each["kind"] == "dataset" for each in found) == 3
    assert app.get("/portal/autocomplete?q=park&limit=-1").status_code == 400


def test_status_tells_of_each_service(app):
    factories.Dataset()
    answer = app.get("/status.json")
    report = json.loads(answer.body)
    services = {each["name"]: each for each in report["services"]}
    assert set(services) == {"postgresql", "valkey", "solr", "web", "worker", "scheduler"}
    assert services["postgresql"]["version"].split(".")[0].isdigit()
    assert services["solr"]["lag"] == {"datasets": 1, "behind": 0}
    assert services["web"]["memory"] > 0
    assert answer.headers["Cache-Control"].startswith(("no-", "private"))
    soup = page(app, "/status")
    assert soup.select_one("table caption")


def test_status_without_solr_still_answers(app, solr_is_away):
    solr_is_away()
    answer = app.get("/status.json")
    assert answer.status_code == 503
    report = json.loads(answer.body)
    assert report["status"] == "down"
    solr = next(each for each in report["services"] if each["name"] == "solr")
    assert not solr["up"]
    assert solr["reason"]
    html = app.get("/status")
    assert html.status_code == 503
    assert "Not running" in html.body


@pytest.mark.parametrize("path", ["/status.json", "/status"])
def test_status_without_postgresql_still_answers(app, monkeypatch, path):
    def broken(*_):
        raise RuntimeError("the database is gone")

    # Not the service but CKAN's way to it fails here, and what the page asks for itself.
    monkeypatch.setattr("ckan.config.middleware.flask_app.identify_user", broken)
    monkeypatch.setitem(tk.config, "sqlalchemy.url", "postgresql://nobody:secret-word@127.0.0.1:9/nothing")
    answer = app.get(path)
    assert answer.status_code == 503
    assert "secret-word" not in answer.body
    if path.endswith("json"):
        assert {each["name"]: each["up"] for each in json.loads(answer.body)["services"]}["postgresql"] is False
    else:
        assert "not available at the moment" in answer.body


def test_health_says_whether_the_portal_is_ready(app, solr_is_away):
    assert json.loads(app.get("/health").body) == {"ready": True, "down": []}
    solr_is_away()
    answer = app.get("/health")
    assert answer.status_code == 503
    assert json.loads(answer.body)["down"] == ["solr"]


@pytest.mark.ckan_config("ckanext.portal.status_details", "sysadmins")
def test_details_may_be_kept_for_sysadmins(app):
    report = json.loads(app.get("/status.json").body)
    assert {key for each in report["services"] for key in each} == {"name", "label", "up"}
    admin = factories.UserWithToken(sysadmin=True)
    report = json.loads(app.get("/status.json", headers={"Authorization": admin["token"]}).body)
    assert all("milliseconds" in each for each in report["services"])
    editor = factories.UserWithToken()
    report = json.loads(app.get("/status.json", headers={"Authorization": editor["token"]}).body)
    assert not any("version" in each for each in report["services"])


def test_a_probe_that_hangs_does_not_hold_the_page(app, monkeypatch):
    monkeypatch.setattr(probes, "solr", lambda seconds: time.sleep(8))
    monkeypatch.setitem(tk.config, "ckanext.portal.probe_seconds", 1)
    start = time.monotonic()
    report = json.loads(app.get("/status.json").body)
    assert time.monotonic() - start < 6
    solr = next(each for each in report["services"] if each["name"] == "solr")
    assert solr["reason"] == "No answer within 1 seconds"


def test_services_that_only_the_file_knows_are_told_too(app, monkeypatch, tmp_path):
    path = tmp_path / "services.json"
    rows = [
        {"name": "postgres", "pid": os.getpid(), "port": 5432, "state": "RUNNING", "started": 1},
        {"name": "demo-node", "pid": 2**22 + 1, "port": 9, "state": "FATAL", "started": None},
    ]
    path.write_text(json.dumps({"services": rows}))
    monkeypatch.setitem(tk.config, "ckanext.portal.services_file", str(path))
    report = json.loads(app.get("/status.json").body)
    services = {each["name"]: each for each in report["services"]}
    assert services["postgresql"]["memory"] > 0
    assert services["postgresql"]["port"] == 5432
    assert services["demo-node"]["up"] is False
    assert services["demo-node"]["reason"] == "FATAL"
    path.write_text("{")
    assert app.get("/status.json").status_code == 200


@pytest.mark.parametrize("path", ["/accessibility", "/privacy", "/about", "/user/login", "/organization/", "/dataset/"])
def test_each_page_has_one_heading_one_main_and_a_way_to_skip_to_it(app, path):
    soup = page(app, path)
    assert len(soup.find_all("h1")) == 1, path
    assert len(soup.find_all("main")) == 1
    assert soup.select_one("a.portal-skip")["href"] == "#content"
    assert soup.select_one("main")["id"] == "content"
    assert soup.html["lang"] == "en-GB"


def test_welsh(app):
    factories.Dataset(name="parks", title="Parks", notes="Grass.")
    soup = page(app, "/cy/")
    assert soup.html["lang"] == "cy"
    assert [each.get_text(strip=True) for each in soup.select(".portal-nav a")] == [
        "Setiau data",
        "Sefydliadau",
        "Amdanom",
    ]
    assert soup.h1.get_text(strip=True) == "Dod o hyd i ddata agored"
    assert soup.select_one(".portal-nav a")["href"] == "/cy/dataset/"
    assert "1 set ddata wedi'i chanfod" in page(app, "/cy/dataset/").h1.get_text()
    text = page(app, "/cy/dataset/parks").get_text()
    assert "Cyhoeddwyd yma gyntaf" in text
    assert "Data ac adnoddau" in text


def test_the_language_is_switched_on_the_same_page(app):
    links = {each["lang"]: each["href"] for each in page(app, "/dataset/?q=a+b").select(".portal-languages a")}
    assert links == {"cy": "/cy/dataset/?q=a+b"}
    links = {each["lang"]: each["href"] for each in page(app, "/cy/dataset/?q=a+b").select(".portal-languages a")}
    assert links == {"en-GB": "/dataset/?q=a+b"}


def test_security_headers(app):
    answer = app.get("/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    api = app.get("/api/3/action/status_show")
    assert api.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in api.headers
    # A page that cannot be found is a page too.
    assert "Content-Security-Policy" in app.get("/nothing-here").headers


@pytest.mark.ckan_config("ckanext.portal.content_security_policy", "false")
def test_the_policy_can_be_left_out(app):
    assert "Content-Security-Policy" not in app.get("/").headers


def test_the_actions_answer_over_the_api(app):
    for action in ("portal_status", "portal_figures", "portal_autocomplete"):
        assert json.loads(app.get(f"/api/3/action/{action}?q=xx").body)["success"]
    assert call_action("portal_figures") == {"datasets": 0, "organisations": 0, "files": 0}


def test_a_page_tells_when_the_data_changed_and_else_when_the_record_did(app):
    with app.flask_app.test_request_context("/"):
        said = tk.h.portal_updated({"modified": "2024-05", "metadata_modified": "2026-11-23T16:37:26.698296"})
        assert said == {"date": "2024-05", "shown": "May 2024", "own": True}
        unknown = tk.h.portal_updated({"modified": "lately", "metadata_modified": "2026-11-23T16:37:26.698296"})
        assert (unknown["shown"], unknown["own"]) == ("23 November 2026", False)
        assert tk.h.portal_updated({})["shown"] == ""
    with app.flask_app.test_request_context("/cy/", environ_overrides={"CKAN_LANG": "cy"}):
        assert tk.h.portal_updated({"modified": "2024-05-01"})["shown"]


@pytest.mark.parametrize("path", ["/dataset/?q=a&tags=x&page=2", "/dataset/", "/dataset/?tags=x&tags=y%20%26%20z"])
def test_the_addresses_of_facets_are_those_that_ckan_makes(app, path):
    items = [
        {"name": name, "active": name == "x" and "tags=x" in path} for name in ("x", "y & z", "Caffi Tŷ", "a+b", "")
    ]
    with app.flask_app.test_request_context(path):
        theirs = [
            tk.h.remove_url_param("tags", item["name"])
            if item["active"]
            else tk.h.add_url_param(new_params={"tags": item["name"]})
            for item in items
        ]
        assert tk.h.portal_facet_urls("tags", items) == theirs


@pytest.mark.ckan_config("ckan.plugins", "portal council_schemas scheming_datasets dcat")
def test_a_dataset_without_a_description_says_so_where_scheming_makes_the_page(app, empty):
    dataset = factories.Dataset(notes="", owner_org=factories.Organization()["id"])
    assert "There is no description for this dataset" in page(app, f"/dataset/{dataset['name']}").get_text()
