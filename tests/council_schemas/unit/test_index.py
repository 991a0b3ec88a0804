import json

import pytest

from ckanext.council_schemas import index

EU = "http://publications.europa.eu/resource/authority/"
RING = [[-1.7 + i / 1e5, 53.8 + i / 1e5] for i in range(20_000)]
LARGE = json.dumps({"type": "Polygon", "coordinates": [RING]})


def test_lists_and_labels():
    doc = {"id": "1", "theme": json.dumps([EU + "data-theme/TRAN", "http://x.org/t"]), "gss_area": "W06000015"}
    made = index.shape(doc, ["theme", "language"])
    assert made["vocab_theme"] == [EU + "data-theme/TRAN", "http://x.org/t"]
    assert "theme" not in made
    assert made["extras_vocab_theme_label"] == "Transport ; Trafnidiaeth"
    assert made["extras_gss_area_label"] == "Cardiff ; Caerdydd"
    assert "vocab_language" not in made
    assert doc["theme"].startswith("["), "the input is left alone"


@pytest.mark.parametrize("stored", ["", "[]", None, "null"])
def test_empty_lists(stored):
    assert index.shape({"theme": stored}, ["theme"]).get("vocab_theme") in (None, ["null"])


def test_a_text_where_a_list_should_be():
    assert index.shape({"theme": "Weather"}, ["theme"])["vocab_theme"] == ["Weather"]
    assert index.shape({"theme": "[broken"}, ["theme"])["vocab_theme"] == ["[broken"]


@pytest.mark.parametrize("place", [{"geom": LARGE}, {"text": "Leeds", "bbox": LARGE}, {"geom": json.loads(LARGE)}])
@pytest.mark.parametrize("spatial", [None, LARGE])
def test_large_geometry_becomes_a_box(place, spatial):
    doc = {"spatial_coverage": json.dumps([place]), "extras_spatial_coverage": json.dumps([place])}
    made = index.shape(doc | ({"spatial": spatial, "extras_spatial": spatial} if spatial else {}), [])
    box = json.loads(made["spatial"])
    assert box["coordinates"][0][0] == pytest.approx([-1.7, 53.8])
    assert box["coordinates"][0][2] == pytest.approx([-1.50001, 53.99999])
    assert all(len(str(value)) < index.LIMIT for value in made.values())
    assert ("Leeds" in made["spatial_coverage"]) == ("text" in place)


def test_small_geometry_stays():
    place = {"geom": '{"type": "Point", "coordinates": [-1.5, 53.8]}'}
    doc = {"spatial_coverage": json.dumps([place])}
    assert index.shape(doc, []) == doc


def test_of_many_places_none_keeps_its_outline():
    outline = json.dumps({"type": "Polygon", "coordinates": [RING[:100]]})
    place = {"text": "Leeds", "geom": outline, "centroid": '{"type": "Point", "coordinates": [-1.5, 53.8]}'}
    few, many = json.dumps([place] * 3), json.dumps([place] * 30)
    assert len(outline) < index.SMALL
    assert index.shape({"spatial_coverage": few}, []) == {"spatial_coverage": few}
    made = index.shape({"spatial_coverage": many}, [])
    places = json.loads(made["spatial_coverage"])
    assert len(places) == 30 and all(set(each) == {"text", "centroid"} for each in places)
    assert json.loads(made["spatial"])["coordinates"][0][0] == pytest.approx([-1.7, 53.8])


def test_nothing_longer_than_a_term_is_sent():
    long, euros = "x" * 40_000, "€" * 11_000
    doc = {"note": long, "priced": euros, "tags": ["a", long], "extras_note": long, "notes": long, "data_dict": long}
    made = index.shape(doc, [])
    assert made == {"tags": ["a"], "extras_note": long, "notes": long, "data_dict": long}


def test_dates():
    doc = {
        "issued": "2024",
        "modified": "soon",
        "temporal_coverage": '[{"start": "2020", "end": "2021-03-31"}, {"start": "2019-06", "end": "later"}, "x"]',
    }
    made = index.shape(doc, [])
    assert made["issued_date"] == "2024-01-01T00:00:00Z"
    assert "modified_date" not in made
    assert made["modified"] == "soon"
    assert made["temporal_start_date"] == "2019-06-01T00:00:00Z"
    assert made["temporal_end_date"] == "2021-03-31T00:00:00Z"


def test_internal_fields_are_not_searched():
    assert index.shape({"sensitivity": "statutory", "extras_sensitivity": "statutory"}, []) == {}


@pytest.mark.parametrize(
    ("geometry", "box"),
    [
        ('{"type": "Point", "coordinates": [1, 2, 30]}', [1, 1, 2, 2]),
        ({"type": "Feature", "geometry": {"type": "MultiPoint", "coordinates": [[1, 2], [3, 0]]}}, [1, 3, 0, 2]),
        ({"features": [{"geometry": {"geometries": [{"coordinates": [5, 6]}]}}]}, [5, 5, 6, 6]),
        ("not json", None),
        ("{broken", None),
        (None, None),
        ({"type": "Polygon", "coordinates": []}, None),
    ],
)
def test_box(geometry, box):
    made = index.box(geometry)
    if not box:
        assert made is None
        return
    ring = json.loads(made)["coordinates"][0]
    assert [ring[0][0], ring[2][0], ring[0][1], ring[2][1]] == box
    assert ring[0] == ring[-1]
