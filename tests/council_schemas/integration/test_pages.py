import re

import pytest
from bs4 import BeautifulSoup
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

EU = "http://publications.europa.eu/resource/authority/"
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", False),
    pytest.mark.usefixtures("with_plugins"),
]
SAVED = 302


@pytest.fixture
def editor(council):
    user = factories.UserWithToken()
    call_action("member_create", id=council.org["id"], object=user["id"], object_type="user", capacity="editor")
    return {"Authorization": user["token"]}


def form(response):
    """The fields that a browser without scripts would send, from the page's dataset form."""
    page = BeautifulSoup(response.body, "html.parser").find("form", id="dataset-edit")
    sent = {"save": [""]}
    for tag in page.select("input[name], textarea[name], select[name]"):
        if tag.name == "select":
            chosen = tag.select_one("option[selected]") or tag.option
            value = chosen["value"]
        elif tag.get("type") == "checkbox":
            if not tag.has_attr("checked"):
                continue
            value = tag["value"]
        else:
            value = tag.get("value", "") if tag.name == "input" else tag.text.removeprefix("\n")
        sent.setdefault(tag["name"], []).append(value)
    return sent


def post(app, url, data, editor):
    return app.post(url, data=data, headers=editor, follow_redirects=False)


def details(app, name, **kwargs):
    page = BeautifulSoup(app.get(f"/dataset/{name}", **kwargs).body, "html.parser")
    return {
        dt.get_text(" ", strip=True): dt.find_next("dd").get_text(" ", strip=True)
        for dt in page.select("dl.council-list dt")
    }


def test_a_dataset_made_page_by_page(app, council, editor):
    first = form(app.get("/dataset/new", headers=editor))
    assert first["owner_org"] == [council.org["id"]], "the only organisation is chosen"
    first |= {
        "title": "Car parks",
        "name": "car-parks",
        "notes": "Spaces by street.",
        "license_id": "uk-ogl",
        "private": "False",
    }
    first |= {
        "theme": ["", EU + "data-theme/TRAN"],
        "contact-0-name": "Parking team",
        "contact-0-email": "p@example.gov.uk",
    }
    answer = post(app, "/dataset/new", first, editor)
    assert answer.status_code == SAVED
    assert answer.headers["Location"].endswith("/dataset/new/car-parks/2")

    second = form(app.get("/dataset/new/car-parks/2", headers=editor))
    second |= {"transparency_set": "parking-spaces", "gss_area": "E08000035", "lgsl_service": "4"}
    second |= {"temporal_coverage-0-start": "2024-01-01", "temporal_coverage-0-end": "2024-03-31"}
    assert (
        post(app, "/dataset/new/car-parks/2", second, editor).headers["Location"].endswith("/dataset/new/car-parks/3")
    )

    third = form(app.get("/dataset/new/car-parks/3", headers=editor))
    third |= {"legacy_source": "Chipside", "frequency": EU + "frequency/ANNUAL", "sensitivity": "none"}
    assert (
        post(app, "/dataset/new/car-parks/3", third, editor)
        .headers["Location"]
        .endswith("/dataset/car-parks/resource/new")
    )

    resource = {"url": "https://example.org/a.csv", "name": "2024", "save": "go-metadata", "id": ""}
    assert post(app, "/dataset/car-parks/resource/new", resource, editor).status_code == SAVED
    shown = call_action("package_show", id="car-parks")
    assert shown["state"] == "active"
    assert shown["theme"] == [EU + "data-theme/TRAN"]
    assert [c["name"] for c in shown["contact"]] == ["Parking team"]
    assert [(p["start"], p["end"]) for p in shown["temporal_coverage"]] == [("2024-01-01", "2024-03-31")]
    assert (shown["transparency_set"], shown["legacy_source"], shown["sensitivity"]) == (
        "parking-spaces",
        "Chipside",
        "none",
    )

    public, mine = details(app, "car-parks"), details(app, "car-parks", headers=editor)
    assert public["Themes"] == "Transport"
    assert public["Transparency Code set"] == "Controlled parking spaces"
    assert public["Council area"] == "Leeds E08000035"
    assert public["Council service"] == "Find out about free school meals 4"
    assert public["Update frequency"] == "Annual"
    assert public["System it was born in"] == "Chipside"
    assert "Sensitivity" not in public
    assert mine["Sensitivity"] == "Nothing personal or sensitive"
    assert "Relations" not in public, "what is empty is left out"


def test_saving_each_page_unchanged_loses_nothing(app, council, editor):
    harvested = {
        "theme": [EU + "data-theme/TRAN", "https://example.org/theme/1"],
        "frequency": "https://example.org/often",
        "access_rights": "Ask at the library",
        "license_id": "Crown use only",
        "gss_area": "E07000026",
        "issued": "2019",
        "modified": "2024-01-01T10:30:00",
        "contact": [
            {"name": "A", "uri": "https://example.org/a", "identifier": "x1"},
            {"name": "B", "email": "b@example.org"},
        ],
        "publisher": [{"name": "Someone", "uri": "https://example.org/p"}],
        "temporal_coverage": [{"start": "2019", "end": "2020-06"}],
        "spatial_coverage": [{"text": "North", "geom": '{"type": "Point", "coordinates": [-1.5, 53.8]}'}],
        "documentation": ["https://example.org/1", "https://example.org/2"],
        "provenance_activity": [{"label": "Scanned"}],
        "sensitivity": "aggregated",
    }
    made = call_action("package_create", **council(**harvested, tags=[{"name": "one"}, {"name": "two"}]))
    before = call_action("package_show", id=made["id"])
    for page in (1, 2, 3):
        url = f"/dataset/edit/{made['name']}/{page}"
        assert post(app, url, form(app.get(url, headers=editor)), editor).status_code == SAVED
    after = call_action("package_show", id=made["id"])

    def filled(value):
        if isinstance(value, list):
            return [filled(v) for v in value]
        return {k: v for k, v in value.items() if v} if isinstance(value, dict) else value

    for name in [*harvested, "title", "notes", "owner_org", "private", "name", "state"]:
        assert filled(after[name]) == filled(before[name]), name
    assert [t["name"] for t in after["tags"]] == ["one", "two"]


def test_emptying_fields_in_the_form(app, council, editor):
    made = call_action(
        "package_create",
        **council(
            theme=["TRAN"], contact=[{"name": "A"}, {"name": "B"}], documentation=["https://x.org"], frequency="daily"
        ),
    )
    url = f"/dataset/edit/{made['name']}/"
    sent = form(app.get(url + "1", headers=editor)) | {"theme": "", "contact-0-name": ""}
    post(app, url + "1", sent, editor)
    sent = form(app.get(url + "3", headers=editor)) | {"frequency": "", "documentation": ["", ""]}
    post(app, url + "3", sent, editor)
    shown = call_action("package_show", id=made["id"])
    assert not shown.get("theme")
    assert not shown.get("frequency")
    assert not shown.get("documentation")
    assert [c["name"] for c in shown["contact"]] == ["B"]


def test_errors_are_told_beside_their_field(app, council, editor):
    made = call_action("package_create", **council())
    url = f"/dataset/edit/{made['name']}/2"
    answer = app.post(url, data=form(app.get(url, headers=editor)) | {"gss_area": "E06999999"}, headers=editor)
    page = BeautifulSoup(answer.body, "html.parser")
    summary = page.select_one(".error-explanation").get_text(" ", strip=True)
    assert 'no council or combined authority has the GSS code "E06999999"' in summary
    assert page.select_one("#field-gss_area")["aria-invalid"] == "true"
    assert page.select_one('[aria-current="step"]').get_text(strip=True) == "Subject, place and time"
    url = f"/dataset/edit/{made['name']}/1"
    answer = app.post(url, data=form(app.get(url, headers=editor)) | {"title": " ", "license_id": ""}, headers=editor)
    summary = BeautifulSoup(answer.body, "html.parser").select_one(".error-explanation").get_text(" ", strip=True)
    assert "Title" in summary
    assert "Licence" in summary


def test_a_retired_code_is_told(app, council, editor):
    made = call_action("package_create", **council())
    url = f"/dataset/edit/{made['name']}/2"
    answer = app.post(url, data=form(app.get(url, headers=editor)) | {"gss_area": "E07000026"}, headers=editor)
    text = " ".join(BeautifulSoup(answer.body, "html.parser").get_text(" ").split())
    assert "This code was retired on 31 March 2023. The area is now in Cumberland (E06000063)." in text
    assert "E07000026: This code was retired" in text, "said when it is saved"
    assert "E07000026: This code was retired" not in app.get(f"/dataset/{made['name']}").body
    assert details(app, made["name"])["Council area"].startswith(
        "Allerdale E07000026 This code was retired on 31 March 2023."
    )


def test_every_control_has_a_label(app, council, editor):
    made = call_action("package_create", **council(contact=[{"name": "A"}]))
    for page in (1, 2, 3):
        soup = BeautifulSoup(app.get(f"/dataset/edit/{made['name']}/{page}", headers=editor).body, "html.parser")
        content = soup.find("form", id="dataset-edit")
        ids = [tag["id"] for tag in soup.select("[id]")]
        assert len(ids) == len(set(ids))
        labelled = {label["for"] for label in content.select("label[for]")}
        for control in content.select("input:not([type=hidden]), select, textarea"):
            assert control.get("id") in labelled or control.get("aria-label"), control
        for tag in content.select("[aria-describedby]"):
            assert tag["aria-describedby"] in ids, tag
        levels = [int(h.name[1]) for h in soup.select("main h1, main h2, main h3, .main h1, .main h2, .main h3")]
        assert levels.count(1) == 1, levels


def test_what_is_harvested_is_escaped(app, council):
    bad = "<script>alert(1)</script>\"'>"
    link = "javascript:alert(1)"
    made = call_action(
        "package_create",
        **council(
            title=bad,
            legacy_source=bad,
            access_rights=bad,
            license_id=bad,
            url=link,
            homepage=link,
            frequency="https://example.org/'onmouseover='x",
            documentation=[link, bad],
            contact=[{"name": bad, "url": link}],
            publisher=[{"name": bad, "url": link}],
            spatial_coverage=[{"text": bad, "geom": bad, "bbox": "[1, 2]"}],
            extras=[{"key": bad, "value": bad}],
        ),
    )
    for url in (f"/dataset/{made['name']}", "/dataset/", f"/organization/{council.org['name']}"):
        body = app.get(url).body
        assert "<script>alert(1)" not in body
        links = [a["href"] for a in BeautifulSoup(body, "html.parser").select("a[href]")]
        assert not [href for href in links if re.match(r"\s*javascript:alert", href)]


def test_search_page_shows_labels(app, council):
    call_action(
        "package_create", **council(theme=["TRAN"], transparency_set="fraud", gss_area="E08000035", frequency="daily")
    )
    page = BeautifulSoup(app.get(f"/dataset/?vocab_theme={EU}data-theme/TRAN").body, "html.parser")
    labels = [item.get_text(strip=True) for item in page.select(".nav-facet .item-label")]
    assert {"Transport", "Counter-fraud work", "Leeds", "Daily", "Open Government Licence..."} <= {*labels} | {
        "Open Government Licence..." if any(label.startswith("Open Gov") for label in labels) else ""
    }
    assert not [label for label in labels if "://" in label]
    assert "data-theme" not in page.select_one(".filter-list").get_text()
    headings = [h.get_text(strip=True) for h in page.select(".module-heading")]
    wanted = ["Themes", "Organisations", "Transparency Code", "Formats", "Licences", "Update frequency", "Council area"]
    assert [h for h in headings if h in wanted] == wanted


def test_organisation_form_and_page(app, council, editor):
    admin = factories.SysadminWithToken()
    headers = {"Authorization": admin["token"]}
    page = BeautifulSoup(app.get("/organization/new", headers=headers).body, "html.parser")
    assert page.select_one('select#field-gss_code option[value="E08000035"]').text == "Leeds (E08000035)"
    data = {"title": "Canal Trust", "name": "canal-trust", "sector": "third", "gss_code": "", "email": "c@example.org"}
    app.post("/organization/new", data=data, headers=headers)
    assert call_action("organization_show", id="canal-trust")["sector"] == "third"
    about = BeautifulSoup(app.get("/organization/about/canal-trust").body, "html.parser").get_text(" ", strip=True)
    assert "Sector Third sector" in about
    about = BeautifulSoup(app.get(f"/organization/about/{council.org['name']}").body, "html.parser").get_text(
        " ", strip=True
    )
    assert "GSS code Leeds E08000035" in about


@pytest.mark.ckan_config("ckan.locales_offered", "en cy")
def test_welsh(app, council):
    made = call_action("package_create", **council(theme=["TRAN"], gss_area="W06000015"))
    answer = app.get(f"/cy/dataset/{made['name']}")
    page = BeautifulSoup(answer.body, "html.parser")
    shown = {
        dt.get_text(strip=True): dt.find_next("dd").get_text(" ", strip=True)
        for dt in page.select("dl.council-list dt")
    }
    assert shown["Themâu"] == "Trafnidiaeth"
    assert shown["Ardal y cyngor"] == "Caerdydd W06000015"


def test_a_resource_is_linked_or_uploaded(app, council, editor):
    made = call_action("package_create", **council())
    resource = {
        "url": "https://example.org/a.csv",
        "name": "Linked",
        "language": ["", EU + "language/CYM"],
        "save": "",
        "id": "",
    }
    post(app, f"/dataset/{made['name']}/resource/new", resource, editor)
    shown = call_action("package_show", id=made["id"])["resources"][0]
    assert shown["language"] == [EU + "language/CYM"]
    page = BeautifulSoup(app.get(f"/dataset/{made['name']}/resource/{shown['id']}").body, "html.parser")
    rows = {tr.th.get_text(strip=True): tr.td.get_text(strip=True) for tr in page.select("tr") if tr.th and tr.td}
    assert rows["Languages of the file"] == "Welsh"
    assert "Checksum" not in rows
    form_page = app.get(f"/dataset/{made['name']}/resource/{shown['id']}/edit", headers=editor)
    fields = BeautifulSoup(form_page.body, "html.parser")
    assert fields.select_one("input#field-resource-url")["value"] == "https://example.org/a.csv"
    assert fields.select_one("input[type=file][name=upload]") or not tk.h.uploads_enabled()
