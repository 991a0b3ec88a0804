"""Series, analytics projects, areas of use, areas by name, sectors, exports: made and read as people do."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from ckan.lib import jobs
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

pytestmark = pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat")


@pytest.fixture
def org(council):
    return factories.Organization(title="Aireborough Council", sector="third", gss_code="E08000035")


def made(kind, org, **values):
    values = {"type": kind, "name": factories.Dataset.stub().name, "owner_org": org["id"], "notes": "told", **values}
    return helpers.call_action("package_create", **{"license_id": "uk-ogl", **values})


def soup(answer):
    return BeautifulSoup(answer.body, "html.parser")


def test_a_series_and_its_datasets(app, org):
    series = made("dataset_series", org, title="Spending over £500")
    period = [{"start": "2026-01-01", "end": "2026-03-31"}]
    first = made("dataset", org, title="Q4", in_series=[series["name"]], temporal_coverage=period)
    later = [{"start": "2026-04-01", "end": "2026-06-30"}]
    second = made(
        "dataset", org, title="Q1", in_series=[f"http://x.org/dataset_series/{series['name']}"], temporal_coverage=later
    )
    assert first["in_series"] == second["in_series"] == [series["id"]]
    page = soup(app.get(f"/dataset_series/{series['name']}"))
    assert [link.text for link in page.select("[aria-labelledby=series-members] li a")] == ["Q1", "Q4"]
    shown = soup(app.get(f"/dataset/{first['name']}"))
    assert shown.select_one(".council-series a").text == "Spending over £500"
    assert shown.select_one("a[rel=next]").text == "Q1"
    editor = {"Authorization": factories.SysadminWithToken()["token"]}
    page = soup(app.get(f"/dataset_series/{series['name']}", headers=editor))
    following = page.select_one("a.btn-primary[href^='/dataset/new']")["href"]
    form = soup(app.get(following, headers=editor))
    assert form.select_one("#field-title")["value"].startswith("Spending over £500, 2026-07-01")


@pytest.mark.parametrize("value", ["no-such-series", "12345"])
def test_a_series_that_is_not_there_is_named(org, value):
    with pytest.raises(tk.ValidationError) as caught:
        made("dataset", org, title="x", in_series=[value])
    assert value in caught.value.error_dict["in_series"][0]


def test_a_private_series_is_not_told_of(app, org):
    secret = made("dataset_series", org, title="Secret series", private=True)
    open_one = made("dataset", org, title="Open", in_series=[secret["id"]])
    assert "Secret series" not in app.get(f"/dataset/{open_one['name']}").body


def test_a_project_links_its_data_to_what_came_of_it(app, org):
    data = made("dataset", org, title="Fire calls", use_area=["prediction"])
    values = {
        "title": "Finding fires",
        "problem": "Fires",
        "outcome": "Fewer **fires**",
        "datasets": [f"Fire calls ({data['name']})"],
    }
    project = made("analytics-project", org, use_area=["Prediction with machine learning"], **values)
    assert project["datasets"] == [data["id"]] and project["use_area"] == ["prediction"]
    page = soup(app.get("/use-area/prediction"))
    assert "Fewer fires" in page.text
    links = {link.text: link["href"] for link in page.select("article a")}
    assert links["Finding fires"].endswith(f"/analytics-project/{project['name']}")
    assert links["Fire calls"].endswith(f"/dataset/{data['name']}")
    assert "Finding fires" in soup(app.get(f"/dataset/{data['name']}")).select_one("[aria-labelledby=projects-of]").text
    assert "Fire calls" in app.get(f"/analytics-project/{project['name']}").body
    index = soup(app.get("/use-area"))
    assert "1 project, 1 dataset" in index.text and len(index.select("article h2")) == 4
    app.get("/use-area/none", status=404)


def test_the_pages_of_each_type_can_be_made_in_a_browser(app, org):
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    for kind in ("dataset_series", "analytics-project"):
        assert soup(app.get(f"/{kind}/new", headers=headers)).select_one("#field-title")
        assert app.get(f"/{kind}/").status_code == 200


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", False)
@pytest.mark.parametrize("kind", ["dataset_series", "analytics-project"])
def test_what_is_made_in_the_form_is_published_at_once(app, org, kind):
    """Types without files have no second step: a draft would never leave it."""
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    page = soup(app.get(f"/{kind}/new", headers=headers))
    assert page.select_one("#dataset-edit button.btn-primary").get_text(strip=True) == "Save"
    assert page.select_one("#dataset-edit h1").get_text(strip=True)
    sent = {}
    for tag in page.select("#dataset-edit input:not([type=checkbox]), #dataset-edit textarea, #dataset-edit select"):
        sent.setdefault(tag["name"], []).append(tag.get("value", "") if tag.name == "input" else "")
    sent |= {"title": "Made here", "name": "made-here", "notes": "told", "owner_org": org["id"], "license_id": "uk-ogl"}
    answer = app.post(f"/{kind}/new", data=sent | {"save": ""}, headers=headers, follow_redirects=False)
    assert answer.headers["Location"].endswith(f"/{kind}/made-here")
    assert helpers.call_action("package_show", id="made-here")["state"] == "active"
    assert "Made here" in app.get(f"/{kind}/made-here").body


def test_a_place_by_its_name(org):
    shown = made("dataset", org, title="x", spatial_coverage=[{"text": "Leeds"}, {"text": "my garden"}])
    leeds, garden = shown["spatial_coverage"]
    assert leeds["uri"].endswith("/E08000035") and leeds["text"] == "Leeds"
    assert json.loads(leeds["centroid"])["type"] == "Point"
    assert json.loads(leeds["geom"])["type"] == json.loads(leeds["bbox"])["type"] == "Polygon"
    assert garden == {"text": "my garden"}


def facet(name):
    found = helpers.call_action("package_search", **{"facet.field": [name]})
    return {item["name"]: item["display_name"] for item in found["search_facets"][name]["items"]}


def test_facets_by_sector_service_and_area_of_use(org):
    made("dataset", org, title="x", lgsl_service="437", use_area=["open-data"])
    assert set(facet("vocab_sector")) == {"third"}
    assert set(facet("lgsl_service")) == {"437"}
    assert facet("vocab_use_area") == {"open-data": "Open data"}
    queue = jobs.get_queue()
    queue.empty()
    helpers.call_action("organization_patch", id=org["id"], description="Nothing that search asks for")
    assert queue.jobs == []
    helpers.call_action("organization_patch", id=org["id"], sector="public")
    (job,) = queue.jobs
    job.func(*job.args)
    assert set(facet("vocab_sector")) == {"public"}


def test_exports(app, org):
    contact = [{"name": "Open Data Team", "email": "data@aireborough.example"}]
    values = {"contact": contact, "lgsl_service": "437", "frequency": "quarterly", "tags": [{"name": "spend"}]}
    data = made(
        "dataset", org, title="Spend", resources=[{"url": "http://x.org/a.csv", "format": "CSV", "name": "A"}], **values
    )
    told = helpers.call_action("council_export", id=data["id"], format="datagovuk")
    extras = {each["key"]: each["value"] for each in told["extras"]}
    assert extras["la_service"] == "http://id.esd.org.uk/service/437" and extras["update_frequency"] == "quarterly"
    assert extras["contact-email"] == "data@aireborough.example" and told["license_id"] == "uk-ogl"
    records = app.get(f"/dataset/export/{data['name']}/mem.json").json
    assert records[0]["title"] == "Spend" and records[0]["contactPoint"]
    with pytest.raises(tk.ValidationError):
        helpers.call_action("council_export", id=data["id"], format="bibtex")
    links = [
        link["href"] for link in soup(app.get(f"/dataset/{data['name']}")).select("[aria-labelledby=other-forms] a")
    ]
    assert [link.rsplit("/", 1)[-1] for link in links] == ["mem.json", "datagovuk.json", "schemaorg.json"]


def test_what_the_model_asks_for_and_nobody_gave_is_named(app, org):
    data = made("dataset", org, title="No contact")
    told = app.get(f"/dataset/export/{data['name']}/mem.json", status=409).json["error"]
    assert "contactPoint" in told["contact"][0]
    assert "mem" in app.get(f"/dataset/export/{data['name']}/bibtex.json", status=409).json["error"]["format"][0]


def test_exports_keep_what_is_private(app, org):
    secret = made("dataset", org, title="Secret", private=True)
    app.get(f"/dataset/export/{secret['name']}/mem.json", status=404)
    app.get(f"/dataset/export/{secret['name']}/nothing.json", status=404)
    with pytest.raises(tk.NotAuthorized):
        helpers.call_action("council_export", {"user": "", "ignore_auth": False}, id=secret["id"])
