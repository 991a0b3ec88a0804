"""The calendar's daily job: the first day is kept, and people are written to, each thing once."""

from __future__ import annotations

import email
import io
from datetime import datetime

import pytest
from ckan import model
from ckan.lib import mailer
from ckan.tests import factories
from ckan.tests.helpers import call_action
from freezegun import freeze_time
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas.calendar import jobs

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("smtp.mail_from", "portal@example.org"),
    pytest.mark.usefixtures("with_plugins", "with_request_context"),
]
SPEND = "expenditure-over-500"
ROWS = b"Payment Date,Beneficiary,Amount\n03/07/2026,Acme Ltd,501.00\n04/08/2026,Bolt Ltd,612.50\n"
CONTACT = [{"name": "Finance", "email": "finance@example.org"}]


@pytest.fixture
def calendar_db(migrate_db_for, council):
    migrate_db_for("council_schemas")
    return council


def publish(council, at, body=ROWS):
    dataset = call_action("package_create", **council(transparency_set=SPEND, title="Spending", contact=CONTACT))
    file = FileStorage(io.BytesIO(body), filename="2026-27-Q2.csv")
    made = call_action(
        "resource_create", package_id=dataset["id"], name="2026-27 Q2", format="CSV", upload=file, url="f.csv"
    )
    stamp(made["id"], at)
    call_action("package_patch", id=dataset["id"], notes="Indexed again.")
    return made["id"]


def stamp(resource_id, at):
    row = model.Resource.get(resource_id)
    row.created = row.last_modified = datetime.fromisoformat(at)
    model.Session.commit()


def day(at):
    with freeze_time(f"{at} 06:00:00"):
        jobs.daily()


def state(council, at):
    with freeze_time(f"{at} 12:00:00"):
        found = call_action("council_calendar_show", id=council.org["name"])["entries"]
    one = next(each for each in found if (each["set"], each["period"]) == (SPEND, "2026-27-Q2"))
    return one["state"], one["in_time"], one["published"]


def mails(server):
    return [
        (m[2], email.message_from_string(m[3]).get_payload(decode=True).decode()) for m in server.get_smtp_messages()
    ]


def test_a_correction_after_the_last_day_does_not_make_it_late(calendar_db, mail_server):
    resource = publish(calendar_db, "2026-10-20")
    day("2026-10-21")
    stamp(resource, "2026-11-20")
    dataset = model.Resource.get(resource).package_id
    call_action("package_patch", id=dataset, notes="Corrected.")
    assert state(calendar_db, "2026-11-25") == ("published", True, "2026-10-20")


def test_each_thing_is_told_once_and_again_when_it_is_worse(calendar_db, mail_server):
    publish(calendar_db, "2026-10-02", b"Payment Date,Beneficiary,Amount\n")  # no rows: meets nothing
    for at in ("2026-10-10", "2026-10-20", "2026-10-20", "2026-11-01", "2026-11-02", "2026-12-15"):
        day(at)
    about = [text for to, text in mails(mail_server) if to == ["finance@example.org"] and "2026-27-Q2" in text]
    heads = [next(h for h in ("within two weeks", "has passed", "a month or more") if h in text) for text in about]
    assert heads == ["within two weeks", "has passed", "a month or more"]
    assert f"/organization/calendar/{calendar_db.org['name']}" in about[0]


def test_the_address_that_was_said_goes_before_the_contact(calendar_db, mail_server):
    publish(calendar_db, "2026-10-02", b"Payment Date,Beneficiary,Amount\n")
    person = factories.Sysadmin()
    values = {"id": calendar_db.org["name"], "set": SPEND, "email": "owner@example.org"}
    call_action("council_calendar_duty_update", {"user": person["name"], "ignore_auth": False}, **values)
    day("2026-11-01")
    told = {to[0] for to, text in mails(mail_server) if "Spending" in text and "2026-27-Q2" in text}
    assert told == {"owner@example.org"}


def refused(*_args, **_more):
    raise ConnectionRefusedError("nobody listens")


def test_what_could_not_be_sent_is_sent_by_the_next_job(calendar_db, mail_server, monkeypatch):
    publish(calendar_db, "2026-10-02", b"Payment Date,Beneficiary,Amount\n")
    with monkeypatch.context() as away:
        away.setattr(mailer.smtplib, "SMTP", refused)
        day("2026-11-01")
    assert mails(mail_server) == []
    day("2026-11-02")
    assert mails(mail_server)


def test_a_portal_without_mail_goes_on(calendar_db, mail_server, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "")
    publish(calendar_db, "2026-10-20")
    day("2026-11-01")
    assert mails(mail_server) == [] and state(calendar_db, "2026-11-25")[1] is True
