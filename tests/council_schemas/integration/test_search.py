import json

import pytest
from ckan.lib.search import rebuild
from ckan.tests.helpers import call_action

EU = "http://publications.europa.eu/resource/authority/"
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("with_plugins"),
]
FACETS = ["vocab_theme", "organization", "transparency_set", "res_format", "license_id", "frequency", "gss_area"]


def search(**params):
    return call_action("package_search", **params)


def test_facets_have_labels(council):
    call_action(
        "package_create",
        **council(
            theme=["TRAN", "https://example.org/theme/night_life"],
            transparency_set="parking-spaces",
            frequency="quarterly",
            gss_area="E08000035",
            resources=[{"url": "https://example.org/a.csv", "format": "csv"}],
        ),
    )
    found = search(**{"facet.field": FACETS})["search_facets"]
    labels = {name: [item["display_name"] for item in found[name]["items"]] for name in FACETS}
    assert sorted(labels.pop("vocab_theme")) == ["Transport", "night life"]
    assert labels == {
        "organization": ["Aireborough Council"],
        "transparency_set": ["Controlled parking spaces"],
        "res_format": ["CSV"],
        "license_id": ["Open Government Licence v3.0"],
        "frequency": ["Quarterly"],
        "gss_area": ["Leeds"],
    }


def test_search_by_facet_and_by_words_of_a_label(council):
    made = call_action(
        "package_create", **council(theme=["TRAN"], gss_area="W06000015", transparency_set="pay-multiple")
    )
    call_action("package_create", **council(theme=["ENVI"]))
    for query in (
        {"fq": f'vocab_theme:"{EU}data-theme/TRAN"'},
        {"fq": "gss_area:W06000015"},
        {"q": "transport"},
        {"q": "Trafnidiaeth"},
        {"q": "Cardiff"},
        {"q": "Caerdydd"},
    ):
        assert [d["id"] for d in search(**query)["results"]] == [made["id"]], query


def test_a_large_map_does_not_hide_its_dataset(council):
    ring = [[-1.7 + i / 1e5, 53.8 + i / 1e5] for i in range(20_000)]
    geometry = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    made = call_action("package_create", **council(spatial_coverage=[{"text": "Everywhere", "geom": geometry}]))
    assert search(q="air quality")["count"] == 1
    assert search(q="Everywhere")["count"] == 1
    assert call_action("package_show", id=made["id"])["spatial_coverage"][0]["geom"] == geometry
    rebuild(made["id"])
    assert search(q="air quality")["results"][0]["id"] == made["id"]


@pytest.mark.ckan_config("ckan.plugins", "dcat scheming_datasets scheming_organizations council_schemas")
def test_a_large_map_in_the_other_order_of_plugins(council):
    ring = [[-1.7 + i / 1e5, 53.8 + i / 1e5] for i in range(20_000)]
    geometry = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    call_action("package_create", **council(spatial_coverage=[{"geom": geometry}], theme=["TRAN"]))
    assert search(fq="vocab_theme:*TRAN")["count"] == 1


def test_dates_that_cannot_be_read_cost_only_themselves(council):
    call_action("package_create", {"harvested": True}, **council(issued="last Tuesday", modified="2024-06"))
    assert search(fq="modified_date:[2024-05-01T00:00:00Z TO *]")["count"] == 1
    assert search(fq="issued_date:*")["count"] == 0
    extras = [{"key": "review_date", "value": "when we can"}]
    call_action("package_create", **council(extras=extras, title="Unreviewed"))
    assert search(q="Unreviewed")["count"] == 1


def test_sensitivity_is_not_searched(council):
    call_action("package_create", **council(sensitivity="statutory"))
    assert search(q="statutory")["count"] == 0
    assert search(fq="sensitivity:*")["count"] == 0
