"""Changes to datasets become events without anybody asking."""

from __future__ import annotations

import pytest
from ckan.tests import factories, helpers

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]


def journey(dataset):
    return helpers.call_action("journey_show", id=dataset["id"])


def types(dataset):
    return [step["type"] for step in journey(dataset)["steps"]]


def test_a_public_dataset_is_published():
    dataset = factories.Dataset()
    assert types(dataset) == ["publish"]
    assert journey(dataset)["stage"] == "published"
