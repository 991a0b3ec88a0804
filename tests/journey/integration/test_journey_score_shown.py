"""The score where people meet it: on the pages, as a facet and as an order of search results."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("clean_index", "with_plugins", "journey_db"),
]
PROOF = [{"kind": "legal-basis", "value": "Localism Act 2011", "visibility": "restricted"}]


@pytest.fixture
def pair():
    """A dataset of which more is told, part of it in confidence, and one of which nothing is."""
    told, bare = (factories.Dataset(owner_org=factories.Organization()["id"]) for _ in range(2))
    helpers.call_action("journey_step_create", dataset=told["id"], type="extract", system="Agresso", evidence=PROOF)
    return told, bare


def shown(user, dataset, **values):
    return helpers.call_action("journey_show", {"user": user, "ignore_auth": False}, id=dataset["id"], **values)


def test_everybody_is_told_the_same_number_whoever_may_see_the_evidence(pair):
    told, bare = pair
    public, insider = shown("", told), shown(factories.Sysadmin()["name"], told)
    assert public["score"] == insider["score"]
    assert public["steps"][0]["evidence"] == [] and insider["steps"][0]["evidence"]
    legal = next(part for part in public["score"]["parts"] if part["code"] == "legal")
    assert legal["points"] == 10
    assert shown("", bare)["score"]["total"] < public["score"]["total"]


def test_a_page_of_the_steps_does_not_change_the_score(pair):
    told, _ = pair
    assert shown("", told, limit=1, offset=1)["score"] == shown("", told)["score"]


def test_the_page_says_what_would_raise_it(app, pair):
    told, _ = pair
    total = shown("", told)["score"]["total"]
    page = BeautifulSoup(app.get(f"/dataset/journey/{told['name']}").body, "html.parser")
    section = page.select_one(".journey-score")
    assert section.strong.text == f"{total} out of 100"
    rows = {row.th.text: [cell.text for cell in row.select("td")] for row in section.select("tbody tr")}
    assert len(rows) == 9
    assert rows["Origin named"] == ["10 of 10", "The system it comes from is named.", ""]
    assert rows["Validation"][2] == "Have the file checked, and keep the report."
    summary = BeautifulSoup(app.get(f"/dataset/{told['name']}").body, "html.parser").select_one(".journey-summary")
    assert f"Told to {total} out of 100" in summary.text


def test_search_has_it_as_a_facet_and_an_order(app, pair):
    told, bare = pair
    found = helpers.call_action("package_search", sort="journey_score asc", **{"facet.field": ["vocab_journey_score"]})
    assert [each["id"] for each in found["results"]] == [bare["id"], told["id"]]
    bands = {shown("", each)["score"]["band"] for each in pair}
    assert set(found["facets"]["vocab_journey_score"]) == bands
    page = BeautifulSoup(app.get("/dataset/?sort=journey_score+desc%2C+metadata_modified+desc").body, "html.parser")
    assert page.select_one("#field-order-by option[selected]").text.strip() == "Best told journey first"
    assert "Completeness of the journey" in page.text
    names = [link["href"].rsplit("/", 1)[-1] for link in page.select("h2.dataset-heading a")]
    assert names == [told["name"], bare["name"]]
