import csv
import json
import pathlib
from importlib import resources

import pytest

from ckanext.council_schemas import vocabularies

SHARED = pathlib.Path(__file__).parents[3].parent / "shared" / "schemas"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the recorded code lists are not beside the project")
EU = "http://publications.europa.eu/resource/authority/"


@pytest.mark.parametrize("name", vocabularies.list_names())
def test_every_list_says_where_it_is_from(name):
    found = vocabularies.get(name)
    assert all(found.about.get(key) for key in ("title", "source", "date", "licence"))
    assert found.terms
    assert all(term.code and term.label for term in found)
    assert all(found.match(term.code) == term.code for term in found)


def test_sizes():
    assert len(vocabularies.get("transparency_set").terms) == 16
    assert len(vocabularies.get("lgsl").terms) == 117
    assert len(vocabularies.get("theme").terms) == 13
    gss = vocabularies.get("gss")
    assert sum(not t.retired for t in gss) == 397
    assert all(vocabularies.GSS_PATTERN.fullmatch(code) for code in gss.terms)


def test_retired_codes_lead_to_codes_of_the_list():
    gss = vocabularies.get("gss")
    for term in gss:
        for code in term.extra["replaced_by"].split():
            assert term.retired
            assert code in gss
    assert gss.get("E07000026").extra["replaced_by"] == "E06000063"
    assert gss.get("E07000026").extra["end"] == "2023-03-31"


def test_other_lists_are_referred_to_by_codes_that_exist():
    frequency = vocabularies.get("frequency")
    assert all(term.extra["frequency"] in frequency for term in vocabularies.get("transparency_set"))


@needs_shared
def test_the_lists_hold_the_recorded_codes():
    sets = json.loads((SHARED / "lgtc2015_catalogue.json").read_text())["sets"]
    assert [s["id"] for s in sets] == list(vocabularies.get("transparency_set").terms)
    with (SHARED / "esd-lists" / "alphagov_publisher_local_services_LGSL.csv").open() as file:
        assert [row["LGSL"] for row in csv.DictReader(file)] == list(vocabularies.get("lgsl").terms)
    with (SHARED / "la-codes" / "lookup_gss_to_registry.csv").open() as file:
        codes = {row["gss-code"] for row in csv.DictReader(file)} - {""}
    assert codes <= set(vocabularies.get("gss").terms)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("frequency", "quarterly", EU + "frequency/QUARTERLY"),
        ("frequency", "QUARTERLY", EU + "frequency/QUARTERLY"),
        ("frequency", "bob chwarter", EU + "frequency/QUARTERLY"),
        ("frequency", "fortnightly", EU + "frequency/BIWEEKLY"),
        ("frequency", "every blue moon", None),
        ("gss", "Sir Benfro", "W06000009"),
        ("gss", "fife", "S12000047"),
        ("licence", "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "uk-ogl"),
        ("licence", "HTTPS://creativecommons.org/licenses/by/4.0", "cc-by"),
        ("licence", "", None),
    ],
)
def test_match(name, text, code):
    assert vocabularies.get(name).match(text) == code


def test_labels():
    themes = vocabularies.get("theme")
    assert themes.label(EU + "data-theme/TRAN") == "Transport"
    assert themes.label(EU + "data-theme/TRAN", "cy") == "Trafnidiaeth"
    assert themes.label("urn:unknown") == "urn:unknown"


def test_unknown_list():
    with pytest.raises(KeyError):
        vocabularies.get("../../../etc/passwd")


def test_lists_are_in_the_package():
    assert resources.files("ckanext.council_schemas").joinpath("vocabularies/gss.csv").is_file()
