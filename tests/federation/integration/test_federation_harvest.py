"""Harvests end to end: a real server, PostgreSQL and Solr."""

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.federation import signals
from ckanext.federation.harvest import apply, indexing, lane, step, store
from ckanext.federation.harvest.bulk import documents

COUNCIL = "federation council_schemas scheming_datasets scheming_organizations dcat"
STOCK = "federation"
council = pytest.mark.ckan_config("ckan.plugins", COUNCIL)
stock = pytest.mark.ckan_config("ckan.plugins", STOCK)


def found(query="*:*"):
    return {one["title"]: one for one in call_action("package_search", q=query, rows=100)["results"]}


def upstream(run, status):
    return sorted(one["upstream_id"] for one in run["outcomes"] if one["status"] == status)


@council
def test_a_plan_changes_nothing_and_can_be_applied(node, items):
    plan = node.plan(items(3))
    assert plan["status"] == "planned"
    assert plan["counts"]["create"] == 3
    assert [one["action"] for one in plan["outcomes"]] == ["create"] * 3
    assert found() == {}
    done = call_action("federation_plan_apply", id=plan["id"])
    assert done["status"] == "done"
    assert done["results"] == {"created": 3}
    assert set(found()) == {"Dataset 1", "Dataset 2", "Dataset 3"}
    with pytest.raises(toolkit.ValidationError, match="it is done"):
        call_action("federation_plan_apply", id=plan["id"])


@council
def test_the_second_run_finds_nothing_to_do(node, items):
    node.run(items(3))
    before = {one["id"]: one["metadata_modified"] for one in found().values()}
    again = node.run()
    assert again["status"] == "unchanged"
    assert again["counts"]["unchanged"] == 3
    shuffled = node.run(list(reversed(items(3))))
    assert shuffled["status"] == "unchanged"
    assert {one["id"]: one["metadata_modified"] for one in found().values()} == before


@council
def test_a_dataset_has_the_fields_of_the_council(node, items):
    node.run(items(1))
    dataset = call_action("package_show", id="dataset-1")
    assert dataset["notes"] == "Number **1**"
    assert dataset["license_id"] == "uk-ogl"
    assert dataset["theme"] == ["http://publications.europa.eu/resource/authority/data-theme/TRAN"]
    assert (dataset["issued"], dataset["modified"]) == ("2020-01-01", "2024-05-06")
    assert dataset["identifier"] == "id-1"
    assert dataset["url"] == "https://data.wharfedale.example/d/1"
    assert dataset["publisher"][0]["name"] == "Wharfedale Council"
    assert dataset["contact"][0]["email"] == "opendata@wharfedale.example"
    assert dataset["organization"]["title"] == "Wharfedale Council"
    assert dataset["resources"][0]["format"] == "CSV"
    assert [tag["name"] for tag in dataset["tags"]] == ["parking", "transport", "Transport"][:2]


@stock
def test_stock_ckan_without_scheming(node, make):
    node.run([make(1), make(2, description=None, license="All rights reserved")])
    extras = {one["key"]: one["value"] for one in call_action("package_show", id="dataset-1")["extras"]}
    assert extras["publisher_name"] == "Wharfedale Council"
    assert extras["identifier"] == "id-1"
    assert call_action("package_show", id="dataset-2")["license_id"] == "notspecified"
    assert node.run()["status"] == "unchanged"
    changed = node.run([make(1, issued="2021-01-01"), make(2, license="")])
    assert changed["results"] == {"updated": 2}
    extras = {one["key"]: one["value"] for one in call_action("package_show", id="dataset-1")["extras"]}
    assert extras["issued"] == "2021-01-01"


@pytest.mark.ckan_config("ckan.plugins", f"{COUNCIL} activity")
def test_changed_field_by_field(node, make):
    node.run([make(1), make(2)])
    resource = call_action("package_show", id="dataset-1")["resources"][0]
    changed = node.run([make(1, title="New title", modified="2025-01-01"), make(2)])
    assert changed["results"] == {"updated": 1}
    assert [(one["field"], one["old"], one["new"]) for one in changed["outcomes"][0]["changes"]] == [
        ("modified", "2024-05-06", "2025-01-01"),
        ("title", "Dataset 1", "New title"),
    ]
    dataset = call_action("package_show", id="dataset-1")
    assert dataset["title"] == "New title"
    assert dataset["resources"][0]["id"] == resource["id"]
    assert "New title" in found()
    activities = call_action("package_activity_list", id=dataset["id"])
    assert [one["activity_type"] for one in activities] == ["changed package", "new package"]


@council
def test_a_stewards_change_survives(node, make):
    node.run([make(1)])
    call_action("package_patch", id="dataset-1", title="Better title", lgsl_service="524")
    changed = node.run([make(1, title="New title", description="New words")])
    dataset = call_action("package_show", id="dataset-1")
    assert (dataset["title"], dataset["notes"], dataset["lgsl_service"]) == ("Better title", "New words", "524")
    assert any("title: stays" in note for note in changed["outcomes"][0]["notes"])


@council
def test_gone_and_back(node, items):
    node.run(items(6))
    package_id = call_action("package_show", id="dataset-6")["id"]
    gone = node.run(items(5))
    assert gone["results"] == {"withdrawn": 1}
    assert gone["outcomes"][0]["reason"] == "It is no longer in the feed."
    assert "Dataset 6" not in found()
    assert model.Package.get(package_id).state == "deleted"
    assert node.run()["status"] == "unchanged"
    back = node.run(items(6))
    assert back["results"] == {"restored": 1}
    assert found()["Dataset 6"]["id"] == package_id


@council
def test_the_guard_holds_an_empty_and_a_shrunk_feed(node, items):
    node.run(items(10))
    for count in (0, 4):
        held = node.run(items(count))
        assert held["status"] == "held"
        assert held["held"]
        assert len(found()) == 10
        with pytest.raises(toolkit.ValidationError, match="guard holds"):
            call_action("federation_plan_apply", id=held["id"])
    approved = call_action("federation_plan_apply", id=held["id"], approve=True)
    assert approved["results"] == {"withdrawn": 6}
    assert len(found()) == 4


@council
def test_a_broken_feed_changes_nothing(node, items, server):
    node.run(items(5))
    for body in (b'{"dataset": [{"identifier": "id-1", "ti', b"<html><title>Oops</title></html>", b"", b"{}"):
        server.serve("/data.json", body)
        failed = node.run()
        assert failed["status"] == "failed"
        assert failed["error"]
        assert failed["outcomes"] == []
        assert len(found()) == 5
    assert node.run(items(5))["status"] == "unchanged"


@council
def test_a_bad_record_is_its_own_failure(node, make):
    done = node.run([
        make(1),
        make(2, identifier=None),
        make(3, title="{{title}}"),
        make(4, title="Search"),
        make(5, title=707),
        make(1),
        "nonsense",
        make(6, spatial={"type": "Polygon", "coordinates": [[[i / 1e5, 50] for i in range(60_000)]]}),
        make(7, title="Dataset 1"),
        make(8, distribution=[{"downloadURL": "javascript:alert(1)"}], keyword=["#!", "a" * 300], contactPoint=7),
    ])  # fmt: skip
    assert done["results"] == {"created": 6, "refused": 3}
    assert done["counts"]["duplicates"] == 1
    assert all(one["reason"] for one in done["outcomes"] if one["status"] == "refused")
    names = {one["name"] for one in found().values()}
    assert "search" not in names
    assert "707" in names
    assert len(call_action("package_search", q='title:"Dataset 1"')["results"]) == 2
    assert node.run()["status"] == "unchanged"


@council
def test_a_record_that_the_portal_refuses_is_quarantined_and_tried_again_when_it_changes(node, make, monkeypatch):
    real = toolkit.get_action("package_create")

    def refuse(context, data):
        if data["title"] == "Dataset 2":
            raise toolkit.ValidationError({"title": ["No such title"]})
        return real(context, data)

    monkeypatch.setattr(apply, "allowed", lambda: False)
    asked = step.toolkit.get_action
    monkeypatch.setattr(step.toolkit, "get_action", lambda name: refuse if name == "package_create" else asked(name))
    done = node.run([make(1), make(2), make(3)])
    assert done["results"] == {"created": 2, "quarantined": 1}
    quarantined = next(one for one in done["outcomes"] if one["status"] == "quarantined")
    assert quarantined["reason"] == "title: No such title"
    raw = call_action("federation_outcome_show", id=done["id"], status="quarantined")[0]["raw"]
    assert '"Dataset 2"' in raw
    assert node.run()["status"] == "unchanged"
    mended = node.run([make(1), make(2, title="Dataset two"), make(3)])
    assert mended["results"] == {"created": 1}


@council
def test_optional_fields_that_the_portal_refuses_are_left_out_with_a_note(node, make, monkeypatch):
    real = toolkit.get_action("package_create")

    def picky(context, data):
        if data.get("frequency"):
            raise toolkit.ValidationError({"frequency": ["Not in the list"]})
        return real(context, data)

    monkeypatch.setattr(apply, "allowed", lambda: False)
    asked = step.toolkit.get_action
    monkeypatch.setattr(step.toolkit, "get_action", lambda name: picky if name == "package_create" else asked(name))
    done = node.run([make(1, accrualPeriodicity="R/P1Y")])
    assert done["results"] == {"created": 1}
    assert any("frequency: refused by the portal (Not in the list)" in note for note in done["outcomes"][0]["notes"])


@council
def test_what_the_index_missed_is_indexed_by_the_next_run(node, items, monkeypatch):
    def down(*_args):
        raise OSError("down")

    with monkeypatch.context() as broken:
        broken.setattr(indexing.logic, "index_update_package", down)
        broken.setattr(documents, "make_connection", down)
        done = node.run(items(2))
    assert done["results"] == {"created": 2}
    assert found() == {}
    again = node.run(items(3))
    assert again["results"] == {"created": 1}
    assert len(found()) == 3
    assert store.unindexed(again["node_id"]) == []


@council
def test_conditional_requests(node, items, server):
    node.feed_is(items(2), ETag='"v1"')
    node.run()
    server.requests.clear()
    node.feed_is(items(2), ETag='"v1"')
    node.run()
    assert server.requests[-1][1]["If-None-Match"] == '"v1"'
    server.serve("/data.json", b"", 304)
    assert node.run()["counts"]["unchanged"] == 2
    call_action("dataset_purge", id="dataset-1")
    node.feed_is(items(2), ETag='"v1"')
    server.requests.clear()
    assert node.run()["results"] == {"created": 1}
    assert "If-None-Match" not in server.requests[0][1]


@council
def test_a_held_feed_is_not_taken_for_known(node, items):
    """The validators of a feed that was not applied are not sent: the next run plans it again."""
    node.run(items(10))
    node.feed_is([], ETag='"empty"')
    assert node.run()["status"] == "held"
    assert node.run()["status"] == "held"


@council
def test_organisations_by_publisher_and_policy(node, make):
    mine = factories.Organization(name="airedale", title="Airedale Council")
    node.run(
        [
            make(1, publisher={"name": "airedale council"}),
            make(2, publisher={"name": "New Trust"}),
            make(3, publisher=None),
        ]
    )
    assert call_action("package_show", id="dataset-1")["owner_org"] == mine["id"]
    assert call_action("package_show", id="dataset-2")["organization"]["title"] == "New Trust"
    assert call_action("package_show", id="dataset-3")["organization"]["name"] == "wharfedale"
    call_action("federation_node_update", id="wharfedale", organization_policy="node")
    node.run([make(1), make(2), make(3), make(4, publisher={"name": "Other Trust"})])
    assert call_action("package_show", id="dataset-4")["organization"]["name"] == "wharfedale"


@council
def test_a_node_in_pages_and_a_page_that_fails(federation, server, ckan_config, monkeypatch, feed):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    base = "/api/3/action/package_search"

    def answer(handler):
        import json
        from urllib.parse import parse_qs, urlsplit

        start = int(parse_qs(urlsplit(handler.path).query).get("start", ["0"])[0])
        if start == server.fails_at:
            handler.send_error(500)
            return
        rows = [
            {"id": f"c{i}", "name": f"c{i}", "title": f"CKAN {i}", "resources": []}
            for i in range(start, min(start + 4, 10))
        ]
        body = json.dumps({"success": True, "result": {"count": 10, "results": rows}}).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    server.fails_at = -1
    server.routes[base] = answer
    call_action("federation_node_create", name="ckan", feed_url=f"{server.url}{base}?rows=4", dialect="ckan")
    assert call_action("federation_run", id="ckan")["results"] == {"created": 10}
    server.fails_at = 8
    failed = call_action("federation_run", id="ckan")
    assert (failed["status"], failed["outcomes"]) == ("failed", [])
    assert len(found()) == 10


# Name, dialect, datasets created, records refused; the second feed has items of the first, and some feeds have some more.
SHAPES = [
    ("hub_dcat-ap.json", "arcgis-hub", 5, 1),
    ("hub_dcat-us.json", "arcgis-hub", 3, 1),
    ("datapress_v3.json", "datapress", 3, 1),
    ("datapress_v2.json", "auto", 1, 1),
    ("socrata_data.json", "socrata", 2, 0),
    ("socrata_catalog.jsonl", "auto", 2, 0),
    ("opendatasoft.rdf", "auto", 1, 0),
    ("ckan_search.json", "ckan", 1, 1),
    ("dkan_package.json", "dkan", 1, 0),
    ("hub_search.json", "auto", 1, 0),
]


@council
def test_every_shape_is_harvested_and_then_unchanged(federation, server, ckan_config, monkeypatch, feed):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    total, linked = 0, {}
    for number, (name, dialect, created, refused) in enumerate(SHAPES):
        url = server.serve(f"/{name}", feed(name).replace(b'"count": 3', b'"count": 2'))
        call_action("federation_node_create", name=f"node-{number}", feed_url=url, dialect=dialect)
        done = call_action("federation_run", id=f"node-{number}")
        assert done["status"] == "done", (name, done["error"])
        results = done["results"]
        assert results.get("created", 0) + results.get("linked", 0) == created, name
        assert results.get("refused", 0) == refused, name
        linked[name] = results.get("linked", 0)
        total += results.get("created", 0)
        assert call_action("package_search", rows=0)["count"] == total
        assert call_action("federation_run", id=f"node-{number}")["status"] == "unchanged"
    assert {name: number for name, number in linked.items() if number} == {"hub_dcat-us.json": 3}


@council
def test_hub_to_hub_keeps_identity(federation, server, ckan_config, monkeypatch, feed):
    """A node that moves from one feed to another of the same platform updates its datasets and makes no new ones."""
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    old, new = (server.serve(f"/{name}", feed(name)) for name in ("hub_dcat-us.json", "hub_dcat-ap.json"))
    call_action("federation_node_create", name="hub", feed_url=old, dialect="arcgis-hub")
    call_action("federation_run", id="hub")
    call_action("federation_node_update", id="hub", feed_url=new)
    moved = call_action("federation_run", id="hub", approve=True)
    assert moved["results"] == {"created": 2, "updated": 3, "refused": 1}


@council
def test_signals(node, items, make):
    heard = []

    def listen(kind):
        def receiver(sender, **values):
            heard.append((kind, sender, values))

        return receiver

    receivers = [listen("fetched"), listen("imported"), listen("withdrawn")]
    for signal, receiver in zip((signals.fetched, signals.imported, signals.withdrawn), receivers, strict=True):
        signal.connect(receiver)
    node.run(items(2))
    kinds = [kind for kind, _sender, _values in heard]
    assert kinds == ["fetched", "imported", "imported"]
    assert {sender for _kind, sender, _values in heard} == {"wharfedale"}
    fetched, imported = heard[0][2], heard[1][2]
    assert fetched["records"] == 2
    assert len(fetched["sha256"]) == 64
    assert fetched["bytes"] > 100
    assert imported["outcome"] == "created"
    assert imported["upstream_id"] == "id-1"
    assert imported["upstream_modified"] == "2024-05-06"
    assert imported["url"] == "https://data.wharfedale.example/d/1"
    assert imported["node"]["title"] == "Wharfedale"
    assert len(imported["content_hash"]) == len(imported["raw_sha256"]) == 64
    assert model.Package.get(imported["package_id"]).state == "active"
    heard.clear()
    node.run([make(1)])
    assert [kind for kind, _sender, _values in heard] == ["fetched", "withdrawn"]
    assert heard[1][2]["reason"] == "It is no longer in the feed."


@council
def test_a_listener_that_fails_harms_nothing(node, items):
    def fails(_sender, **_values):
        raise RuntimeError("listener")

    signals.imported.connect(fails)
    assert node.run(items(2))["results"] == {"created": 2}


@council
def test_two_runs_of_a_node_do_not_overlap(node, items):
    node.feed_is(items(1))
    row = store.node("wharfedale")
    with lane.lane(row["id"]):
        assert call_action("federation_node_show", id="wharfedale")["health"] == "running"
        with pytest.raises(toolkit.ValidationError, match="under way"):
            node.run()
    assert node.run()["results"] == {"created": 1}


@council
def test_where_a_dataset_comes_from(node, items):
    node.run(items(1))
    record = call_action("federation_record_show", id="dataset-1")
    assert record["node_name"] == "wharfedale"
    assert record["upstream_id"] == "id-1"
    assert record["upstream_page"] == "https://data.wharfedale.example/d/1"
    assert record["upstream_modified"] == "2024-05-06"
    assert '"identifier":"id-1"' in record["raw"]
    factories.Organization(name="local-org")
    call_action("package_create", name="local", title="Local", notes="n", owner_org="local-org", license_id="uk-ogl")
    with pytest.raises(toolkit.ObjectNotFound):
        call_action("federation_record_show", id="local")


@council
def test_known_nodes_are_registered_paused_and_once(federation):
    added = call_action("federation_node_register_known")
    assert {"bristol", "london-datastore", "leeds", "camden", "cambridgeshire-insight", "trafford", "nyc"} == set(added)
    assert call_action("federation_node_register_known") == []
    nodes = call_action("federation_node_list")
    assert {one["state"] for one in nodes} == {"paused"}
    assert next(one for one in nodes if one["name"] == "bristol")["feed_url"].startswith(
        "https://opendata.bristol.gov.uk/"
    )


BAD_REGISTRATIONS = [
    ("feed_url", "file:///etc/passwd"),
    ("feed_url", "http://u:p@e.org/"),
    ("feed_url", ""),
    ("dialect", "klingon"),
    ("organization", "nobody"),
    ("organization_policy", "x"),
    ("interval_hours", 0),
    ("licence_map", {"x": "no-such"}),
    ("name", "No Name"),
]


@council
def test_registrations_are_checked(federation):
    good = {"name": "good", "feed_url": "https://data.example.org/data.json"}
    for field, value in BAD_REGISTRATIONS:
        with pytest.raises(toolkit.ValidationError) as told:
            call_action("federation_node_create", **{**good, field: value})
        assert field in told.value.error_dict
    call_action("federation_node_create", **good)
    with pytest.raises(toolkit.ValidationError, match="node of that name"):
        call_action("federation_node_create", **good)


@council
def test_a_private_address_fails_with_its_reason(federation):
    call_action("federation_node_create", name="inside", feed_url="http://127.0.0.1:1/data.json")
    failed = call_action("federation_run", id="inside")
    assert failed["status"] == "failed"
    assert "private address" in failed["error"]
