from importlib.resources import files

import pytest
import yaml

from ckanext.council_schemas import cli, generate, vocabularies

FULL = {
    "dataset_fields": [
        {"field_name": "title", "label": "Title", "help_text": "Say what."},
        {"field_name": "tags", "label": "Tags", "preset": "multiple_text"},
        {"field_name": "new_in_dcat", "label": "New"},
    ],
    "resource_fields": [{"field_name": "url", "label": "URL"}],
}


def council(*fields, **more):
    sections = [{"title": "One", "fields": list(fields)}]
    return {
        "dataset": {"dataset_type": "dataset"},
        "pages": [{"title": "P", "description": "D", "sections": sections}],
        **more,
    }


@pytest.mark.parametrize("path", list(cli.made()), ids=lambda path: path.name)
def test_committed_files_are_what_the_installed_ckanext_dcat_makes(path):
    assert path.read_text(encoding="utf-8") == cli.made()[path], "run: ckan council-schemas generate"


def test_nothing_of_dcat_is_lost():
    full = yaml.safe_load(files("ckanext.dcat.schemas").joinpath("dcat_ap_full.yaml").read_text())
    made = yaml.safe_load((cli.FOLDER / "schemas" / "dataset.yaml").read_text())
    for part in ("dataset_fields", "resource_fields"):
        names = [f["field_name"] for f in made[part]]
        assert {f["field_name"] for f in full[part]} <= set(names)
        assert len(names) == len(set(names))
    theirs = {f["field_name"]: f for f in full["dataset_fields"]}
    for field in made["dataset_fields"]:
        mine = [s["field_name"] for s in field.get("repeating_subfields", [])]
        assert mine == [s["field_name"] for s in theirs.get(field["field_name"], {}).get("repeating_subfields", [])]


def test_few_fields_are_mandatory():
    made = yaml.safe_load((cli.FOLDER / "schemas" / "dataset.yaml").read_text())
    required = {f["field_name"] for f in made["dataset_fields"] if f.get("required")}
    assert required == {"title", "notes", "owner_org", "license_id"}
    first = [f for f in made["dataset_fields"] if "start_form_page" in f][1]
    page = made["dataset_fields"][: made["dataset_fields"].index(first)]
    assert required <= {f["field_name"] for f in page}, "a draft is saved with the first page"


def test_fields_are_merged_and_new_ones_kept():
    made = generate.dataset_schema(
        FULL, council({"title": {"label": "Name", "help_text": "remove"}}, {"mine": {"label": "Mine"}})
    )
    fields = {f["field_name"]: f for f in made["dataset_fields"]}
    assert list(fields) == ["title", "mine", "tags", "new_in_dcat"]
    assert fields["title"]["label"] == "Name"
    assert "help_text" not in fields["title"]
    assert fields["title"]["start_form_page"] == {"title": "P", "description": "D"}
    assert fields["tags"]["form_snippet"].endswith("multiple_text.html")
    assert FULL["dataset_fields"][0]["help_text"] == "Say what.", "the input is left alone"


@pytest.mark.parametrize(
    ("fields", "message"), [(["title", "title"], "named twice"), (["titel"], "titel: ckanext-dcat has no such field")]
)
def test_slips_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        generate.dataset_schema(FULL, council(*fields))


def test_every_vocabulary_of_a_field_exists():
    made = yaml.safe_load((cli.FOLDER / "schemas" / "dataset.yaml").read_text())
    org = yaml.safe_load((cli.FOLDER / "schemas" / "organization.yaml").read_text())
    assert org["organization_type"] == "organization"
    for field in [*made["dataset_fields"], *made["resource_fields"], *org["fields"]]:
        if "vocabulary" in field:
            assert field["vocabulary"] in vocabularies.list_names()
            assert vocabularies.FIELD_VOCABULARY[field["field_name"]] == field["vocabulary"]
