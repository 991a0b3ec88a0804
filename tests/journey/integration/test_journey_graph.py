"""The graph across datasets and organisations: who sees what, hubs, hops, and the table that says the same."""

from __future__ import annotations

import json
import re
import time
import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import walk
from ckanext.journey.rows import node_of

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
PLACE = {"namespace": "s3://council", "name": "raw/spend.csv"}


@pytest.fixture
def org():
    return factories.Organization()


@pytest.fixture
def dataset(org):
    return factories.Dataset(owner_org=org["id"], title="Spend over £500")


def record(dataset, kind="extract", inputs=(), outputs=(), **more):
    sides = {"inputs": inputs, "outputs": outputs}
    more |= {side: [{"name": name, "sha256": sha} for name, sha in files] for side, files in sides.items() if files}
    return helpers.call_action("journey_step_create", dataset=dataset["id"], type=kind, **more)


def ask(user=None, **given):
    context = {"user": user["name"] if user else "", "ignore_auth": False}
    return helpers.call_action("journey_graph", context, **given)


def labels(shown, kind=None):
    return sorted(node["label"] for node in shown["nodes"] if kind in (None, node["kind"]))


A, B, C = ("a.csv", "aa" * 32), ("b.csv", "bb" * 32), ("c.csv", "cc" * 32)


def test_steps_are_joined_by_their_files_and_begin_at_their_system(dataset):
    record(dataset, "extract", outputs=[A], system="Northgate")
    record(dataset, "clean", [A], [B])
    record(dataset, "dpia-review")
    shown = ask(id=dataset["name"])
    assert labels(shown, "file") == ["a.csv", "b.csv"] and labels(shown, "system") == ["Northgate"]
    assert labels(shown, "step") == ["clean", "extract"] and shown["without_files"] >= 1
    kinds = [edge["kind"] for edge in shown["edges"]]
    assert sorted(kinds) == ["born", "made", "made", "part", "used"]


def test_the_way_goes_on_in_other_organisations_a_hop_at_a_time(dataset):
    other, third = (factories.Dataset(owner_org=factories.Organization()["id"]) for _ in range(2))
    record(dataset, "extract", outputs=[A])
    record(other, "join", [A], [B])
    record(third, "aggregate", [B], [C])
    files = [labels(ask(id=third["id"], hops=hops), "file") for hops in (0, 1, 2)]
    assert files == [["b.csv", "c.csv"], ["a.csv", "b.csv", "c.csv"], ["a.csv", "b.csv", "c.csv"]]
    assert labels(ask(id=third["id"], hops=2), "step") == ["aggregate", "extract", "join"]
    assert labels(ask(id=dataset["id"], hops=3, direction="down"), "file") == ["a.csv", "b.csv", "c.csv"]
    assert labels(ask(id=dataset["id"], hops=3, direction="up"), "file") == ["a.csv"]


def test_a_circle_ends(dataset):
    record(dataset, "clean", [A], [B])
    record(dataset, "clean", [B], [A])
    assert len(ask(id=dataset["id"], hops=10)["nodes"]) == 5


@pytest.mark.parametrize("visibility", ["organisation", "restricted"])
def test_nobody_walks_over_what_they_may_not_see(dataset, visibility):
    org = factories.Organization()
    users = {role: factories.User() for role in ("member", "admin")}
    for role, user in users.items():
        helpers.call_action("organization_member_create", id=org["id"], username=user["name"], role=role)
    other = factories.Dataset(owner_org=org["id"])
    record(dataset, "extract", outputs=[A])
    record(other, "join", [A], [("secret.csv", "dd" * 32)], visibility=visibility)
    seen = {None: False, "member": visibility == "organisation", "admin": True}
    for role, sees in seen.items():
        shown = ask(users.get(role), id=dataset["id"])
        assert ("secret.csv" in labels(shown)) is sees, role
        assert ("join" in labels(shown)) is sees
    secret = node_of_sha("dd" * 32)
    with pytest.raises(tk.ObjectNotFound):
        ask(node=secret)
    assert labels(ask(users["admin"], node=secret), "step") == ["join"]


def node_of_sha(sha):
    from ckanext.journey.events import File

    return node_of(File("", sha), "", None)


def test_a_private_dataset_is_neither_walked_over_nor_named(dataset):
    org = factories.Organization()
    hidden = factories.Dataset(owner_org=org["id"], private=True, title="Hidden")
    record(dataset, "extract", outputs=[A])
    record(hidden, "join", [A], [B])
    shown = ask(id=dataset["id"], hops=2)
    assert labels(shown, "file") == ["a.csv"] and "Hidden" not in json.dumps(shown)
    with pytest.raises(tk.NotAuthorized):
        ask(id=hidden["id"])
    with pytest.raises(tk.NotAuthorized):
        ask(node=hidden["id"])
    member = factories.User()
    helpers.call_action("organization_member_create", id=org["id"], username=member["name"], role="member")
    assert "b.csv" in labels(ask(member, id=dataset["id"]))


def test_bad_questions_are_refused(dataset):
    for wrong in ({"direction": "sideways"}, {"hops": "x"}, {"limit": -1}):
        with pytest.raises(tk.ValidationError):
            ask(id=dataset["id"], **wrong)
    for missing in ({"id": "nothing"}, {"node": "nothing"}):
        with pytest.raises(tk.ObjectNotFound):
            ask(**missing)


def hub(dataset, org, count, visibility="public"):
    """A file that `count` public steps of tools read, written straight into the projections."""
    conn = model.Session.connection()
    node = node_of_sha("aa" * 32)
    conn.execute(
        sa.text("""
        INSERT INTO journey_artefact (id, name) VALUES ('hub', 'a.csv') ON CONFLICT DO NOTHING;
        INSERT INTO journey_step (id, event_id, stream, sequence, type, state, day_only, recorded, capture, confidence, visibility, detail)
          SELECT :v || '-hub-' || n, 'e', :stream, n, 'join', 'complete', false, now(), 'openlineage', 'observed', :v, '{}'
          FROM generate_series(1, :count) n;
        INSERT INTO journey_step_io (step_id, direction, position, artefact_id, name, node, at)
          SELECT :v || '-hub-' || n, 'input', 0, 'hub', 'a.csv', :node, now() + n * interval '1 second'
          FROM generate_series(1, :count) n;
        ANALYZE journey_step; ANALYZE journey_step_io
        """),
        {"stream": org["id"], "count": count, "node": node, "v": visibility},
    )
    model.Session.commit()


def test_a_hub_of_ten_thousand_answers_in_under_a_second_with_a_capped_drawing(app, dataset, org):
    record(dataset, "extract", outputs=[A])
    hub(dataset, org, 10_000)
    began = time.perf_counter()
    shown = ask(id=dataset["id"])
    assert time.perf_counter() - began < 1
    (node,) = (node for node in shown["nodes"] if node["label"] == "a.csv")
    assert node["more_down"] == 10_000 - walk.FAN == 9_988
    assert len(shown["nodes"]) < 40
    # The newest are those that are drawn.
    assert {f"public-hub-{n}" for n in range(10_000, 10_000 - walk.FAN, -1)} <= {each["id"] for each in shown["nodes"]}
    page = app.get(f"/dataset/journey/{dataset['name']}/graph").body
    assert page.count("and 9,988 more") == 2  # in the drawing and in the table


def test_what_may_not_be_seen_is_not_counted_either(dataset, org):
    record(dataset, "extract", outputs=[A])
    hub(dataset, org, 20)
    hub(dataset, org, 500, "restricted")
    (node,) = (node for node in ask(id=dataset["id"])["nodes"] if node["label"] == "a.csv")
    assert node["more_down"] == 20 - walk.FAN


def test_the_limit_is_kept_and_said(dataset):
    for number in range(20):
        record(
            dataset, "clean", [(f"in-{number}.csv", f"{number:064x}")], [(f"out-{number}.csv", f"{number + 99:064x}")]
        )
    shown = ask(id=dataset["id"], limit=20)
    assert shown["cut"] and len(shown["nodes"]) < 30
    assert not ask(id=dataset["id"])["cut"]


def drawn(page):
    return set(re.findall(r'data-node="([^"]+)"', page)), set(re.findall(r'data-row="([^"]+)"', page))


def test_the_table_holds_the_same_nodes_as_the_drawing(app, dataset):
    other = factories.Dataset(owner_org=factories.Organization()["id"])
    record(dataset, "extract", outputs=[A], system="Northgate")
    record(dataset, "clean", [A], [B])
    record(other, "join", [B], [C])
    for address in (f"/dataset/journey/{dataset['name']}/graph?hops=2", f"/journey/graph/{node_of_sha('bb' * 32)}"):
        picture, table = drawn(app.get(address).body)
        assert picture == table and len(picture) >= 4
    shown = ask(id=dataset["id"], hops=2)
    assert drawn(app.get(f"/dataset/journey/{dataset['name']}/graph?hops=2").body)[0] == {
        n["id"] for n in shown["nodes"]
    }


def test_the_page_without_scripts(app, dataset):
    record(dataset, "extract", outputs=[("<script>alert(1)</script>.csv", "aa" * 32)], system="North & gate")
    page = app.get(f"/dataset/journey/{dataset['name']}/graph?hops=nonsense&direction=x").body
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert "hops=2" in page and "direction=up" in page  # links that expand and turn it
    assert f"/journey/graph/{node_of_sha('aa' * 32)}" in page
    assert app.get(f"/journey/graph/{uuid.uuid4()}", status=404)
    system = next(node["id"] for node in ask(id=dataset["id"])["nodes"] if node["kind"] == "system")
    assert "North &amp; gate" in app.get(f"/journey/graph/{system}").body
    moved = app.get(f"/journey/graph/{dataset['id']}", follow_redirects=False)
    assert moved.status_code == 302


def test_an_empty_graph_says_so(app, dataset):
    assert "nothing to draw" in app.get(f"/dataset/journey/{factories.Dataset()['name']}/graph").body
