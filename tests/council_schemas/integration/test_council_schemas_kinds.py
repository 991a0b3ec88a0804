"""The types of records by their own words, in lists, breadcrumbs and buttons, with the filters that suit them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

PLUGINS = "council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", f"portal {PLUGINS}"),
    pytest.mark.ckan_config("ckan.search.show_all_types", "false"),
]


def made(kind, council, **values):
    values = {"type": kind, "owner_org": council.org["id"], "notes": "told", "license_id": "uk-ogl", **values}
    return helpers.call_action("package_create", name=factories.Dataset.stub().name, **values)


def soup(answer):
    return BeautifulSoup(answer.body, "html.parser")


WORDS = {
    "dataset_series": (
        "Series of datasets",
        "1 series of datasets",
        "Add a series",
        "Create a series",
        "Search series",
    ),
    "analytics-project": (
        "Analytics projects",
        "1 analytics project",
        "Add a project",
        "Create a project",
        "Search projects",
    ),
}


@pytest.mark.parametrize("kind", WORDS)
def test_each_type_has_its_own_words_and_filters(app, council, kind):
    many, count, add, create, search = WORDS[kind]
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    made(kind, council, title="One", theme=["http://publications.europa.eu/resource/authority/data-theme/TRAN"])
    made("dataset", council, title="Other", resources=[{"url": "https://e.org/a.csv", "format": "CSV"}])
    page = soup(app.get(f"/{kind}/", headers=headers))
    assert many in page.title.text
    assert page.select_one(".breadcrumb .active").get_text(strip=True) == many
    assert page.select_one("h1").get_text(strip=True) == count
    assert page.select_one("#field-giant-search")["placeholder"] == search
    assert add in page.select_one(".page_primary_action").text
    shown = page.select_one("#search-facets").text
    assert "Themes" in shown and "Formats" not in shown and "Licences" not in shown
    assert "found for" in soup(app.get(f"/{kind}/?q=one")).select_one("h1").text
    form = soup(app.get(f"/{kind}/new", headers=headers))
    assert [each.get_text(strip=True) for each in form.select(".breadcrumb li")][-2:] == [many, create]
    text = page.select_one("main, [role=main]").text.lower()
    assert "seriess" not in text and "dataset_series" not in text and "analytics-project" not in text
    page = soup(app.get("/dataset/"))
    assert "Formats" in page.select_one("#search-facets").text and "1 dataset found" in page.select_one("h1").text
