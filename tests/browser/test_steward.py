"""What a data steward does: signs in, edits a dataset, adds a step to its journey."""

import re

from playwright.sync_api import Page, expect

from .axe import assert_accessible
from .screens import keep


def test_sign_in_with_the_printed_password(signed_in: Page) -> None:
    expect(signed_in.get_by_role("button", name="Log out")).to_be_visible()
    assert_accessible(signed_in)


def test_a_wrong_password_is_refused(page: Page, site) -> None:
    page.goto("/user/login")
    page.get_by_label("Username").fill(site.user)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(re.compile("failed|bad|incorrect|wrong", re.IGNORECASE)).first).to_be_visible()


def test_a_dataset_is_edited(signed_in: Page, site) -> None:
    signed_in.goto("/dataset/edit/public-toilets")
    assert_accessible(signed_in)
    signed_in.get_by_label("Title", exact=False).first.fill("Public toilets in Aireborough")
    keep(signed_in, "edit")
    signed_in.get_by_role("button", name=re.compile("Update dataset|Save", re.IGNORECASE)).first.click()
    expect(signed_in.get_by_role("heading", level=1, name="Public toilets in Aireborough")).to_be_visible()
    assert site.action("package_show", id="public-toilets")["title"] == "Public toilets in Aireborough"
    found = site.action("package_search", q='title:"Public toilets in Aireborough"')
    assert found["count"] == 1


def test_a_step_is_added_to_a_journey(signed_in: Page, site) -> None:
    before = len(site.action("journey_show", id="grants-to-voluntary-sector")["steps"])
    signed_in.goto("/dataset/journey/grants-to-voluntary-sector")
    signed_in.get_by_role("link", name=re.compile("Add a step", re.IGNORECASE)).first.click()
    assert_accessible(signed_in)
    keep(signed_in, "add-step")
    signed_in.locator("select[name=type]").select_option("validate")
    signed_in.get_by_role("main").get_by_role("button", name=re.compile("Add|Save|Record", re.IGNORECASE)).last.click()
    expect(signed_in).to_have_url(re.compile(r"/dataset/journey/grants-to-voluntary-sector(#.*)?$"))
    assert len(site.action("journey_show", id="grants-to-voluntary-sector")["steps"]) == before + 1


def test_a_stranger_may_not_edit(page: Page) -> None:
    answer = page.goto("/dataset/edit/libraries")
    assert answer and answer.status == 403
    expect(page.locator("input[name=title]")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("You may not see this page")


def test_who_signed_in_sees_the_form_that_a_stranger_does_not(signed_in: Page) -> None:
    signed_in.goto("/dataset/edit/libraries")
    expect(signed_in.locator("input[name=title]")).to_have_count(1)
