"""An analytics project that names datasets is a re-use of them."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.tests import factories, helpers

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]


def steps(dataset):
    model.Session.remove()
    return [one for one in helpers.call_action("journey_show", id=dataset["id"])["steps"] if one["type"] == "reuse"]


def test_a_project_is_a_re_use_of_its_datasets(app, journey_db):
    org = factories.Organization(gss_code="E08000035", sector="public")
    more = {"owner_org": org["id"], "license_id": "uk-ogl", "notes": "Nitrogen dioxide."}
    dataset = helpers.call_action("package_create", name="air", title="Air", **more)
    sent = {
        "type": "analytics-project",
        "name": "cleaner-routes",
        "title": "Cleaner routes",
        "datasets": [dataset["id"]],
    }
    project = helpers.call_action("package_create", **sent, **{**more, "private": True})
    assert not steps(dataset)
    helpers.call_action("package_patch", id=project["id"], private=False)
    helpers.call_action("package_patch", id=project["id"], notes="Nitrogen dioxide on the way to school.")
    [step] = steps(dataset)
    assert step["rationale"] == "Cleaner routes" and step["evidence"][0]["url"].endswith("/cleaner-routes")
