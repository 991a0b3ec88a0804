"""File checks as they come into the journey: from the checks' own signals, through real uploads."""

from __future__ import annotations

import io

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.council_schemas.review import jobs, store

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("clean_index", "with_plugins", "with_request_context", "checks_db", "journey_db"),
]
HEADER = "Payment Date,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category\n"
GOOD = "2026-07-03,Finance,Acme Ltd,Paper,700,0,Stationery\n"
NAMED = "2026-07-04,Finance,Mrs Jane Doe,Paper,700,0,Stationery\n"


@pytest.fixture
def checks_db(with_plugins, non_clean_db, migrate_db_for):
    migrate_db_for("council_schemas")


@pytest.fixture
def people():
    users = [factories.User() for _ in range(2)]
    org = factories.Organization(users=[{"name": user["name"], "capacity": "editor"} for user in users])
    return org, [user["name"] for user in users]


def act(name, action, /, **values):
    return tk.get_action(action)({"user": name, "auth_user_obj": model.User.get(name)}, values)


def uploaded(people, *rows):
    org, (editor, _) = people
    values = {"title": "Spend", "notes": "x", "license_id": "uk-ogl", "transparency_set": "expenditure-over-500"}
    made = act(editor, "package_create", name=factories.Dataset.stub().name, owner_org=org["id"], **values)
    file = FileStorage(io.BytesIO((HEADER + "".join(rows)).encode()), filename="spend.csv")
    resource = act(
        editor, "resource_create", package_id=made["id"], name="Q2", format="CSV", upload=file, url="spend.csv"
    )
    jobs.run(store.current(resource["id"]).id)
    return made, resource


def steps(dataset, *types):
    found = helpers.call_action("journey_show", id=dataset["id"])
    return [step for step in found["steps"] if step["type"] in types], {
        p["code"]: p["state"] for p in found["score"]["parts"]
    }


def test_a_check_is_a_step_with_its_report_and_schema(people):
    dataset, _ = uploaded(people, GOOD)
    (step,), score = steps(dataset, "validate")
    assert (step["capture"], step["confidence"], step["tool"]) == ("auto", "observed", "Towpath file check")
    assert step["tool_version"] and step["inputs"][0]["sha256"] and step["inputs"][0]["rows"] == 1
    assert step["evidence"][0]["kind"] == "validation-report" and "passed" in step["evidence"][0]["value"]
    assert score["validation"] == score["schema"] == "met"
    # A check that lets a file through by itself is nobody's approval.
    assert score["approval"] == "unknown" and steps(dataset, "approve")[0] == []


def test_a_waiver_and_who_may_see_its_reason(people):
    dataset, resource = uploaded(people, GOOD.replace("700", "lots"))
    act(people[1][0], "file_check_waive", id=resource["id"], reason="The ledger says lots, and means it")
    (first, second), _ = steps(dataset, "validate")
    assert "problems 1" in first["evidence"][0]["value"]
    assert {item["visibility"] for item in second["evidence"]} == {"organisation"}
    public = tk.get_action("journey_show")({"user": ""}, {"id": dataset["id"]})
    assert "The ledger says lots" not in str(public)


def test_personal_data_is_decided_by_two_and_no_cell_reaches_the_ledger(people):
    dataset, resource = uploaded(people, GOOD, NAMED)
    first, second = people[1]
    act(first, "file_check_waive", id=resource["id"], reason="She is a councillor, acting as such")
    act(second, "file_check_waive", id=resource["id"], answer="approve")
    decisions, score = steps(dataset, "disclosure-check")
    assert [step["detail"]["outcome"] for step in decisions] == ["proposed", "approved"]
    assert score["legal"] == "met"
    events = helpers.call_action("journey_event_list", organization=people[0]["id"], limit=1000)
    assert not [event for event in events if "Jane Doe" in event["raw"]]
    before = steps(dataset, "validate", "disclosure-check")
    helpers.call_action("journey_rebuild")
    assert steps(dataset, "validate", "disclosure-check") == before
