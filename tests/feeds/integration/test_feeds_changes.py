"""The feed of changes: nothing missed, nothing private, tombstones for what left."""

import json
import random
import threading
import time
from datetime import datetime, timedelta

import pyoxigraph as ox
import pytest
import rdflib
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from rdflib import DCAT, DCTERMS, RDF, Literal, Namespace, URIRef

from ckanext.feeds import current, numbering
from ckanext.feeds.model import Fragment

AS = Namespace("https://www.w3.org/ns/activitystreams#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


@pytest.fixture()
def changes(app):
    """Changes after a token, as the public gets them."""

    def _changes(since="", limit="", status=200, **headers):
        return app.get(f"/feeds/changes.json?since={since}&limit={limit}", status=status, headers=headers).json

    return _changes


def told(answer):
    return {each["id"]: "withdrawn" if "withdrawn" in each else each["dataset"]["title"] for each in answer["changes"]}


def sysadmin_call(action, **data):
    user = factories.Sysadmin()
    return helpers.call_action(action, context={"user": user["name"], "ignore_auth": False}, **data)


def test_from_the_beginning_and_on(changes):
    first, second = factories.Dataset(title="One"), factories.Dataset(title="Two")
    start = changes()
    assert told(start) == {first["id"]: "One", second["id"]: "Two"}
    assert start["more"] is False
    assert [c["change"] for c in start["changes"]] == sorted(c["change"] for c in start["changes"])
    assert told(changes(start["next"])) == {}
    assert changes(start["next"])["next"] == start["next"]

    helpers.call_action("package_patch", id=first["id"], title="Uno")
    helpers.call_action("package_patch", id=first["id"], title="Eins")
    helpers.call_action("package_delete", id=second["id"])
    after = changes(start["next"])
    assert told(after) == {first["id"]: "Eins", second["id"]: "withdrawn"}
    gone = next(c for c in after["changes"] if c["id"] == second["id"])
    assert set(gone) == {"id", "uri", "change", "withdrawn"}
    assert gone["uri"] == f"http://test.ckan.net/dataset/{second['id']}"
    assert abs(datetime.utcnow() - datetime.fromisoformat(gone["withdrawn"].rstrip("Z"))) < timedelta(minutes=1)
    assert told(changes(after["next"])) == {}


def test_a_change_is_the_dataset_itself(changes):
    org = factories.Organization(title="Council")
    dataset = factories.Dataset(owner_org=org["id"], resources=[{"url": "https://example.org/a.csv", "name": "A"}])
    change = changes()["changes"][0]
    assert change["dataset"]["resources"][0]["url"] == "https://example.org/a.csv"
    assert change["organization"]["title"] == "Council"
    assert change["journey"] is None
    assert change["sha256"] == helpers.call_action("feeds_dataset_show", id=dataset["id"])["sha256"]


def leave(how, dataset, org):
    if how == "delete":
        helpers.call_action("package_delete", id=dataset["id"])
    elif how == "purge":
        sysadmin_call("dataset_purge", id=dataset["id"])
    elif how == "private":
        helpers.call_action("package_patch", id=dataset["id"], private=True)
    elif how == "draft":
        helpers.call_action("package_patch", id=dataset["id"], state="draft")
    elif how == "bulk private":
        sysadmin_call("bulk_update_private", datasets=[dataset["id"]], org_id=org["id"])
    elif how == "bulk delete":
        sysadmin_call("bulk_update_delete", datasets=[dataset["id"]], org_id=org["id"])
    else:
        model.Session.execute(sa.text("update package set private = true where id = :id"), {"id": dataset["id"]})
        model.Session.commit()


@pytest.mark.parametrize("how", ["delete", "purge", "private", "draft", "bulk private", "bulk delete", "by hand"])
def test_every_way_out_leaves_a_tombstone(app, changes, how):
    org = factories.Organization()
    dataset = factories.Dataset(owner_org=org["id"], title="Secret plans")
    token = changes()["next"]
    leave(how, dataset, org)
    assert told(changes(token)) == {dataset["id"]: "withdrawn"}
    for extension in ("json", "ttl", "rdf", "jsonld", "nt"):
        for since in ("", token):
            body = app.get(f"/feeds/changes.{extension}?since={since}").body
            assert "Secret" not in body and dataset["id"] in body


def test_what_was_never_public_is_never_told(changes):
    org = factories.Organization()
    private = factories.Dataset(private=True, owner_org=org["id"])
    draft = factories.Dataset(state="draft")
    user = factories.SysadminWithToken()
    helpers.call_action("package_delete", id=private["id"])
    for headers in ({}, {"Authorization": user["token"]}):
        assert told(changes(**headers)) == {}
    helpers.call_action("package_patch", id=draft["id"], state="active", title="Out")
    assert told(changes()) == {draft["id"]: "Out"}


def test_and_back_again(changes):
    dataset = factories.Dataset(title="Here")
    helpers.call_action("package_delete", id=dataset["id"])
    token = changes()["next"]
    helpers.call_action("package_patch", id=dataset["id"], state="active")
    assert told(changes(token)) == {dataset["id"]: "Here"}


def test_part_after_part(changes):
    ids = {factories.Dataset()["id"] for _ in range(5)}
    seen, token, parts = [], "", 0
    while True:
        answer = changes(token, limit=2)
        seen += [c["id"] for c in answer["changes"]]
        token, parts = answer["next"], parts + 1
        if parts == 1:  # what changes while one reads comes at the end
            helpers.call_action("package_patch", id=seen[0], title="Moved")
            assert f"since={token}&limit=2" in answer["next_url"]
        if not answer["more"]:
            break
    assert set(seen) == ids and len(seen) == 6 and seen[-1] == seen[0] and parts == 3


def test_a_time_instead_of_a_token(changes):
    old = factories.Dataset(title="Old")
    changes()
    time.sleep(0.01)
    moment = datetime.utcnow().isoformat()
    new = factories.Dataset(title="New")
    assert told(changes(moment)) == told(changes(moment + "Z")) == {new["id"]: "New"}
    assert told(changes("2020-01-01")) == {old["id"]: "Old", new["id"]: "New"}
    assert told(changes("2020-01-01T00:00:00+01:00")) == told(changes("2020-01-01"))
    later = changes("2999-01-01")
    assert later["changes"] == []
    assert told(changes(later["next"])) == {}


def test_wrong_questions(app, changes):
    factories.Dataset()
    token = changes()["next"]
    for since in ("yesterday", "12", "-1", token + "x", "2026-13-01", "0001-01-01T00:00:00%2B14:00"):
        assert "since" in app.get(f"/feeds/changes.json?since={since}", status=409).body
    for limit in ("0", "-1", "1001", "many"):
        app.get(f"/feeds/changes.json?limit={limit}", status=409)
    app.get("/feeds/changes.docx", status=404)
    with pytest.raises(toolkit.ValidationError):
        helpers.call_action("feeds_changes", since="yesterday")
    with pytest.raises(toolkit.ValidationError):
        helpers.call_action("feeds_changes", limit=1001)


def test_tokens_of_another_history_have_expired(app, changes):
    factories.Dataset()
    token = changes()["next"]
    epoch, number = token.split("-")
    for other in ("0" * 12 + "-" + number, f"{epoch}-{int(number) + 1}"):
        answer = app.get(f"/feeds/changes.json?since={other}", status=410)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "read the whole" in answer.json["title"] and answer.json["read"].endswith("/catalog.jsonld")
        app.get(f"/feeds/changes.ttl?since={other}", status=410)
        with pytest.raises(toolkit.ValidationError, match="whole"):
            helpers.call_action("feeds_changes", since=other)
    numbering.begin_anew()
    changes(token, status=410)
    assert len(changes()["changes"]) == 1


def test_old_tombstones_are_forgotten_and_their_tokens_expire(changes, ckan_config):
    gone, kept = factories.Dataset(), factories.Dataset(title="Kept")
    before = changes()["next"]
    helpers.call_action("package_delete", id=gone["id"])
    between = changes()["next"]
    assert numbering.drop_old_tombstones() == 0
    long_ago = datetime.utcnow() - timedelta(days=500)
    model.Session.execute(
        sa.update(Fragment).where(Fragment.package_id == gone["id"]).values(numbered=long_ago, modified=long_ago)
    )
    model.Session.commit()
    ckan_config["ckanext.feeds.tombstone_days"] = 0
    assert numbering.drop_old_tombstones() == 0
    ckan_config["ckanext.feeds.tombstone_days"] = 400
    assert numbering.drop_old_tombstones() == 1
    changes(before, status=410)
    changes((long_ago - timedelta(days=1)).isoformat(), status=410)
    assert told(changes(between)) == {}
    assert told(changes()) == {kept["id"]: "Kept"}


def test_an_earlier_address_is_told(app, changes, read):
    extras = [{"key": "uri", "value": "https://example.org/id/1"}]
    dataset = factories.Dataset(extras=extras)
    token = changes()["next"]
    helpers.call_action("package_patch", id=dataset["id"], extras=[])
    change = changes(token)["changes"][0]
    assert change["uri"].endswith(f"/dataset/{dataset['id']}")
    assert change["formerly"] == ["https://example.org/id/1"]
    graph = read(f"/feeds/changes.ttl?since={token}", form="ttl")
    assert (URIRef("https://example.org/id/1"), DCTERMS.isReplacedBy, URIRef(change["uri"])) in graph
    helpers.call_action("package_patch", id=dataset["id"], extras=extras)
    assert changes(token)["changes"][0]["formerly"] == [change["uri"]]


def test_rdf(app, read, changes):
    one, two, three = (factories.Dataset(title=f"T {n}") for n in range(3))
    helpers.call_action("package_delete", id=two["id"])
    lines = set()
    for extension, form in (
        ("ttl", ox.RdfFormat.TURTLE),
        ("rdf", ox.RdfFormat.RDF_XML),
        ("nt", ox.RdfFormat.N_TRIPLES),
    ):
        data = app.get(f"/feeds/changes.{extension}").data
        lines.add(frozenset(str(t) for t in ox.parse(data, format=form)))
    assert len(lines) == 1
    graph = read("/feeds/changes.jsonld")
    uri = URIRef(f"http://test.ckan.net/dataset/{two['id']}")
    assert len(graph) == len(next(iter(lines)))
    assert (uri, RDF.type, AS.Tombstone) in graph and (uri, RDF.type, DCAT.Dataset) not in graph
    assert (uri, DCTERMS.identifier, Literal(two["id"])) in graph
    assert {str(s).rsplit("/", 1)[1] for s in graph.subjects(RDF.type, DCAT.Dataset)} == {one["id"], three["id"]}
    assert not list(graph.objects(None, HYDRA.next))
    first = app.get("/feeds/changes.ttl?limit=1")
    following = str(next(rdflib.Graph().parse(data=first.data, format="turtle").objects(None, HYDRA.next)))
    assert first.headers["Link"] == f'<{following}>; rel="next"'
    rest = app.get(following.removeprefix("http://test.ckan.net"))
    assert 'rel="monitor"' in app.get("/feeds/changes.ttl").headers["Link"] and rest.status_code == 200


def test_validators_and_compression(app, changes):
    dataset = factories.Dataset()
    token = changes()["next"]
    idle = app.get(f"/feeds/changes.json?since={token}")
    tag = {"If-None-Match": idle.headers["ETag"]}
    app.get(f"/feeds/changes.json?since={token}", headers=tag, status=304)
    helpers.call_action("package_patch", id=dataset["id"], title="Other")
    again = app.get(f"/feeds/changes.json?since={token}", headers={**tag, "Accept-Encoding": "gzip"}, status=200)
    assert again.headers["Content-Encoding"] == "gzip"


def test_the_action_says_the_same(changes):
    factories.Dataset()
    answer = changes()
    answer.pop("next_url")
    assert json.loads(json.dumps(helpers.call_action("feeds_changes"))) == answer


@pytest.mark.ckan_config("ckanext.feeds.catch_up_seconds", 0)
def test_while_datasets_are_missing(app):
    factories.Dataset()
    model.Session.execute(sa.delete(Fragment))
    model.Session.commit()
    app.get("/feeds/changes.json", status=503)
    with pytest.raises(toolkit.ValidationError):
        helpers.call_action("feeds_changes")


def test_a_transaction_that_ends_late_is_not_missed(changes):
    """It wrote first and committed last: a number given when it wrote would lie below the reader's token."""
    slow, quick = factories.Dataset(), factories.Dataset()
    token = changes()["next"]
    with model.meta.engine.connect() as connection:
        connection.execute(touch(slow["id"], "a" * 64))
        helpers.call_action("package_patch", id=quick["id"], title="Quick")
        first = changes(token)
        assert told(first) == {quick["id"]: "Quick"}
        connection.commit()
    assert set(told(changes(first["next"]))) == {slow["id"]}


def touch(package_id, digest):
    fragment = Fragment.__table__
    return sa.update(fragment).where(fragment.c.package_id == package_id).values(change=None, digest=digest)


def test_many_writers_and_two_readers_miss_nothing(app):
    ids = [factories.Dataset()["id"] for _ in range(6)]
    current.verified()
    model.Session.remove()
    last, done = {}, threading.Event()

    def write(mine, seed):
        chance = random.Random(seed)
        for turn in range(25):
            with model.meta.engine.connect() as connection:
                package_id = chance.choice(mine)
                digest = f"{seed}-{turn}"
                connection.execute(touch(package_id, digest))
                time.sleep(chance.random() * 0.02)
                if chance.random() < 0.8:
                    connection.commit()
                    last[package_id] = digest

    def follow(seen):
        position = 0
        while True:
            finished = done.is_set()
            numbering.number_changes()
            query = sa.select(Fragment.package_id, Fragment.digest, Fragment.change)
            found = model.Session.execute(query.where(Fragment.change > position).order_by(Fragment.change).limit(2))
            rows = found.all()
            model.Session.remove()
            for package_id, digest, number in rows:
                seen[package_id], position = digest, number
            if finished and not rows:
                return

    seen = ({}, {})
    readers = [threading.Thread(target=follow, args=(each,)) for each in seen]
    writers = [threading.Thread(target=write, args=(ids[n * 2 : n * 2 + 2], n)) for n in range(3)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join(30)
        assert not thread.is_alive()
    for each in seen:
        assert {package_id: each[package_id] for package_id in last} == last
