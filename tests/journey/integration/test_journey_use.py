"""Downloads counted by the day, and re-uses: told by editors, and by analytics projects."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.journey import downloads, jobs

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", False),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
TODAY = datetime.now(UTC).date()


@pytest.fixture
def counts():
    connection = connect_to_redis()

    def forget():
        for key in connection.scan_iter(match=downloads._key("*")):
            connection.delete(key)

    forget()
    yield lambda: {k.decode(): int(v) for k, v in connection.hgetall(downloads._key(TODAY)).items()}
    forget()


@pytest.fixture
def dataset():
    return factories.Dataset(owner_org=factories.Organization()["id"])


@pytest.fixture
def file(dataset):
    upload = FileStorage(io.BytesIO(b"a,b\n1,2\n"), filename="spend.csv")
    return factories.Resource(package_id=dataset["id"], upload=upload, url="spend.csv", url_type="upload")


def steps(dataset, kind="reuse"):
    model.Session.remove()
    return [each for each in helpers.call_action("journey_show", id=dataset["id"])["steps"] if each["type"] == kind]


def test_what_counts_as_a_download(app, dataset, file, counts):
    url = f"/dataset/{dataset['name']}/resource/{file['id']}"
    app.get(f"{url}/download/spend.csv")
    app.get(f"{url}/download/spend.csv", headers={"Range": "bytes=0-"})
    for headers in ({"Range": "bytes=4-"}, {"User-Agent": "SomeBot/1.0"}):
        app.get(f"{url}/download/spend.csv", headers=headers)
    app.test_client().head(f"{url}/download/spend.csv")
    app.get(f"{url}/download/nothing.csv", expect_errors=True)
    app.get(url)
    assert counts()[file["id"]] in (2, 3)  # CKAN sends the file under whatever name is asked for
    helpers.call_action("package_patch", id=dataset["id"], private=True)
    before = counts()
    app.get(f"{url}/download/spend.csv", expect_errors=True)
    assert counts() == before


def test_a_day_is_told_once_when_it_is_over(dataset, file, counts):
    connection, yesterday = connect_to_redis(), TODAY - timedelta(days=1)
    downloads._count(file["id"])
    downloads._count(file["id"])
    assert downloads.tell(TODAY) == 0  # today is not over
    connection.rename(downloads._key(TODAY), downloads._key(yesterday))
    connection.hset(downloads._key(yesterday), "no-such-file", 5)
    assert downloads.tell(TODAY) == 1
    connection.hset(downloads._key(yesterday), file["id"], 2)  # as if it had been cut off before it was forgotten
    assert downloads.tell(TODAY) == 1
    shown = helpers.call_action("journey_show", id=dataset["id"])["downloads"]
    assert shown == {"total": 2, "recent": 2, "since": yesterday.isoformat()}
    jobs.tell_downloads()
    helpers.call_action("journey_rebuild")
    assert helpers.call_action("journey_show", id=dataset["id"])["downloads"] == shown
    raw = helpers.call_action("journey_event_list", organization=dataset["owner_org"], dataset=dataset["id"])
    assert len([each for each in raw if each["type"] == "downloads-counted"]) == 1


def test_the_counter_is_never_in_the_way(app, dataset, file, monkeypatch):
    def broken(_):
        raise OSError("no Valkey")

    monkeypatch.setattr(downloads, "_count", broken)
    assert app.get(f"/dataset/{dataset['name']}/resource/{file['id']}/download/spend.csv").status_code == 200


def test_an_editor_tells_of_a_re_use(app, dataset):
    user = factories.UserWithToken()
    member = {"id": dataset["owner_org"], "object": user["id"], "object_type": "user", "capacity": "editor"}
    helpers.call_action("member_create", **member)
    url, mine = f"/dataset/journey/{dataset['name']}/reuse", {"Authorization": user["token"]}
    form = BeautifulSoup(app.get(url, headers=mine).body, "html.parser")
    labelled = {label["for"] for label in form.select(".journey-form label")}
    assert labelled == {one["id"] for one in form.select(".journey-form input[id], .journey-form textarea")}
    wrong = app.post(url, data={"title": "", "url": "javascript:alert(1)"}, headers=mine, status=400)
    assert {a["href"] for a in BeautifulSoup(wrong.body, "html.parser").select("#errors a")} == {
        "#field-title",
        "#field-url",
    }
    sent = {
        "title": "<b>Bins app</b>",
        "url": "https://bins.example",
        "description": "When to put them out",
        "kind": "app",
    }
    for _ in range(2):
        app.post(url, data=sent, headers=mine, follow_redirects=False, status=302)
    [step] = steps(dataset)
    assert step["rationale"] == "When to put them out" and step["evidence"][0]["url"] == "https://bins.example"
    assert "<b>Bins app</b>" not in app.get(f"/dataset/journey/{dataset['name']}").body


@pytest.mark.parametrize("who", [None, "user", "member"])
def test_others_may_not(app, dataset, who):
    user = factories.User() if who else None
    if user and who == "member":
        helpers.call_action(
            "member_create", id=dataset["owner_org"], object=user["id"], object_type="user", capacity="member"
        )
    with pytest.raises(tk.NotAuthorized):
        context = {"user": user["name"] if user else "", "ignore_auth": False}
        helpers.call_action("journey_reuse_create", context, dataset=dataset["id"], title="An app")
