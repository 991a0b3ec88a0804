import pytest

PLUGINS = "council_schemas scheming_datasets scheming_organizations dcat"


@pytest.fixture
def licences():
    """CKAN keeps its licence list on a class: read it again with the plugin's setting, and forget it afterwards."""
    from ckan import model

    def forget():
        if hasattr(model.Package, "_license_register"):
            del model.Package._license_register

    forget()
    yield
    forget()


@pytest.fixture
def council(with_plugins, clean_db, clean_index, licences):
    """An organisation, and a function that makes a dataset's dict with what has to be there."""
    from ckan.tests import factories

    org = factories.Organization(title="Aireborough Council", gss_code="E08000035", sector="public")

    def dataset(**more):
        number = dataset.count = dataset.count + 1
        return {
            "name": f"air-quality-{number}",
            "title": "Air quality",
            "notes": "Nitrogen dioxide by hour.",
            "owner_org": org["id"],
            "license_id": "uk-ogl",
            **more,
        }

    dataset.count = 0
    dataset.org = org
    return dataset
