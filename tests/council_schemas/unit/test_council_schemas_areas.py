"""Areas by name: what is filled in, and that what somebody gave is kept; the lists in the documentation."""

import json
from pathlib import Path

import pytest

from ckanext.council_schemas import areas, vocabularies

DOCS = Path(__file__).parents[3] / "docs" / "council_schemas.md"
OUTLINE = json.dumps({"type": "Polygon", "coordinates": [[[-1.8, 53.7], [-1.3, 53.7], [-1.3, 53.9], [-1.8, 53.7]]]})


@pytest.mark.parametrize("text", ["Leeds", "Leeds (E08000035)", "E08000035", areas.STATISTICAL_GEOGRAPHY + "E08000035"])
def test_a_councils_area_by_name_and_code(text):
    found = areas.complete({"text": text})
    assert found["uri"] == areas.STATISTICAL_GEOGRAPHY + "E08000035"
    west, north = json.loads(found["centroid"])["coordinates"]
    assert -1.8 < west < -1.2 and 53.6 < north < 54


@pytest.mark.parametrize("name", ["geom", "bbox", "centroid"])
def test_a_geometry_that_was_given_is_kept_beside_the_code(name):
    found = areas.complete({"text": "Leeds", name: OUTLINE})
    assert found[name] == OUTLINE and found["uri"].endswith("/E08000035")
    assert [key for key in ("geom", "bbox", "centroid") if found.get(key)] == [name], "no other is made up"


def test_a_ward_has_its_code_alone_and_another_place_its_name():
    assert areas.complete({"text": "E05001414"}) == {
        "text": "E05001414",
        "uri": areas.STATISTICAL_GEOGRAPHY + "E05001414",
    }
    assert areas.complete({"text": "My garden", "geom": OUTLINE}) == {"text": "My garden", "geom": OUTLINE}


def test_the_documentation_lists_every_vocabulary_with_its_size_and_date():
    told = DOCS.read_text()
    for name in vocabularies.list_names():
        found = vocabularies.get(name)
        assert f"| `{name}` | {found.about['title']} | {len(found.terms)} |" in told, name
        assert f"{found.about['date']} |" in told, name


def test_the_documentation_counts_the_areas_with_a_centre():
    councils = [
        area for code, area in areas.every().items() if code in vocabularies.get("gss").terms and not area.retired
    ]
    with_centre = [area for area in councils if area.centroid]
    assert f"{len(with_centre)} of the {len(councils)} councils" in DOCS.read_text()
