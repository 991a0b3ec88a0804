"""The calendar against real files: what counts and why, who may say what, pages, feed and JSON."""

import io
from datetime import date, datetime

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action
from freezegun import freeze_time
from icalendar import Calendar
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas.calendar import read

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", False),
    pytest.mark.usefixtures("with_plugins"),
]
SPEND = "expenditure-over-500"
TODAY = "2026-11-25 12:00:00"
ROWS = b"Payment Date,Beneficiary,Amount\n03/07/2026,Acme Ltd,501.00\n04/08/2026,Bolt Ltd,612.50\n"
UNDATED = b"Beneficiary,Amount\nAcme Ltd,501.00\nBolt Ltd,612.50\n"


@pytest.fixture
def calendar_db(migrate_db_for, council):
    migrate_db_for("council_schemas")
    return council


@pytest.fixture
def person(calendar_db):
    def make(capacity: str | None = None):
        user = factories.UserWithToken()
        if capacity:
            call_action(
                "member_create", id=calendar_db.org["id"], object=user["id"], object_type="user", capacity=capacity
            )
        return user

    return make


def publish(council, name: str, body: bytes = ROWS, set_id: str = SPEND, at: str = "2026-10-20", **more):
    """A public dataset with one uploaded file, as it was put up on a day."""
    dataset = call_action("package_create", **council(transparency_set=set_id, title="Spending", **more))
    file = FileStorage(io.BytesIO(body), filename=name.replace(" ", "-") + ".csv")
    made = call_action("resource_create", package_id=dataset["id"], name=name, format="CSV", upload=file, url="f.csv")
    day = datetime.fromisoformat(at)
    row = model.Resource.get(made["id"])
    row.created = row.last_modified = day
    model.Session.commit()
    call_action("package_patch", id=dataset["id"], notes="Indexed again.")
    return dataset


def show(council, **more):
    with freeze_time(TODAY):
        return call_action("council_calendar_show", id=council.org["name"], **more)


def entry(found, set_id: str = SPEND, period: str = "2026-27-Q2"):
    return next(one for one in found["entries"] if (one["set"], one["period"]) == (set_id, period))


def test_a_file_in_time(calendar_db):
    publish(calendar_db, "2026-27 Q2", legacy_source="SAP FI", contact=[{"name": "Finance", "email": "f@example.org"}])
    one = entry(show(calendar_db))
    assert (one["state"], one["in_time"], one["published"], one["due"]) == (
        "published",
        True,
        "2026-10-20",
        "2026-10-30",
    )
    assert (one["owner"], one["system"]) == ("Finance", "SAP FI")
    assert one["files"][0]["rows"] == 2 and one["files"][0]["basis"] == "name" and one["files"][0]["counts"]


@pytest.mark.parametrize(
    ("body", "reason"), [(b"Payment Date,Amount\n", "no-rows"), (b"", "no-rows"), (b"a,b\n,\n,\n", "no-rows")]
)
def test_an_empty_file_changes_nothing(calendar_db, body, reason):
    before = show(calendar_db)["score"]
    publish(calendar_db, "2026-27 Q2", body)
    found = show(calendar_db)
    one = entry(found)
    assert one["state"] == "late" and one["files"][0]["reason"] == reason
    assert found["score"] == before


def test_last_quarters_file_under_another_name_changes_nothing(calendar_db):
    publish(calendar_db, "2026-27 Q1", UNDATED, at="2026-07-20")
    before = show(calendar_db)["score"]
    publish(calendar_db, "2026-27 Q2", UNDATED, at="2026-10-20")
    found = show(calendar_db)
    assert entry(found)["files"][0]["reason"] == "same-file" and entry(found)["state"] == "late"
    assert found["score"] == before


def test_last_quarters_payments_in_a_new_file_change_nothing(calendar_db):
    publish(calendar_db, "2026-27 Q1", ROWS, at="2026-10-20")
    one = entry(show(calendar_db), period="2026-27-Q1")
    assert one["state"] == "late" and one["files"][0]["reason"] == "other-dates"


def test_last_years_file_put_up_again_changes_nothing(calendar_db):
    publish(calendar_db, "2024-25 Q3", UNDATED, at="2025-01-20")
    publish(calendar_db, "2026-27 Q2", UNDATED, at="2026-10-20")
    assert entry(show(calendar_db))["files"][0]["reason"] == "same-file"


def test_a_link_is_not_known_and_a_private_dataset_not_there(calendar_db):
    dataset = call_action("package_create", **calendar_db(transparency_set=SPEND))
    made = call_action(
        "resource_create", package_id=dataset["id"], name="2026-27 Q2", format="CSV", url="https://example.org/a.csv"
    )
    model.Resource.get(made["id"]).created = datetime(2026, 10, 20)
    model.Session.commit()
    call_action("package_patch", id=dataset["id"], notes="Again.")
    assert entry(show(calendar_db))["state"] == "unknown"
    call_action("package_patch", id=dataset["id"], private=True)
    assert entry(show(calendar_db))["state"] == "late"


def test_the_day_ends_in_london(calendar_db):
    """30 October 2026 is in GMT: 23:59 that day is in time; in July the day ends at 23:00 UTC."""
    publish(calendar_db, "2026-27 Q1", UNDATED, at="2026-07-30T22:59:59")
    assert entry(show(calendar_db), period="2026-27-Q1")["in_time"] is True
    publish(calendar_db, "2025-26 Q1", UNDATED + b"Carr,700\n", at="2025-07-30T23:00:00")
    late = entry(show(calendar_db, since="2025-01-01"), period="2025-26-Q1")
    assert (late["published"], late["in_time"]) == ("2025-07-31", False)


def test_scotland_has_no_score(calendar_db):
    call_action("organization_patch", id=calendar_db.org["id"], gss_code="S12000036")
    found = show(calendar_db)
    assert found["council"]["rules"] == "scotland" and found["score"]["percent"] is None
    assert found["counts"]["late"] == 0 and found["counts"]["voluntary"] > 0


def test_an_organisation_without_code_has_no_entries_until_it_says_it_is_a_smaller_authority(calendar_db, person):
    call_action("organization_patch", id=calendar_db.org["id"], gss_code="")
    assert show(calendar_db)["entries"] == []
    admin = person("admin")
    context = {"user": admin["name"], "ignore_auth": False}
    call_action("council_calendar_duty_update", context, id=calendar_db.org["id"], set="*", smaller=True)
    found = show(calendar_db)
    assert found["council"]["rules"] == "smaller" and {one["set"] for one in found["entries"]} == {
        SPEND, "land-and-building-assets",
    }  # fmt: skip
    listed = call_action("council_calendar_list")
    assert [one["name"] for one in listed["councils"]] == [calendar_db.org["name"]]


# What people say


def say(council, user, action="council_calendar_duty_update", **more):
    context = {"user": user["name"], "ignore_auth": False}
    with freeze_time(TODAY):
        return call_action(action, context, **{"id": council.org["id"], "set": "parking-account", **more})


REASON = "The county council runs all parking here."


def test_two_people_are_needed(calendar_db, person):
    ann, bob = person("editor"), person("editor")
    say(calendar_db, ann, not_applicable=True, reason=REASON)
    one = entry(show(calendar_db), "parking-account", "2025-26")
    assert one["state"] == "late" and one["not_applicable"]["confirmed"] is False
    with pytest.raises(tk.ValidationError):
        say(calendar_db, ann, "council_calendar_confirm")
    say(calendar_db, bob, "council_calendar_confirm")
    one = entry(show(calendar_db), "parking-account", "2025-26")
    assert one["state"] == "not-applicable" and one["not_applicable"]["valid_until"] == "2027-11-25"
    with pytest.raises(tk.ValidationError):
        say(calendar_db, bob, "council_calendar_confirm")


def test_a_new_reason_needs_a_new_confirmation(calendar_db, person):
    ann, bob = person("editor"), person("admin")
    say(calendar_db, ann, not_applicable=True, reason=REASON)
    say(calendar_db, bob, "council_calendar_confirm")
    say(calendar_db, bob, not_applicable=True, reason="Something else altogether.")
    assert entry(show(calendar_db), "parking-account", "2025-26")["state"] == "late"


def test_refused_and_taken_back(calendar_db, person):
    ann, bob = person("editor"), person("editor")
    say(calendar_db, ann, not_applicable=True, reason=REASON)
    assert say(calendar_db, bob, "council_calendar_confirm", refuse=True)["not_applicable"] is False
    assert entry(show(calendar_db), "parking-account", "2025-26")["not_applicable"] is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"not_applicable": True, "reason": "no"}, "reason"),
        ({"not_applicable": True, "reason": REASON, "valid_until": "2031-01-01"}, "valid_until"),
        ({"not_applicable": True, "reason": REASON, "valid_until": "soon"}, "valid_until"),
        ({"not_applicable": True, "reason": REASON, "valid_until": "2026-11-24"}, "valid_until"),
        ({"not_applicable": True, "reason": REASON, "set": SPEND}, "not_applicable"),
        ({"owner": "x" * 201}, "owner"),
        ({"email": "nobody"}, "email"),
        ({"owner": "A", "set": "no-such-set"}, "set"),
        ({"owner": "A", "period": "2025-26-Q5"}, "period"),
        ({"owner": "A", "period": "2025-26-Q1"}, "period"),
        ({"smaller": True, "set": "*"}, "smaller"),
        ({}, "set"),
    ],
)
def test_what_cannot_be_said(calendar_db, person, values, field):
    with pytest.raises(tk.ValidationError) as caught:
        say(calendar_db, person("admin"), **values)
    assert field in caught.value.error_dict


@pytest.mark.parametrize(("capacity", "may"), [("admin", True), ("editor", True), ("member", False), (None, False)])
def test_who_may_say_it(calendar_db, person, capacity, may):
    user = person(capacity)
    for action, values in (
        ("council_calendar_duty_update", {"owner": "Parking Services"}),
        ("council_calendar_confirm", {}),
    ):
        if may and action == "council_calendar_duty_update":
            assert say(calendar_db, user, action, **values)["owner"] == "Parking Services"
        elif may:
            with pytest.raises(tk.ValidationError):
                say(calendar_db, user, action, **values)
        else:
            with pytest.raises(tk.NotAuthorized):
                say(calendar_db, user, action, **values)


def test_the_portal_itself_is_no_second_person(calendar_db, person):
    say(calendar_db, person("editor"), not_applicable=True, reason=REASON)
    site = call_action("get_site_user")
    with pytest.raises(tk.NotAuthorized):
        say(calendar_db, site, "council_calendar_confirm")


def test_names_and_addresses_are_for_editors(calendar_db, person):
    ann = person("editor")
    say(calendar_db, ann, not_applicable=True, reason=REASON)
    say(calendar_db, ann, set=SPEND, owner="Finance", email="secret@example.org")
    public = str(call_action("council_calendar_show", {"user": "", "ignore_auth": False}, id=calendar_db.org["id"]))
    assert "secret@example.org" not in public and ann["id"] not in public and REASON in public
    mine = str(
        call_action("council_calendar_show", {"user": ann["name"], "ignore_auth": False}, id=calendar_db.org["id"])
    )
    assert "secret@example.org" in mine and ann["id"] in mine


# Pages


def main(response):
    return BeautifulSoup(response.body, "html.parser").select_one("[role=main], main, .main")


def test_pages_for_the_public(app, calendar_db):
    publish(calendar_db, "2026-27 Q2 <script>alert(1)</script>")
    with freeze_time(TODAY):
        index = main(app.get("/calendar"))
        assert "Aireborough Council" in index.text and "%" in index.text
        answer = app.get(f"/organization/calendar/{calendar_db.org['name']}")
        page = main(answer)
        one = main(app.get(f"/organization/calendar/{calendar_db.org['name']}/{SPEND}"))
    assert "<script>alert" not in answer.body and "does not count" not in page.text
    assert page.find(id=f"{SPEND}-2026-27-Q2") and "in time, on 20 October 2026" in page.text
    assert not one.find_all("form") and "its name or description says so" in " ".join(one.text.split())


@pytest.mark.parametrize("path", ["/organization/calendar/nobody", "/organization/calendar/nobody.ics"])
def test_no_such_council(app, calendar_db, path):
    app.get(path, status=404)
    app.get(f"/organization/calendar/{calendar_db.org['name']}/no-such-set", status=404)
    app.get(f"/organization/calendar/{calendar_db.org['name']}.exe", status=404)


@pytest.fixture
def on_that_day(monkeypatch):
    """Tokens do not live in another time, so only the calendar's day is another one."""
    monkeypatch.setattr(read, "today", lambda: date(2026, 11, 25))


def test_the_form_for_two_editors(app, calendar_db, person, on_that_day):
    url = f"/organization/calendar/{calendar_db.org['name']}/parking-account"
    ann, bob, member = ({"Authorization": person(role)["token"]} for role in ("editor", "editor", "member"))
    app.post(url, data={"do": "except", "reason": REASON}, headers=member, status=403)
    bad = main(app.post(url, data={"do": "except", "reason": "no"}, headers=ann, status=400))
    assert bad.find(id="errors") and bad.find("textarea").text.strip() == "no"
    app.post(url, data={"do": "except", "reason": REASON}, headers=ann, follow_redirects=False)
    mine = main(app.get(url, headers=ann))
    assert not mine.find("button", value="confirm") and mine.find("button", value="withdraw")
    assert main(app.get(url, headers=bob)).find("button", value="confirm")
    app.post(url, data={"do": "confirm", "period": ""}, headers=bob, follow_redirects=False)
    page = main(app.get(f"/organization/calendar/{calendar_db.org['name']}"))
    assert REASON in page.find(id="parking-account-2025-26").text
    app.post(url, data={"do": "owner", "owner": "Parking", "system": "Taranto", "email": ""}, headers=bob)
    form = main(app.get(url, headers=bob)).find(id="field-owner")
    assert form["value"] == "Parking"


def test_a_form_without_its_token_is_refused(make_app, ckan_config, monkeypatch, calendar_db, on_that_day):
    monkeypatch.setitem(ckan_config, "WTF_CSRF_ENABLED", True)
    app = make_app()
    user = factories.User(password="correct horse")
    call_action("member_create", id=calendar_db.org["id"], object=user["id"], object_type="user", capacity="editor")
    url = f"/organization/calendar/{calendar_db.org['name']}/parking-account"
    with app.flask_app.test_client() as client:
        token = BeautifulSoup(client.get("/user/login").data, "html.parser").select_one("input[name=_csrf_token]")
        sent = {"login": user["name"], "password": "correct horse", "_csrf_token": token["value"]}
        client.post("/user/login", data=sent)
        page = BeautifulSoup(client.get(url).data, "html.parser")
        token = page.find(id="field-owner").find_parent("form").select_one("input[name=_csrf_token]")["value"]
        owner = {"do": "owner", "owner": "Parking"}
        assert client.post(url, data=owner).status_code in (400, 403)
        assert call_action("council_calendar_show", id=calendar_db.org["id"])["sequences"] == {}
        assert client.post(url, data={**owner, "_csrf_token": token}).status_code == 302
    assert call_action("council_calendar_show", id=calendar_db.org["id"])["sequences"] == {"parking-account/": 1}


def feed(app, council):
    with freeze_time(TODAY):
        answer = app.get(f"/organization/calendar/{council.org['name']}.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.body).walk("VEVENT")
    return {str(event["UID"]): event for event in events}


def test_the_feed_keeps_its_uids_and_counts_changes(app, calendar_db, person):
    first = feed(app, calendar_db)
    uid = next(key for key in first if "parking-account-2025-26" in key)
    assert first[uid]["DTSTART"].dt == date(2026, 4, 30) and first[uid]["SEQUENCE"] == 0
    assert len(first) == len(set(first)) and "VALARM" not in str(first[uid].to_ical())
    say(calendar_db, person("editor"), not_applicable=True, reason=REASON)
    say(calendar_db, person("editor"), "council_calendar_confirm")
    second = feed(app, calendar_db)
    assert second.keys() == first.keys()
    assert second[uid]["SEQUENCE"] == 2 and second[uid]["STATUS"] == "CANCELLED"


def test_the_feed_is_cached_by_its_content(app, calendar_db):
    url = f"/organization/calendar/{calendar_db.org['name']}.ics"
    with freeze_time(TODAY):
        tag = app.get(url).headers["ETag"]
        assert app.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_json_is_what_the_action_says(app, calendar_db):
    with freeze_time(TODAY):
        found = app.get(f"/organization/calendar/{calendar_db.org['name']}.json").json
        said = call_action("council_calendar_show", {"user": "", "ignore_auth": False}, id=calendar_db.org["id"])
    assert found == said


def test_the_list_is_paged(calendar_db):
    factories.Organization(title="Zed Council", gss_code="E06000001")
    factories.Organization(title="A charity", sector="third")
    found = call_action("council_calendar_list", limit=1, offset=1)
    assert found["count"] == 2 and [one["title"] for one in found["councils"]] == ["Zed Council"]
    with pytest.raises(tk.ValidationError):
        call_action("council_calendar_list", limit="many")


def told(council, **more):
    given = {"id": council.org["name"], "set": SPEND, "period": "2026-27-Q2", "on": "2026-10-12"}
    with freeze_time(TODAY):
        return call_action("council_calendar_seen", **given | more)


def test_a_first_day_that_was_told(calendar_db):
    """A file that came here late was in time where it was published before; nothing is published by words."""
    assert told(calendar_db)["on"] == "2026-10-12"
    assert entry(show(calendar_db))["state"] == "late"
    publish(calendar_db, "2026-27 Q2", at="2026-11-20")
    one = entry(show(calendar_db))
    assert (one["state"], one["published"], one["in_time"]) == ("published", "2026-10-12", True)
    assert told(calendar_db, on="2026-10-20")["on"] == "2026-10-12", "the earlier day stays"
    assert told(calendar_db, on="2026-10-05")["on"] == "2026-10-05"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"on": "2026-09-29"}, "on"),
        ({"on": "2026-11-26"}, "on"),
        ({"on": "soon"}, "on"),
        ({"on": ""}, "on"),
        ({"period": "2026-27-Q9"}, "period"),
        ({"period": ""}, "period"),
        ({"set": "spend"}, "set"),
        ({"set": "*"}, "set"),
    ],
)
def test_a_first_day_that_cannot_be(calendar_db, more, field):
    with pytest.raises(tk.ValidationError) as caught:
        told(calendar_db, **more)
    assert field in caught.value.error_dict


def test_first_days_are_told_by_sysadmins_alone(calendar_db, person):
    own = {"user": person("admin")["name"], "ignore_auth": False}
    with pytest.raises(tk.NotAuthorized):
        call_action(
            "council_calendar_seen", own, id=calendar_db.org["name"], set=SPEND, period="2026-27-Q2", on="2026-10-12"
        )
