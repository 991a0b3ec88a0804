import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.council_schemas import vocabularies

EU = "http://publications.europa.eu/resource/authority/"
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("with_plugins"),
]


def test_every_field_of_the_council_comes_back(council):
    fields = {
        "legacy_source": "Idox Uniform",
        "transparency_set": "parking-spaces",
        "lgsl_service": "4",
        "gss_area": "E08000035",
        "sensitivity": "none",
        "frequency": EU + "frequency/QUARTERLY",
        "theme": [EU + "data-theme/TRAN", EU + "data-theme/ENVI"],
        "language": [EU + "language/ENG", EU + "language/CYM"],
        "access_rights": EU + "access-right/PUBLIC",
        "issued": "2024-01-31",
        "modified": "2025",
        "contact": [{"name": "Open data team", "email": "data@example.gov.uk"}],
        "temporal_coverage": [{"start": "2024-01-01", "end": "2024-03-31"}],
    }
    made = call_action("package_create", **council(**fields))
    shown = call_action("package_show", id=made["id"])
    for name, value in fields.items():
        assert shown[name] == value, name


@pytest.mark.ckan_config("ckan.auth.create_unowned_dataset", False)
def test_what_is_mandatory(council):
    for missing in ("title", "notes", "license_id", "owner_org"):
        refused(council, missing)


def refused(council, missing):
    for value in (None, "", "   "):
        if missing == "owner_org" and value == "   ":
            continue
        with pytest.raises(tk.ValidationError) as error:
            call_action("package_create", **council(**{missing: value}))
        assert error.value.error_dict[missing]
    without = council()
    del without[missing]
    with pytest.raises(tk.ValidationError) as error:
        call_action("package_create", **without)
    assert error.value.error_dict[missing] == ["Missing value"] or missing == "owner_org"


def test_nothing_else_is_mandatory(council):
    assert call_action("package_create", **council())["state"] == "active"


UNKNOWN = [
    ("gss_area", "LS1 1UR", ["Council area", '"LS1 1UR"', "is not a GSS code"]),
    ("gss_area", "E06999999", ["Council area", '"E06999999"', "no council"]),
    ("gss_area", "E0800003", ["Council area", '"E0800003"', "is not a GSS code"]),
    ("transparency_set", "parking-space", ["Transparency Code set", '"parking-space"', '"parking-spaces"']),
    ("lgsl_service", "99999", ["Council service", '"99999"', "not in the list"]),
    ("sensitivity", "<script>", ["Sensitivity", '"<script>"']),
    ("theme", ["Weather"], ["Themes", '"Weather"']),
    ("frequency", "whenever", ["Update frequency", '"whenever"']),
    ("issued", "mar, 10/12 - 09:23", ["mar, 10/12 - 09:23", "not a date"]),
    ("contact", [{"email": "gis esri support"}], ["gis esri support", "not an email"]),
]


def test_an_unknown_value_is_refused_by_name_and_dropped_in_a_harvest(council):
    for field, value, words in UNKNOWN:
        with pytest.raises(tk.ValidationError) as error:
            call_action("package_create", **council(**{field: value}))
        message = str(error.value.error_dict[field])
        assert all(word in message for word in words), message
        made = call_action("package_create", {"harvested": True}, **council(**{field: value}))
        assert not made.get(field)
        assert made["title"] == "Air quality"


def test_a_harvested_record_without_a_licence_says_so(council):
    for value in ("", None):
        made = call_action("package_create", {"harvested": True}, **council(license_id=value))
        assert made["license_id"] == "notspecified"
    assert factories.Dataset(owner_org=council.org["id"])["license_id"] == "notspecified"


KNOWN = [
    ("frequency", "R/P3M", EU + "frequency/QUARTERLY"),
    ("frequency", "freq:annual", EU + "frequency/ANNUAL"),
    ("frequency", "http://purl.org/cld/freq/monthly", EU + "frequency/MONTHLY"),
    ("frequency", "https://publications.europa.eu/resource/authority/frequency/DAILY", EU + "frequency/DAILY"),
    ("frequency", "https://example.org/now-and-then", "https://example.org/now-and-then"),
    ("theme", "Transport", [EU + "data-theme/TRAN"]),
    ("theme", ["transport", "", EU + "data-theme/TRAN"], [EU + "data-theme/TRAN"]),
    ("theme", '["TRAN", "https://example.org/theme/1"]', [EU + "data-theme/TRAN", "https://example.org/theme/1"]),
    ("language", ["en", "cy"], [EU + "language/ENG", EU + "language/CYM"]),
    ("access_rights", "OPEN", EU + "access-right/PUBLIC"),
    ("access_rights", "Ask at the library", "Ask at the library"),
    ("gss_area", " e08000035 ", "E08000035"),
    ("gss_area", "Leeds", "E08000035"),
    ("lgsl_service", 4, "4"),
    ("license_id", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3", "uk-ogl"),
    ("license_id", "Crown use only", "Crown use only"),
    ("issued", "31/12/2024", "2024-12-31"),
    ("issued", "2024-06", "2024-06"),
    ("title", 2024, "2024"),
]


def test_known_names_become_codes(council):
    for field, given, stored in KNOWN:
        made = call_action("package_create", **council(**{field: given}))
        assert call_action("package_show", id=made["id"])[field] == stored, (field, given)


def test_a_retired_code_is_kept(council):
    made = call_action("package_create", **council(gss_area="E07000026"))
    assert call_action("package_show", id=made["id"])["gss_area"] == "E07000026"


def test_a_value_can_be_emptied(council):
    made = call_action("package_create", **council(theme=["TRAN"], gss_area="E08000035", contact=[{"name": "Team"}]))
    patched = call_action("package_patch", id=made["id"], theme="", gss_area="", contact=[])
    assert not patched.get("theme")
    assert not patched.get("gss_area")
    assert not patched.get("contact")


def test_empty_groups_are_left_out_and_others_keep_their_order(council):
    contacts = [{"name": ""}, {"name": "First"}, {}, {"name": "", "email": None}, {"name": "Second"}]
    made = call_action("package_create", **council(contact=contacts))
    assert [c["name"] for c in call_action("package_show", id=made["id"])["contact"]] == ["First", "Second"]


@pytest.mark.usefixtures("clean_db", "clean_index", "licences")
def test_organisation():
    org = factories.Organization(gss_code="Leeds", sector="public", email="mailto:data@example.gov.uk")
    shown = call_action("organization_show", id=org["id"])
    assert (shown["gss_code"], shown["sector"], shown["email"]) == ("E08000035", "public", "data@example.gov.uk")
    with pytest.raises(tk.ValidationError) as error:
        factories.Organization(sector="fourth")
    assert '"fourth"' in str(error.value.error_dict["sector"])
    assert factories.Organization()["state"] == "active"


def test_sensitivity_is_for_editors(council):
    made = call_action("package_create", **council(sensitivity="statutory"))
    editor = factories.User()
    call_action("member_create", id=council.org["id"], object=editor["id"], object_type="user", capacity="editor")
    show = tk.get_action("package_show")
    assert "sensitivity" not in show({"user": ""}, {"id": made["id"]})
    assert "sensitivity" not in show({"user": factories.User()["name"]}, {"id": made["id"]})
    assert show({"user": editor["name"]}, {"id": made["id"]})["sensitivity"] == "statutory"
    assert "sensitivity" not in tk.get_action("package_search")({"user": ""}, {})["results"][0]
    call_action("package_patch", {"user": editor["name"], "ignore_auth": False}, id=made["id"], title="New title")
    assert call_action("package_show", id=made["id"])["sensitivity"] == "statutory"


@pytest.mark.usefixtures("licences")
def test_ckan_lists_the_licences():
    listed = {licence["id"]: licence for licence in call_action("license_list")}
    assert set(listed) == set(vocabularies.get("licence").terms)
    assert listed["uk-ogl"]["title"] == "Open Government Licence v3.0"


def test_code_lists_over_the_api(app):
    listed = app.get("/api/action/council_vocabulary_list").json["result"]
    assert {v["name"] for v in listed} == set(vocabularies.list_names())
    assert all(v["source"] and v["date"] for v in listed)
    shown = app.get("/api/action/council_vocabulary_show?id=transparency_set").json["result"]
    assert len(shown["terms"]) == 16
    assert app.get("/api/action/council_vocabulary_show?id=../gss", status=404)
    assert app.get("/api/action/council_vocabulary_show", status=409)
