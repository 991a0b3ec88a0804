from gettext import GNUTranslations
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

import ckanext.council_schemas
from ckanext.council_schemas.hooks import FACETS

FOLDER = Path(ckanext.council_schemas.__file__).parent
CY = FOLDER / "i18n" / "cy" / "LC_MESSAGES"


def texts(field):
    """The texts of a field that people read."""
    yield from (field[key] for key in ("label", "repeating_label", "help_text", "form_placeholder") if field.get(key))
    yield from (choice["label"] for choice in field.get("choices", []))
    if "form_section" in field:
        yield field["form_section"]["title"]
    yield from field.get("start_form_page", {}).values()
    for sub in field.get("repeating_subfields", []):
        yield from texts(sub)


@pytest.fixture(scope="module")
def welsh():
    with (CY / "ckanext-council_schemas.mo").open("rb") as file:
        return GNUTranslations(file)


@pytest.mark.parametrize("name", ["dataset", "dataset_series", "analytics_project", "organization"])
def test_every_text_of_the_forms_has_welsh(welsh, name):
    schema = yaml.safe_load((FOLDER / "schemas" / f"{name}.yaml").read_text(encoding="utf-8"))
    fields = [f for key in ("dataset_fields", "resource_fields", "fields") for f in schema.get(key, [])]
    # Fields without a form are shown by their label alone.
    read = {t for f in fields for t in (texts(f) if f.get("form_snippet", "") is not None else [f["label"]])}
    catalogue = welsh._catalog
    assert not sorted(text for text in read if text not in catalogue)
    assert all(title in catalogue for title in FACETS.values())


def test_compiled_is_what_is_written(welsh):
    with (CY / "ckanext-council_schemas.po").open("rb") as file:
        for message in read_po(file):
            if not message.id:
                continue
            one, many = (
                (message.id, message.string) if isinstance(message.id, tuple) else ([message.id], [message.string])
            )
            assert all(many), message.id
            known = welsh.ngettext(*message.id, 2) if isinstance(message.id, tuple) else welsh.gettext(message.id)
            assert known == (many[2] if len(many) > 2 else many[0])
            assert all(one[0].count("{") == text.count("{") for text in many), message.id
