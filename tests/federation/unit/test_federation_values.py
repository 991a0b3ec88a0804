"""Single values: text, dates, places, people, words, licences."""

import json

import pytest

from ckanext.federation.harvest import dates, licences, people, places, text, vocab
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.dialects import dcat

LICENCES = frozenset(
    ["notspecified", "uk-ogl", "uk-ogl-2", "cc-by", "cc-by-sa", "cc-zero", "cc-nc", "odc-odbl", "other-pd"]
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2014-10-03", "2014-10-03"),
        ("2014", "2014"),
        (1622107119000, "2021-05-27T09:18:39Z"),
        ("1622107119000", "2021-05-27T09:18:39Z"),
        (1622107119, "2021-05-27T09:18:39Z"),
        ("2021-05-27T09:18:39.000Z", "2021-05-27T09:18:39Z"),
        ("2021-05-27T09:18:39+01:00", "2021-05-27T08:18:39Z"),
        ("2019-09-30 22:00:00", "2019-09-30T22:00:00Z"),
        ("mar, 10/12/2019 - 09:23", "2019-12-10T09:23:00Z"),
        ("Date changed  jeu, 19/12/2019 - 03:00", "2019-12-19T03:00:00Z"),
        ("12/31/2019", "2019-12-31"),
        ("14 March 2020", "2020-03-14"),
        ("March 2020", "2020-03"),
        ("20200314", "2020-03-14"),
        ("14 March 2020 3pm", "2020-03-14T15:00:00Z"),
        ("2019-13-45", ""),
        ("soon", ""),
        ("", ""),
        (None, ""),
        (True, ""),
        ("9" * 14, ""),
    ],
)
def test_dates(value, expected):
    assert dates.iso(value) == expected


def test_html_becomes_markdown_and_scripts_go():
    html = "<dp-prose><p>One&nbsp;<b>two</b></p><script>alert(1)</script><ul><li>a</li><li>b</li></ul></dp-prose>"
    assert text.markdown(html) == "One **two**\n\n- a\n- b"


def test_links_keep_their_address_and_bad_schemes_lose_it():
    assert text.markdown('<p><a href="https://example.org/a b">x</a></p>') == "[x](https://example.org/a%20b)"
    assert "javascript" not in text.markdown("<p><a href='javascript:alert(1)'>x</a></p>")


@pytest.mark.parametrize(
    "attack", ["&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"]
)
def test_no_way_of_escaping_brings_a_script_back(attack):
    assert "<script" not in text.markdown(attack)
    assert "<script" not in text.plain(attack)


def test_plain_text_is_left_alone():
    assert text.markdown("Spend < £500 & more\n\n* a list") == "Spend < £500 & more\n\n* a list"


def test_titles_are_one_line_without_tags():
    assert text.plain("<b>Housing</b> &amp;\n land") == "Housing & land"
    assert text.clean(707) == "707"
    assert text.clean({"@value": "x", "@language": "en"}) == "x"


def test_characters_that_databases_refuse_go():
    assert text.clean("a\x00b\ud800c\x0bd") == "abcd"


def test_templates_are_seen():
    assert text.without_templates("{{description}}") == ("", True)
    assert text.without_templates("By {{name}}, 2020") == ("By , 2020", True)
    assert text.without_templates("plain") == ("plain", False)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "uk-ogl"),
        ("http://www.nationalarchives.gov.uk/doc/open-government-licence/version/2/", "uk-ogl-2"),
        ("UK Open Government Licence (OGL v3)", "uk-ogl"),
        ("uk-ogl", "uk-ogl"),
        ("CC BY 4.0", "cc-by"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "cc-by-sa"),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "cc-nc"),
        ("<p>Licensed under the <a href='https://creativecommons.org/licenses/by/4.0/'>CC BY</a></p>", "cc-by"),
        ("This data is released under the Open Government Licence.", "uk-ogl"),
        # Not certain, so not mapped:
        ("https://creativecommons.org/licenses/by-nd/4.0/", ""),
        ("This data is not released under the Open Government Licence.", ""),
        ("All rights reserved", ""),
        ("Licence Ouverte Version 2.0", ""),
        ("<span>No warranty is given.</span>", ""),
        ("https://creativecommons.org/licenses/by/4.0/ or https://opendatacommons.org/licenses/odbl/1-0/", ""),
    ],
)
def test_licences_are_mapped_and_never_assumed(statement, expected):
    found, unmapped = licences.find([statement], LICENCES)
    assert found == (expected or "notspecified")
    assert bool(unmapped) is not bool(expected)


def test_no_licence_is_no_licence():
    assert licences.find([], LICENCES) == ("notspecified", "")


def test_a_nodes_own_map_wins():
    assert licences.find(["Our terms"], LICENCES, {"our terms": "uk-ogl"}) == ("uk-ogl", "")


def test_two_licences_are_none():
    found, unmapped = licences.find(["cc-by", "uk-ogl"], LICENCES)
    assert found == "notspecified"
    assert "cc-by" in unmapped


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mailto:gis@example.gov.uk", ("gis@example.gov.uk", False)),
        ("mailto: opendata@example.gov.uk", ("opendata@example.gov.uk", False)),
        ("mailto:", ("", False)),
        ("mailto:managed services gis support", ("", False)),
        ("jo.bloggs@example.gov.uk", ("", True)),
        ("J_Bloggs@example.gov.uk", ("", True)),
    ],
)
def test_addresses_of_persons_are_withheld(value, expected):
    assert people.email(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Open Data Team", "Open Data Team"),
        ("Jo Bloggs", ""),
        ("Jo Bloggs, jo.bloggs@example.gov.uk", ""),
        ("cec_tonybloggs", ""),
        ("hcgisadmin", ""),
        ("<Nobody>", ""),
        ("Leeds City Council", "Leeds City Council"),
    ],
)
def test_names_of_persons_are_withheld(value, expected):
    assert people.name(value)[0] == expected


def test_boxes_extents_and_geometries():
    box = places.coverage("-120.1589,33.3985,-114.0215,38.2021")
    assert json.loads(box["bbox"])["coordinates"][0][0] == [-120.1589, 33.3985]
    assert "bbox" in places.coverage({"type": "envelope", "coordinates": [[-6.8, 55.2], [-4.6, 56.7]]})
    assert "bbox" in places.coverage({"xmin": -1, "ymin": 50, "xmax": 1, "ymax": 51})
    assert places.coverage({"type": "Point", "coordinates": [1, 2]}) == {"geom": '{"type":"Point","coordinates":[1,2]}'}
    assert places.coverage("Ward") == {"text": "Ward"}
    assert places.coverage("https://example.org/E08000035") == {"uri": "https://example.org/E08000035"}
    assert "bbox" in places.coverage("SRID=4326;POLYGON((-1 53,-2 53,-2 54,-1 53))")


@pytest.mark.parametrize("value", ["", None, "{broken", {}, [], {"xmin": 400000, "ymin": 1, "xmax": 2, "ymax": 3}])
def test_places_that_say_nothing(value):
    assert places.coverage(value) == {}


def test_a_huge_geometry_becomes_its_box():
    ring = [[-2 + i / 100_000, 53.5] for i in range(50_000)]
    found = places.coverage({"type": "Polygon", "coordinates": [ring]})
    assert set(found) == {"bbox"}
    assert len(found["bbox"]) < 200


def test_words_of_the_eu():
    assert vocab.theme("Transport").endswith("/TRAN")
    assert vocab.theme("Environment, Property & Land") == ""
    assert vocab.frequency("R/P1Y").endswith("/ANNUAL")
    assert vocab.frequency("UPDATE_CONT").endswith("/UPDATE_CONT")
    assert vocab.frequency("To be determined") == ""
    assert vocab.language("lang:ENG").endswith("/ENG")
    assert vocab.language("en-GB").endswith("/ENG")
    assert vocab.language("tlh") == ""


@pytest.mark.parametrize(
    ("stated", "media", "address", "expected"),
    [
        ("ftype:GEOJSON", "", "", "GeoJSON"),
        ("", "text/csv", "", "CSV"),
        ("http://publications.europa.eu/resource/authority/file-type/CSV", "", "", "CSV"),
        ("Web Page", "text/html", "", "HTML"),
        ("", "", "https://e.org/a.xlsx?x=1", "XLSX"),
        ("", "application/octet-stream", "https://e.org/a", ""),
    ],
)
def test_formats(stated, media, address, expected):
    assert vocab.format_of(stated, media, address) == expected


def test_places_that_no_index_takes():
    for nowhere in (
        True,
        5,
        "",
        "  ",
        "<p></p>",
        "NaN,NaN,NaN,NaN",
        {"type": "Point", "coordinates": [400000, 460000]},
    ):
        assert places.coverage(nowhere) == {}
    assert "bbox" in places.coverage({"type": "Polygon", "coordinates": [[[-2, 53], [-1, 54]]]})
    collection = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [-1, 53]}]}
    assert "bbox" in places.coverage(collection)
    assert places.boxed(["Leeds", "York"]) == ["Leeds", "York"]
    assert places.boxed(["2019", "2020"]) == ["2019", "2020"]


def test_what_is_an_address_and_what_is_only_words():
    record = dcat.read(
        {
            "identifier": "1",
            "title": "T" * 5_000,
            "conformsTo": ["ISO 19115", "x", "<script>alert(1)</script>", "/specs/a b.pdf", "specs/c.pdf"],
            "distribution": [
                {"downloadURL": "java\tscript:alert(1).csv", "checksum": {"checksumValue": "abc"}, "title": "a"},
                {"downloadURL": "files/b.csv", "checksum": {"checksumValue": "sha1:00FF"}, "title": "b"},
            ],
        }
    )
    converted = convert(record, Policy("https://e.org/d/"))
    dataset = converted.dataset
    assert len(dataset["title"]) == 500
    assert "title: cut to 500 characters" in converted.notes
    assert dataset["conforms_to"] == ["https://e.org/specs/a%20b.pdf", "https://e.org/d/specs/c.pdf"]
    assert [(one["url"], one.get("hash")) for one in dataset["resources"]] == [("https://e.org/d/files/b.csv", "00FF")]
    assert any("no web address" in note for note in converted.notes)


def test_latitude_before_longitude_is_turned_round_where_it_is_certain():
    found = places.coverage("[[-14.6, -179.2], [71.4, 179.8]]")
    assert json.loads(found["bbox"])["coordinates"][0][0] == [-179.2, -14.6]
    assert "bbox" in places.coverage({"type": "Polygon", "coordinates": [[[10, 120], [20, 120], [20, 130], [10, 120]]]})
    assert places.coverage("[[400000, 460000], [410000, 470000]]") == {}
