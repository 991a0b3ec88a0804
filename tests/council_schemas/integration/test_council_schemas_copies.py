"""Tidied and redacted copies of held files: asked for, read, used or dropped, and the original kept apart."""

import io

import pytest
import sqlalchemy as sa
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
from ckanext.council_schemas.review import copies
from ckanext.council_schemas.review.model import Redacted

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", False),
    pytest.mark.usefixtures("with_plugins"),
]
HEADER = "Payment Date,Organisation Name,Organisation Code,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category"
ROW = "2026-07-03,Aireborough,E08000035,Finance,Acme Ltd,Paper,700,0,Stationery"
PERSON = ROW.replace("Acme Ltd", "Mrs Jane Ann Smith").replace("Paper", "call jane.smith@gmail.com")
UNTIDY = f"Aireborough spend\n{HEADER}\n\n{ROW.replace('2026-07-03', '03/07/2026')}\n"


@pytest.fixture
def checks(migrate_db_for, council, clean_queues):
    migrate_db_for("council_schemas")
    council.dataset = call_action("package_create", **council(transparency_set="expenditure-over-500"))
    council.ann = factories.UserWithToken()
    call_action("member_create", id=council.org["id"], object=council.ann["id"], object_type="user", capacity="editor")
    return council


@pytest.fixture
def told():
    heard = []
    listening = [
        (name, lambda sender, _name=name, **facts: heard.append((_name, facts)))
        for name in ("file_tidied", "personal_data_decided", "file_released")
    ]
    for name, listen in listening:
        getattr(signals, name).connect(listen)
    yield heard
    for name, listen in listening:
        getattr(signals, name).disconnect(listen)


def as_(user):
    return {"user": user["name"] if user else "", "ignore_auth": False}


def act(checks, action, resource, **data):
    return call_action(action, as_(checks.ann), id=resource["id"], **data)


def upload(checks, text, name="spend.csv", **more):
    file = FileStorage(io.BytesIO(text.encode()), filename=name)
    sent = {"package_id": checks.dataset["id"], "name": "Spend Q2", "format": "CSV", "upload": file, "url": name}
    resource = call_action("resource_update" if "id" in more else "resource_create", as_(checks.ann), **sent, **more)
    work()
    return resource


def work():
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


def public(checks):
    return [one["name"] for one in call_action("package_show", as_(None), id=checks.dataset["id"])["resources"]]


def kept(decision_id):
    query = sa.select(Redacted).where(Redacted.decision_id == decision_id).order_by(Redacted.line, Redacted.column)
    return list(model.Session.execute(query).scalars())


def test_a_tidied_copy_is_read_and_then_used(checks, told):
    resource = upload(checks, UNTIDY)
    assert act(checks, "file_check_show", resource)["state"] == "problems"
    asked = act(checks, "file_check_copy", resource, kind="tidy")
    assert asked["copy"]["state"] == "asked"
    work()
    copy = act(checks, "file_check_show", resource)["copy"]
    assert copy["state"] == "made" and copy["rows"] == 1
    assert {"title-rows", "blank-row", "dates"} <= {change["rule"] for change in copy["changes"]}
    assert public(checks) == []  # nothing happens before a person says so
    done = act(checks, "file_check_copy_use", resource, copy_id=copy["copy_id"])
    assert done["state"] == "waiting" and done["file_name"] == "spend.csv" and done["copy"] is None
    work()
    assert act(checks, "file_check_show", resource)["state"] == "passed" and public(checks) == ["Spend Q2"]
    assert copies.original(copy["copy_id"]).read_text() == UNTIDY
    facts = dict(told)["file_tidied"]
    assert facts["tidied_sha256"] == copy["sha256"] and facts["changes"]["blank-row"] == 1


def test_personal_data_is_redacted_and_kept_apart(app, checks, told):
    resource = upload(checks, f"{HEADER}\n{ROW}\n{PERSON}\n")
    found = act(checks, "file_check_show", resource)
    assert (found["state"], found["personal"]) == ("personal", 2)
    cells = [f"{one['line']}/{one['position']}" for one in found["report"]["problems"] if one["severity"] == "personal"]
    act(checks, "file_check_copy", resource, kind="redact", cells=cells, reason_code="personal-data")
    work()
    copy = act(checks, "file_check_show", resource)["copy"]
    assert (copy["state"], copy["redacted"], copy["reason"]) == ("made", 2, "REDACTED PERSONAL DATA")
    assert [(one.line, one.column, one.original) for one in kept(copy["copy_id"])] == [
        (3, "Beneficiary", "Mrs Jane Ann Smith"), (3, "Purpose", "call jane.smith@gmail.com"),
    ]  # fmt: skip
    act(checks, "file_check_copy_use", resource, copy_id=copy["copy_id"])
    work()
    assert public(checks) == ["Spend Q2"]
    text = app.get(f"/dataset/{checks.dataset['name']}/resource/{resource['id']}/download/spend.csv").body
    assert "Smith" not in text and text.count("REDACTED PERSONAL DATA") == 2 and "Acme Ltd" in text
    facts = dict(told)["personal_data_decided"]
    assert (facts["decision"], facts["cells"], facts["reason_codes"]) == ("redacted", 2, {"personal-data": 2})
    assert dict(told)["file_released"]["how"] == "passed"


def test_a_rule_takes_all_that_it_finds_and_no_more(checks):
    resource = upload(checks, "\n".join([HEADER, *[PERSON] * 300, ROW, ""]))
    act(checks, "file_check_copy", resource, kind="redact", rules=["personal-name"], reason_code="safety")
    work()
    copy = act(checks, "file_check_show", resource)["copy"]
    assert copy["redacted"] == 300 and {one.column for one in kept(copy["copy_id"])} == {"Beneficiary"}
    act(checks, "file_check_copy_use", resource, copy_id=copy["copy_id"])
    work()
    assert act(checks, "file_check_show", resource)["state"] == "personal" and public(checks) == []  # emails are left


def test_a_copy_that_is_dropped_leaves_nothing(checks):
    resource = upload(checks, f"{HEADER}\n{PERSON}\n")
    copy = act(checks, "file_check_copy", resource, kind="redact", cells=["2/5"], reason_code="personal-data")["copy"]
    work()
    assert kept(copy["copy_id"]) and copies.path(copy["copy_id"]).exists()
    assert act(checks, "file_check_copy_drop", resource, copy_id=copy["copy_id"])["copy"] is None
    assert not kept(copy["copy_id"]) and not copies.path(copy["copy_id"]).exists()
    with pytest.raises(tk.ValidationError):
        act(checks, "file_check_copy_use", resource, copy_id=copy["copy_id"])


def test_a_newer_file_makes_a_copy_lapse(checks):
    resource = upload(checks, UNTIDY)
    check = act(checks, "file_check_copy", resource, kind="tidy")
    work()
    upload(checks, f"{HEADER}\n{ROW}\n", id=resource["id"])
    for more in ({"copy_id": check["copy"]["copy_id"]}, {"copy_id": "x", "check_id": check["check_id"]}):
        with pytest.raises((tk.ValidationError, tk.ObjectNotFound)):
            act(checks, "file_check_copy_use", resource, **more)
    assert not copies.path(check["copy"]["copy_id"]).exists()


@pytest.mark.parametrize(
    ("wrong", "asked"),
    [
        ("kind", {"kind": "burn"}),
        ("reason_code", {"kind": "redact", "cells": ["2/5"]}),
        ("cells", {"kind": "redact", "reason_code": "safety"}),
        ("cells", {"kind": "redact", "reason_code": "safety", "cells": ["2"]}),
        ("rules", {"kind": "redact", "reason_code": "safety", "rules": [{"a": 1}]}),
        ("check_id", {"kind": "tidy", "check_id": "another"}),
    ],
)
def test_what_cannot_be_asked(checks, wrong, asked):
    resource = upload(checks, UNTIDY)
    with pytest.raises(tk.ValidationError) as caught:
        act(checks, "file_check_copy", resource, **asked)
    assert list(caught.value.error_dict) == [wrong]


def test_a_file_that_no_machine_can_put_right(checks):
    resource = upload(checks, f"{HEADER}\n{ROW}\n{ROW},more,cells\n")
    act(checks, "file_check_copy", resource, kind="tidy")
    work()
    copy = act(checks, "file_check_show", resource)["copy"]
    assert copy["state"] == "failed" and "line" in copy["message"]


@pytest.mark.parametrize("action", ["file_check_copy", "file_check_copy_use", "file_check_copy_drop"])
def test_it_is_for_the_datasets_editors(checks, action):
    resource = upload(checks, UNTIDY)
    for user in (None, factories.User()):
        with pytest.raises(tk.NotAuthorized):
            call_action(action, as_(user), id=resource["id"], kind="tidy", copy_id="x")


def test_the_page(app, checks):
    resource = upload(checks, f"{HEADER}\n{ROW}\n{PERSON}\n")
    url, mine = (
        f"/dataset/{checks.dataset['name']}/resource/{resource['id']}/check",
        {"Authorization": checks.ann["token"]},
    )

    def page():
        return BeautifulSoup(app.get(url, headers=mine).body, "html.parser")

    def post(**data):
        app.post(url, data=data, headers=mine, follow_redirects=False, status=302)

    form = page().find("button", value="redact").find_parent("form")
    cells = [one["value"] for one in form.select("input[name=cells]")]
    assert cells == ["3/5", "3/6"] and all(one.find_parent("label") for one in form.select("input[type=checkbox]"))
    post(do="redact", cells=cells[:1], reason_code="personal-data")
    assert "being made" in page().text and not page().find("button", value="use")
    work()
    made = page()
    link = made.find("a", href=lambda to: to and "/check/copy/" in to)["href"]
    assert "REDACTED PERSONAL DATA" in app.get(link, headers=mine).body
    assert app.get(link, follow_redirects=False).status_code in (302, 403, 404)
    post(do="use", copy_id=made.find("input", {"name": "copy_id"})["value"])
    work()
    assert [one["value"] for one in page().select("input[name=cells]")] == ["3/6"]
    post(do="tidy")
    work()
    post(do="drop", copy_id=page().find("input", {"name": "copy_id"})["value"])
    assert page().find("button", value="tidy") and "the copy was not used" in page().text


@pytest.mark.ckan_config("ckan.locales_offered", "en cy")
def test_what_a_copy_changed_in_welsh(app, checks):
    resource = upload(checks, UNTIDY)
    act(checks, "file_check_copy", resource, kind="tidy")
    work()
    url = f"/dataset/{checks.dataset['name']}/resource/{resource['id']}/check"
    mine = {"Authorization": checks.ann["token"]}
    english, welsh = (BeautifulSoup(app.get(to, headers=mine).body, "html.parser").text for to in (url, f"/cy{url}"))
    assert "Blank rows taken out" in english and "Dates written as year-month-day" in english
    assert "Rhesi gwag wedi’u tynnu allan" in welsh and "taken out" not in welsh
    assert "Dyddiadau wedi’u hysgrifennu fel blwyddyn-mis-diwrnod" in welsh
