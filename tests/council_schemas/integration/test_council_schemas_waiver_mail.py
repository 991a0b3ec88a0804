"""When somebody proposes to publish personal data, those who may answer get a mail, with nothing of the file in it."""

from __future__ import annotations

import email
import io

import pytest
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib import mailer
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas.review import notices

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("smtp.mail_from", "portal@example.org"),
    pytest.mark.usefixtures("with_plugins", "with_request_context"),
]
HEADER = "Payment Date,Organisation Name,Organisation Code,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category"
PERSON = "2026-07-03,Aireborough,E08000035,Finance,Mrs Jane Ann Smith,Paper,700,0,Stationery"
REASON = "Jane Smith is the mayor and agreed to it"


class Case:
    """A held file, and its council's people: who proposes, an editor, an administrator, a member, one who left."""

    def __init__(self, council):
        self.council = council
        self.dataset = call_action("package_create", **council(transparency_set="expenditure-over-500"))
        self.users = {}
        for who, role in (
            ("ann", "editor"),
            ("ed", "editor"),
            ("boss", "admin"),
            ("member", "member"),
            ("left", "admin"),
        ):
            user = self.users[who] = factories.User(email=f"{who}@example.org")
            call_action("member_create", id=council.org["id"], object=user["id"], object_type="user", capacity=role)
        call_action("user_delete", id=self.users["left"]["id"])
        file = FileStorage(io.BytesIO(f"{HEADER}\n{PERSON}\n".encode()), filename="jane-smith.csv")
        sent = {
            "package_id": self.dataset["id"],
            "name": "Jane",
            "format": "CSV",
            "upload": file,
            "url": "jane-smith.csv",
        }
        self.resource = call_action("resource_create", self.as_("ann"), **sent)["id"]
        work()

    def as_(self, who):
        return {"user": self.users[who]["name"], "ignore_auth": False}

    def waive(self, who, **more):
        return call_action("file_check_waive", self.as_(who), id=self.resource, **more)


def work():
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


@pytest.fixture
def case(migrate_db_for, council, clean_queues, mail_server):
    migrate_db_for("council_schemas")
    return Case(council)


def mails(server):
    found = ((message[2], email.message_from_string(message[3])) for message in server.get_smtp_messages())
    return {to[0]: (str(made["Subject"]), made.get_payload(decode=True).decode()) for to, made in found}


def test_the_second_persons_are_written_to_without_anything_of_the_file(case, mail_server):
    case.waive("ann", reason=REASON)
    assert mails(mail_server) == {}  # nobody waits for a mail server
    work()
    found = mails(mail_server)
    assert set(found) == {"ed@example.org", "boss@example.org"}
    for _subject, text in found.values():
        assert f"/dataset/{case.dataset['name']}/resource/{case.resource}/check" in text and "Air quality" in text
        assert "jane" not in text.lower() and "smith" not in text.lower() and "mayor" not in text
    mail_server.clear_smtp_messages()
    case.waive("ed", answer="approve")
    work()
    assert mails(mail_server) == {}


def test_what_was_answered_meanwhile_is_no_news(case, mail_server):
    case.waive("ann", reason=REASON)
    case.waive("ed", answer="refuse")
    work()
    assert mails(mail_server) == {} and notices.send("no-such-file") == []


@pytest.mark.ckan_config("ckanext.council_schemas.waiver_mails", False)
def test_it_can_be_turned_off(case, mail_server):
    case.waive("ann", reason=REASON)
    work()
    assert mails(mail_server) == {}


def test_a_mail_that_fails_stops_nothing(case, mail_server, monkeypatch):
    def refused(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(mailer.smtplib, "SMTP", refused)
    assert case.waive("ann", reason=REASON)["state"] == "personal"
    assert notices.send(case.resource) == []
    monkeypatch.undo()
    assert case.waive("ed", answer="approve")["state"] == "waived"


def test_neither_does_a_queue_that_is_away(case, monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionError("no Valkey")

    monkeypatch.setattr(notices.tk, "enqueue_job", away)
    assert case.waive("ann", reason=REASON)["waits_for"] == "personal"
