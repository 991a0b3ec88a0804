"""What the dataset page shows of a journey: kept while nothing changes, and never out of date."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories, helpers

from ckanext.journey import access, read, summary

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]


@pytest.fixture
def dataset():
    return factories.Dataset(owner_org=factories.Organization()["id"])


def shown(dataset, allowed=access.PUBLIC):
    return summary.of(model.Session.connection(), dataset["id"], allowed)


def step(dataset, **more):
    return helpers.call_action("journey_step_create", dataset=dataset["id"], type="clean", **more)


def test_it_is_made_once_and_again_when_something_changed(dataset, monkeypatch):
    made, real = [], read.journey
    monkeypatch.setattr(read, "journey", lambda *a, **k: made.append(1) or real(*a, **k))
    first = shown(dataset)
    assert shown(dataset) == first and len(made) == 1
    step(dataset, rationale="one")
    made.clear()
    assert shown(dataset)["total"] == first["total"] + 1 and len(made) == 1


def test_a_row_that_is_changed_in_place_is_seen(dataset):
    step(dataset, system="Northgate")
    assert "Northgate" in str(shown(dataset)["path"])
    model.Session.execute(sa.text("UPDATE journey_system SET name = 'Civica'"))
    model.Session.commit()
    assert "Civica" in str(shown(dataset)["path"])


def test_what_is_not_public_is_kept_apart(dataset):
    step(dataset, rationale="secret", visibility="restricted")
    assert "secret" in str(shown(dataset, access.EVERYTHING))
    assert "secret" not in str(shown(dataset))


def test_no_more_is_kept_than_said(dataset, monkeypatch):
    monkeypatch.setattr(summary, "KEPT", 2)
    for allowed in (access.PUBLIC, access.MEMBER, access.EVERYTHING):
        shown(dataset, allowed)
    assert len(summary._kept) == 2
