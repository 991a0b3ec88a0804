"""Originals of redacted files go after a time; the record of what was decided stays."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas.review import copies, jobs, retention, store
from ckanext.council_schemas.review.model import Check, Decision, Redacted, now

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("with_plugins"),
]
HEADER = "Payment Date,Organisation Name,Organisation Code,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category"
PERSON = "2026-07-03,Aireborough,E08000035,Finance,Mrs Jane Ann Smith,Paper,700,0,Stationery"


@pytest.fixture
def redacted(migrate_db_for, council, clean_queues):
    """A file whose redacted copy was used 100 days ago: the decision's id."""
    migrate_db_for("council_schemas")
    for table in (Check, Decision, Redacted):
        model.Session.execute(sa.delete(table))
    dataset = call_action("package_create", **council(transparency_set="expenditure-over-500"))
    ann = factories.User()
    call_action("member_create", id=council.org["id"], object=ann["id"], object_type="user", capacity="editor")
    context = {"user": ann["name"], "ignore_auth": False}
    file = FileStorage(io.BytesIO(f"{HEADER}\n{PERSON}\n".encode()), filename="spend.csv")
    sent = {"package_id": dataset["id"], "name": "Q2", "format": "CSV", "upload": file, "url": "spend.csv"}
    id = call_action("resource_create", dict(context), **sent)["id"]
    jobs.run(store.current(id).id)
    asked = {"kind": "redact", "cells": ["2/5"], "reason_code": "personal-data"}
    copy = call_action("file_check_copy", dict(context), id=id, **asked)["copy"]["copy_id"]
    copies.make(copy)
    call_action("file_check_copy_use", dict(context), id=id, copy_id=copy)
    jobs.run(store.current(id).id)
    model.Session.get(Decision, copy).answered = now() - timedelta(days=100)
    model.Session.commit()
    return copy


def everything(decision_id):
    """All that is kept of the file anywhere, in one text."""
    rows = [str({c.name: getattr(r, c.name) for c in t.__table__.columns})
            for t in (Check, Decision, Redacted) for r in model.Session.execute(sa.select(t)).scalars()]  # fmt: skip
    files = [place.read_text() for place in copies.original(decision_id).parent.glob(f"{decision_id}*")]
    return "\n".join(rows + files)


@pytest.mark.parametrize(("days", "gone"), [(0, 0), (101, 0), (99, 1)])
def test_the_daily_job_removes_what_is_older_than_the_setting(redacted, ckan_config, monkeypatch, days, gone):
    monkeypatch.setitem(ckan_config, "ckanext.council_schemas.original_days", days)
    assert "Jane" in everything(redacted)
    assert jobs.remove_originals() == gone
    assert ("Jane" in everything(redacted)) == (not gone)
    assert jobs.remove_originals() == 0


def test_the_record_stays(redacted):
    assert retention.remove(99) == 1
    model.Session.remove()
    kept = model.Session.get(Decision, redacted)
    assert (kept.state, kept.reason, kept.detail["redacted"]) == ("used", "REDACTED PERSONAL DATA", 1)
    assert kept.made_by and kept.answered_by and kept.detail["original_removed"]
    (cell,) = model.Session.execute(sa.select(Redacted)).scalars()
    assert (cell.line, cell.column, cell.original, cell.reason_code) == (2, "Beneficiary", "", "personal-data")
    before = store.get(kept.check_id)
    assert before.report == {} and before.personal == 1 and before.sha256
    assert call_action("file_check_show", id=kept.resource_id)["state"] == "passed"


def test_what_cannot_be_removed_is_tried_again(redacted, monkeypatch):
    with monkeypatch.context() as broken:

        def refused(self, missing_ok=False):
            raise PermissionError(self)

        broken.setattr(Path, "unlink", refused)
        assert retention.remove(99) == 0
    assert "Jane" in everything(redacted) and retention.due(99) == [redacted]
    assert retention.remove(99) == 1


def test_a_copy_that_still_waits_to_be_used_is_no_original(redacted):
    model.Session.get(Decision, redacted).state = copies.MADE
    model.Session.commit()
    assert retention.due(99) == []


def test_the_command(cli, redacted):
    from ckanext.council_schemas.cli import council_schemas

    refused = cli.invoke(council_schemas, ["remove-originals"])
    assert refused.exit_code == 1 and "original_days" in refused.output
    assert "1 originals" in cli.invoke(council_schemas, ["remove-originals", "--days", "99", "--list"]).output
    assert "1 originals removed" in cli.invoke(council_schemas, ["remove-originals", "--days", "99"]).output
    assert "0 originals" in cli.invoke(council_schemas, ["remove-originals", "--days", "99", "--list"]).output
