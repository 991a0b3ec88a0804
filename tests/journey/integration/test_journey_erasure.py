"""What files and reports name may be erased: the ledger says by whom and why, and stays whole."""

from __future__ import annotations

import json
import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import events as ev
from ckanext.journey import ledger, proof
from ckanext.journey import model as tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
FILE = """document
  prefix ex <http://example.org/>
  agent(ex:jane, [prov:type='prov:Person', prov:label="Jane Éxample"])
  wasAssociatedWith(ex:clean, ex:jane, -)
  wasGeneratedBy(ex:spend.csv, ex:clean, -)
endDocument"""
FACET = {"_producer": "x", "_schemaURL": "x"}
WHY = "A person asked for it (article 17)"


@pytest.fixture(autouse=True)
def key(tmp_path, monkeypatch):
    monkeypatch.setitem(tk.config, "ckanext.journey.signing_key", str(tmp_path / "keys" / "key.pem"))


@pytest.fixture
def admin():
    return factories.User()


@pytest.fixture
def editor():
    return factories.User()


@pytest.fixture
def org(admin, editor):
    members = [{"name": admin["name"], "capacity": "admin"}, {"name": editor["name"], "capacity": "editor"}]
    return factories.Organization(users=members)


@pytest.fixture
def dataset(org):
    return factories.Dataset(owner_org=org["id"])


@pytest.fixture
def kept(dataset):
    """The event that keeps the file."""
    return helpers.call_action("journey_prov_import", dataset=dataset["id"], content=FILE)["event"]


@pytest.fixture
def report(app, org, dataset):
    token = helpers.call_action("journey_token_create", organization=org["id"], name="Airflow")["token"]

    def post(kind, at, rows=None, owner="Jane Éxample", run="4f7a9b2e-0000-4000-8000-000000000001"):
        facets = {"outputFacets": {"outputStatistics": {**FACET, "rowCount": rows}}} if rows else {}
        name = {"documentation": {**FACET, "description": f"Kept by {owner}"}}
        body = {
            "eventType": kind, "eventTime": at, "producer": "https://x.example/etl", "schemaURL": "x", "run": {"runId": run},
            "job": {"namespace": "finance", "name": "load_spend", "facets": name},
            "outputs": [{"namespace": tk.config["ckan.site_url"], "name": f"dataset/{dataset['name']}", **facets}],
        }  # fmt: skip
        app.post("/api/v1/lineage", data=json.dumps(body), headers={"Authorization": f"Bearer {token}"}, status=201)

    return post


def as_user(user, action, **values):
    found = model.User.get(user["name"]) if user else None
    return tk.get_action(action)({"user": found.name if found else "", "auth_user_obj": found}, values)


def events(**values):
    return helpers.call_action("journey_event_list", limit=1000, **values)


def steps(dataset):
    return helpers.call_action("journey_show", id=dataset["id"])["steps"]


def everything():
    conn = model.Session.connection()
    shown = (table for table in tables.PROJECTIONS if table is not tables.folded)  # how far, not what
    return {table.name: sorted(map(repr, conn.execute(sa.select(table)).all())) for table in shown}


def test_a_file_that_names_a_person_is_erased_and_the_chain_holds(org, dataset, admin, kept):
    before, hashes = steps(dataset), [each["hash"] for each in events()]
    helpers.call_action("journey_checkpoint_create")
    assert "Jane" in str(events())
    done = as_user(admin, "journey_evidence_erase", event=kept, reason=WHY)
    assert done["event"] == kept and done["bytes"] >= len(FILE)
    assert "Jane" not in str(events()) and [each["hash"] for each in events()][: len(hashes)] == hashes
    verified = as_user(admin, "journey_verify", organization=org["id"])
    assert verified["valid"] and helpers.call_action("journey_checkpoint_create")["made"] == 1
    (gone,) = verified["streams"][0]["erased"]
    assert (gone["event"], gone["sequence"], gone["reason"]) == (kept, done["sequence"], WHY)
    assert (gone["role"], gone["user"], gone["bytes"]) == ("admin", admin["name"], done["bytes"])
    told = events()[-1]
    assert (told["type"], told["sequence"]) == ("evidence-erased", gone["told_by"]) and admin["name"] not in told["raw"]
    # Its steps are events of their own, which named nobody.
    assert steps(dataset) == before
    helpers.call_action("journey_rebuild")
    assert steps(dataset) == before


def test_the_same_file_is_not_kept_again(dataset, admin, kept):
    as_user(admin, "journey_evidence_erase", event=kept, reason=WHY)
    again = helpers.call_action("journey_prov_import", dataset=dataset["id"], content=FILE)
    assert (again["recorded"], again["known"], again["event"]) == (0, 1, kept)
    assert "Jane" not in str(events())


def test_who_may(org, dataset, admin, editor, kept):
    other = factories.User()
    factories.Organization(users=[{"name": other["name"], "capacity": "admin"}])
    for user in (None, factories.User(), editor, other):
        with pytest.raises(tk.NotAuthorized):
            as_user(user, "journey_evidence_erase", event=kept, reason=WHY)
        with pytest.raises(tk.NotAuthorized):
            as_user(user, "journey_evidence_list", organization=org["id"])
    with pytest.raises(tk.NotAuthorized):
        as_user(admin, "journey_evidence_erase", event="no-such-event", reason=WHY)
    assert as_user(factories.Sysadmin(), "journey_evidence_erase", event=kept, reason=WHY)["event"] == kept
    # Editors check the ledger, and learn in which role it was done, not by which user.
    (gone,) = as_user(editor, "journey_verify", organization=org["id"])["streams"][0]["erased"]
    assert gone["role"] == "sysadmin" and "user" not in gone


def test_what_is_refused(dataset, admin, kept):
    step = next(each for each in events() if each["type"] == "step-recorded")
    for values, where in (
        ({"event": json.loads(step["raw"])["id"], "reason": WHY}, "event"),
        ({"event": kept}, "reason"),
        ({"event": kept, "reason": " "}, "reason"),
        ({"event": kept, "reason": WHY, "all": True}, "all"),
    ):
        with pytest.raises(tk.ValidationError) as caught:
            as_user(admin, "journey_evidence_erase", **values)
        assert where in caught.value.error_dict
    with pytest.raises(tk.ObjectNotFound):
        helpers.call_action("journey_evidence_erase", event="no-such-event", reason=WHY)
    as_user(admin, "journey_evidence_erase", event=kept, reason=WHY)
    with pytest.raises(tk.ValidationError):
        as_user(admin, "journey_evidence_erase", event=kept, reason="Once more")
    assert helpers.call_action("journey_verify")["valid"]


def test_it_is_found_by_what_it_holds(org, dataset, admin, kept, report):
    report("START", "2026-01-01T10:00:00Z")
    report("START", "2026-01-01T10:00:00Z", owner="Sam Weir", run="4f7a9b2e-0000-4000-8000-000000000002")
    find = lambda **values: as_user(admin, "journey_evidence_list", organization=org["name"], **values)  # noqa: E731
    assert [each["type"] for each in find()] == ["lineage-received", "lineage-received", "prov-received"]
    assert [each["type"] for each in find(containing="jane éXAMPLE")] == ["lineage-received", "prov-received"]
    assert len(find(containing="Sam Weir")) == 1 and not find(containing="Nobody")
    assert [each["id"] for each in find(dataset=dataset["name"])] == [kept] and len(find(limit=1)) == 1
    as_user(admin, "journey_evidence_erase", event=kept, reason=WHY)
    (gone,) = find(dataset=dataset["id"])
    assert gone["erased"] and gone["bytes"] == 0


def test_a_report_is_erased_and_its_run_is_shown_as_the_others_tell_it(org, dataset, admin, report):
    report("START", "2026-01-01T10:00:00Z", owner="Sam Weir")
    report("COMPLETE", "2026-01-01T11:00:00Z", rows=7)
    (step,) = [each for each in steps(dataset) if each["capture"] == "openlineage"]
    assert step["state"] == "complete" and step["rows"]["out"] == 7 and "Jane" in step["rationale"]
    last = as_user(admin, "journey_evidence_list", organization=org["id"])[0]
    done = as_user(admin, "journey_evidence_erase", event=last["id"], reason=WHY)
    assert done["changed"] == [dataset["id"]]
    (left,) = [each for each in steps(dataset) if each["capture"] == "openlineage"]
    assert left["id"] == step["id"] and left["state"] == "running" and left["rows"]["out"] is None
    assert left["rationale"] == "Kept by Sam Weir" and "Jane" not in str(everything())
    shown = everything()
    helpers.call_action("journey_rebuild")
    assert everything() == shown and helpers.call_action("journey_verify")["valid"]
    first = as_user(admin, "journey_evidence_list", organization=org["id"])[1]
    as_user(admin, "journey_evidence_erase", event=first["id"], reason=WHY)
    assert not [each for each in steps(dataset) if each["capture"] == "openlineage"]
    shown = everything()
    helpers.call_action("journey_rebuild")
    assert everything() == shown and not model.Session.connection().execute(sa.select(tables.run)).all()


def test_a_report_that_nobody_has_read_yet(org, dataset, admin, report):
    report("COMPLETE", "2026-01-01T11:00:00Z", rows=7)
    (only,) = as_user(admin, "journey_evidence_list", organization=org["id"])
    as_user(admin, "journey_evidence_erase", event=only["id"], reason=WHY)
    assert not [each for each in steps(dataset) if each["capture"] == "openlineage"]


def test_the_database_lets_nothing_else_be_written(org, kept):
    """An event may become only what an erasure of itself, in the ledger, says is left of it."""
    conn = model.Session.connection()
    row = conn.execute(sa.select(tables.event).where(tables.event.c.id == kept)).first()
    update = sa.update(tables.event).where(tables.event.c.id == kept)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        conn.execute(update.values(raw=b"{}"))
    model.Session.rollback()
    conn = model.Session.connection()
    ours = ev.from_bytes(bytes(row.raw))
    lie = ev.to_bytes(ours).replace(b"Jane", b"John")
    ledger.append(conn, ledger.Draft(_told(row, "0" * 64), row.stream, key=f"erased:{kept}"))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        conn.execute(update.values(raw=lie))
    model.Session.rollback()
    # Who has it say so all the same is found out: an erasure only takes out what was kept as it came.
    conn = model.Session.connection()
    ledger.append(conn, ledger.Draft(_told(row, _sha256(lie)), row.stream, key=f"erased:{kept}"))
    conn.execute(update.values(raw=lie))
    finding = proof.verify(conn, row.stream)[1]
    assert finding and (finding.sequence, finding.kind) == (row.sequence, "changed")
    model.Session.rollback()
    assert helpers.call_action("journey_verify")["valid"]


def _told(row, left):
    return ev.BODIES["evidence-erased"](row.id, row.sequence, row.hash, left, 1, "no reason")


def _sha256(raw):
    import hashlib

    return hashlib.sha256(raw).hexdigest()


@pytest.mark.usefixtures("with_extended_cli")
def test_the_command(cli, org, dataset, admin, editor, kept):
    from ckan.cli.cli import ckan

    def run(*words, **more):
        return cli.invoke(ckan, ["journey", *words], **more)

    found = run("evidence", "-o", org["name"], "--containing", "jane")
    assert found.exit_code == 0 and kept in found.output and "prov-received" in found.output, found.output
    assert "None." in run("evidence", "-o", org["name"], "--containing", "nobody").output
    for words, says in (
        ((kept, "--reason", WHY, "--user", "no-one-here"), "no such user"),
        ((kept, "--reason", WHY, "--user", editor["name"]), "Only administrators"),
        ((str(uuid.uuid4()), "--reason", WHY, "--user", factories.Sysadmin()["name"]), "no such event"),
    ):
        result = run("erase", *words, "--yes")
        assert result.exit_code == 1 and says in result.output, result.output
    assert run("erase", kept, "--reason", WHY, "--user", admin["name"], input="n\n").exit_code == 1
    assert "Jane" in str(events())
    result = run("erase", kept, "--reason", WHY, "--user", admin["name"], "--yes")
    assert result.exit_code == 0 and "bytes erased" in result.output, result.output
    checked = run("verify")
    assert checked.exit_code == 0 and f"by admin {admin['name']}" in checked.output and WHY in checked.output
    assert "erased" in run("evidence", "-o", org["name"]).output
    again = run("erase", kept, "--reason", WHY, "--user", admin["name"], "--yes")
    assert again.exit_code == 1 and again.output == "Error: Event: This event keeps nothing that could be erased\n"
