"""The same dataset met at two nodes is one dataset with two hops, whatever the order; a withdrawal passes it on."""

import subprocess
import sys
from pathlib import Path

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)
INI = Path(__file__).resolve().parents[3] / "config" / "test.ini"


@pytest.fixture
def told():
    """What the signals said of imports and withdrawals, while the test runs."""
    heard = []

    def imported(sender, **values):
        heard.append(("imported", sender, values["outcome"], values.get("hops", []), values.get("met", [])))

    def withdrawn(sender, **values):
        heard.append(("withdrawn", sender, values["reason"], [], []))

    signals = {name: toolkit.signals.ckanext.signal(f"federation:{name}") for name in ("imported", "withdrawn")}
    signals["imported"].connect(imported)
    signals["withdrawn"].connect(withdrawn)
    yield heard
    signals["imported"].disconnect(imported)
    signals["withdrawn"].disconnect(withdrawn)


@pytest.fixture
def apply_in_processes(tmp_path):
    """A function that applies plans at once, each by a process of its own, as lanes do."""
    ini = tmp_path / "same.ini"
    ini.write_text(f"[app:main]\nuse = config:{INI}\nckan.plugins = {PLUGINS}\n")
    command = [Path(sys.executable).parent / "ckan", "-c", str(ini), "federation", "apply"]

    def apply(run_ids):
        model.Session.remove()
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        started = [subprocess.Popen([*command, run_id], **pipes) for run_id in run_ids]
        for process in started:
            output, _ = process.communicate(timeout=180)
            assert process.returncode == 0, output

    return apply


def active():
    model.Session.rollback()
    return list(model.Session.query(model.Package).filter_by(state="active"))


def only():
    (one,) = active()
    return call_action("package_show", id=one.id)


def test_the_plan_says_which_dataset_it_is_and_why(two, make, copy):
    two("wharfedale", [make(1), make(2)])
    plan = two("region", [copy(1), copy(7)], "plan")
    assert {key: plan["counts"][key] for key in ("create", "link")} == {"create": 1, "link": 1}
    (step,) = [one for one in plan["outcomes"] if one["action"] == "link"]
    assert step["reason"] == (
        "It is the same dataset as “Dataset 1”, met at Wharfedale: the same page (data.wharfedale.example/d/1)."
    )
    assert {one["field"] for one in step["changes"]} == {"identifier", "notes"}
    assert len(active()) == 2  # a plan changes nothing
    done = call_action("federation_plan_apply", id=plan["id"])
    assert done["results"] == {"created": 1, "linked": 1}
    assert len(active()) == 3


@pytest.mark.parametrize("names", [("wharfedale", "region"), ("region", "wharfedale")])
def test_whatever_the_order_it_is_one_dataset_with_the_origins_values(two, make, copy, told, names):
    feeds = {"wharfedale": [make(1)], "region": [copy(1)]}
    for name in names:
        two(name, feeds[name])
    dataset = only()
    assert dataset["notes"] == "Number **1**"
    assert dataset["identifier"] == "id-1"
    _kind, sender, _outcome, hops, met = told[-1]
    order = [one["node"] for one in hops] + [sender] + [one["node"] for one in met]
    assert order == ["wharfedale", "region"]
    # Harvested again, both are as they were.
    for name in names:
        assert two(name, feeds[name])["status"] == "unchanged"
    record = call_action("federation_record_show", id=dataset["id"])
    assert record["node_name"] == "wharfedale"
    (other,) = record["met"]
    assert (other["node_name"], other["upstream_id"]) == ("region", "r-1")
    assert {"field": "notes", "here": "Number **1**", "there": "As the region tells it."} in other["differences"]


def test_a_change_at_the_farther_node_is_kept_beside_and_one_at_the_origin_governs(two, make, copy):
    two("wharfedale", [make(1)])
    two("region", [copy(1)])
    run = two("region", [copy(1, description="Told anew.")])
    assert run["results"] == {"noted": 1}
    assert only()["notes"] == "Number **1**"
    assert two("wharfedale", [make(1, description="At the origin.")])["results"] == {"updated": 1}
    dataset = only()
    assert dataset["notes"] == "At the origin."
    (other,) = call_action("federation_record_show", id=dataset["id"])["met"]
    assert {"field": "notes", "here": "At the origin.", "there": "Told anew."} in other["differences"]


def test_a_stewards_field_stays_whoever_governs(two, make, copy):
    two("region", [copy(1)])
    call_action("package_patch", id=only()["id"], notes="As the steward has it.")
    two("wharfedale", [make(1)])
    assert only()["notes"] == "As the steward has it."
    two("wharfedale", [make(2), make(3)], approve=True)
    assert next(one for one in active() if one.title == "Dataset 1").notes == "As the steward has it."


def test_what_one_node_withdraws_the_other_still_has(two, make, copy, told):
    two("wharfedale", [make(1)])
    two("region", [copy(1)])
    before = only()
    run = two("wharfedale", [make(2)], approve=True)
    assert run["results"] == {"created": 1, "withdrawn": 1}
    (gone,) = [one for one in run["outcomes"] if one["status"] == "withdrawn"]
    assert gone["reason"].endswith("Region still has it, so it stays published.")
    kept = call_action("package_show", id=before["id"])
    assert (kept["state"], kept["notes"]) == ("active", "As the region tells it.")
    assert [one["id"] for one in kept["resources"]] == [one["id"] for one in before["resources"]]
    assert ("imported", "region", "updated", [], []) in told
    assert not [one for one in told if one[0] == "withdrawn"]
    # The last one that has it takes it away; whoever has it first again brings back the same dataset.
    two("region", [copy(7)], approve=True)
    assert call_action("package_show", id=before["id"])["state"] == "deleted"
    run = two("wharfedale", [make(1), make(2)])
    assert run["results"] == {"restored": 1}
    restored = call_action("package_show", id=before["id"])
    assert (restored["state"], restored["notes"]) == ("active", "Number **1**")


def test_what_a_steward_deleted_stays_deleted(two, make, copy):
    two("wharfedale", [make(1)])
    call_action("package_delete", id=only()["id"])
    run = two("region", [copy(1)])
    assert run["results"] == {"linked": 1}
    assert "deleted here" in str(run["outcomes"][0]["notes"])
    assert active() == []


def test_shared_services_pages_and_titles_identify_nothing(two, make):
    service = "https://gis.wharfedale.example/rest/services/All/MapServer"
    page = "https://www.wharfedale.example/open-data"

    def one(name, number, **more):
        files = [
            {"title": "Service", "accessURL": service},
            {"title": "x", "downloadURL": f"https://{name}/{number}.csv"},
        ]
        return make(number, identifier=f"{name}-{number}", distribution=files, landingPage=page, **more)

    two("wharfedale", [one("a.example", number) for number in (1, 2, 3)])
    assert two("region", [one("b.example", number) for number in (1, 2, 3)])["results"] == {"created": 3}
    assert len(active()) == 6


@pytest.mark.parametrize("key", ["page", "file"])
def test_a_page_or_one_file_in_common_is_not_enough_where_titles_differ(two, make, key):
    where = {"landingPage": "https://www.wharfedale.example/open-data"} if key == "page" else {"landingPage": ""}
    files = [{"title": "x", "downloadURL": "https://www.ons.example/lookup.csv"}] if key == "file" else []
    two("wharfedale", [make(1, title="Ward populations", distribution=files, **where)])
    run = two("region", [make(9, title="Deprivation map", distribution=files, **where)])
    assert run["results"] == {"created": 1}


def test_rolling_a_link_back_leaves_the_dataset_as_it_was(two, make, copy):
    two("region", [copy(1)])
    before = only()
    run = two("wharfedale", [make(1)])
    assert only()["notes"] == "Number **1**"
    undone = call_action("federation_run_roll_back", id=run["id"])
    assert undone["results"] == {"undone": 1}
    after = only()
    assert (after["id"], after["notes"]) == (before["id"], "As the region tells it.")
    assert call_action("federation_record_show", id=before["id"])["met"] == []


def test_rolling_back_what_made_a_dataset_leaves_it_to_the_node_that_has_it_too(two, make, copy):
    run = two("wharfedale", [make(1)])
    two("region", [copy(1)])
    undone = call_action("federation_run_roll_back", id=run["id"])
    assert undone["results"] == {"undone": 1}
    assert only()["notes"] == "As the region tells it."


def test_two_lanes_at_once_make_one_dataset(two, make, copy, apply_in_processes):
    """Both plans are made before either is applied: the second finds the first's record as it creates."""
    numbers = range(1, 13)
    plans = [two("wharfedale", [make(n) for n in numbers], "plan"), two("region", [copy(n) for n in numbers], "plan")]
    assert [plan["counts"]["create"] for plan in plans] == [12, 12]
    apply_in_processes([plan["id"] for plan in plans])
    results = [call_action("federation_run_show", id=plan["id"])["results"] for plan in plans]
    assert sum(one.get("created", 0) for one in results) == 12, results
    assert sum(one.get("linked", 0) for one in results) == 12, results
    assert len(active()) == 12
    assert {one.notes for one in active()} == {f"Number **{n}**" for n in numbers}


def state(package_id):
    model.Session.rollback()
    return model.Session.get(model.Package, package_id).state


def test_a_steward_says_that_it_is_another_and_it_stays_so(two, make, copy, told):
    two("wharfedale", [make(1)])
    two("region", [copy(1)])
    first = only()
    run = call_action("federation_record_split", id=first["name"], node="region")
    assert run["results"] == {"parted": 1}
    own = call_action("package_show", id=run["outcomes"][0]["package_id"])
    assert (own["notes"], own["identifier"]) == ("As the region tells it.", "r-1")
    assert call_action("package_show", id=first["id"])["notes"] == "Number **1**"
    assert [(one[1], one[2], one[3], one[4]) for one in told[-2:]] == [
        ("wharfedale", "updated", [], []),
        ("region", "created", [], []),
    ]
    # Later harvests leave it so: unchanged, changed, gone and back, purged and made again.
    assert two("region", [copy(1)])["status"] == "unchanged"
    assert two("region", [copy(1, description="Anew.")])["results"] == {"updated": 1}
    assert call_action("package_show", id=own["id"])["notes"] == "Anew."
    call_action("dataset_purge", id=own["id"])
    assert two("region", [copy(1, description="Anew.")])["results"] == {"created": 1}
    assert len(active()) == 2


def test_the_origins_record_can_be_split_too(two, make, copy):
    two("wharfedale", [make(1)])
    two("region", [copy(1)])
    first = only()
    run = call_action("federation_record_split", id=first["id"], node="wharfedale")
    assert call_action("package_show", id=first["id"])["notes"] == "As the region tells it."
    assert call_action("package_show", id=run["outcomes"][0]["package_id"])["notes"] == "Number **1**"
    for wrong in ("region", "wharfedale"):
        with pytest.raises(toolkit.ValidationError):
            call_action("federation_record_split", id=first["id"], node=wrong)


def test_a_steward_joins_two_and_splits_them_again(two, make, copy, told):
    two("wharfedale", [make(1)])
    two("region", [copy(1, landingPage="https://data.region.example/x", distribution=[])])
    one, other = sorted(active(), key=lambda each: each.notes, reverse=True)
    names, ids = (one.name, other.name), (one.id, other.id)
    record = call_action("federation_record_join", id=names[0], other=names[1])
    assert [each["node_name"] for each in record["met"]] == ["region"]
    assert (state(ids[0]), state(ids[1])) == ("active", "deleted")
    assert [each[0] for each in told[-2:]] == ["withdrawn", "imported"]
    assert (
        two("region", [copy(1, landingPage="https://data.region.example/x", distribution=[])])["status"] == "unchanged"
    )
    run = two("region", [copy(1, landingPage="https://data.region.example/y", distribution=[])])
    assert run["results"] == {"noted": 1}
    assert len(active()) == 1
    run = call_action("federation_record_split", id=ids[0], node="region")
    assert run["outcomes"][0]["package_id"] == ids[1]  # the dataset that it was before
    assert (state(ids[0]), state(ids[1])) == ("active", "active")
    assert call_action("package_show", id=ids[1])["url"] == "https://data.region.example/y"


def test_what_cannot_be_joined_or_split_is_said(two, make):
    two("wharfedale", [make(1), make(2)])
    about = {"owner_org": active()[0].owner_org, "license_id": "cc-by", "notes": "Ours"}
    own = call_action("package_create", name="ours", title="Ours", **about)
    one, other = [each.id for each in active() if each.id != own["id"]]
    for data, said in (
        ({"id": one, "other": one}, "one dataset already"),
        ({"id": one, "other": other}, "Wharfedale has both"),
        ({"id": one, "other": "ours"}, "Only datasets that are harvested"),
    ):
        with pytest.raises(toolkit.ValidationError, match=said):
            call_action("federation_record_join", **data)
    with pytest.raises(toolkit.ObjectNotFound):
        call_action("federation_record_join", id=one, other="none")
    with pytest.raises(toolkit.ValidationError, match="No other node"):
        call_action("federation_record_split", id=one, node="wharfedale")
    assert len(active()) == 3


def test_only_stewards_say_it_and_the_page_has_their_buttons(two, make, copy, app):
    two("wharfedale", [make(1)])
    two("region", [copy(1)])
    dataset = only()
    nobody, admin = factories.UserWithToken(), factories.SysadminWithToken()
    for action, data in (("split", {"node": "region"}), ("join", {"other": dataset["id"]})):
        with pytest.raises(toolkit.NotAuthorized):
            context = {"user": nobody["name"], "ignore_auth": False}
            call_action(f"federation_record_{action}", context, id=dataset["id"], **data)
    address = f"/dataset/{dataset['name']}"
    page = app.get(address).body
    assert "Also met at" in page
    assert "not this one" not in page
    headers = {"Authorization": admin["token"]}
    assert "Region has another dataset, not this one" in app.get(address, headers=headers).body
    split = f"/federation/dataset/{dataset['name']}/split"
    assert app.post(split, data={"node": "region"}, headers={"Authorization": nobody["token"]}, status=403)
    assert "dataset of its own now" in app.post(split, data={"node": "region"}, headers=headers).body
    other = next(one.name for one in active() if one.name != dataset["name"])
    join = {"other": f"http://portal.example/dataset/{other}/"}
    assert "one dataset now" in app.post(f"/federation/dataset/{dataset['name']}/join", data=join, headers=headers).body
    assert len(active()) == 1
