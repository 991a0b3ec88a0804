"""Files that their check holds back: what a journey tells of them is for those who may edit the dataset, until release."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas.review import copies, jobs, store
from ckanext.journey import events as ev
from ckanext.journey import held, ledger, read, rows
from ckanext.journey import model as tables
from ckanext.journey.exports import registry

pytestmark = [
    pytest.mark.ckan_config(
        "ckan.plugins", "journey feeds council_schemas scheming_datasets scheming_organizations dcat"
    ),
    pytest.mark.usefixtures("clean_index", "with_plugins", "with_request_context", "checks_db", "journey_db"),
]
HEADER = "Payment Date,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category\n"
GOOD = "2026-07-03,Finance,Acme Ltd,Paper,700,0,Stationery\n"
BAD = GOOD.replace("700", "lots")
REASON = "The ledger says lots, and means it"


@pytest.fixture
def checks_db(with_plugins, non_clean_db, migrate_db_for):
    migrate_db_for("council_schemas")
    migrate_db_for("feeds")
    model.Session.execute(store.table.delete())
    model.Session.commit()


class Council:
    def __init__(self):
        self.editor, self.second, self.member, self.stranger = (factories.User()["name"] for _ in range(4))
        roles = {self.editor: "editor", self.second: "editor", self.member: "member"}
        users = [{"name": name, "capacity": role} for name, role in roles.items()]
        self.org = factories.Organization(users=users)
        values = {"title": "Spend", "notes": "x", "license_id": "uk-ogl", "transparency_set": "expenditure-over-500"}
        name = factories.Dataset.stub().name
        self.dataset = act(self.editor, "package_create", name=name, owner_org=self.org["id"], **values)

    def upload(self, name, *lines, check=True, **more):
        body = (HEADER + "".join(lines)).encode()
        file = FileStorage(io.BytesIO(body), filename=name)
        action = "resource_update" if more.get("id") else "resource_create"
        given = {"package_id": self.dataset["id"], "name": "Q2", "format": "CSV", "upload": file, "url": name, **more}
        made = act(self.editor, action, **given)
        if check:
            jobs.run(store.current(made["id"]).id)
        return made["id"], hashlib.sha256(body).hexdigest()


def act(name, action, /, **values):
    return tk.get_action(action)({"user": name, "auth_user_obj": model.User.get(name)}, values)


@pytest.fixture
def council():
    return Council()


def everything(council, name="", app=None):
    """All that a reader gets of the dataset's journey, in one text."""
    id = council.dataset["id"]
    found = [act(name, "journey_show", id=id), act(name, "journey_show", id=id, public=True)]
    found += [act(name, "journey_graph", id=id, hops=3), act(name, "journey_board", organization=council.org["id"])]
    for form in registry.FORMATS:
        if form.name != "png":
            found.append(act(name, "journey_export", id=id, format=form.name))
    return str(found)


def of_search(council):
    return str(helpers.call_action("package_search", q=f"id:{council.dataset['id']}")["results"])


def test_nothing_is_told_of_a_held_file_but_to_those_who_may_edit(council, app):
    _resource, digest = council.upload("secret-name.csv", BAD)
    for name in ("", council.stranger, council.member):
        told = everything(council, name)
        assert "secret-name" not in told and digest not in told and "problems 1" not in told
    assert act("", "journey_show", id=council.dataset["id"])["withheld"] >= 2
    shown = str(act(council.editor, "journey_show", id=council.dataset["id"]))
    assert "secret-name.csv" in shown and digest in shown and "problems 1" in shown
    assert "secret-name.csv" in str(act(council.editor, "journey_graph", id=council.dataset["id"]))
    # Whoever exports, gets what everybody gets.
    exported = [act(council.editor, "journey_export", id=council.dataset["id"], format=f) for f in ("prov-json", "csv")]
    assert "secret-name" not in str(exported)
    feed = app.get(f"/dataset/{council.dataset['name']}.ttl").body
    pages = [app.get(f"/dataset/{kind}{council.dataset['name']}").body for kind in ("", "journey/")]
    pages += [app.get(f"/dataset/journey/{council.dataset['name']}{rest}").body for rest in ("?view=table", "/graph")]
    for text in (feed, of_search(council), *pages):
        assert "secret-name" not in text and digest not in text


def test_it_waits_for_its_check_unseen(council):
    """Also before the check ran, so from the upload's own transaction on."""
    _resource, digest = council.upload("early.csv", GOOD, check=False)
    told = everything(council)
    assert "early" not in told and digest not in told


def test_what_was_held_is_public_once_it_is_released(council, app):
    resource, digest = council.upload("spend.csv", BAD)
    before = act("", "journey_show", id=council.dataset["id"])
    act(council.editor, "file_check_waive", id=resource, reason=REASON)
    for name in ("", council.editor):
        told = everything(council, name)
        assert "spend.csv" in told and digest in told and "problems 1" in told
    after = act("", "journey_show", id=council.dataset["id"])
    assert after["score"]["total"] > before["score"]["total"] and after["withheld"] < before["withheld"]
    assert digest in app.get(f"/dataset/journey/{council.dataset['name']}.prov.json").body
    score = f"+id:{council.dataset['id']} +journey_score:{after['score']['total']:03}"
    assert helpers.call_action("package_search", fq=score)["count"] == 1
    again = [act(name, "journey_show", id=council.dataset["id"]) for name in ("", council.editor)]
    helpers.call_action("journey_rebuild")
    assert [act(name, "journey_show", id=council.dataset["id"]) for name in ("", council.editor)] == again


def test_a_held_file_that_is_replaced_stays_private(council):
    resource, first = council.upload("public.csv", GOOD)
    _, hidden = council.upload("hidden.csv", BAD, id=resource)
    assert "public.csv" in everything(council) and first in everything(council)
    _, last = council.upload("mended.csv", GOOD, GOOD.replace("Acme", "Beta"), id=resource)
    for name in ("", council.member):
        told = everything(council, name)
        assert "mended.csv" in told and last in told and first in told
        assert "hidden" not in told and hidden not in told
    assert hidden in str(act(council.editor, "journey_show", id=council.dataset["id"]))
    with pytest.raises(tk.ObjectNotFound):
        act("", "journey_graph", node=rows.make_id("bytes", hidden))
    helpers.call_action("journey_rebuild")
    assert hidden not in everything(council)


def test_the_same_bytes_that_were_public_stay_so_and_their_new_findings_wait(council):
    resource, first = council.upload("spend.csv", GOOD)
    council.upload("other.csv", GOOD, GOOD.replace("Acme", "Beta"), id=resource)
    council.upload("again.csv", GOOD, id=resource, check=False)
    told = everything(council)
    assert first in told and "again.csv" not in told
    jobs.run(store.current(resource).id)
    assert act("", "journey_show", id=council.dataset["id"])["withheld"] == 0


def test_steps_that_name_a_held_file_are_left_out_and_mixed_ones_are_cut(council):
    id, stream = council.dataset["id"], council.org["id"]
    _resource, digest = council.upload("held.csv", BAD)
    conn = model.Session.connection()
    whole = ev.StepRecorded("clean", rationale="whole", outputs=(ev.File("made.csv", digest, 7, 4321),), rows_out=4321)
    sides = (ev.File("kept.csv", "a" * 64, 5, 9), ev.File("made.csv", digest, 7, 4321))
    mixed = ev.StepRecorded("clean", rationale="mixed", inputs=sides[1:], outputs=sides[:1], rows_in=4321, rows_out=9)
    unnamed = ev.StepRecorded("join", rationale="by its name", outputs=(ev.File("HELD.csv"),), rows_out=4321)
    for body in (whole, mixed, unnamed):
        ledger.append(conn, ledger.Draft(body, stream, id))
    model.Session.commit()
    told = everything(council)
    assert "mixed" in told and "kept.csv" in told
    for secret in ("whole", "made.csv", digest, "4321", "by its name", "HELD.csv"):
        assert secret not in told
    (step,) = [each for each in act("", "journey_show", id=id)["steps"] if each["rationale"] == "mixed"]
    assert step["inputs"] == [] and step["rows"]["in"] is None and step["rows"]["out"] == 9
    shown = str(act(council.editor, "journey_show", id=id))
    assert "whole" in shown and "4321" in shown and "by its name" in shown


def test_a_redacted_copy_is_told_of_without_its_original(council):
    resource, original = council.upload("mrs-jane-doe.csv", GOOD.replace("Acme Ltd", "Mrs Jane Doe"))
    asked = {"kind": "redact", "cells": ["2/3"], "reason_code": "personal-data"}
    copy = act(council.editor, "file_check_copy", id=resource, **asked)["copy"]["copy_id"]
    copies.make(copy)
    act(council.editor, "file_check_copy_use", id=resource, copy_id=copy)
    assert "jane" not in everything(council).lower()
    jobs.run(store.current(resource).id)
    told = act("", "journey_show", id=council.dataset["id"])
    (step,) = [each for each in told["steps"] if each["type"] == "anonymise"]
    assert step["inputs"] == [] and step["outputs"][0]["sha256"] == store.current(resource).sha256
    assert original not in everything(council)
    assert original in str(act(council.editor, "journey_show", id=council.dataset["id"]))


def test_other_datasets_with_the_same_bytes_are_as_they_were(council):
    other = factories.Dataset(owner_org=council.org["id"])
    body = ev.StepRecorded("clean", outputs=(ev.File("twin.csv", hashlib.sha256((HEADER + BAD).encode()).hexdigest()),))
    ledger.append(model.Session.connection(), ledger.Draft(body, council.org["id"], other["id"]))
    model.Session.commit()
    council.upload("secret.csv", BAD)
    graph = act("", "journey_graph", id=other["id"], hops=5)
    assert "twin.csv" in str(graph) and "secret.csv" not in str(graph) and council.dataset["name"] not in str(graph)
    assert council.dataset["name"] in str(act(council.editor, "journey_graph", id=other["id"], hops=5))


def test_a_file_the_check_could_not_read_tells_nothing_either(council):
    resource, _ = council.upload("broken.csv", check=False)
    check = store.current(resource)
    check.state = "failed"
    model.Session.commit()
    act(council.editor, "file_check_waive", id=resource, reason=REASON)
    assert "broken.csv" not in everything(council) and "proposed" not in everything(council)
    act(council.second, "file_check_waive", id=resource, answer="approve")
    assert "broken.csv" in everything(council) and "approved" in everything(council)


def test_the_ledger_learns_of_holds_that_it_was_not_told_of(council):
    """As after an upgrade: files held before the journey knew of holds, and a release that could not be written."""
    resource, digest = council.upload("old.csv", BAD)
    council.upload("unread.csv", BAD, BAD, id=resource, check=False)
    council.upload("now.csv", BAD, BAD, BAD, id=resource)
    model.Session.execute(tables.hold.delete())
    model.Session.commit()
    assert "old.csv" in everything(council)
    assert held.settle() == 3 and held.settle() == 0
    told = everything(council)
    assert digest not in told and all(f"{name}.csv" not in told for name in ("old", "unread", "now"))
    store.current(resource).held = False
    model.Session.commit()
    assert held.settle() == 1 and held.settle() == 0
    told = everything(council)
    assert "now.csv" in told and "old.csv" not in told and "unread.csv" not in told


def test_a_private_datasets_export_has_no_held_file_for_its_editors_either(council):
    act(council.editor, "package_patch", id=council.dataset["id"], private=True)
    council.upload("draft.csv", BAD)
    for form in ("crate-metadata", "prov-json"):
        assert (
            "draft.csv" not in act(council.editor, "journey_export", id=council.dataset["id"], format=form)["content"]
        )


def test_the_crate_carries_no_held_file(council, app):
    council.upload("held.csv", BAD)
    body = app.get(f"/dataset/journey/{council.dataset['name']}.zip").get_data()
    with zipfile.ZipFile(io.BytesIO(body)) as crate:
        assert not [name for name in crate.namelist() if "held" in name]


def test_only_sysadmins_list_what_never_was_public(council):
    with pytest.raises(tk.NotAuthorized):
        act(council.editor, "file_check_unreleased")
    resource, digest = council.upload("held.csv", BAD)
    (found,) = act(factories.Sysadmin()["name"], "file_check_unreleased")
    assert (found["resource_id"], found["sha256"], found["name"]) == (resource, digest, "held.csv")


def test_a_reader_of_one_dataset_costs_no_more_queries(council):
    """The holds come with the steps: two queries, as before."""
    council.upload("held.csv", BAD)
    asked = []
    conn = model.Session.connection()
    real = conn.execute
    conn.execute = lambda *a, **k: asked.append(1) or real(*a, **k)  # type: ignore[method-assign]
    try:
        read.journey(conn, council.dataset["id"], read.access.PUBLIC)
    finally:
        del conn.execute
    assert len(asked) <= 3
