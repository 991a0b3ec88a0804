"""The calendar against real checks of uploaded files: what failed its check, waits for it, or holds no row is not published."""

import io

import pytest
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas.calendar import periods, read
from ckanext.council_schemas.check import tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("with_plugins"),
]
SPEND = "expenditure-over-500"
# The newest quarter that has ended: its file is due now, or late.
QUARTER = periods.before(periods.quarter_at(read.today()))
DAY, OPEN = QUARTER.start.isoformat(), ("due", "late")
FIELDS = [field.name for field in tables.get(SPEND) if field.required or field.name == "beneficiary"]
VALUES = {
    "organisation_name": "Aireborough Council", "organisation": "Aireborough Council",
    "organisation_code": "E08000035", "body": "Aireborough Council", "effective_date": DAY,
    "date": DAY, "payment_date": DAY, "department": "Highways", "directorate": "Highways",
    "beneficiary": "Acme Ltd", "supplier": "Acme Ltd", "purpose": "Road repairs", "amount": "612.50",
    "category": "Road repairs", "procurement_category": "Road repairs", "transaction_number": "T1",
}  # fmt: skip


def table(*rows):
    lines = [",".join(FIELDS), *(",".join((VALUES | row).get(name, "Other") for name in FIELDS) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture
def upload(migrate_db_for, council, clean_queues):
    migrate_db_for("council_schemas")
    person = factories.UserWithToken()
    call_action("member_create", id=council.org["id"], object=person["id"], object_type="user", capacity="editor")
    dataset = call_action("package_create", **council(transparency_set=SPEND))
    own = {"user": person["name"], "ignore_auth": False}

    def put(body, action="resource_create", **more):
        file = FileStorage(io.BytesIO(body), filename="f.csv")
        sent = {
            "package_id": dataset["id"],
            "name": QUARTER.key.replace("-Q", " Q"),
            "format": "CSV",
            "url": "f.csv",
            "upload": file,
        }
        return call_action(action, own, **sent, **more)

    put.council, put.own = council, own
    return put


def check():
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


def quarter(upload):
    """Its state, and why each of its files does not count (empty for one that does)."""
    found = call_action("council_calendar_show", id=upload.council.org["name"])
    entry = next(e for e in found["entries"] if (e["set"], e["period"]) == (SPEND, QUARTER.key))
    return entry["state"], [file["reason"] for file in entry["files"]]


def test_what_is_being_checked_is_not_known_and_what_passed_is_published(upload):
    upload(table({}))
    assert quarter(upload)[0] != "published"
    check()
    assert quarter(upload) == ("published", [""])


@pytest.mark.parametrize(
    "body",
    [table({"amount": "many"}), table({"beneficiary": "Mrs Jane Ann Smith"}), b"\x00\x01 no table", b""],
    ids=["problems", "personal", "unreadable", "nothing"],
)
def test_what_failed_its_check_is_not_published(upload, body):
    upload(body)
    check()
    state, reasons = quarter(upload)
    assert state in OPEN and "" not in reasons


def test_a_header_alone_is_not_published(upload):
    upload(table())
    check()
    assert quarter(upload)[0] in OPEN


def test_waived_mended_and_broken_again(upload):
    made = upload(table({"amount": "many"}))
    check()
    call_action(
        "file_check_waive",
        upload.own,
        id=made["id"],
        reason="The ledger is closed; it is mended next quarter.",
        kind="problems",
    )
    assert quarter(upload) == ("published", [""])
    upload(table({"amount": "lots"}), "resource_update", id=made["id"])
    check()
    assert quarter(upload)[0] in OPEN
    upload(table({}), "resource_update", id=made["id"])
    check()
    assert quarter(upload) == ("published", [""])
