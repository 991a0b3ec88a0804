"""The publication workflow: two persons, privacy, schedule, embargo, templates, notices, the board."""

from __future__ import annotations

import email
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import bodies, jobs, ledger
from ckanext.journey import model as tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("clean_index", "with_plugins", "journey_db", "with_request_context"),
]
SAYS_NONE = "It holds totals only"


class Council:
    """An organisation with an author, an approver, an officer for privacy, a member, and people from elsewhere."""

    def __init__(self):
        roles = {"author": "editor", "approver": "admin", "officer": "editor", "member": "member"}
        self.users = {who: factories.User(email=f"{who}-{factories.User.stub().name}@example.org") for who in roles}
        members = [{"name": self.users[who]["name"], "capacity": role} for who, role in roles.items()]
        self.org = factories.Organization(users=members)
        self.users |= {"stranger": factories.User(), "sysadmin": factories.Sysadmin()}
        factories.Organization(users=[{"name": self.users["stranger"]["name"], "capacity": "admin"}])

    def call(self, who, action, /, **values):
        name = self.users[who]["name"] if who else ""
        return tk.get_action(action)({"user": name, "auth_user_obj": model.User.get(name)}, values)

    def dataset(self, **values):
        values = {"title": "Spend, Q4 2025/26", "private": True, "owner_org": self.org["id"], **values}
        return self.call("author", "package_create", name=factories.Dataset.stub().name, **values)

    def move(self, who, dataset, move, **values):
        return self.call(who, "journey_workflow_move", id=dataset["id"], move=move, **values)

    def submitted(self, **values):
        made = self.dataset(**values)
        self.move("author", made, "submit", privacy_statement=SAYS_NONE)
        return made


@pytest.fixture
def council():
    return Council()


def is_public(dataset):
    package = model.Package.get(dataset["id"])
    model.Session.refresh(package)
    return package.state == "active" and not package.private


def errors(call, *given, **values):
    with pytest.raises(tk.ValidationError) as caught:
        call(*given, **values)
    return caught.value.error_dict


def test_a_second_person_publishes(council):
    made = council.submitted()
    assert not is_public(made)
    shown = council.move("approver", made, "approve")
    assert shown["state"] == "published" and is_public(made)
    steps = council.call(None, "journey_show", id=made["id"])["steps"]
    approval = next(step for step in steps if step["type"] == "approve")
    assert (approval["capture"], approval["agent_role"]) == ("auto", "admin")
    assert approval["evidence"][0]["sha256"]  # of what was approved
    score = council.call(None, "journey_show", id=made["id"])["score"]
    assert next(part for part in score["parts"] if part["code"] == "approval")["state"] == "met"


@pytest.mark.parametrize("who", ["author", "sysadmin"])
def test_whoever_worked_on_it_cannot_approve_it(council, who):
    made = council.dataset()
    council.call(who, "package_patch", id=made["id"], notes="touched by hand")
    council.move("author", made, "submit", privacy_statement=SAYS_NONE)
    for move, more in (("approve", {}), ("schedule", {"publish_at": "2999-01-01T00:00"}), ("return", {"reason": "no"})):
        with pytest.raises(tk.NotAuthorized):
            council.move(who, made, move, **more)
    shown = council.call(who, "journey_workflow_show", id=made["id"])
    refused = {each["move"]: each["refused"] for each in shown["moves"]}
    assert refused["approve"] and not refused["recall"]
    assert not is_public(made)


@pytest.mark.parametrize("who", ["member", "stranger", None])
def test_others_neither_see_nor_move_a_release(council, who):
    made = council.submitted()
    for action, values in (("journey_workflow_show", {}), ("journey_workflow_move", {"move": "approve"})):
        with pytest.raises(tk.NotAuthorized):
            council.call(who, action, id=made["id"], **values)


def test_what_was_changed_after_the_question_is_not_what_is_approved(council):
    made = council.submitted()
    council.call("author", "package_patch", id=made["id"], notes="Changed behind the approver's back")
    assert "files" in errors(council.move, "approver", made, "approve")
    council.move("author", made, "recall", reason="changed")
    council.move("author", made, "submit", privacy_statement=SAYS_NONE)
    assert council.move("approver", made, "approve")["state"] == "published"


def test_privacy_is_thought_of_before_anybody_is_asked(council):
    made = council.dataset()
    assert "privacy_statement" in errors(council.move, "author", made, "submit")
    council.call("author", "journey_step_create", dataset=made["id"], type="disclosure-check")
    assert council.move("author", made, "submit")["state"] == "approval"


def test_where_there_is_an_officer_only_the_officer_signs(council):
    officer = {"organization": council.org["id"], "user": council.users["officer"]["name"]}
    with pytest.raises(tk.NotAuthorized):
        council.call("author", "journey_officer_create", **officer)
    council.call("approver", "journey_officer_create", **officer)
    council.call("approver", "journey_officer_create", **officer)  # twice is once
    assert [each["user"] for each in council.call("author", "journey_officer_list", **officer)] == [officer["user"]]
    made = council.dataset()
    council.call("author", "journey_step_create", dataset=made["id"], type="dpia-review")
    assert "privacy_statement" in errors(council.move, "author", made, "submit", privacy_statement=SAYS_NONE)
    assert council.call("author", "journey_workflow_show", id=made["id"])["privacy"] == "unsigned"
    council.call("officer", "journey_step_create", dataset=made["id"], type="dpia-review")
    assert council.move("author", made, "submit")["privacy"] == "signed"
    council.call("approver", "journey_officer_revoke", **officer)
    assert council.call("author", "journey_officer_list", **officer) == []


def reported(council, dataset, app, state="COMPLETE"):
    """A tool says that it anonymised the dataset."""
    token = council.call("approver", "journey_token_create", organization=council.org["id"], name=f"ETL {state}")[
        "token"
    ]
    facet = {"_producer": "https://etl.example", "_schemaURL": "https://etl.example/x.json", "type": "anonymise"}
    place = {"namespace": tk.config["ckan.site_url"], "name": f"dataset/{dataset['name']}"}
    body = {
        "eventType": state, "eventTime": "2026-01-01T10:00:00Z", "producer": "https://etl.example", "schemaURL": "x",
        "run": {"runId": str(uuid.uuid4())}, "outputs": [place], "inputs": [],
        "job": {"namespace": "finance", "name": "mask", "facets": {"towpath_step": facet}},
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    app.post("/api/v1/lineage", data=json.dumps(body), headers=headers, status=201)


def test_a_tool_s_report_is_evidence_and_no_signature(council, app):
    made = council.dataset()
    reported(council, made, app, "FAIL")
    assert council.call("author", "journey_workflow_show", id=made["id"])["privacy"] == "unknown"
    reported(council, made, app)
    shown = council.call("author", "journey_workflow_show", id=made["id"])
    assert shown["privacy"] == "reported"
    assert [each["type"] for each in shown["privacy_reports"]] == ["anonymise"]
    assert "cannot sign" in errors(council.move, "author", made, "submit")["privacy_statement"][0]
    assert council.move("author", made, "submit", privacy_statement=SAYS_NONE)["state"] == "approval"


def test_a_tool_signs_nothing_for_an_officer_but_the_officer_s_own_step_does(council, app):
    officer = {"organization": council.org["id"], "user": council.users["officer"]["name"]}
    council.call("approver", "journey_officer_create", **officer)
    made = council.dataset()
    reported(council, made, app)
    assert "privacy_statement" in errors(council.move, "author", made, "submit", privacy_statement=SAYS_NONE)
    told = {"type": "dpia-review", "rationale": "Looked at what the tool left", "visibility": "public"}
    council.call("officer", "journey_step_create", dataset=made["id"], **told)
    assert council.move("author", made, "submit")["privacy"] == "signed"
    # What was reported for the last release says nothing of the next one.
    council.move("approver", made, "approve")
    council.move("approver", made, "withdraw", reason="Wrong quarter")
    assert council.call("author", "journey_workflow_show", id=made["id"])["privacy_reports"] == []


@pytest.mark.parametrize("outcome", ["proposed", "refused", "approved"])
def test_a_proposal_that_waits_or_was_refused_is_no_review(council, outcome):
    made = council.dataset()
    body = bodies.FileChecked("decided", resource_id="r", outcome=outcome)
    user = council.users["author"]["id"]
    draft = ledger.Draft(body, council.org["id"], made["id"], user, "editor")
    ledger.append(model.Session.connection(), draft)
    model.Session.commit()
    shown = council.call("author", "journey_workflow_show", id=made["id"])["privacy"]
    assert shown == ("reviewed" if outcome == "approved" else "unknown")


@pytest.mark.parametrize(("user", "word"), [("member", "editor"), ("nobody-of-this-name", "no such user")])
def test_an_officer_must_be_able_to_sign(council, user, word):
    name = council.users[user]["name"] if user in council.users else user
    found = errors(council.call, "approver", "journey_officer_create", organization=council.org["id"], user=name)
    assert word in found["user"][0]


def due_now():
    """The moment of every schedule comes, as if the night had passed."""
    model.Session.execute(sa.update(tables.move).values(publish_at=datetime.now(UTC) - timedelta(minutes=1)))
    model.Session.commit()
    jobs.publish_due()


def test_it_is_published_on_its_day(council):
    made = council.submitted()
    assert "publish_at" in errors(council.move, "approver", made, "schedule")
    assert "publish_at" in errors(council.move, "approver", made, "schedule", publish_at="2001-01-01T00:00:00Z")
    shown = council.move("approver", made, "schedule", publish_at="2999-04-30T09:00:00+01:00")
    assert (shown["state"], shown["publish_at"]) == ("scheduled", "2999-04-30T08:00:00+00:00")
    jobs.publish_due()
    assert not is_public(made)
    due_now()
    assert is_public(made)
    assert council.call("author", "journey_workflow_show", id=made["id"])["state"] == "published"


def test_what_was_changed_meanwhile_waits_for_approval_again(council):
    made = council.submitted()
    council.move("approver", made, "schedule", publish_at="2999-04-30T09:00")
    council.call("author", "package_patch", id=made["id"], notes="a last touch")
    due_now()
    shown = council.call("author", "journey_workflow_show", id=made["id"])
    assert shown["state"] == "approval" and not is_public(made)
    assert shown["history"][-1]["move"] == "lapse"


def test_an_embargo_holds(council):
    made = council.dataset()
    council.move("author", made, "submit", privacy_statement=SAYS_NONE, embargo="2999-01-01T00:00:00Z")
    assert "publish_at" in errors(council.move, "approver", made, "approve")
    assert "publish_at" in errors(council.move, "approver", made, "schedule", publish_at="2998-12-31T23:59:59Z")
    shown = council.move("approver", made, "schedule", publish_at="2999-01-01T00:00:00Z")
    assert shown["embargo"] == "2999-01-01T00:00:00Z"


def test_it_can_be_withdrawn_with_a_reason(council):
    made = council.submitted()
    council.move("approver", made, "approve")
    assert "reason" in errors(council.move, "author", made, "withdraw")
    council.move("author", made, "withdraw", reason="Wrong quarter")
    assert not is_public(made)
    assert council.call("author", "journey_workflow_show", id=made["id"])["state"] == "withdrawn"


def test_a_move_must_follow_where_it_stands(council):
    made = council.dataset()
    assert "move" in errors(council.move, "approver", made, "approve")
    assert "move" in errors(council.move, "author", made, "jump")
    assert "wrong" in errors(council.move, "author", made, "submit", wrong="field")


@pytest.mark.ckan_config("ckanext.journey.approval_required", True)
class TestApprovalRequired:
    def test_nobody_opens_a_dataset_alone(self, council):
        assert "private" in errors(council.dataset, private=False)
        made = council.dataset()
        for action in ("package_patch", "package_revise"):
            given = {"id": made["id"], "private": False}
            values = given if action == "package_patch" else {"match": {"id": made["id"]}, "update": {"private": False}}
            assert "private" in errors(council.call, "sysadmin", action, **values)
        opens = {"datasets": [made["id"]], "org_id": council.org["id"]}
        assert "private" in errors(council.call, "approver", "bulk_update_public", **opens)
        assert not is_public(made)

    def test_the_second_person_does(self, council):
        made = council.submitted()
        council.move("approver", made, "approve")
        assert is_public(made)
        council.call("author", "package_patch", id=made["id"], notes="a correction of what is public")

    def test_the_portal_itself_is_not_asked(self, council):
        site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        made = tk.get_action("package_create")(
            {"user": site_user, "ignore_auth": True},
            {"name": factories.Dataset.stub().name, "owner_org": council.org["id"]},
        )
        assert is_public(made)


def test_the_next_quarter_is_one_click(council):
    first = council.submitted(notes="All payments over £500", tag_string="spend")
    evidence = [
        {"kind": "legal-basis", "value": "Transparency Code 2015"},
        {"kind": "checksum", "value": "of this file"},
    ]
    step = {"type": "extract", "system": "Northgate", "tool": "sqlplus", "rows_out": 5, "evidence": evidence}
    council.call("author", "journey_step_create", dataset=first["id"], **step)
    template = council.call("author", "journey_template_create", dataset=first["id"], name="Northgate to spend")
    assert template["next_title"] == "Spend, Q1 2026/27"
    (kept,) = template["steps"]
    assert kept["system"] == "Northgate" and "rows_out" not in kept
    assert [item["kind"] for item in kept["evidence"]] == ["legal-basis"]

    made = council.call("officer", "journey_release_create", id=template["id"], due="2999-07-31")
    assert (made["title"], made["private"], made["notes"]) == ("Spend, Q1 2026/27", True, "All payments over £500")
    shown = council.call("author", "journey_workflow_show", id=made["id"])
    assert (shown["state"], shown["due"]) == ("extracting", "2999-07-31")

    asked = council.call("author", "journey_release_show", id=made["id"])
    assert [(each["type"], each["recorded"]) for each in asked["steps"]] == [("extract", False)]
    own = {"position": 0, "ended_at": "2026-07-02", "rows_out": "7"}
    for _ in range(2):
        (told,) = council.call("author", "journey_release_record", id=made["id"], steps=[own])
    assert told["rows"]["out"] == 7 and told["system"]["name"] == "Northgate"
    assert council.call("author", "journey_release_show", id=made["id"])["steps"][0]["recorded"]
    assert sum(s["type"] == "extract" for s in council.call("author", "journey_show", id=made["id"])["steps"]) == 1

    again = council.call("author", "journey_template_show", id=template["id"])
    assert again["next_title"] == "Spend, Q2 2026/27" and again["latest"]["id"] == made["id"]
    other = council.call("author", "journey_release_create", id=template["id"], title="Spend, Q1 2026/27")
    assert other["name"] != made["name"]


def test_templates_belong_to_their_organisation(council):
    made = council.dataset()
    with pytest.raises(tk.NotAuthorized):
        council.call("stranger", "journey_template_create", dataset=made["id"], name="mine now")
    template = council.call("author", "journey_template_create", dataset=made["id"], name="ours")
    assert council.call("author", "journey_template_create", dataset=made["id"], name="ours")["id"] == template["id"]
    for action in ("journey_template_show", "journey_release_create", "journey_template_discard"):
        for who in ("stranger", "member", None):
            with pytest.raises(tk.NotAuthorized):
                council.call(who, action, id=template["id"])
    assert [each["id"] for each in council.call("author", "journey_template_list")] == [template["id"]]
    assert council.call("stranger", "journey_template_list") == []
    found = errors(council.call, "author", "journey_release_record", id=made["id"], steps=[{"position": 9}])
    assert "9" in found["steps"][0]
    council.call("author", "journey_template_discard", id=template["id"])
    assert council.call("author", "journey_template_list") == []


def column(council, who, state, **values):
    found = council.call(who, "journey_board", **values)
    return next(each for each in found["columns"] if each["state"] == state)


def test_the_board_shows_to_each_what_they_may_see(council):
    waiting = council.submitted()
    open_one = council.submitted(title="Open")
    council.move("approver", open_one, "approve")
    assert [item["name"] for item in column(council, "author", "approval")["items"]] == [waiting["name"]]
    for who in ("stranger", None):
        assert column(council, who, "approval")["count"] == 0
        assert column(council, who, "published", organization=council.org["name"])["count"] == 1
    assert column(council, "author", "blocked")["median_days"] is None
    council.move("author", waiting, "block", reason="The supplier list is missing", owner_role="Head of finance")
    (item,) = column(council, "author", "blocked")["items"]
    assert (item["owner_role"], item["reason"], item["days"]) == ("Head of finance", "The supplier list is missing", 0)


def test_a_reuse_that_is_told_puts_it_in_use(council):
    made = council.submitted()
    council.move("approver", made, "approve")
    council.call("author", "journey_step_create", dataset=made["id"], type="reuse", rationale="An app")
    assert column(council, None, "in-use")["count"] == 1


@pytest.mark.ckan_config("smtp.mail_from", "portal@example.org")
def test_those_who_must_act_are_written_to(council, mail_server):
    made = council.submitted()
    council.move("approver", made, "return", reason="Column F is empty")
    told = [(message[2], email.message_from_string(message[3])) for message in mail_server.get_smtp_messages()]
    assert [to for to, _ in told] == [[council.users["approver"]["email"]], [council.users["author"]["email"]]]
    assert f"/dataset/workflow/{made['name']}" in told[0][1].get_payload(decode=True).decode()
    assert "Column F is empty" in told[1][1].get_payload(decode=True).decode()
    mail_server.clear_smtp_messages()
    council.move("author", made, "validating")
    assert mail_server.get_smtp_messages() == []


def test_the_ledger_tells_the_same_after_a_rebuild(council):
    made = council.submitted()
    council.move("approver", made, "approve")
    before = council.call("author", "journey_workflow_show", id=made["id"])
    helpers.call_action("journey_rebuild")
    assert council.call("author", "journey_workflow_show", id=made["id"]) == before
