"""Organisations of harvested datasets, made by several lanes at once."""

import threading
import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import call_action

from ckanext.federation.harvest import organisations

pytestmark = pytest.mark.ckan_config(
    "ckan.plugins", "federation council_schemas scheming_datasets scheming_organizations dcat"
)


def test_one_that_another_lane_is_making_is_not_made_twice(node, make):
    """The other lane, a connection of its own, has made it and has not committed yet."""
    council = {"id": str(uuid.uuid4()), "name": "wharfedale-council", "title": "Wharfedale Council"}
    kind = {"type": "organization", "is_organization": True, "state": "active", "approval_status": "approved"}
    with model.meta.engine.connect() as other:
        other.execute(sa.select(sa.func.pg_advisory_xact_lock(organisations.MAKING, 0)))
        other.execute(sa.insert(model.Group.__table__).values(**council, **kind))
        timer = threading.Timer(2, other.commit)
        timer.start()
        run = node.run([make(1)])
        timer.join()
    assert run["results"] == {"created": 1}
    assert call_action("package_show", id="dataset-1")["organization"]["id"] == council["id"]
