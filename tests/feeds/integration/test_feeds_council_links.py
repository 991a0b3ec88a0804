"""The page of a dataset where council_schemas and the feed both give its metadata: each form is listed once."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories

from ckanext.feeds.forms import registry

pytestmark = pytest.mark.usefixtures("with_plugins", "feeds_db", "clean_index")
SECTION = "[aria-labelledby=other-forms]"
COUNCIL = "council_schemas scheming_datasets scheming_organizations dcat"


def plugins(names):
    return pytest.param(None, marks=pytest.mark.ckan_config("ckan.plugins", names), id=names)


def shown(app, dataset):
    user = factories.SysadminWithToken()
    page = app.get(f"/{dataset['type']}/{dataset['name']}", headers={"Authorization": user["token"]}).body
    return BeautifulSoup(page, "html.parser")


def made(kind="dataset", **more):
    org = factories.Organization()
    return factories.Dataset(owner_org=org["id"], license_id="uk-ogl", type=kind, **more)


def addresses(page, where):
    return [each["href"].rsplit("/", 1)[-1] for each in page.select(f"{where} a")]


@pytest.mark.parametrize("_order", [plugins(f"feeds {COUNCIL}"), plugins(f"{COUNCIL} feeds")])
def test_each_form_stands_once_whatever_the_order_of_plugins(app, _order):
    dataset = made()
    page = shown(app, dataset)
    assert not page.select(".feeds-links")
    labels = Counter(each.get_text(strip=True) for each in page.select(f"{SECTION} a"))
    assert labels and set(labels.values()) == {1}
    endings = addresses(page, SECTION)
    for ending in ("ttl", "rdf", "jsonld", *(form.suffix for form in registry.FORMS if form.suffix)):
        assert endings.count(f"{dataset['id']}.{ending}") == 1
    assert endings.count("datagovuk.json") == 1
    assert "mem.json" not in endings and "schemaorg.json" not in endings


@pytest.mark.ckan_config("ckan.plugins", f"feeds {COUNCIL}")
def test_what_is_in_no_feed_and_what_has_no_such_section_list_their_own(app):
    page = shown(app, made(private=True))
    assert addresses(page, SECTION) == ["mem.json", "datagovuk.json", "schemaorg.json"]
    series = made("dataset_series")
    page = shown(app, series)
    assert not page.select(SECTION) and f"{series['id']}.ttl" in addresses(page, ".feeds-links")
