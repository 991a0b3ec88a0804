"""The pages of the workflow: a steward's quarter, as it is done in a browser without scripts."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("clean_index", "with_plugins", "journey_db"),
]


class Browser:
    """Somebody at the portal."""

    def __init__(self, app, user):
        self.app, self.headers = app, {"Authorization": user["token"]} if user else {}

    def get(self, url, status=200):
        return BeautifulSoup(self.app.get(url, headers=self.headers, status=status).body, "html.parser")

    def post(self, url, status=200, **data):
        answer = self.app.post(url, data=data, headers=self.headers, status=status)
        return BeautifulSoup(answer.body, "html.parser")


@pytest.fixture
def people(app):
    users = {name: factories.UserWithToken() for name in ("author", "approver", "stranger")}
    roles = [
        {"name": users["author"]["name"], "capacity": "editor"},
        {"name": users["approver"]["name"], "capacity": "admin"},
    ]
    org = factories.Organization(users=roles)
    found = {name: Browser(app, user) for name, user in users.items()} | {"anyone": Browser(app, None), "org": org}
    return found | {"names": {name: user["name"] for name, user in users.items()}}


@pytest.fixture
def draft(people):
    return factories.Dataset(title="Spend, Q4 2025/26", private=True, owner_org=people["org"]["id"])


def release(dataset, tail=""):
    return f"/dataset/workflow/{dataset['name']}{tail}"


def moves(page):
    return [summary.text for summary in page.select(".journey-move > summary")]


def test_a_stewards_quarter(people, draft):
    author, approver = people["author"], people["approver"]
    author.get(f"/dataset/{draft['name']}").select_one(f"a[href='{release(draft)}']")
    page = author.post(release(draft, "/move"), status=400, move="submit")
    assert "Record a privacy step" in page.select_one(".journey-errors").text
    page = author.post(
        release(draft, "/move"), move="submit", privacy_statement="Totals only", owner_role="Head of finance"
    )
    assert "Waits for approval" in page.select_one(".journey-standing").text
    assert "Head of finance" in page.select_one(".journey-standing").text
    page = approver.get(release(draft))
    assert "Approve and publish now" in moves(page)
    assert page.select_one("#field-name")["value"] == ""
    approver.post(release(draft, "/move"), move="approve")
    assert people["anyone"].get(f"/dataset/{draft['name']}").h1

    author.post(release(draft, "/template"), name="To spend over £500")
    page = author.get("/journey/templates")
    assert page.select_one("input[name=title]")["value"] == "Spend, Q1 2026/27"
    begin = next(form["action"] for form in page.select("form") if form["action"].endswith("/begin"))
    page = author.post(begin, title="Spend, Q1 2026/27", due="2999-07-31")
    assert page.h1.text == "Release of Spend, Q1 2026/27"
    assert "Its template has no steps." in page.text
    forget = begin.replace("/begin", "/delete")
    assert "There is no template yet" in author.post(forget).text


def test_steps_of_a_template_are_recorded_from_the_page(people, draft):
    author = people["author"]
    author.post(f"/dataset/journey/{draft['name']}/add", type="extract", system_new="Northgate", save="1")
    author.post(release(draft, "/template"), name="N")
    page = author.get(release(draft))
    assert page.select_one("#step-0").get("checked") is None  # it is recorded already
    begin = next(f["action"] for f in author.get("/journey/templates").select("form") if f["action"].endswith("/begin"))
    page = author.post(begin, title="Next")
    assert page.select_one("#step-0").get("checked") is not None
    record = next(form["action"] for form in page.select("form") if form["action"].endswith("/record"))
    bad = author.post(record, status=400, position="0", **{"rows_in-0": "many"})
    assert "whole number" in bad.select_one(".journey-errors").text
    assert bad.select_one("#rows_in-0")["value"] == "many"
    page = author.post(record, position="0", **{"rows_in-0": "5", "rows_out-0": "5", "ended_at-0": "2026-07-01"})
    assert page.select_one("#step-0").get("checked") is None
    none = author.post(record, status=400)
    assert "Choose the steps" in none.select_one(".journey-errors").text


@pytest.mark.parametrize("who", ["stranger", "anyone"])
def test_others_are_kept_out(people, draft, who):
    assert people[who].get(release(draft), status=404)
    open_one = factories.Dataset(owner_org=people["org"]["id"])
    people[who].get(release(open_one), status=403)
    people[who].post(release(open_one, "/move"), status=403, move="withdraw", reason="mine")
    people[who].get(f"/journey/officers/{people['org']['name']}", status=403)
    assert release(open_one) not in str(people[who].get(f"/dataset/{open_one['name']}"))


def test_the_board(people, draft):
    people["author"].post(release(draft, "/move"), move="block", reason="<b>No list</b>")
    page = people["author"].get("/journey/board")
    (item,) = page.select(".journey-board-items li")
    assert item.a.text == "Spend, Q4 2025/26" and "<b>No list</b>" in item.text and not item.select("b")
    rows = {row.th.text: [cell.text for cell in row.select("td")] for row in page.select("tbody tr")}
    assert rows["Blocked"] == ["1", "0", "0"] and rows["Published"] == ["0", "–", "–"]
    assert not people["anyone"].get("/journey/board").select(".journey-board-items li")
    people["anyone"].get("/journey/board?organization=nobody", status=404)
    found = people["author"].app.get("/journey/board?format=json", headers=people["author"].headers).json
    assert found["total"] == 1


def test_who_signs_for_privacy(people):
    url = f"/journey/officers/{people['org']['name']}"
    assert not people["author"].get(url).select("#field-user")
    page = people["approver"].post(url, status=400, user="nobody-here")
    assert "no such user" in page.select_one(".journey-errors").text
    page = people["approver"].post(url, user=people["names"]["author"])
    assert len(page.select(".journey-officers li")) == 1
    page = people["approver"].post(url, remove=people["names"]["author"])
    assert not page.select(".journey-officers li")
