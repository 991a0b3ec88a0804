"""Plans undone, runs stopped, stewards' overrides, quarantine: a real server, PostgreSQL and Solr."""

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests.helpers import call_action

from ckanext.federation.harvest import control, run, store

COUNCIL = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", COUNCIL)


def shown(name):
    return call_action("package_show", id=name)


def outcomes(found, status):
    return {one["upstream_id"]: one for one in found["outcomes"] if one["status"] == status}


def patch(name, **values):
    return call_action("package_patch", id=name, **values)


def test_a_run_is_rolled_back(node, items, make):
    node.run([*items(7), make(8)])
    before = {name: shown(name) for name in ("dataset-1", "dataset-2", "dataset-8")}
    changed = [make(1, title="Another title", license=""), *items(7)[1:], make(9)]
    done = node.run(changed)
    assert done["results"] == {"created": 1, "updated": 1, "withdrawn": 1}
    undone = call_action("federation_run_roll_back", id=done["id"])
    assert undone["status"] == "done"
    assert undone["results"] == {"undone": 3}
    for name, was in before.items():
        now = shown(name)
        for field in ("title", "license_id", "state", "theme", "notes", "publisher"):
            assert now[field] == was[field], (name, field)
    assert shown("dataset-9")["state"] == "deleted"
    assert {one["name"] for one in call_action("package_search", rows=50)["results"]} == {
        f"dataset-{number}" for number in range(1, 9)
    }
    after = call_action("federation_node_show", id="wharfedale")
    assert after["state"] == "paused"
    assert call_action("federation_run_show", id=done["id"])["rolled_back"] == undone["id"]
    with pytest.raises(toolkit.ValidationError, match="rolled back already"):
        call_action("federation_run_roll_back", id=done["id"])
    again = node.plan(changed)
    assert {key: again["counts"][key] for key in ("create", "update", "restore", "withdraw")} == {
        "create": 0, "update": 1, "restore": 1, "withdraw": 1,
    }  # fmt: skip


def test_what_somebody_changed_since_stays_and_is_named(node, items, make):
    node.run(items(3))
    done = node.run([make(1, title="One, anew"), make(2, title="Two, anew"), make(3)])
    patch("dataset-1", notes="A steward wrote this.")
    undone = call_action("federation_run_roll_back", id=done["id"])
    assert undone["results"] == {"kept": 1, "undone": 1}
    assert "changed here since" in outcomes(undone, "kept")["id-1"]["reason"]
    assert shown("dataset-1")["title"] == "One, anew"
    assert shown("dataset-2")["title"] == "Dataset 2"


def test_a_later_run_is_named_too_and_a_purged_dataset(node, items, make):
    node.run(items(3))
    first = node.run([make(1, title="A"), make(2, title="B"), make(3)])
    node.run([make(1, title="A2"), make(2, title="B"), make(3)])
    call_action("dataset_purge", id="dataset-2")
    undone = call_action("federation_run_roll_back", id=first["id"])
    kept = outcomes(undone, "kept")
    assert "later run" in kept["id-1"]["reason"]
    assert "purged" in kept["id-2"]["reason"]


def test_only_what_changed_something_is_rolled_back(node, items):
    node.run(items(2))
    nothing = node.run()
    with pytest.raises(toolkit.ValidationError, match="nothing to roll back"):
        call_action("federation_run_roll_back", id=nothing["id"])
    with pytest.raises(toolkit.ObjectNotFound):
        call_action("federation_run_cancel", id="nowhere")


def test_an_override_survives_harvests_and_both_values_are_shown(node, make):
    node.run([make(1)])
    theme = ["http://publications.europa.eu/resource/authority/data-theme/ENVI"]
    patch("dataset-1", title="A steward's title", theme=theme)
    for number in (1, 2):
        found = node.run([make(1, title=f"Feed {number}", theme=["Health"], description=f"Text {number}")])
        assert found["results"] == {"updated": 1}
        now = shown("dataset-1")
        assert (now["title"], now["theme"], now["notes"]) == ("A steward's title", theme, f"Text {number}")
        held = {one["field"]: one for one in call_action("federation_record_show", id="dataset-1")["overrides"]}
        assert set(held) == {"title", "theme"}
        assert (held["title"]["here"], held["title"]["feed"]) == ("A steward's title", f"Feed {number}")
    patch("dataset-1", title="Feed 2", theme=["http://publications.europa.eu/resource/authority/data-theme/HEAL"])
    assert call_action("federation_record_show", id="dataset-1")["overrides"] == []
    node.run([make(1, title="Feed 3")])
    assert shown("dataset-1")["title"] == "Feed 3"


def test_files_that_a_steward_added_or_renamed_stay(node, make):
    node.run([make(1)])
    files = shown("dataset-1")["resources"]
    files[0]["name"] = "Counts by street"
    patch("dataset-1", resources=[*files, {"url": "https://council.example/own.csv", "name": "Ours", "format": "CSV"}])
    node.run([make(1, title="Changed")])
    now = shown("dataset-1")["resources"]
    assert [one["name"] for one in now] == ["Counts by street", "Ours"]
    assert now[0]["id"] == files[0]["id"]


def test_an_untouched_dataset_has_no_overrides(node, make):
    node.run([make(1), make(2, spatial="-2,53,-1,54", temporal="2020/2021")])
    for name in ("dataset-1", "dataset-2"):
        assert call_action("federation_record_show", id=name)["overrides"] == []
        patch(name, version="1")
        found = {one["field"] for one in call_action("federation_record_show", id=name)["overrides"]}
        assert found <= {"version"}, found


def test_a_plan_that_waits_can_be_cancelled(node, items):
    plan = node.plan(items(3))
    shown_run = call_action("federation_run_cancel", id=plan["id"])
    assert (shown_run["status"], shown_run["results"]) == ("cancelled", {"cancelled": 3})
    with pytest.raises(toolkit.ValidationError, match="cancelled"):
        call_action("federation_plan_apply", id=plan["id"])
    with pytest.raises(toolkit.ValidationError, match="has ended"):
        call_action("federation_run_cancel", id=plan["id"])
    with pytest.raises(toolkit.ValidationError, match="under way"):
        call_action("federation_run_pause", id=plan["id"])


def stop_after(monkeypatch, number, order, run_id):
    """Give an order while the steps are applied, as another process would: through the database."""
    monkeypatch.setattr(run, "SECONDS_BETWEEN_HEARTBEATS", -1)
    seen = []

    def check(found):
        seen.append(found)
        if len(seen) == number:
            store.change_run(run_id, ordered=order)
            model.Session.commit()
        return real(found)

    real = control.check
    monkeypatch.setattr(run.control, "check", check)


def test_a_run_is_paused_and_goes_on_where_it_was(node, make, monkeypatch):
    node.run([make(number) for number in range(1, 7)])
    changed = [make(number, title=f"New {number}") for number in range(1, 7)]
    plan = node.plan(changed)
    stop_after(monkeypatch, 4, "pause", plan["id"])
    paused = call_action("federation_plan_apply", id=plan["id"])
    assert paused["status"] == "paused"
    assert paused["results"]["planned"] + paused["results"]["updated"] == 6
    assert 0 < paused["results"]["updated"] < 6
    assert (paused["progress"]["done"], paused["progress"]["total"]) == (paused["results"]["updated"], 6)
    assert paused["progress"]["seconds_left"] is not None
    node_shown = call_action("federation_node_show", id="wharfedale")
    assert node_shown["health"] == "paused"
    call_action("federation_node_update", id="wharfedale", state="active")
    assert store.due_nodes() == []
    monkeypatch.undo()
    resumed = call_action("federation_run_resume", id=plan["id"])
    assert (resumed["status"], resumed["results"]) == ("done", {"updated": 6})


def test_a_run_is_cancelled_on_the_way(node, make, monkeypatch):
    node.run([make(number) for number in range(1, 7)])
    plan = node.plan([make(number, title=f"New {number}") for number in range(1, 7)])
    stop_after(monkeypatch, 3, "cancel", plan["id"])
    done = call_action("federation_plan_apply", id=plan["id"])
    assert done["status"] == "cancelled"
    assert done["results"]["updated"] + done["results"]["cancelled"] == 6
    monkeypatch.undo()
    undone = call_action("federation_run_roll_back", id=plan["id"])
    assert undone["results"] == {"undone": done["results"]["updated"]}
    assert {one["title"] for one in call_action("package_search", rows=50)["results"]} == {
        f"Dataset {number}" for number in range(1, 7)
    }


def test_quarantine_is_listed_with_its_raw_text_and_tried_again(node, make, monkeypatch):
    from ckanext.federation.harvest import apply, step

    real = step.Steps._call

    def refusing(self, action, one, package_id, values, here):
        if one["upstream_id"] == "id-2":
            raise toolkit.ValidationError({"title": ["Not here"]})
        return real(self, action, one, package_id, values, here)

    with monkeypatch.context() as picky:
        picky.setattr(apply, "allowed", lambda: False)
        picky.setattr(step.Steps, "_call", refusing)
        found = node.run([make(1), make(2)])
    assert found["results"] == {"created": 1, "quarantined": 1}
    (one,) = call_action("federation_quarantine_list", id="wharfedale")
    assert one["upstream_id"] == "id-2"
    assert one["reason"] == "title: Not here"
    assert '"Dataset 2"' in one["raw"]
    with pytest.raises(toolkit.ValidationError, match="no such record"):
        call_action("federation_record_retry", id="wharfedale", upstream_ids=["id-9"])
    retried = call_action("federation_record_retry", id="wharfedale")
    assert retried["results"] == {"created": 1}
    assert shown("dataset-2")["title"] == "Dataset 2"
    assert call_action("federation_quarantine_list", id="wharfedale") == []
    assert node.run([make(1), make(2)])["status"] == "unchanged"


def test_a_move_is_rolled_back_with_its_identifier(node, make):
    node.run([make(1)])
    moved = node.run([make(1, identifier="another-id", title="Moved")])
    assert moved["results"] == {"updated": 1}
    undone = call_action("federation_run_roll_back", id=moved["id"])
    assert undone["results"] == {"undone": 1}
    assert call_action("federation_record_show", id="dataset-1")["upstream_id"] == "id-1"
    assert shown("dataset-1")["title"] == "Dataset 1"
    assert node.plan([make(1)])["status"] == "unchanged"
