"""Fields that only a portal like this one has: carried as they are, and as little trusted as any feed."""

import pytest

from ckanext.federation.harvest import carried, hops, identity, places
from ckanext.federation.harvest.cleaner import Cleaner
from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.dialects import towpath

POLICY = Policy(registered_licences=frozenset({"uk-ogl", "notspecified"}))
TEAM = {"name": "Monitoring team", "email": "team@dale.example", "url": "https://dale.example/team"}


def fields(stated, everyone=False):
    clean = Cleaner("", [], everyone)
    return carried.fields(stated, clean), clean.notes


def test_what_is_nested_stays_as_it_is():
    stated = {
        "qualified_attribution": [{"agent": [TEAM], "role": "https://dale.example/owner"}],
        "size": 3,
        "open": False,
    }
    assert fields(stated) == (stated, [])


def test_empty_ones_are_left_out():
    assert fields({"a": "", "b": [], "c": [{"d": None}], "e": {"f": ""}}) == ({}, [])


@pytest.mark.parametrize("bad", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_no_address_runs_a_script(bad):
    found, notes = fields({"homepage": bad, "qualified_relation": [{"relation": bad}]})
    assert found == {}
    assert notes[0].startswith("homepage: ") and notes[1].startswith("qualified relation: ")


def test_scripts_in_texts_go():
    found, _notes = fields({"quality_statement": "Fine <script>alert(1)</script><b>indeed</b>"})
    assert "script" not in found["quality_statement"] and "**indeed**" in found["quality_statement"]


def test_persons_are_withheld_unless_the_nodes_policy_keeps_them():
    person = {"name": "Jo Bloggs", "email": "jo.bloggs@dale.example", "url": "https://dale.example/jo"}
    found, notes = fields({"creator": [person, TEAM]})
    assert found == {"creator": [{"url": person["url"]}, TEAM]}
    assert notes == ["creator: a person's name or address was withheld"]
    assert fields({"creator": [person]}, everyone=True) == ({"creator": [person]}, [])


def test_depth_and_length_have_an_end():
    deep: object = "x"
    for _ in range(50):
        deep = [deep]
    found, notes = fields({"deep": deep, "long": list(range(1000)), "text": "x" * 100_000})
    assert (len(found["long"]), len(found["text"])) == (carried.MOST, 4_000)
    assert "deep" not in found and len(notes) == 3


def change(**dataset):
    about = {"title": "Trees", "license_id": "uk-ogl", "type": "dataset", **dataset}
    return {
        "id": "d1",
        "uri": "https://dale.example/dataset/d1",
        "change": 1,
        "dataset": about,
        "organization": {"title": "Dale"},
    }


def test_a_stated_publisher_is_not_the_organisation_that_has_it():
    converted = convert(towpath.read(change(publisher=[TEAM])), POLICY)
    assert (converted.dataset["publisher"], converted.publisher) == ([TEAM], {"name": "Dale"})
    alone = convert(towpath.read(change()), POLICY)
    assert (alone.dataset["publisher"], alone.publisher) == ([{"name": "Dale"}], {"name": "Dale"})


@pytest.mark.parametrize("files", [None, "x", [None, 3], [{"url": "https://x.example/a.csv", "access_services": "x"}]])
def test_odd_files_hurt_nothing(files):
    assert convert(towpath.read(change(resources=files)), POLICY).refused == ""


def node(**more):
    return {
        "url": "https://data.dale.example",
        "feed_url": "https://data.dale.example/feeds/changes.json",
        "dialect": "",
        **more,
    }


def test_the_page_at_the_node():
    there, origin = "https://data.dale.example/dataset/2", "https://parish.example/1"
    both = {"url": origin, "identifier": "2", "alternate_identifier": ["1", origin, there]}
    assert hops.page(node(), both) == there
    assert hops.page(node(), {**both, "url": f"{there}-page"}) == f"{there}-page"
    assert hops.page(node(), {"url": origin, "identifier": "2"}) == origin
    assert hops.page(node(dialect="towpath"), {"url": origin, "identifier": "2"}) == there
    assert hops.page(node(dialect="towpath"), {}) == ""


def test_two_ports_of_one_machine_are_two_sites():
    one, other = (identity.address(f"http://127.0.0.1:{port}/dataset/x") for port in (5000, 5001))
    assert one != other
    assert identity.address("https://e.org:443/a") == identity.address("http://e.org:80/a") == "e.org/a"
    assert identity.address("http://e.org:99999/a") == ""


def test_a_place_keeps_all_that_is_stated_of_it():
    square = '{"type":"Polygon","coordinates":[[[-1.8,53.7],[-1.3,53.7],[-1.3,53.9],[-1.8,53.7]]]}'
    point = '{"type":"Point","coordinates":[-1.5,53.8]}'
    stated = {"uri": "https://e.org/north", "text": "North", "geom": square, "bbox": square, "centroid": point}
    assert places.coverage(stated) == stated
    assert places.coverage("POINT (-1.5 53.8)") == {"geom": point}
