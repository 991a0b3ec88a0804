"""This portal's own feed of changes, harvested over HTTP as another portal's: it stands behind a relay that gives it other ids."""

import json

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action

PLUGINS = "federation feeds council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)
PATH = "/feeds/changes.json"


@pytest.fixture
def upstream(federation, server, app, ckan_config, monkeypatch, migrate_db_for):
    """Another portal: this one's feed, asked for each request, with another address, ids and names. ``here`` are its datasets' ids
    in this portal, ``asked`` the queries; ``answer`` overrides the next one."""
    migrate_db_for("feeds")
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")

    class Upstream:
        url, asked, here, owner, change = server.url + PATH, [], [], "", staticmethod(lambda told: told)

        def add(self, title, **more):
            self.owner = self.owner or factories.Organization(title="Dale Council")["id"]
            about = {"notes": f"{title}, by the dale", "license_id": "cc-by", "owner_org": self.owner, **more}
            self.here.append(factories.Dataset(title=title, **about)["id"])
            return self.here[-1]

    portal = Upstream()

    def relay(handler):
        query = handler.path.partition("?")[2]
        portal.asked.append(query)
        answer = app.get(f"{PATH}?{query}")
        body = answer.body
        if answer.status_code == 200:
            told = portal.change(json.loads(body))
            # Only what stands upstream; what was harvested here is another portal's business.
            told["changes"] = [one for one in told["changes"] if one["id"] in portal.here]
            body = json.dumps(told).replace("http://test.ckan.net", "https://upstream.example")
            for one in portal.here:
                body = body.replace(one, there(one))
        handler.send_response(answer.status_code)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(body.encode())

    server.routes[PATH] = relay
    call_action(
        "federation_node_create", name="dale", title="Dale", feed_url=portal.url, url="https://upstream.example"
    )
    return portal


def there(package_id):
    return (
        package_id[:-4] + package_id[-4:][::-1] if package_id[-4:] != package_id[-4:][::-1] else package_id[:-1] + "x"
    )


def run(**data):
    done = call_action("federation_run", id="dale", **data)
    assert done["status"] != "failed", done["error"]
    return done


def harvested(upstream):
    """The copies, by title."""
    model.Session.rollback()
    rows = model.Session.query(model.Package.title, model.Package.id).filter_by(state="active")
    return {title: package_id for title, package_id in rows if package_id not in upstream.here}


def test_only_what_changed_is_read_and_tombstones_withdraw(upstream):
    trees, bins = upstream.add("Trees"), upstream.add("Bins", url="https://dale.example/bins")
    upstream.add("Parks")
    first = run()
    assert first["results"] == {"created": 3}, first["outcomes"]
    assert upstream.asked == [""]
    records = {one: call_action("federation_record_show", id=harvested(upstream)[one]) for one in ("Trees", "Bins")}
    assert records["Trees"]["upstream_id"] == there(trees)
    assert records["Trees"]["upstream_page"].startswith("https://upstream.example/dataset/")
    # Its page there, whatever page the dataset itself states.
    assert records["Bins"]["upstream_page"].startswith("https://upstream.example/dataset/")
    assert call_action("package_show", id=harvested(upstream)["Bins"])["url"] == "https://dale.example/bins"

    assert run()["status"] == "unchanged"
    assert upstream.asked[-1].startswith("since=")
    call_action("package_patch", id=trees, title="Trees and hedges")
    call_action("package_delete", id=bins)
    upstream.add("Benches")
    second = run()
    assert second["results"] == {"created": 1, "updated": 1, "withdrawn": 1}
    assert (second["counts"]["records"], second["counts"]["partial"]) == (2, 1)
    (gone,) = [one for one in second["outcomes"] if one["status"] == "withdrawn"]
    assert gone["reason"] == "Its node says that it was withdrawn."
    assert set(harvested(upstream)) == {"Trees and hedges", "Parks", "Benches"}
    assert run()["status"] == "unchanged"


def test_tombstones_are_subject_to_the_guard_and_nothing_of_a_held_plan_is_lost(upstream):
    for number in range(6):
        upstream.add(f"Set {number}")
    run()
    for package_id in upstream.here[:4]:
        call_action("package_delete", id=package_id)
    held = run()
    assert held["status"] == "held"
    assert "4 of 6 datasets would be withdrawn" in held["held"][0]
    again = run()  # the next harvest reads from the same place
    assert (again["status"], again["counts"]["withdraw"]) == ("held", 4)
    done = call_action("federation_plan_apply", id=again["id"], approve=True)
    assert done["results"] == {"withdrawn": 4}


@pytest.mark.parametrize("token", ["aaaaaaaaaaaa-1", "nonsense"])
def test_a_token_that_is_refused_has_the_whole_read(upstream, token):
    from ckanext.federation.harvest import store

    upstream.add("Trees")
    bins = upstream.add("Bins")
    run()
    call_action("package_delete", id=bins)
    store.change_node(store.node("dale")["id"], feed_token=token)
    model.Session.commit()
    done = run(approve=True)
    assert done["results"] == {"withdrawn": 1}
    assert done["counts"]["partial"] == 0
    assert any("read whole" in note for note in done["notes"])


def test_the_whole_is_read_in_parts(upstream):
    for number in range(5):
        upstream.add(f"Set {number}")
    call_action("federation_node_update", id="dale", feed_url=upstream.url + "?limit=2")
    done = run()
    assert done["results"] == {"created": 5}
    assert len(upstream.asked) >= 3
    assert run()["status"] == "unchanged"


def test_hops_that_the_feed_tells_come_first_in_their_order(upstream):
    heard = []

    def imported(sender, **told):
        heard.append([hop["portal"] for hop in told["hops"]])

    hops = [{"position": 2, "portal": "County", "url": "https://county.example/1"}, {"position": 1, "portal": "Parish"}]

    def told(answer):
        for one in answer["changes"]:
            one["journey"] = {"stage": "published", "steps": [], "systems": [], "hops": hops}
        return answer

    upstream.change = told
    upstream.add("Trees")
    signal = toolkit.signals.ckanext.signal("federation:imported")
    with signal.connected_to(imported):
        run()
    assert heard == [["Parish", "County"]]


def test_our_own_datasets_that_come_back_are_refused(upstream, server, app):
    upstream.add("Ours")
    raw = app.get(PATH).body
    server.serve("/back.json", raw.encode())
    call_action("federation_node_create", name="back", title="Back", feed_url=server.url + "/back.json")
    done = call_action("federation_run", id="back")
    assert done["status"] in ("unchanged", "done")
    (refused,) = done["outcomes"]
    assert refused["reason"] == "It is this portal’s own dataset “Ours”, come back by way of that node."
    assert harvested(upstream) == {}


def test_a_site_is_discovered_as_towpath(upstream):
    upstream.add("Trees")
    found = call_action("federation_discover", url=upstream.url.removesuffix(PATH))
    assert (found["platform"], found["dialect"], found["feed_url"]) == ("towpath", "towpath", upstream.url)
