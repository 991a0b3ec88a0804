"""data.gov.uk: where a dataset is about, one figure for each nation."""

import pytest

from ckanext.council_schemas.areas import STATISTICAL_GEOGRAPHY
from ckanext.council_schemas.exports import datagovuk


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("E08000035", "100000: England"),
        ("E92000001", "100000: England"),
        ("S12000036", "010000: Scotland"),
        ("W06000015", "001000: Wales"),
        ("N09000003", "000100: Northern Ireland"),
        ("K02000001", "111100: United Kingdom (England, Scotland, Wales, Northern Ireland)"),
        ("K03000001", "111000: Great Britain (England, Scotland, Wales)"),
        ("K04000001", "101000: England, Wales"),
        ("K99999999", None),
        ("J01000001", None),
        ("Leeds", None),
    ],
)
def test_each_nation_has_its_figure(code, told):
    assert datagovuk.extras({"gss_area": code}).get("geographic_coverage") == told
    place = {"spatial_coverage": [{"uri": STATISTICAL_GEOGRAPHY + code}]}
    assert datagovuk.extras(place).get("geographic_coverage") == told


def test_a_code_that_tells_nothing_gives_way_to_one_that_does():
    both = {"gss_area": "K99999999", "spatial_coverage": [{"uri": STATISTICAL_GEOGRAPHY + "W92000004"}]}
    assert datagovuk.extras(both)["geographic_coverage"] == "001000: Wales"
