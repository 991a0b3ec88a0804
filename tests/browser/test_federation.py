"""What a steward of other nodes' datasets does: reads a plan and lets it run or not, overrides, retries, stops, undoes, parts and
joins."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .axe import assert_accessible
from .nodes import Node, Nodes
from .screens import keep


@pytest.fixture(scope="module")
def nodes(site) -> Iterator[Nodes]:
    if not site.node_port:
        pytest.skip("the portal that runs harvests no node of the tests")
    made = Nodes(site)
    yield made
    made.close()


def good(page: Page, picture: str = "") -> None:
    """The page as it stands is accessible, on a wide screen and on a narrow one, which it fits."""
    assert_accessible(page)
    if picture:
        keep(page, picture)
    page.set_viewport_size({"width": 320, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{page.url} is {wide} px wide on a screen of 320 px"
    assert_accessible(page)
    if picture:
        keep(page, f"{picture}-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})


def press(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """With the keyboard alone: go on from stop to stop until it is reached, and press Enter."""
    target = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    expect(target).to_be_visible()
    for _ in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"the keyboard does not lead to {name}")


def plan(page: Page, node: Node) -> None:
    """Ask for a plan on the node's page, and open it."""
    page.goto(f"/federation/{node.name}")
    page.get_by_role("button", name="Read the feed and make a plan").click()
    expect(page.get_by_text("The feed is being read")).to_be_visible()
    run = node.run("planned", "held", "unchanged")
    page.goto(f"/federation/run/{run['id']}")


def outcome(page: Page, title: str):
    return page.locator(".federation-outcome").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_a_plan_is_asked_for_read_and_let_run_with_the_keyboard_alone(signed_in: Page, nodes: Nodes) -> None:
    node, page = nodes.add("weir-board", "Weir level"), signed_in
    node.harvest(*(node.record(number) for number in range(1, 5)))
    changed = node.record(1, title="Weir level one", modified="2026-06-07")
    node.serve(changed, node.record(2), node.record(3), node.record(5), node.record(6, title=""))

    page.goto("/federation")
    good(page)
    press(page, "link", "Weir Board")
    expect(page.get_by_role("heading", level=1, name="Weir Board")).to_be_visible()
    good(page)
    press(page, "button", "Read the feed and make a plan")
    expect(page.get_by_text("The feed is being read")).to_be_visible()
    run = node.run("planned")
    page.reload()
    expect(page.get_by_text("a plan waits for a steward")).to_be_visible()
    page.locator(f"a[href$='/federation/run/{run['id']}']").first.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="Plan for Weir Board")).to_be_visible()
    said = "1 new, 1 changed, 0 back again, 1 gone, 2 unchanged, 1 refused"
    expect(page.get_by_text(said)).to_be_visible()
    row = outcome(page, "Weir level one").get_by_role("row", name=re.compile("^Title"))
    expect(row.get_by_role("cell")).to_have_text(["Weir level 1", "Weir level one"])
    expect(outcome(page, "Weir level 4")).to_contain_text("It is no longer in the feed.")
    expect(outcome(page, "(no title)")).to_contain_text("refused")
    expect(outcome(page, "Weir level 5")).to_contain_text("new")
    good(page, "federation-plan")
    press(page, "link", "refused (1)")
    expect(page.locator(".federation-outcome")).to_have_count(1)
    good(page)
    press(page, "button", "Apply this plan")
    expect(page.get_by_text("The plan is being applied")).to_be_visible()
    node.run("done")
    page.reload()
    for line in ("1 created", "1 updated", "1 withdrawn"):
        expect(page.get_by_role("main")).to_contain_text(line)
    good(page, "federation-run")
    press(page, "link", "Weir level one")
    expect(page.get_by_role("heading", level=1, name="Weir level one")).to_be_visible()


def test_the_guard_holds_a_feed_that_shrank_until_a_steward_has_read_it(signed_in: Page, nodes: Nodes, site) -> None:
    node, page = nodes.add("tide-board", "Tide gauge"), signed_in
    every = [node.record(number) for number in range(1, 9)]
    node.harvest(*every)
    node.serve(*every[:3])
    plan(page, node)
    expect(page.get_by_role("heading", name="Why it waits")).to_be_visible()
    expect(page.get_by_text("held for a steward")).to_be_visible()
    good(page, "federation-held")
    page.get_by_role("button", name="Discard this plan").click()
    expect(page.get_by_text("The run is cancelled.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("plan"))).to_have_count(0)
    good(page)
    assert site.action("federation_node_show", id=node.name)["records"] == {"active": 8}

    plan(page, node)
    page.get_by_role("button", name="Approve and apply this plan").click()
    node.run("done")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("5 withdrawn")
    expect(page.get_by_text("Approved by admin.")).to_be_visible()
    assert site.action("federation_node_show", id=node.name)["records"] == {"active": 3}


def test_a_field_that_a_steward_set_survives_a_harvest_and_both_values_are_shown(signed_in: Page, nodes: Nodes) -> None:
    node, page = nodes.add("lock-board", "Lock gate"), signed_in
    node.harvest(node.record(1))
    page.goto("/dataset/edit/lock-gate-1")
    page.get_by_label("Title", exact=False).first.fill("Lock gate at the mill")
    page.get_by_role("button", name=re.compile("Update dataset|Save", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", level=1, name="Lock gate at the mill")).to_be_visible()
    run = node.harvest(node.record(1, title="Lock gate no. 1", description="Anew."))
    page.goto(f"/federation/run/{run['id']}")
    expect(page.get_by_text("title: stays as a steward set it here")).to_be_visible()
    good(page)
    page.goto("/dataset/lock-gate-1")
    expect(page.get_by_role("heading", level=1, name="Lock gate at the mill")).to_be_visible()
    expect(page.get_by_text("Anew.").first).to_be_visible()
    row = page.locator(".federation-origin").get_by_role("row", name=re.compile("^Title"))
    expect(row.get_by_role("cell")).to_have_text(["Lock gate at the mill", "Lock gate no. 1"])
    good(page, "federation-override")


def test_a_quarantined_record_is_read_as_it_came_and_tried_again(signed_in: Page, nodes: Nodes, site) -> None:
    """What the portal's form refuses here is the node's organisation, which somebody purged."""
    board = site.administer("organization_create", name="sluice-council", title="Sluice Council")
    node = nodes.add("sluice-board", "Sluice", organization=board["name"], organization_policy="node")
    page = signed_in
    site.administer("organization_purge", id=board["id"])
    assert node.harvest(node.record(1, description="<i>Raw</i>"))["results"] == {"quarantined": 1}
    page.goto(f"/federation/{node.name}")
    expect(page.get_by_role("heading", name="In quarantine")).to_be_visible()
    page.get_by_text("The record as it came").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text('"description":"<i>Raw</i>"')).to_be_visible()
    good(page, "federation-quarantine")
    made = site.administer("organization_create", name="sluice-council-2", title="Sluice Council")
    site.administer("federation_node_update", id=node.name, organization=made["name"])
    page.get_by_role("button", name="Try sluice-board-1 again").click()
    expect(page).to_have_url(re.compile("/federation/run/"))
    expect(page.get_by_role("main")).to_contain_text("1 created")
    good(page)
    page.goto(f"/federation/{node.name}")
    expect(page.get_by_role("heading", name="In quarantine")).to_have_count(0)


def test_a_run_is_paused_goes_on_is_cancelled_and_rolled_back(signed_in: Page, nodes: Nodes, site) -> None:
    node, page, many = nodes.add("bridge-board", "Bridge"), signed_in, range(1, 161)
    node.harvest(*(node.record(number) for number in many))
    node.serve(*(node.record(number, description="Anew.") for number in many))
    plan(page, node)
    page.get_by_role("button", name="Apply this plan").click()
    run = node.run("applying")
    page.reload()
    expect(page.get_by_text(re.compile(r"\d+ of 160 steps are done"))).to_be_visible()
    page.get_by_role("button", name="Pause this run").click()
    expect(page.get_by_text("The run pauses after the step it is at.")).to_be_visible()
    node.run("paused")
    page.reload()
    good(page, "federation-paused")
    page.get_by_role("button", name="Go on with this run").click()
    node.run("applying")
    page.reload()
    page.get_by_role("button", name="Cancel this run").click()
    expect(page.get_by_text("What was done stays done.")).to_be_visible()
    results = node.run("cancelled")["results"]
    assert results["updated"] + results["cancelled"] == 160
    assert results["updated"] < 160, "it was over before it could be cancelled"
    page.reload()
    good(page)
    page.get_by_role("button", name="Roll this run back").click()
    expect(page.get_by_text("The run is being rolled back")).to_be_visible()
    undone = node.run("done")
    assert undone["undoes"] == run["id"]
    assert undone["results"] == {"undone": results["updated"]}
    page.goto(f"/federation/run/{undone['id']}")
    expect(page.get_by_text("put back").first).to_be_visible()
    good(page, "federation-rolled-back")
    assert site.action("package_show", id="bridge-1")["notes"] == "Readings of Bridge 1."


def test_two_datasets_that_are_one_are_parted_and_joined_again(signed_in: Page, nodes: Nodes, site) -> None:
    page = signed_in
    council, region = nodes.add("ferry-council", "Ferry"), nodes.add("ferry-region", "Ferry")
    council.harvest(council.record(1))
    assert region.harvest(region.record(1, description="As the region tells it."))["results"] == {"linked": 1}
    page.goto("/dataset/ferry-1")
    expect(page.get_by_text("Also met at")).to_be_visible()
    page.get_by_text(re.compile("says otherwise")).click()
    good(page, "federation-two-nodes")
    page.get_by_role("button", name="Ferry Region has another dataset, not this one").click()
    expect(page.get_by_text("It is a dataset of its own now")).to_be_visible()
    expect(page.get_by_text("Also met at")).to_have_count(0)
    found = site.action("package_search", q='title:"Ferry 1"')["results"]
    assert len(found) == 2
    other = next(one["name"] for one in found if one["name"] != "ferry-1")

    page.get_by_text("Is it the same dataset as another one here?").click()
    page.get_by_label("Name or address of the other dataset").fill(f"{site.url}/dataset/{other}")
    good(page, "federation-join")
    page.get_by_role("button", name="They are the same").click()
    expect(page.get_by_text("They are one dataset now.")).to_be_visible()
    expect(page.get_by_text("Also met at")).to_be_visible()
    good(page)


def test_datasets_that_turn_out_alike_are_offered_and_joined(signed_in: Page, nodes: Nodes) -> None:
    page = signed_in
    council, region = nodes.add("quay-council", "Quay"), nodes.add("quay-region", "Quay")
    council.harvest(council.record(1))
    elsewhere = {"landingPage": "https://quay-region.example/1", "distribution": []}
    region.harvest(region.record(1, **elsewhere, title="Quay 1 of the region"))
    region.serve(region.record(1, title="Quay 1 of the region"))
    plan(page, region)
    expect(page.get_by_text("It may be the same dataset as “Quay 1”, met at Quay Council")).to_be_visible()
    good(page)
    page.get_by_role("button", name="Apply this plan").click()
    region.run("done")
    page.goto("/dataset/quay-1")
    expect(page.get_by_text("It may be the same dataset as")).to_be_visible()
    good(page, "federation-alike")
    page.get_by_role("button", name="Join “Quay 1 of the region” to this dataset").click()
    expect(page.get_by_text("They are one dataset now.")).to_be_visible()
    expect(page.get_by_text("Also met at")).to_be_visible()
