"""What is lost when a legacy system is switched off, and where pages warn of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ckan.tests import factories, helpers

from ckanext.journey import retirement

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db", "clean_index"),
]


def day(distance):
    return (date.today() + timedelta(days=distance)).isoformat()


@pytest.fixture
def org():
    return factories.Organization()


@pytest.fixture
def system(org):
    def make(retires=None, name="Northgate"):
        more = {"retirement_date": retires} if retires else {}
        return helpers.call_action("journey_system_create", organization=org["id"], name=name, **more)

    return make


def comes_from(dataset, *systems, **more):
    for name in systems:
        helpers.call_action("journey_step_create", dataset=dataset["id"], type="extract", system=name, **more)


def ask(action, user=None, **given):
    return helpers.call_action(action, {"user": user["name"] if user else "", "ignore_auth": False}, **given)


def test_datasets_of_this_system_alone_are_lost_with_it(org, system):
    made = system()
    alone, both = (factories.Dataset(owner_org=org["id"]) for _ in range(2))
    comes_from(alone, "Northgate")
    comes_from(both, "Northgate", "Civica")
    loss = ask("journey_system_show", id=made["id"])["loss"]
    assert [item["name"] for item in loss["only_here"]] == [alone["name"]] and loss["only_count"] == 1
    assert loss["elsewhere"] == 1
    assert [(step["type"], step["count"]) for step in loss["steps"]] == [("extract", 2)]
    assert loss["templates"] == []


def test_what_is_private_is_lost_for_its_members_alone(org, system):
    made = system()
    hidden = factories.Dataset(owner_org=org["id"], private=True)
    shown = factories.Dataset(owner_org=org["id"])
    comes_from(hidden, "Northgate")
    comes_from(shown, "Northgate", visibility="restricted")
    stranger, member = factories.User(), factories.User()
    helpers.call_action("organization_member_create", id=org["id"], username=member["name"], role="member")
    for user, names in ((None, []), (stranger, []), (member, [hidden["name"]])):
        loss = ask("journey_system_show", user, id=made["id"])["loss"]
        assert [item["name"] for item in loss["only_here"]] == names
        assert sum(step["count"] for step in loss["steps"]) == len(names)


def test_templates_that_begin_with_it_are_told_to_members(org, system):
    made = system()
    dataset = factories.Dataset(owner_org=org["id"])
    comes_from(dataset, "Northgate")
    helpers.call_action("journey_template_create", dataset=dataset["id"], name="Revenues each quarter")
    editor = factories.User()
    helpers.call_action("organization_member_create", id=org["id"], username=editor["name"], role="editor")
    told = [item["name"] for item in ask("journey_system_show", editor, id=made["id"])["loss"]["templates"]]
    assert told == ["Revenues each quarter"]
    assert ask("journey_system_show", id=made["id"])["loss"]["templates"] == []


@pytest.mark.parametrize(
    ("distance", "retires"), [(-1, "past"), (0, "past"), (30, "soon"), (365, "soon"), (366, None), (None, None)]
)
def test_pages_warn_a_year_before_and_ever_after(app, org, system, distance, retires):
    made = system(day(distance) if distance is not None else None)
    dataset = factories.Dataset(owner_org=org["id"])
    comes_from(dataset, "Northgate")
    assert ask("journey_system_show", id=made["id"])["retires"] == retires
    leaving = ask("journey_show", id=dataset["id"])["retiring"]
    assert [(item["name"], item["gone"]) for item in leaving] == ([("Northgate", retires == "past")] if retires else [])
    (item,) = (i for c in ask("journey_board")["columns"] for i in c["items"] if i["name"] == dataset["name"])
    assert bool(item["retiring"]) is bool(retires)
    words = {"past": "Northgate was switched off on", "soon": "Northgate will be switched off on"}
    for address in (f"/dataset/journey/{dataset['name']}", "/journey/board"):
        page = app.get(address).body
        assert [kind for kind, text in words.items() if text in page] == ([retires] if retires else []), address
    page = app.get(f"/journey/systems/{made['id']}").body
    assert "What is lost when it is switched off" in page and dataset["title"] in page


def test_what_the_calendar_wants_next():
    entries = [
        {"set": "spend", "state": "published", "due": "2026-01-31", "files": [{"dataset": "revenues"}]},
        {"set": "spend", "state": "upcoming", "due": "2027-01-31", "files": []},
        {"set": "spend", "state": "due", "due": "2026-12-31", "files": []},
        {"set": "land", "state": "due", "due": "2026-11-30", "files": [{"dataset": "land"}]},
        {"set": "posts", "state": "due", "due": None, "files": [{"dataset": "revenues"}]},
    ]
    assert retirement.next_due(entries, ["revenues", "none"]) == {"revenues": "2026-12-31"}
