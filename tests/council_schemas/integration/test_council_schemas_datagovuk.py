"""data.gov.uk's names in what its CKAN harvester reads, and that they are never stored."""

import json

import pytest
from ckan import model
from ckan.lib.search import query_for
from ckan.tests import factories
from ckan.tests.helpers import call_action

pytestmark = pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat")
EU = "http://publications.europa.eu/resource/authority/"
FIELDS = {
    "lgsl_service": "437",
    "esd_function": "14",
    "frequency": EU + "frequency/QUARTERLY",
    "theme": [EU + "data-theme/TRAN"],
    "contact": [{"name": "Parking team", "email": "parking@aireborough.example"}],
    "temporal_coverage": [{"start": "2025", "end": "2026-02"}],
    "temporal_resolution": "P1D",
    "gss_area": "E08000035",
    "applicable_legislation": ["http://www.legislation.gov.uk/id/ukpga/2014/26"],
    "issued": "2026-04",
    "conforms_to": ["http://schemas.opendata.esd.org.uk/publictoilets/PublicToilets.json?v=0.41"],
}
FILES = [
    {"url": "https://e.org/a.csv", "format": "CSV", "name": "January to March 2026"},
    {
        "url": "https://e.org/b.pdf",
        "format": "PDF",
        "name": "Notes, Q1 2025-26",
        "conforms_to": ["https://e.org/s.json"],
    },
]
DUE = {
    "la_service": "http://id.esd.org.uk/service/437",
    "la_function": "http://id.esd.org.uk/function/14",
    "contact-name": "Parking team",
    "contact-email": "parking@aireborough.example",
    "temporal_coverage-from": "2025-01-01",
    "temporal_coverage-to": "2026-02-28",
    "temporal_granularity": "day",
    "geographic_coverage": "100000: England",
    "theme-primary": "transport",
    "mandate": '["http://www.legislation.gov.uk/id/ukpga/2014/26"]',
    "update_frequency": "quarterly",
    "date_released": "2026-04-01",
    "schema-vocabulary": "0f36b093-0081-47e1-a050-189883a53f7a",
    "unpublished": "false",
}


@pytest.fixture
def api(app, council):
    headers = {"Authorization": factories.SysadminWithToken()["token"]}

    def call(action, status=200, **data):
        answer = app.post(f"/api/3/action/{action}", json=data, headers=headers, status=status)
        return answer.json.get("result", answer.json)

    return call


@pytest.fixture
def made(council):
    return call_action("package_create", **council(**FIELDS, resources=FILES))


def named(dataset):
    return {each["key"]: each["value"] for each in dataset.get("extras", [])}


def stored(package_id):
    """What database and search index have of the names."""
    model.Session.expire_all()
    entity = model.Package.get(package_id)
    index = query_for(model.Package).run({"q": f"id:{package_id}", "fl": "*"})["results"][0]
    cached = json.loads(index["validated_data_dict"])
    in_files = [
        name for file in entity.resources for name in ("date", "schema_url", "schema_type") if name in file.extras
    ]
    return (
        set(entity.extras) & set(DUE),
        named(cached),
        in_files + [f.resource_type for f in entity.resources if f.resource_type],
    )


def test_where_the_harvester_looks(app, made):
    """Its gather stage keeps what package_search gives; others ask for each dataset."""
    found = app.get("/api/3/action/package_search?fq=type:dataset&rows=10").json["result"]["results"]
    shown = app.get(f"/api/3/action/package_show?id={made['id']}").json["result"]
    for dataset in (found[0], shown):
        assert named(dataset) == DUE
        assert [
            (r["resource_type"], r["date"], r["schema_url"], r.get("schema_type", "")) for r in dataset["resources"]
        ] == [
            ("file", "2026/03", FIELDS["conforms_to"][0], "csvlint"),
            ("documentation", "2025/06", "https://e.org/s.json", ""),
        ]
    assert stored(made["id"]) == (set(), {}, [])


def test_shown_and_sent_back(api, made):
    shown = api("package_show", id=made["id"])
    for _ in range(2):
        again = api("package_update", **shown)
        assert named(again) in ({}, DUE)
        assert stored(made["id"]) == (set(), {}, [])
        shown = api("package_show", id=made["id"])
        assert named(shown) == DUE
        assert len(shown["extras"]) == len(DUE)
    call_action("resource_update", **shown["resources"][0])
    api("package_patch", id=made["id"], extras=shown["extras"], title="Other")
    assert stored(made["id"]) == (set(), {}, [])


def test_shown_changed_and_sent_back(api, made):
    """The names follow the fields, not what was derived before."""
    shown = api("package_show", id=made["id"])
    api("package_update", **{**shown, "frequency": EU + "frequency/ANNUAL", "contact": []})
    assert stored(made["id"]) == (set(), {}, [])
    after = named(api("package_show", id=made["id"]))
    assert after["update_frequency"] == "annual" and "contact-email" not in after


def test_a_copy_of_a_shown_dataset(api, made):
    shown = api("package_show", id=made["id"])
    copy = {k: v for k, v in shown.items() if k not in ("id", "name", "resources")}
    new = api(
        "package_create",
        **copy,
        name="copy",
        resources=[{k: v for k, v in r.items() if k != "id"} for r in shown["resources"]],
    )
    assert stored(new["id"]) == (set(), {}, [])


def test_what_people_say_themselves_stays(api, made):
    shown = api("package_show", id=made["id"])
    mine = [e for e in shown["extras"] if e["key"] != "contact-name"]
    mine += [{"key": "contact-name", "value": "Another team"}, {"key": "foi-name", "value": "FOI"}]
    shown["resources"][0]["schema_url"] = "https://e.org/mine.json"
    api("package_update", **{**shown, "extras": mine})
    after = api("package_show", id=made["id"])
    assert named(after) == {**DUE, "contact-name": "Another team", "foi-name": "FOI"}
    assert len(after["extras"]) == len(named(after))
    assert after["resources"][0]["schema_url"] == "https://e.org/mine.json"
    assert stored(made["id"])[0] == {"contact-name"}


def test_twice_the_same_key_is_still_refused(api, made):
    twice = [{"key": "foi-name", "value": "A"}, {"key": "foi-name", "value": "B"}]
    assert "extras_validation" in api("package_patch", status=409, id=made["id"], extras=twice)["error"]


def test_not_for_the_portal_itself(app, made):
    assert (
        "extras" not in call_action("package_show", id=made["id"])
        or not call_action("package_show", id=made["id"])["extras"]
    )
    assert not call_action("package_search")["results"][0].get("extras")
    page = app.get(f"/dataset/{made['name']}").body
    assert "update_frequency" not in page and "theme-primary" not in page


@pytest.mark.ckan_config("ckanext.council_schemas.datagovuk_names", False)
def test_turned_off(api, made):
    assert named(api("package_show", id=made["id"])) == {}
    api("package_patch", id=made["id"], extras=[{"key": "unpublished", "value": "false"}])
    assert stored(made["id"])[1] == {"unpublished": "false"}


def test_spending_has_a_theme_of_its_own(app, council):
    call_action("package_create", **council(transparency_set="grants-vcse", license_id="uk-ncgl"))
    found = app.get("/api/3/action/package_search").json["result"]["results"][0]
    assert named(found)["theme-primary"] == "government-spending"
    assert named(found)["licence"] == "Non-Commercial Government Licence v2.0"
