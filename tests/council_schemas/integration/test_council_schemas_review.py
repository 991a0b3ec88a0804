"""Uploaded files on a real database, search index and queue: held, checked, decided on, released."""

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas import signals
from ckanext.council_schemas.check import tables
from ckanext.council_schemas.review import jobs, store
from ckanext.council_schemas.review.model import now

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", False),
    pytest.mark.usefixtures("with_plugins"),
]
SPEND = "expenditure-over-500"
REASON = "The ledger is closed; it is mended next quarter."
HEADER = ",".join(field.name for field in tables.get(SPEND) if field.required or field.name == "beneficiary")


@pytest.fixture
def checks(migrate_db_for, council, clean_queues):
    migrate_db_for("council_schemas")
    council.dataset = call_action("package_create", **council(transparency_set=SPEND))
    return council


@pytest.fixture
def person(checks):
    def make(capacity="editor"):
        user = factories.UserWithToken()
        call_action("member_create", id=checks.org["id"], object=user["id"], object_type="user", capacity=capacity)
        return user

    return make


def row(**more):
    given = {
        "organisation_name": "Aireborough Council", "organisation": "Aireborough Council",
        "organisation_code": "E08000035", "body": "Aireborough Council", "effective_date": "2026-07-03",
        "date": "2026-07-03", "payment_date": "2026-07-03", "department": "Highways", "directorate": "Highways",
        "beneficiary": "Acme Ltd", "supplier": "Acme Ltd", "purpose": "Road repairs", "amount": "612.50",
        "category": "Road repairs", "procurement_category": "Road repairs", "transaction_number": "T1",
    }  # fmt: skip
    given |= more
    return ",".join(given.get(name, "Other") for name in HEADER.split(","))


GOOD = f"{HEADER}\n{row()}\n".encode()
BROKEN = f"{HEADER}\n{row(amount='many')}\n".encode()
PERSONAL = f"{HEADER}\n{row(beneficiary='Mrs Jane Ann Smith')}\n".encode()


def as_(user):
    return {"user": user["name"] if user else "", "ignore_auth": False}


def upload(checks, user, body, name="spend.csv", **more):
    file = FileStorage(io.BytesIO(body), filename=name)
    action = "resource_update" if more.get("id") else "resource_create"
    return call_action(
        action, as_(user), package_id=checks.dataset["id"], name="Spend Q2", format="CSV", upload=file, url=name, **more
    )


def work():
    """Do what is in the queue, as a worker would, but in this process: the tests listen to the signals."""
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


def seen(checks, user=None):
    return [one["name"] for one in call_action("package_show", as_(user), id=checks.dataset["id"])["resources"]]


def check_of(resource, user):
    return call_action("file_check_show", as_(user), id=resource["id"])


@pytest.fixture
def heard():
    """What the signals told: (signal, facts)."""
    told, listening = [], []
    for name in ("file_held", "file_checked", "file_released", "file_waived", "personal_data_decided"):

        def listen(sender, _signal=name, **facts):
            assert sender == facts["resource_id"]
            told.append((_signal, facts))

        getattr(signals, name).connect(listen)
        listening.append((name, listen))
    yield told
    for name, listen in listening:
        getattr(signals, name).disconnect(listen)


def hidden(checks, resource):
    """Nobody but an editor finds anything of the file, by any of the ways to it."""
    anonymous = as_(None)
    assert seen(checks) == []
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        call_action("resource_show", anonymous, id=resource["id"])
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        call_action("resource_view_list", anonymous, id=resource["id"])
    assert call_action("resource_search", anonymous, query="name:Spend")["count"] == 0
    found = call_action("package_search", anonymous, q=f"id:{checks.dataset['id']}")["results"][0]
    assert found["resources"] == [] and found["num_resources"] == 0
    return True


def test_a_broken_file_is_held_and_its_report_is_its_editors(app, checks, person, heard):
    ann = person()
    resource = upload(checks, ann, BROKEN)
    assert hidden(checks, resource) and seen(checks, ann) == ["Spend Q2"]
    work()
    found = check_of(resource, ann)
    assert (found["state"], found["held"], found["rows"], found["table"]) == ("problems", True, 1, SPEND)
    assert any(one["line"] == 2 and one["value"] == "many" and one["fix"] for one in found["report"]["problems"])
    assert hidden(checks, resource)
    assert [name for name, _ in heard] == ["file_held", "file_checked"]
    url = f"/dataset/{checks.dataset['name']}/resource/{resource['id']}"
    for path in ("", "/download/spend.csv", "/check", "/check?format=csv"):
        assert app.get(url + path, follow_redirects=False).status_code in (302, 403, 404), path
    assert "many" in app.get(url + "/download/spend.csv", headers={"Authorization": ann["token"]}).body


def test_a_good_file_is_released(app, checks, person, heard):
    resource = upload(checks, person(), GOOD)
    assert hidden(checks, resource)
    work()
    assert seen(checks) == ["Spend Q2"]
    found = call_action("package_search", as_(None), q=f"id:{checks.dataset['id']}")["results"][0]
    assert [one["id"] for one in found["resources"]] == [resource["id"]]
    assert [(name, facts.get("how")) for name, facts in heard[1:]] == [
        ("file_checked", None),
        ("file_released", "passed"),
    ]
    url = f"/dataset/{checks.dataset['name']}/resource/{resource['id']}/download/spend.csv"
    assert "Acme" in app.get(url).body


def test_a_mended_file_is_released_and_a_newly_broken_one_held_again(checks, person):
    ann = person()
    resource = upload(checks, ann, BROKEN)
    work()
    upload(checks, ann, GOOD, id=resource["id"])
    assert hidden(checks, resource)
    work()
    assert seen(checks) == ["Spend Q2"]
    upload(checks, ann, BROKEN, id=resource["id"])
    assert hidden(checks, resource)
    assert [one.current for one in store.history(resource["id"])] == [True, False, False]


def test_a_held_file_survives_other_changes_of_its_dataset(checks, person):
    ann = person()
    resource = upload(checks, ann, BROKEN)
    call_action("package_patch", as_(ann), id=checks.dataset["id"], notes="Something else.")
    upload(checks, ann, GOOD, name="second.csv")
    assert hidden(checks, resource) and len(seen(checks, ann)) == 2


def test_a_file_that_becomes_a_link_and_a_file_again_is_held(checks, person):
    ann = person()
    resource = upload(checks, ann, PERSONAL)
    link = {"url": "https://example.org/a.csv", "url_type": ""}
    call_action("resource_patch", as_(ann), id=resource["id"], **link)
    assert seen(checks) == ["Spend Q2"]  # a link, and no file of ours
    call_action("resource_patch", as_(ann), id=resource["id"], url="spend.csv", url_type="upload")
    assert hidden(checks, resource)


def test_problems_are_waived_by_an_editor_with_a_reason(checks, person, heard):
    ann = person()
    resource = upload(checks, ann, BROKEN)
    with pytest.raises(tk.ValidationError):  # not checked yet
        call_action("file_check_waive", as_(ann), id=resource["id"], reason=REASON)
    work()
    with pytest.raises(tk.ValidationError) as caught:
        call_action("file_check_waive", as_(ann), id=resource["id"], reason="no")
    assert "reason" in caught.value.error_dict and hidden(checks, resource)
    done = call_action("file_check_waive", as_(ann), id=resource["id"], reason=REASON)
    assert (done["state"], done["held"]) == ("waived", False) and seen(checks) == ["Spend Q2"]
    assert done["decisions"][0]["made_by"] == ann["id"] and done["decisions"][0]["reason"] == REASON
    assert [name for name, _ in heard[1:]] == ["file_checked", "file_waived", "file_released"]
    with pytest.raises(tk.ValidationError):
        call_action("file_check_waive", as_(ann), id=resource["id"], reason=REASON)


def test_personal_data_needs_two_persons(checks, person, heard):
    ann, bob = person(), person("admin")
    resource = upload(checks, ann, PERSONAL)
    work()
    found = check_of(resource, ann)
    assert found["state"] == "personal" and found["personal"] > 0

    def waive(user, **more):
        return call_action("file_check_waive", as_(user), id=resource["id"], **more)

    with pytest.raises(tk.ValidationError):
        waive(ann, kind="problems", reason=REASON)
    with pytest.raises(tk.ValidationError):
        waive(bob, answer="approve")  # nobody proposed it
    waive(ann, reason=REASON)
    assert hidden(checks, resource)
    for refused in ({"answer": "approve"}, {"answer": "approve", "check_id": "another"}, {"reason": REASON}):
        with pytest.raises(tk.ValidationError):
            waive(ann, **refused)
    with pytest.raises(tk.NotAuthorized):
        waive(call_action("get_site_user"), answer="approve")
    waive(bob, answer="refuse")
    waive(bob, reason=REASON)
    done = waive(ann, answer="approve")
    assert (done["state"], done["held"]) == ("waived", False) and seen(checks) == ["Spend Q2"]
    decided = [facts["decision"] for name, facts in heard if name == "personal_data_decided"]
    assert decided == ["proposed", "refused", "proposed", "approved"]


def test_a_proposal_does_not_outlive_its_file(checks, person):
    ann, bob = person(), person()
    resource = upload(checks, ann, PERSONAL)
    work()
    seen_by_bob = call_action("file_check_waive", as_(ann), id=resource["id"], reason=REASON)["check_id"]
    upload(checks, ann, PERSONAL.replace(b"Jane", b"Joan"), id=resource["id"])
    work()
    for more in ({}, {"check_id": seen_by_bob}):
        with pytest.raises(tk.ValidationError):
            call_action("file_check_waive", as_(bob), id=resource["id"], answer="approve", **more)
    assert hidden(checks, resource)


def test_what_cannot_be_read_needs_two_persons(checks, person):
    ann = person()
    resource = upload(checks, ann, b"\x00\x01\x02" * 50)
    work()
    found = check_of(resource, ann)
    assert found["state"] == "unreadable" and found["message"] and found["waits_for"] == "personal"


@pytest.mark.parametrize("who", ["member", "elsewhere", None])
def test_others_are_refused(checks, person, who):
    resource = upload(checks, person(), BROKEN)
    work()
    user = None
    if who == "member":
        user = person("member")
    elif who:
        user = factories.User()
        factories.Organization(users=[{"name": user["name"], "capacity": "editor"}])
    for action, more in (
        ("file_check_show", {}), ("file_check_run", {}), ("file_check_waive", {"reason": REASON}),
        ("file_check_mapping_update", {"mapping": {}}),
    ):  # fmt: skip
        with pytest.raises(tk.NotAuthorized):
            call_action(action, as_(user), id=resource["id"], **more)
    with pytest.raises(tk.NotAuthorized):
        call_action("file_check_list", as_(user), package_id=checks.dataset["id"])
    assert seen(checks, user) == []


def test_the_list_for_the_workflow(checks, person):
    resource = upload(checks, person(), BROKEN)
    found = call_action("file_check_list", package_id=checks.dataset["id"], held=True)
    assert [(one["name"], one["resource_id"], one["state"]) for one in found["results"]] == [
        ("Spend Q2", resource["id"], "waiting")
    ]
    assert call_action("file_check_list", package_id=checks.dataset["id"], held=False)["count"] == 0
    with pytest.raises(tk.ObjectNotFound):
        call_action("file_check_list", package_id="nothing")


def test_what_is_not_held(checks, person, council):
    resource = upload(checks, call_action("get_site_user"), BROKEN)  # the portal's own
    assert seen(checks) == ["Spend Q2"] and store.current(resource["id"]) is None
    call_action("file_check_run", as_(person()), id=resource["id"])
    work()
    assert store.current(resource["id"]).state == "problems" and seen(checks) == ["Spend Q2"]
    other = call_action("package_create", **council())
    checks.dataset = other  # no set of the Code
    assert upload(checks, person(), BROKEN) and seen(checks) == ["Spend Q2"]


def test_a_killed_check_is_found_again(checks, person):
    ann = person()
    resource = upload(checks, ann, GOOD)
    for queue in queues.get_all_queues():
        queue.empty()
    check = store.current(resource["id"])
    started = jobs._claim(check.id)
    assert started and jobs._claim(check.id) is None  # one worker at a time
    assert jobs.check_pending() == 0
    check = store.current(resource["id"])
    check.beat = now() - jobs.QUIET - timedelta(seconds=1)
    model.Session.commit()
    assert jobs.check_pending() == 1 and jobs.check_pending() == 0
    check = store.current(resource["id"])
    check.beat = now() - jobs.QUIET - timedelta(seconds=1)
    model.Session.commit()
    work()
    assert seen(checks) == ["Spend Q2"] and check_of(resource, ann)["state"] == "passed"


def test_a_check_that_always_breaks_off_is_given_up(checks, person):
    ann = person()
    resource = upload(checks, ann, GOOD)
    check = store.current(resource["id"])
    check.state, check.beat, check.report = "running", now() - timedelta(hours=1), {"attempts": jobs.ATTEMPTS}
    model.Session.commit()
    assert jobs.check_pending() == 0
    assert check_of(resource, ann)["state"] == "failed" and hidden(checks, resource)


def test_a_missing_file_fails_and_stays_held(checks, person):
    ann = person()
    resource = upload(checks, ann, GOOD)
    from ckanext.council_schemas.review import reading

    with reading.uploaded(model.Resource.get(resource["id"])) as path:
        path.unlink()
    work()
    assert check_of(resource, ann)["state"] == "failed" and hidden(checks, resource)


def test_headers_are_said_once_for_a_source(checks, person):
    ann, first = person(), HEADER.split(",")[0]
    strange = GOOD.replace(first.encode(), b"Zzz", 1)
    resource = upload(checks, ann, strange)
    work()
    assert check_of(resource, ann)["state"] == "problems"
    for mapping in ({"Nowhere": first}, {"Zzz": "no_field"}, "text"):
        with pytest.raises(tk.ValidationError):
            call_action("file_check_mapping_update", as_(ann), id=resource["id"], mapping=mapping)
    call_action("file_check_mapping_update", as_(ann), id=resource["id"], mapping={"Zzz": first})
    work()
    assert check_of(resource, ann)["state"] == "passed"
    again = upload(checks, ann, strange, name="next.csv")
    work()
    assert check_of(again, ann)["state"] == "passed"


def test_another_table(checks, person):
    ann = person()
    resource = upload(checks, ann, GOOD)
    with pytest.raises(tk.ValidationError):
        call_action("file_check_run", as_(ann), id=resource["id"], table="nothing")
    call_action("file_check_run", as_(ann), id=resource["id"], table="parking-spaces")
    work()
    found = check_of(resource, ann)
    assert (found["table"], found["table_chosen"], found["state"]) == ("parking-spaces", True, "problems")


def test_the_page(app, checks, person):
    ann, bob = person(), person()
    body = BROKEN.replace(b"many", b"<script>alert(1)</script>").replace(b"Acme Ltd", b"Mrs Jane Ann Smith")
    resource = upload(checks, ann, body)
    url = f"/dataset/{checks.dataset['name']}/resource/{resource['id']}"
    mine, second = {"Authorization": ann["token"]}, {"Authorization": bob["token"]}
    assert "waits for its check" in app.get(url + "/check", headers=mine).body
    work()
    answer = app.get(url + "/check", headers=mine)
    page = BeautifulSoup(answer.body, "html.parser")
    assert "<script>alert(1)" not in answer.body and "<script>alert(1)</script>" in page.text
    assert {form["action"] for form in page.select(".primary form[method=post]")} == {url + "/check"}
    assert page.find("a", href=url + "/check?format=json") and len(page.find_all("h1")) == 1
    labelled = {label.get("for") for label in page.select(".primary label")}
    assert all(one.get("id") in labelled for one in page.select(".primary select, .primary textarea"))
    assert page.find("button", value="personal") and not page.find("button", value="problems")
    assert url + "/check" in app.get(url, headers=mine).body
    assert app.get(url + "/check?format=json", headers=mine).json["state"] == "personal"
    assert app.get(url + "/check?format=frictionless", headers=mine).json["valid"] is False
    assert app.get(url + "/check?format=csv", headers=mine).body.startswith("line,column,header")
    app.get(url + "/check?format=exe", headers=mine, status=404)

    def post(who, status=302, **data):
        return app.post(url + "/check", data=data, headers=who, follow_redirects=False, status=status)

    bad = BeautifulSoup(post(mine, 400, do="personal", reason="no").body, "html.parser")
    assert bad.find(id="errors") and bad.find("textarea").text.strip() == "no"
    post(mine, do="personal", reason=REASON)
    assert not BeautifulSoup(app.get(url + "/check", headers=mine).body, "html.parser").find("button", value="approve")
    post(second, do="approve", reason="")
    post(second, do="problems", reason=REASON)
    assert seen(checks) == ["Spend Q2"]
    assert "published by a decision" in app.get(url + "/check", headers=second).body


@pytest.mark.ckan_config("ckan.locales_offered", "en cy")
def test_the_report_in_welsh(app, checks, person):
    ann = person()
    body = f"{HEADER}\n{row(amount='many')}\n{row(department='')}\n{row(beneficiary='Mrs Jane Ann Smith')}\n".encode()
    resource = upload(checks, ann, body)
    work()
    url = f"/dataset/{checks.dataset['name']}/resource/{resource['id']}/check"
    mine = {"Authorization": ann["token"]}

    def text(path):
        return " ".join(BeautifulSoup(app.get(path, headers=mine).body, "html.parser").get_text(" ").split())

    number = ('Nid yw "many" yn rhif.', "Ysgrifennwch ddigidau â phwynt, fel 1234.50.")
    name = ('Mae "Mrs Jane Ann Smith" yn edrych fel enw person.', "Golygwch ef allan, neu gofynnwch i ail berson")
    welsh = text("/cy" + url)
    for said in (
        *number,
        *name,
        "Nid yr hyn y mae’r golofn yn ei ddal",
        "Enw person",
        "Mae’r set yn gofyn amdani ym mhob",
    ):
        assert said in welsh, said
    assert "is not a number" not in welsh and "Gwariant dros £500" in welsh
    table = app.get(f"/cy{url}?format=csv", headers=mine).body
    assert number[1] in table and table.startswith("line,column,header") and "Write digits" not in table
    english = text(url)
    assert '"many" is not a number.' in english and "Gwariant" not in english
    told = app.get(f"/cy{url}?format=frictionless", headers=mine).json["tasks"][0]["errors"]
    assert any(each["message"] == '"many" is not a number.' for each in told)
    # What was kept before: sentences alone.
    check = store.current(resource["id"])
    old = [{name: value for name, value in each.items() if name != "said"} for each in check.report["problems"]]
    check.report = {**check.report, "problems": old}
    model.Session.commit()
    page = text("/cy" + url)
    assert '"many" is not a number.' in page and "Enw person" in page
    assert "is not a number" in app.get(f"/cy{url}?format=csv", headers=mine).body
