"""Published releases of a file are kept, and what changed from one to the next is shown row by row."""

from __future__ import annotations

import hashlib
import io
import json
import threading

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.journey.releases import keep, waiting
from ckanext.journey.releases import work as releases

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", False),
    pytest.mark.usefixtures("with_plugins", "journey_db", "clean_queues"),
]
FIRST = "Reference,Supplier,Amount\n1,Acme Ltd,10\n2,Brown plc,20\n3,Cole & Co,30\n"
SECOND = "Reference,Supplier,Amount\n1,Acme Ltd,10\n2,Brown plc,25\n4,=HYPERLINK(1),40\n"


@pytest.fixture
def dataset():
    return factories.Dataset(owner_org=factories.Organization()["id"])


def work():
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


def upload(dataset, text, name="spend.csv", is_worked=True, **more):
    data = text if isinstance(text, bytes) else text.encode()
    sent = {
        "package_id": dataset["id"],
        "url": name,
        "format": "CSV",
        "upload": FileStorage(io.BytesIO(data), filename=name),
    }
    file = helpers.call_action("resource_update" if more else "resource_create", **sent, **more)
    if is_worked:
        work()
    return file


def shown(file, **more):
    return helpers.call_action("journey_difference_show", resource=file["id"], **more)


def test_what_changed_row_by_row(dataset):
    file = upload(dataset, FIRST)
    assert shown(file)["state"] == "none" and len(shown(file)["releases"]) == 1
    upload(dataset, SECOND, id=file["id"])
    found = shown(file)
    summary = found["summary"]
    counts = {name: summary[name] for name in ("rows_before", "rows_after", "added", "removed", "changed", "same")}
    assert counts == {"rows_before": 3, "rows_after": 3, "added": 1, "removed": 1, "changed": 1, "same": 1}
    assert summary["key"] == ["Reference"]
    assert [(one["op"], one["key"]["Reference"]) for one in found["changes"]] == [
        ("removed", "3"),
        ("added", "4"),
        ("changed", "2"),
    ]
    assert found["changes"][2]["values"] == {"Amount": ["20", "25"]} and found["changes"][2]["line"] == 3
    assert len(shown(file, limit=1, offset=2)["changes"]) == 1


def other_way_round():
    """Jobs that wait, the last first."""
    connection = connect_to_redis()
    for queue in queues.get_all_queues():
        ids = queue.job_ids
        connection.delete(queue.key)
        if ids:
            connection.rpush(queue.key, *reversed(ids))


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_corrected_file_that_comes_before_any_job_ran(dataset, is_reversed):
    file = upload(dataset, FIRST, is_worked=False)
    later = []
    for text in (SECOND, FIRST + "5,Dunn Ltd,50\n"):
        # As if the job before was taken up already, so that each file has a job of its own.
        connect_to_redis().delete(releases._waiting(dataset["id"]))
        upload(dataset, text, is_worked=False, id=file["id"])
        later.append(text)
    assert keep.kept(file["id"]) == [] and len(waiting.copies(file["id"])) == 3
    if is_reversed:
        other_way_round()
    work()
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in (FIRST, *later)]
    assert [one["sha256"] for one in shown(file)["releases"]] == hashes and not waiting.copies(file["id"])
    first, last = shown(file, before=hashes[0], after=hashes[1]), shown(file)
    assert (first["state"], first["summary"]["changed"], first["summary"]["added"]) == ("made", 1, 1)
    assert (last["state"], last["before"]) == ("made", hashes[1])


def test_a_copy_that_fails_refuses_no_publication_and_the_job_makes_it(dataset):
    place = keep.folder("any").parent
    aside = place.with_name("aside")
    place.mkdir(parents=True, exist_ok=True)
    place.rename(aside)
    place.write_text("no folder")
    try:
        file = upload(dataset, FIRST, is_worked=False)
        assert waiting.copies(file["id"]) == []
    finally:
        place.unlink()
        aside.rename(place)
    work()
    assert [one["sha256"] for one in shown(file)["releases"]] == [hashlib.sha256(FIRST.encode()).hexdigest()]


def test_the_link_and_the_page_are_there_before_the_job_ran(app, dataset):
    file = upload(dataset, FIRST)
    journey, changes = (
        f"/dataset/journey/{dataset['name']}",
        f"/dataset/{dataset['name']}/resource/{file['id']}/changes",
    )
    assert changes not in app.get(journey).text and "Only one release" in app.get(changes).text
    upload(dataset, SECOND, id=file["id"], is_worked=False)
    assert changes in app.get(journey).text and shown(file)["state"] == "working"
    page = app.get(changes).text
    assert "It is being worked out" in page and "Only one release" not in page and "field-before" not in page
    work()
    assert shown(file)["state"] == "made" and "field-before" in app.get(changes).text


def test_two_workers_at_once_keep_each_release_once(dataset):
    file = upload(dataset, FIRST, is_worked=False)
    upload(dataset, SECOND, is_worked=False, id=file["id"])
    made = []
    both = [threading.Thread(target=lambda: made.extend(waiting.pack(file["id"]))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(made) == len(keep.kept(file["id"])) == 2


def test_a_copy_of_what_is_redacted_before_the_job_ran_goes_too(dataset):
    file = upload(dataset, FIRST, is_worked=False)
    upload(dataset, SECOND, is_worked=False, id=file["id"])
    redacted(dataset, file, hashlib.sha256(FIRST.encode()).hexdigest())
    work()
    assert [one["sha256"] for one in shown(file)["releases"]] == [hashlib.sha256(SECOND.encode()).hexdigest()]


def test_copies_of_a_file_that_was_deleted_go(dataset):
    file = upload(dataset, FIRST, is_worked=False)
    helpers.call_action("resource_delete", id=file["id"])
    work()
    assert not waiting.copies(file["id"]) and not keep.kept(file["id"])


def test_what_was_discarded_does_not_come_back(dataset):
    file = upload(dataset, FIRST)
    helpers.call_action("journey_difference_discard", resource=file["id"], sha256=keep.kept(file["id"])[0].sha256)
    helpers.call_action("package_patch", id=dataset["id"], notes="Something else")
    work()
    assert keep.kept(file["id"]) == []


def test_any_two_releases_can_be_compared(dataset):
    file = upload(dataset, FIRST)
    upload(dataset, SECOND, id=file["id"])
    upload(dataset, FIRST + "5,Dunn Ltd,50\n", id=file["id"])
    first, second, third = (one["sha256"] for one in shown(file)["releases"])
    assert shown(file, before=first, after=third)["state"] == "working"
    work()
    assert shown(file, before=first, after=third)["summary"]["added"] == 1
    assert shown(file)["before"] == second
    with pytest.raises(tk.ValidationError):
        shown(file, before="0" * 64)


def test_the_same_file_again_is_no_release(dataset):
    file = upload(dataset, FIRST)
    upload(dataset, FIRST, id=file["id"])
    helpers.call_action("package_patch", id=dataset["id"], notes="Something else")
    work()
    assert len(shown(file)["releases"]) == 1


def test_what_is_not_public_is_not_kept(dataset):
    helpers.call_action("package_patch", id=dataset["id"], private=True)
    file = upload(dataset, FIRST)
    assert keep.kept(file["id"]) == []
    helpers.call_action("package_patch", id=dataset["id"], private=False)
    work()
    assert len(keep.kept(file["id"])) == 1
    helpers.call_action("package_patch", id=dataset["id"], private=True)
    with pytest.raises(tk.NotAuthorized):
        helpers.call_action("journey_difference_show", {"user": "", "ignore_auth": False}, resource=file["id"])


@pytest.mark.ckan_config("ckanext.journey.releases_kept", 2)
def test_few_are_kept(dataset):
    file = upload(dataset, FIRST)
    for number in range(3):
        upload(dataset, FIRST + f"{9 + number},New,1\n", id=file["id"])
    assert len(shown(file)["releases"]) == 2 and shown(file)["state"] == "made"


@pytest.mark.ckan_config("ckanext.journey.release_bytes", 10)
def test_what_is_too_large_is_not_kept(dataset):
    file = upload(dataset, FIRST)
    assert keep.kept(file["id"]) == [] and not list(keep.folder(file["id"]).glob("*.part"))


def test_what_is_no_table_says_so(dataset):
    file = upload(dataset, FIRST)
    upload(dataset, b"\x00\x01\x02" * 100, id=file["id"])
    found = shown(file)
    assert found["state"] == "failed" and found["error"]


def test_an_editor_discards_a_release(app, dataset):
    file = upload(dataset, FIRST)
    upload(dataset, SECOND, id=file["id"])
    first = shown(file)["releases"][0]["sha256"]
    for user in ("", factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            context = {"user": user, "ignore_auth": False}
            helpers.call_action("journey_difference_discard", context, resource=file["id"], sha256=first)
    user = factories.UserWithToken()
    helpers.call_action(
        "member_create", id=dataset["owner_org"], object=user["id"], object_type="user", capacity="editor"
    )
    url, mine = f"/dataset/{dataset['name']}/resource/{file['id']}/changes", {"Authorization": user["token"]}
    assert first in app.get(url, headers=mine).body
    app.post(url, data={"sha256": first}, headers=mine, follow_redirects=False, status=302)
    app.post(url, data={"sha256": first}, headers=mine, status=404)
    assert shown(file)["state"] == "none" and not list(keep.folder(file["id"]).glob("*.changes"))


def redacted(dataset, file, sha256):
    told = {"resource_id": file["id"], "package_id": dataset["id"], "sha256": sha256, "decision": "redacted"}
    tk.signals.ckanext.signal("council_schemas:personal_data_decided").send(file["id"], name="spend.csv", **told)


def test_what_was_redacted_is_forgotten(dataset):
    file = upload(dataset, FIRST)
    first = shown(file)["releases"][0]["sha256"]
    redacted(dataset, file, first)
    assert keep.kept(file["id"]) == []


def test_the_page_and_its_files(app, dataset):
    file = upload(dataset, FIRST)
    url = f"/dataset/{dataset['name']}/resource/{file['id']}/changes"
    assert "Only one release" in app.get(url).body
    assert url not in app.get(f"/dataset/journey/{dataset['name']}").body
    upload(dataset, SECOND.replace("Brown plc", "<b>Brown</b>"), id=file["id"])
    answer = app.get(url)
    page = BeautifulSoup(answer.body, "html.parser")
    assert "<b>Brown</b>" not in answer.body and len(page.select("tbody tr")) == 3
    assert {label["for"] for label in page.select(".journey label")} == {
        one["id"] for one in page.select(".journey select")
    }
    assert url in app.get(f"/dataset/journey/{dataset['name']}").body
    found = app.get(url + "?format=csv").body.splitlines()
    assert found[0] == "op,line,key,column,before,after" and any("'=HYPERLINK(1)" in line for line in found)
    lines = [json.loads(line) for line in app.get(url + "?format=jsonl").body.splitlines()]
    assert [line["op"] for line in lines] == ["removed", "added", "changed"]
    assert app.get(url + "?format=json").json["summary"]["added"] == 1
    for wrong in ("?format=exe", "?before=x"):
        app.get(url + wrong, status=404)
    app.get(url.replace(file["id"], "no-such-file"), status=404)
