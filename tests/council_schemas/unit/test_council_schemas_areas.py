"""Areas by name: what is filled in, and that what somebody gave is kept; the lists in the documentation."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.council_schemas import areas, index, outlines, vocabularies

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


def rings(geometry):
    """The rings of a Polygon or MultiPolygon."""
    found = json.loads(geometry)
    polygons = [found["coordinates"]] if found["type"] == "Polygon" else found["coordinates"]
    return [ring for polygon in polygons for ring in polygon]


def doubled(ring):
    """Twice the area of a ring; above zero where it runs against the clock."""
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(ring))


def within(geometry, x, y):
    """Whether a point lies within: a line from it crosses the rings an odd number of times."""
    crossed = 0
    for ring in rings(geometry):
        for (a, b), (c, d) in pairwise(ring):
            crossed += (b > y) != (d > y) and x < (c - a) * (y - b) / (d - b) + a
    return crossed % 2 == 1


def corners(geometry):
    points = [point for ring in rings(geometry) for point in ring]
    return [side(point[at] for point in points) for side in (min, max) for at in (0, 1)]


TODAY = [area for area in areas.every().values() if not area.retired]


def test_every_area_of_today_has_its_outline_box_and_centre():
    assert [area.code for area in TODAY if set(area.shape) != {"geom", "bbox", "centroid"}] == []
    assert {area.code for area in TODAY} == set(outlines.every())
    councils = [area for area in TODAY if area.code in vocabularies.get("gss").terms]
    told = DOCS.read_text()
    assert f"all {len(councils)} councils" in told and f"the {len(TODAY) - len(councils)} countries" in told
    assert all(len(area.geom) < index.SMALL for area in TODAY)


@pytest.mark.parametrize("area", TODAY, ids=lambda area: area.code)
def test_an_outline_is_closed_runs_against_the_clock_and_lies_in_its_box(area):
    for ring in rings(area.geom):
        assert len(ring) > 3 and ring[0] == ring[-1]
    found = json.loads(area.geom)
    for polygon in [found["coordinates"]] if found["type"] == "Polygon" else found["coordinates"]:
        assert doubled(polygon[0]) > 0 and all(doubled(hole) < 0 for hole in polygon[1:])
    west, south, east, north = corners(area.geom)
    box = corners(area.bbox)
    assert box[0] <= west + 0.002 and box[1] <= south + 0.002 and box[2] >= east - 0.002 and box[3] >= north - 0.002
    x, y = json.loads(area.centroid)["coordinates"]
    assert box[0] < x < box[2] and box[1] < y < box[3]


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "code"),
    [
        ("Leeds town hall", -1.5497, 53.7999, "E08000035"),
        ("Kendal, since 2023", -2.7432, 54.3280, "E06000064"),
        ("Cardiff castle", -3.1811, 51.4823, "W06000015"),
        ("Achmore on Lewis", -6.5500, 58.1700, "S12000013"),
        ("Derry", -7.3190, 54.9960, "N09000005"),
        ("Preston, by its county", -2.7030, 53.7590, "E10000017"),
        ("Preston, by its country", -2.7030, 53.7590, "E92000001"),
        ("Salford, by its combined authority", -2.2900, 53.4830, "E47000001"),
        ("Nottingham castle, by its combined authority", -1.1550, 52.9490, "E47000013"),
        ("Matlock, by its county's combined authority", -1.5560, 53.1380, "E47000013"),
        ("Whitby, by its region", -0.6130, 54.4860, "E12000003"),
    ],
)
def test_a_place_lies_in_the_outline_of_its_area(place, longitude, latitude, code):
    assert within(areas.every()[code].geom, longitude, latitude), place
    others = [each for each in TODAY if each.code[:3] == code[:3] and within(each.geom, longitude, latitude)]
    assert [each.code for each in others] == [code]


def test_a_districts_outline_lies_in_that_of_its_county():
    kent, ashford = areas.every()["E10000016"], areas.every()["E07000105"]
    assert within(kent.geom, *json.loads(ashford.centroid)["coordinates"])
    assert not within(areas.every()["E10000011"].geom, *json.loads(ashford.centroid)["coordinates"])


def test_retired_codes():
    every = areas.every()
    assert every["S12000015"].geom == every["S12000047"].geom, "Fife, of another code since 2018"
    assert set(every["E07000026"].shape) == {"centroid"}, "Allerdale, now a part of Cumberland"
    assert every["E47000005"].shape == {}, "a combined authority that kept its name and lost members"
    gone = [area for area in every.values() if area.retired]
    outlined, centred = [area for area in gone if area.geom], [area for area in gone if set(area.shape) == {"centroid"}]
    told = f"{len(outlined)} retired codes whose successor has the same\nname have its outline"
    assert f"{told}; of the other {len(gone) - len(outlined)}, {len(centred)} have a centre" in DOCS.read_text()


def test_where_the_outlines_are_from():
    about = outlines.about()
    assert "Open Government Licence" in about["licence"] and "Office for National Statistics" in about["source"]
    assert "Crown copyright" in about["attribution"] and "2024" in about["date"]


def test_the_outline_of_a_picked_area_is_filled_in_and_replaced_with_it():
    leeds, bradford = areas.every()["E08000035"], areas.every()["E08000032"]
    found = areas.complete({"text": "Leeds"})
    assert {name: found[name] for name in areas.GEOMETRIES} == leeds.shape
    assert areas.complete(found) == found
    old = {"text": "Leeds", "uri": leeds.uri, "centroid": leeds.centroid}
    assert areas.complete(old) == found, "a centre that was filled in before there were outlines"
    other = areas.complete({**found, "text": "Bradford"})
    assert other == {"text": "Bradford", "uri": bradford.uri, **bradford.shape}
    ward = areas.complete({**found, "text": "E05001414"})
    assert ward["uri"].endswith("/E05001414") and not any(ward[name] for name in areas.GEOMETRIES)
    drawn = {**found, "geom": OUTLINE, "text": "Bradford"}
    assert areas.complete(drawn) == {**drawn, "text": "Leeds"}, "the address says which area it is"


@settings(max_examples=50)
@given(st.sampled_from(TODAY), st.sampled_from(TODAY))
def test_picking_twice_is_picking_the_last(first, second):
    found = areas.complete({**areas.complete({"text": first.choice()}), "text": second.choice()})
    assert found == areas.complete({"text": second.choice()})
