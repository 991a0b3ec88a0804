"""The forms besides RDF over HTTP: addresses, negotiation, validators, privacy, links."""

import csv
import gzip
import io
import json

import openpyxl
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

from ckanext.feeds.forms import registry

WHOLE = [form for form in registry.FORMS if form.whole]
ONE = [form for form in registry.FORMS if form.one]
SCHEMA_ORG = 'application/ld+json;profile="https://schema.org/"'

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat structured_data"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


def titles(form, data):
    """Titles of the datasets that a whole catalogue has."""
    if form.name.startswith("dcat-us"):
        return {d["title"] for d in json.loads(data)["dataset"]}
    if form.name == "uk":
        return {d["title"] for d in json.loads(data) if d["type"] == "dcat:Dataset"}
    if form.name.endswith("xlsx"):
        rows = [[c.value for c in r] for r in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()]
    else:
        rows = list(csv.reader(io.StringIO(data.decode())))
    return {row[0] for row in rows[1:]}


@pytest.fixture()
def datasets():
    """One public dataset, and everything that must not be seen; gives the public one."""
    org = factories.Organization()
    files = [{"url": "https://example.org/a.csv", "format": "CSV", "name": "A"}]
    shown = factories.Dataset(title="Shown", owner_org=org["id"], resources=files)
    factories.Dataset(title="Hidden private", owner_org=org["id"], private=True, resources=files)
    gone = factories.Dataset(title="Hidden deleted", owner_org=org["id"], resources=files)
    helpers.call_action("package_delete", id=gone["id"])
    factories.Dataset(title="Hidden draft", owner_org=org["id"], state="draft", resources=files)
    return shown


def test_whole_catalogues_have_what_the_public_sees(app, datasets):
    user = {"Authorization": factories.SysadminWithToken()["token"]}
    for form in WHOLE:
        for headers in ({}, user):
            response = app.get(form.address, headers=headers)
            assert response.headers["Content-Type"] == form.media_type
            assert titles(form, response.data) == {"Shown"}, form.name


def test_one_dataset_in_each_form(app, datasets):
    for form in ONE:
        for name in (datasets["id"], datasets["name"]):
            response = app.get(f"/dataset/{name}.{form.suffix}")
            assert response.headers["Content-Type"] == form.media_type
            assert "Shown" in json.dumps(json.loads(response.data)), form.name
        app.get(f"/dataset/nothing.{form.suffix}", status=404)


def test_private_datasets_have_no_form(app):
    private = factories.Dataset(private=True, owner_org=factories.Organization()["id"])
    user = factories.SysadminWithToken()
    for form in ONE:
        app.get(f"/dataset/{private['id']}.{form.suffix}", headers={"Authorization": user["token"]}, status=404)


def test_validators_and_compression(app, datasets):
    addresses = [form.address for form in WHOLE] + [f"/dataset/{datasets['id']}.{form.suffix}" for form in ONE]
    for address in addresses:
        first = app.get(address)
        assert first.headers["ETag"].startswith('"') and first.headers["Last-Modified"]
        app.get(address, headers={"If-None-Match": first.headers["ETag"]}, status=304)
        assert app.get(address).data == first.data, address
        packed = app.get(address, headers={"Accept-Encoding": "gzip"})
        plain = packed.data if address.endswith("xlsx") else gzip.decompress(packed.data)
        assert plain == first.data, address
    tags = {address: app.get(address).headers["ETag"] for address in addresses}
    helpers.call_action("package_patch", id=datasets["id"], title="Changed")
    for address, tag in tags.items():
        assert app.get(address, headers={"If-None-Match": tag}, status=200).headers["ETag"] != tag


@pytest.mark.parametrize(
    ("accept", "dataset", "catalogue"),
    [
        ("application/json", "application/json", "application/json"),
        ("text/csv", "text/html; charset=utf-8", "text/csv; charset=utf-8; header=present"),
        ("application/json;q=0.5, text/html", "text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("application/json, */*", "text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("application/json, text/turtle;q=0.5", "application/json", "application/json"),
        ("application/json;q=0.4, text/turtle;q=0.5", "text/turtle", "text/turtle"),
        ("text/turtle, application/json", "text/turtle", "text/turtle"),
        (SCHEMA_ORG, "application/ld+json", "text/html; charset=utf-8"),
    ],
)
def test_negotiation(app, datasets, accept, dataset, catalogue):
    for address, expected in ((f"/dataset/{datasets['name']}", dataset), ("/catalog", catalogue)):
        response = app.get(address, headers={"Accept": accept})
        assert response.headers["Content-Type"] == expected, address
        assert "Accept" in response.vary


def test_profiles_tell_forms_of_one_media_type_apart(app, datasets):
    address = f"/dataset/{datasets['name']}"
    for form in ONE:
        media = form.media_type.partition(";")[0]
        response = app.get(address, headers={"Accept": f'{media}; profile="{form.profile}"'})
        assert response.data == app.get(f"{address}.{form.suffix}").data, form.name
    assert app.get(address, headers={"Accept": "application/ld+json"}).data == app.get(f"{address}.jsonld").data


def test_the_dataset_page_carries_schema_org_and_links(app, datasets):
    page = app.get(f"/dataset/{datasets['name']}").body
    soup = BeautifulSoup(page, "html.parser")
    (script,) = soup.select('script[type="application/ld+json"]')
    found = json.loads(script.string or "")
    assert found["@type"] == "Dataset" and found["name"] == "Shown"
    assert found["distribution"][0]["contentUrl"] == "https://example.org/a.csv"
    links = {a["href"] for a in soup.select(".feeds-links a")}
    assert all(f"http://test.ckan.net/dataset/{datasets['id']}.{form.suffix}" in links for form in ONE)


def test_a_title_cannot_leave_the_script(app):
    dataset = factories.Dataset(title="</script><script>alert(1)</script>")
    page = app.get(f"/dataset/{dataset['name']}").body
    assert "<script>alert(1)" not in page
    script = BeautifulSoup(page, "html.parser").select_one('script[type="application/ld+json"]')
    assert script is not None and json.loads(script.string or "")["name"] == dataset["title"]


def test_a_private_dataset_has_no_structured_data(app):
    user = factories.SysadminWithToken()
    private = factories.Dataset(private=True, owner_org=factories.Organization()["id"])
    page = app.get(f"/dataset/{private['name']}", headers={"Authorization": user["token"]}).body
    assert "application/ld+json" not in page


def test_the_catalogues_page_lists_the_forms(app):
    soup = BeautifulSoup(app.get("/catalog").body, "html.parser")
    links = {a["href"] for a in soup.select(".primary a")}
    assert all(f"http://test.ckan.net{form.address}" in links for form in WHOLE)


def test_an_empty_catalogue_is_well_formed(app):
    for form in WHOLE:
        assert titles(form, app.get(form.address).data) == set()
