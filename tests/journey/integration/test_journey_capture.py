"""Changes to datasets become events without anybody asking."""

from __future__ import annotations

import hashlib
import io

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.journey import ledger, subscriptions

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]

CSV = b'name,street\r\n"Oak, old","High\nStreet"\r\nElm,Low Road\r\n\r\n'


def journey(dataset):
    return helpers.call_action("journey_show", id=dataset["id"])


def types(dataset):
    return [step["type"] for step in journey(dataset)["steps"]]


def upload(dataset, content=CSV, name="trees.csv", action="resource_create", **values):
    file = FileStorage(io.BytesIO(content), filename=name)
    if action == "resource_create":
        values["package_id"] = dataset["id"]
    return helpers.call_action(action, url="x", format="CSV", upload=file, **values)


def signal(name):
    return tk.signals.ckanext.signal(f"federation:{name}")


def harvest(dataset, run="run-1", content_hash="c1", **values):
    told = {
        "package_id": dataset["id"],
        "run_id": run,
        "node": {"name": "bristol", "title": "Open Data Bristol", "url": "https://bristol.example/"},
        "upstream_id": "77ab",
        "outcome": "created",
        "content_hash": content_hash,
        "upstream_modified": "2025-09-01T10:00:00Z",
        "url": "https://bristol.example/77ab",
        "raw_sha256": "e" * 64,
    }
    signal("imported").send("bristol", **told | values)


def test_a_public_dataset_is_published():
    dataset = factories.Dataset()
    assert types(dataset) == ["publish"]
    assert journey(dataset)["stage"] == "published"


def test_a_private_dataset_is_identified_then_published_withdrawn_and_published_again():
    organisation = factories.Organization()
    dataset = factories.Dataset(owner_org=organisation["id"], private=True)
    for private in (False, True, False):
        helpers.call_action("package_patch", id=dataset["id"], private=private)
    assert types(dataset) == ["identify", "publish", "withdraw", "publish"]
    last = journey(dataset)["steps"][-1]
    assert last["detail"]["change"] == "restored"


def test_deleting_withdraws_once():
    dataset = factories.Dataset()
    helpers.call_action("package_delete", id=dataset["id"])
    helpers.call_action("package_patch", id=dataset["id"], notes="still deleted")
    assert types(dataset) == ["publish", "withdraw"]


def test_an_update_names_the_fields_but_no_values():
    dataset = factories.Dataset(title="Old", author="A Person")
    helpers.call_action("package_patch", id=dataset["id"], title="Secret new title", author="Another Person")
    step = journey(dataset)["steps"][-1]
    assert (step["type"], step["detail"]["fields"]) == ("correct", ["title"])
    raw = "".join(event["raw"] for event in helpers.call_action("journey_event_list"))
    assert "Secret" not in raw
    assert "Person" not in raw


def test_a_change_of_the_author_alone_is_no_event():
    dataset = factories.Dataset()
    helpers.call_action("package_patch", id=dataset["id"], maintainer="Somebody")
    assert types(dataset) == ["publish"]


def test_draft_edits_are_not_told():
    organisation = factories.Organization()
    dataset = factories.Dataset(owner_org=organisation["id"], private=True)
    helpers.call_action("package_patch", id=dataset["id"], title="Other")
    assert types(dataset) == ["identify"]


def test_a_dataset_older_than_its_journey_is_noticed(operator):
    dataset = factories.Dataset()
    operator("TRUNCATE journey_event, journey_head, journey_dataset, journey_step")
    helpers.call_action("package_patch", id=dataset["id"], title="Other")
    found = journey(dataset)
    assert [step["detail"]["change"] for step in found["steps"]] == ["noticed"]
    assert (found["stage"], found["since"]) == ("published", None)


def test_an_upload_is_measured_where_it_arrives():
    dataset = factories.Dataset()
    resource = upload(dataset)
    found = journey(dataset)
    step = next(step for step in found["steps"] if step["type"] == "receive")
    (file,) = step["outputs"]
    assert file["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert (file["bytes"], file["rows"]) == (len(CSV), 2)
    assert step["resource_id"] == resource["id"]
    assert "failures" in found
    assert found["failures"] == []


def test_the_same_file_is_received_once_and_a_new_one_replaces_it():
    dataset = factories.Dataset()
    resource = upload(dataset)
    upload(dataset, action="resource_update", id=resource["id"], name="trees.csv")
    helpers.call_action("package_patch", id=dataset["id"], notes="anything")
    assert types(dataset).count("receive") == 1
    upload(dataset, CSV + b"Ash,Side Road\n", action="resource_update", id=resource["id"])
    received = [step for step in journey(dataset)["steps"] if step["type"] == "receive"]
    assert [step["outputs"][0]["rows"] for step in received] == [2, 3]
    assert received[1]["detail"]["replaces"] == received[0]["outputs"][0]["sha256"]
    upload(dataset, action="resource_update", id=resource["id"])
    assert types(dataset).count("receive") == 3


def test_two_files_of_the_same_bytes_are_each_received_once():
    dataset = factories.Dataset()
    upload(dataset, name="a.csv")
    upload(dataset, name="b.csv")
    helpers.call_action("package_patch", id=dataset["id"], notes="anything")
    assert types(dataset).count("receive") == 2


def test_files_are_counted_when_links_change():
    dataset = factories.Dataset()
    resource = factories.Resource(package_id=dataset["id"], url="https://a.example/1.csv")
    helpers.call_action("resource_patch", id=resource["id"], url="https://a.example/2.csv")
    helpers.call_action("resource_delete", id=resource["id"])
    details = [step["detail"] for step in journey(dataset)["steps"] if step["type"] == "correct"]
    assert [{k: d[k] for k in ("added", "altered", "removed") if k in d} for d in details] == [
        {"added": 1},
        {"altered": 1},
        {"removed": 1},
    ]


def test_the_legacy_source_names_a_system():
    organisation = factories.Organization()
    dataset = factories.Dataset(
        owner_org=organisation["id"], extras=[{"key": "legacy_source", "value": "  Northgate   Revenues "}]
    )
    assert [system["name"] for system in journey(dataset)["systems"]] == ["Northgate Revenues"]


def test_a_failure_never_breaks_the_write_and_is_seen(monkeypatch):
    dataset = factories.Dataset()
    real = ledger.append

    def broken(conn, draft, seconds=10):
        if draft.body.__class__.__name__ == "DatasetChanged":
            raise RuntimeError("disk on fire")
        return real(conn, draft, seconds)

    monkeypatch.setattr(ledger, "append", broken)
    changed = helpers.call_action("package_patch", id=dataset["id"], title="Other")
    assert changed["title"] == "Other"
    (failure,) = journey(dataset)["failures"]
    assert (failure["hook"], failure["error"]) == ("dataset change", "RuntimeError: disk on fire")


def test_an_event_goes_with_its_change_or_not_at_all():
    dataset = factories.Dataset()
    context = {"user": factories.Sysadmin()["name"], "ignore_auth": True, "defer_commit": True}
    tk.get_action("package_patch")(context, {"id": dataset["id"], "title": "Never"})
    model.Session.rollback()
    model.Session.remove()
    assert types(dataset) == ["publish"]
    assert helpers.call_action("package_show", id=dataset["id"])["title"] == dataset["title"]


def test_a_harvest_makes_hops_in_order_with_the_feed_it_came_from():
    dataset = factories.Dataset()
    signal("fetched").send(
        "bristol", run_id="run-1", url="https://bristol.example/feed.json", sha256="f" * 64, bytes=9, records=2
    )
    harvest(dataset, hops=[{"portal": "First"}, {"portal": "Second", "remote_id": "s2"}])
    found = journey(dataset)
    assert [hop["portal"] for hop in found["hops"]] == ["First", "Second", "Open Data Bristol"]
    assert [hop["observed"] for hop in found["hops"]] == [False, False, True]
    assert found["hops"][2]["remote_id"] == "77ab"
    assert found["hops"][2]["content_hash"] == "c1"
    assert [step["type"] for step in found["steps"]][-2:] == ["harvest-fetch", "harvest-import"]
    fetch = next(step for step in found["steps"] if step["type"] == "harvest-fetch")
    assert (fetch["outputs"][0]["sha256"], fetch["detail"]["records"]) == ("f" * 64, 2)


def test_an_unchanged_harvest_adds_nothing():
    dataset = factories.Dataset()
    harvest(dataset)
    before = journey(dataset)["total"]
    harvest(dataset)
    harvest(dataset, run="run-2", outcome="unchanged")
    assert journey(dataset)["total"] == before
    harvest(dataset, run="run-3", content_hash="c2", outcome="updated")
    assert journey(dataset)["total"] == before + 1
    assert [hop["position"] for hop in journey(dataset)["hops"]] == [1]


def test_a_shorter_chain_leaves_no_old_hop():
    dataset = factories.Dataset()
    harvest(dataset, hops=[{"portal": "First"}])
    harvest(dataset, run="run-2", content_hash="c2")
    assert [hop["portal"] for hop in journey(dataset)["hops"]] == ["Open Data Bristol"]


def test_what_the_harvester_changes_is_told_by_the_harvest_alone():
    dataset = factories.Dataset()
    harvest(dataset)
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context = {"user": site_user, "ignore_auth": True}
    tk.get_action("package_patch")(context, {"id": dataset["id"], "title": "Harvested title"})
    assert "correct" not in types(dataset)
    helpers.call_action("package_patch", {"user": factories.Sysadmin()["name"]}, id=dataset["id"], title="Mine")
    assert "correct" in types(dataset)


def test_a_harvest_that_takes_a_record_back():
    dataset = factories.Dataset()
    harvest(dataset)
    signal("withdrawn").send(
        "bristol", package_id=dataset["id"], run_id="r", node={}, upstream_id="77ab", reason="gone from the feed"
    )
    step = journey(dataset)["steps"][-1]
    assert (step["type"], step["rationale"], step["capture"]) == ("withdraw", "gone from the feed", "harvest")


def test_the_deletion_by_a_harvest_is_one_step():
    dataset = factories.Dataset()
    harvest(dataset)
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("package_delete")({"user": site_user, "ignore_auth": True}, {"id": dataset["id"]})
    signal("withdrawn").send("bristol", package_id=dataset["id"], run_id="r", upstream_id="77ab", reason="gone")
    (step,) = [step for step in journey(dataset)["steps"] if step["type"] == "withdraw"]
    assert (step["rationale"], step["capture"], step["agent_role"]) == ("gone", "harvest", "system")


def test_a_signal_does_not_commit_what_its_sender_has_not_finished():
    dataset = factories.Dataset()
    package = model.Package.get(dataset["id"])
    package.title = "half done"
    model.Session.flush()
    harvest(dataset)
    model.Session.rollback()
    assert journey(dataset)["hops"] == []
    assert model.Package.get(dataset["id"]).title == dataset["title"]


def test_a_signal_for_no_dataset_is_no_event():
    signal("imported").send("bristol", package_id="none", run_id="r", node={}, upstream_id="1")
    assert helpers.call_action("journey_event_list") == []


def test_a_table_load_is_told_once_with_its_rows(monkeypatch):
    dataset = factories.Dataset()
    resource = upload(dataset)
    monkeypatch.setattr(subscriptions, "_table_rows", lambda resource_id: 2)
    for _ in range(2):
        subscriptions.table_loaded(resource, dataset)
    (load,) = [step for step in journey(dataset)["steps"] if step["type"] == "load"]
    assert load["rows"]["state"] == "balanced"
    assert load["inputs"][0]["meets"]
    assert load["tool"] == "ckanext-xloader"
    monkeypatch.setattr(subscriptions, "_table_rows", lambda resource_id: 1)
    subscriptions.table_loaded(resource, dataset)
    loads = [step for step in journey(dataset)["steps"] if step["type"] == "load"]
    assert [load["rows"]["difference"] for load in loads] == [0, 1]


def test_who_acted_stands_outside_the_ledger():
    user = factories.Sysadmin()
    dataset = factories.Dataset(user=user)
    helpers.call_action("package_patch", {"user": user["name"]}, id=dataset["id"], title="Other")
    raw = [event["raw"] for event in helpers.call_action("journey_event_list", dataset=dataset["id"])]
    assert all(user["id"] not in text and user["name"] not in text for text in raw)
    people = model.Session.connection().exec_driver_sql("SELECT DISTINCT user_id FROM journey_actor").scalars().all()
    assert user["id"] in people
