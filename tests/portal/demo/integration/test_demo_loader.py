"""The loader on a real portal: once, twice, and killed in between."""

from __future__ import annotations

import dataclasses
import io

import pytest
from ckan import model
from ckan.lib import jobs
from ckan.lib.uploader import get_resource_uploader
from ckan.plugins import toolkit as tk
from ckan.tests.helpers import call_action

from ckanext.portal.demo import calendar, charts, describe, federate, loader
from ckanext.portal.demo.cli import demo

PLUGINS = (
    "journey federation council_schemas scheming_datasets scheming_organizations scheming_groups dcat datastore xloader "
    "datatables_view resource_proxy geojson_view charts_view"
)
# A token of a real one's length: ckanext-xloader looks for ids in the shortened text of the jobs that wait, and a short
# token leaves room for a half of what it looks for.
TOKEN = "t" * 200
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", PLUGINS),
    pytest.mark.ckan_config("ckanext.xloader.api_token", TOKEN),
    pytest.mark.usefixtures("demo_db"),
]


def state() -> dict[str, list[str]]:
    """Everything that must not double."""
    found = call_action("package_search", rows=100, include_private=True)["results"]
    return {
        "datasets": sorted(one["name"] for one in found),
        "files": sorted(f"{one['name']}/{r['url']}" for one in found for r in one["resources"]),
        "views": sorted(
            f"{r['id']} {view['view_type']}"
            for one in found
            for r in one["resources"]
            for view in call_action("resource_view_list", id=r["id"])
        ),
        "steps": sorted(f"{one['name']} {step['id']}" for one in found for step in told(one["name"])),
        "systems": sorted(one["name"] for one in call_action("journey_system_list")),
        "organisations": sorted(call_action("organization_list")),
    }


@pytest.fixture(autouse=True)
def empty_queue():
    jobs.get_queue().empty()
    yield
    jobs.get_queue().empty()


def told(name: str) -> list[dict]:
    """The steps that the seeds tell, without those the portal saw itself."""
    return [step for step in call_action("journey_show", id=name)["steps"] if step["capture"] == "manual"]


def test_loads_all_of_it_and_only_once(load, small, demo_built):
    first = load(previews=True)
    once = state()
    assert once["datasets"] == sorted(one["name"] for one in small.datasets)
    assert len(once["files"]) == sum(len(demo_built[name].files) for name in once["datasets"])
    assert len(once["systems"]) == 21 and {"aireborough", "aire-valley-buses"} <= set(once["organisations"])
    assert any(line.startswith("parking-spaces: 2 files, 6 steps") for line in first)
    assert [view for view in once["views"] if view.endswith("geojson_view")]
    second = load(previews=True)
    assert state() == once
    assert any("parking-spaces: 0 files sent, 2 there" in line for line in second)


def test_files_fields_and_journey_are_kept(load, small, demo_built):
    load()
    for dataset in small.datasets:
        built = demo_built[dataset["name"]]
        wanted = describe.package(small, dataset, built)
        shown = call_action("package_show", id=dataset["name"], context={"ignore_auth": True})
        tags, owner = wanted.pop("tags"), wanted.pop("owner_org")
        assert {tag["name"] for tag in shown["tags"]} == {tag["name"] for tag in tags}
        assert shown["organization"]["name"] == owner
        assert {key: shown.get(key) for key in wanted} == wanted
        for file in built.files:
            resource = call_action("resource_show", id=describe.resource_id(dataset["name"], file.name))
            with open(get_resource_uploader(resource).get_path(resource["id"]), "rb") as stored:
                assert stored.read() == file.body
            assert resource["size"] == len(file.body) and resource["format"] in ("CSV", "GeoJSON")
        steps = call_action("journey_show", id=dataset["name"])["steps"]
        for kind in ("approve", "receive"):
            met = {one["sha256"] for step in steps if step["type"] == kind for one in step["outputs"]}
            assert met == {file.artefact.sha256 for file in built.files}, kind


@pytest.mark.parametrize("kill_at", [3, 15, 31, 34, 45])
def test_killed_anywhere_and_run_again(load, kill_at, monkeypatch):
    """Like kill -9: what is not committed is gone."""
    calls, real = [], loader.act

    def dying(action, *args, **kwargs):
        calls.append(action)
        if len(calls) == kill_at:
            raise KeyboardInterrupt
        return real(action, *args, **kwargs)

    monkeypatch.setattr(loader, "act", dying)
    with pytest.raises(KeyboardInterrupt):
        load(previews=True)
    model.Session.rollback()
    model.Session.remove()
    monkeypatch.setattr(loader, "act", real)
    half = call_action("package_search", rows=100, include_private=True)["results"]
    assert not [one["name"] for one in half if one["private"] or not one["resources"]], "half a dataset can be seen"
    load(previews=True)
    found = state()
    assert len(found["datasets"]) == 2 and len(found["files"]) == 3 and len(set(found["views"])) == len(found["views"])
    assert [len(told(name)) for name in found["datasets"]] == [6, 5]


def test_a_file_that_is_missing_or_another_is_sent_again(load):
    load()
    gone, changed = (describe.resource_id("parking-spaces", f"parking-spaces.{kind}") for kind in ("geojson", "csv"))
    call_action("resource_delete", id=gone)
    call_action("resource_patch", id=changed, hash="0" * 32)
    assert any("parking-spaces: 2 files sent" in line for line in load())
    resources = call_action("package_show", id="parking-spaces")["resources"]
    assert sorted(one["id"] for one in resources) == sorted([gone, changed])


def test_a_deleted_dataset_stays_deleted(load):
    load()
    call_action("package_delete", id="pay-multiple")
    assert "pay-multiple: was deleted here, left alone" in " ".join(load(previews=True))
    assert call_action("package_show", id="pay-multiple")["state"] == "deleted"


def test_charts_are_made_once_their_table_is_there(load, app):
    load()
    resource = describe.resource_id("pay-multiple", "pay-multiple.csv")
    settings = {
        resource: {"title": "Pay", "engine": "plotly", "type": "Line", "x": "Period", "y": ["Ratio"], "limit": 100}
    }
    charts.create(settings, tries=1)
    assert charts.missing(resource), "a chart without a table"
    rows = [{"Period": "2024-25", "Ratio": 6.5}, {"Period": "2025-26", "Ratio": 6.4}]
    call_action("datastore_create", resource_id=resource, force=True, records=rows)
    with app.flask_app.test_request_context():
        charts.create(settings, tries=1)
        charts.create(settings, tries=1)
    assert sorted(charts.view_types(resource)) == ["charts_view", "datatables_view"]
    views = call_action("resource_view_list", id=resource)
    assert len(views) == 2 and next(v for v in views if v["view_type"] == "charts_view")["x"] == "Period"


def test_a_chart_that_comes_too_early_goes_to_the_back_of_the_queue(load, monkeypatch):
    load()
    monkeypatch.setattr(charts.time, "sleep", lambda seconds: None)
    resource = describe.resource_id("pay-multiple", "pay-multiple.csv")
    before = len(jobs.get_queue().jobs)
    charts.create({resource: {"title": "Pay"}, "no-such-resource": {"title": "Gone"}}, tries=5)
    queued = jobs.get_queue().jobs
    assert len(queued) == before + 1 and queued[-1].args == [{resource: {"title": "Pay"}}, 4]
    queued[-1].delete()


def test_loads_that_wait_are_not_queued_twice(load):
    load(previews=True)
    titles = [job["title"] for job in call_action("job_list")]
    assert sum("xloader_submit" in title for title in titles) == 2 and titles.count(charts.TITLE) == 1
    lines = load(previews=True)
    assert [job["title"] for job in call_action("job_list")] == titles
    assert any(line.startswith("Tables: 0 files put in the queue") for line in lines)


def test_both_sample_nodes_are_harvested_and_then_unchanged(small, node_server, ckan_config, monkeypatch):
    host = node_server.base_url.removeprefix("http://")
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [host])
    lines: list[str] = []
    federate.sample_nodes(small, lines.append, node_server.base_url + "/", harvest=True)
    count = call_action("package_search", rows=0)["count"]
    assert count > 36 and any("created" in line for line in lines)
    federate.sample_nodes(small, lines.append, node_server.base_url, harvest=True)
    assert call_action("package_search", rows=0)["count"] == count
    titles = [one["title"] for one in call_action("package_search", rows=100)["results"]]
    assert not any("<" in title or "{{" in title for title in titles)


def test_real_nodes_are_registered_paused(small):
    lines: list[str] = []
    federate.known_nodes(lines.append)
    states = {one["name"]: one["state"] for one in call_action("federation_node_list")}
    assert states and set(states.values()) == {"paused"}


def test_a_node_that_does_not_answer_is_a_clear_error(small, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", ["127.0.0.1:9"])
    with pytest.raises(loader.DemoError, match=r"127\.0\.0\.1:9.*allowed_hosts"):
        federate.sample_nodes(small, lambda line: None, "http://127.0.0.1:9", harvest=True)


def test_without_nodes_it_says_how(small):
    lines: list[str] = []
    federate.sample_nodes(small, lines.append, None, harvest=True)
    assert "ckanext.portal.demo.nodes" in lines[0]


def test_the_command_prints_times_and_ends_well(cli, small, monkeypatch):
    monkeypatch.setattr("ckanext.portal.demo.seeds.read", lambda: small)
    done = cli.invoke(demo, ["--no-harvest"])
    assert done.exit_code == 0, done.output
    assert all(
        line.split()[1] == "s" and float(line.split()[0]) >= 0 for line in done.output.splitlines() if line.strip()
    )
    assert "The demo is loaded" in done.output


def test_a_refused_dataset_is_named_and_ends_the_command(cli, small, monkeypatch):
    broken = {**small.datasets[0], "sensitivity": "secret"}
    small.datasets[0] = broken
    monkeypatch.setattr("ckanext.portal.demo.seeds.read", lambda: small)
    done = cli.invoke(demo, ["--no-harvest"])
    assert (
        done.exit_code == 1
        and broken["name"] in done.output + done.stderr
        and "sensitivity" in done.output + done.stderr
    )


def test_upload_is_a_file_each_time(demo_built):
    """A second call must not find the stream read to its end."""
    file = demo_built["pay-multiple"].files[0]
    for _ in range(2):
        sent = loader._sent({"mimetype": "text/csv"}, file)["upload"]
        assert isinstance(sent.stream, io.BytesIO) and sent.read() == file.body


def test_errors_of_actions_say_what_it_was_about():
    with pytest.raises(loader.DemoError, match="a thing: organization_create refused"):
        loader.act("organization_create", {"name": "x y"}, "a thing")
    assert not loader.has("no_such_action") and loader.has("package_show")
    assert tk.get_action("package_show")


def test_the_calendar_is_one_that_a_council_could_have(load, small):
    """Two datasets of the code are loaded: what they met was in time, what is not there is late, two sets do not apply."""
    from ckanext.council_schemas.calendar.model import Duty, Seen

    for table in (Duty, Seen):
        model.Session.query(table).delete()
    model.Session.commit()
    load()
    lines: list[str] = []
    for _ in range(2):
        calendar.load(small, lines.append)
        shown = loader.act("council_calendar_show", {"id": "aireborough"})
        entries = {f"{e['set']}/{e['period']}": e for e in shown["entries"]}
        paid = entries["pay-multiple/2025-26"]
        assert (paid["state"], paid["published"], paid["in_time"]) == ("published", "2026-04-29", True)
        spaces = entries["parking-spaces/2025-26"]
        assert (spaces["state"], spaces["published"], spaces["in_time"]) == ("published", "2026-06-09", False)
        assert entries["social-housing-asset-value/2026-04-01"]["state"] == "not-applicable"
        assert entries["waste-contracts/once"]["state"] == "not-applicable"
        assert entries["constitution/2025-26"]["state"] == "late"
        assert entries["expenditure-over-500/2026-27-Q2"]["state"] == "late", "a day that was told publishes nothing"
        assert entries["expenditure-over-500/2026-27-Q3"]["state"] == "upcoming"
    assert (
        "2 sets said not to apply, 0 said before" in lines[0] and "0 sets said not to apply, 2 said before" in lines[1]
    )
    said = {one["set"]: one for one in shown["said"]}
    assert said["waste-contracts"]["said_by"] != said["waste-contracts"]["approved_by"]


def test_a_series_and_a_project_come_with_their_datasets_and_only_once(demo_seeds, app):
    names = {"contracts-register", "food-parcels", "bus-punctuality"}
    chosen = dataclasses.replace(demo_seeds, datasets=[one for one in demo_seeds.datasets if one["name"] in names])
    first: list[str] = []
    loader.Loader(chosen, first.append).council()
    assert "Series: 1 new, 0 there" in first and "Projects: 1 new, 0 there" in first
    series = call_action("package_show", id="where-the-money-goes")
    assert series["type"] == "dataset_series"
    assert call_action("package_show", id="contracts-register")["in_series"] == [series["id"]]
    assert "Contracts over £5,000" in app.get("/dataset_series/where-the-money-goes").body
    project = call_action("package_show", id="to-the-food-bank-by-bus")
    assert project["datasets"] == [describe.dataset_id(name) for name in ("food-parcels", "bus-punctuality")]
    assert "To the food bank by bus" in app.get("/use-area/city-optimisation").body
    call_action("package_delete", id=series["id"])
    again: list[str] = []
    loader.Loader(chosen, again.append).council()
    assert "Series: 0 new, 1 there" in again and "Projects: 0 new, 1 there" in again
    assert call_action("package_show", id=series["id"])["state"] == "deleted"
