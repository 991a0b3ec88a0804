"""What a citizen does: finds a dataset, sees where it came from, looks inside, takes it away."""

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from .axe import assert_accessible
from .screens import keep

SPEND = "/dataset/spend-over-500"


def test_home_page_leads_to_the_data(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
    keep(page, "home")
    page.locator("main, [role=main]").get_by_role("searchbox").or_(page.get_by_role("combobox")).first.fill("parking")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/dataset/?\?.*q=parking"))
    expect(page.get_by_role("link", name="Parking spaces", exact=True)).to_be_visible()


def test_search_is_narrowed_by_a_facet_and_widened_again(page: Page) -> None:
    page.goto("/dataset/")
    everything = page.get_by_role("heading", name=re.compile(r"\d+ datasets? found"))
    before = int(re.findall(r"\d+", everything.inner_text())[0])
    assert_accessible(page)
    page.get_by_role("link", name=re.compile("^Economy and finance")).click()
    expect(page.get_by_role("link", name=re.compile("^Remove filter"))).to_be_visible()
    after = int(re.findall(r"\d+", page.get_by_role("heading", name=re.compile("found")).inner_text())[0])
    assert 0 < after < before
    assert_accessible(page)
    keep(page, "search")
    page.get_by_role("link", name=re.compile("^Remove filter")).click()
    expect(page.get_by_role("heading", name=re.compile(f"{before} datasets found"))).to_be_visible()


def test_a_dataset_shows_its_files_its_facts_and_its_journey(page: Page) -> None:
    page.goto(SPEND)
    expect(page.get_by_role("heading", level=1, name="Spending over £500")).to_be_visible()
    expect(page.locator("dd, td", has_text="SAP FI (finance)").first).to_be_visible()
    expect(page.get_by_role("link", name="Quarterly")).to_be_visible()
    assert_accessible(page)
    keep(page, "dataset")


def test_the_journey_is_told_step_by_step_with_evidence(page: Page) -> None:
    page.goto(SPEND)
    page.get_by_role("main").get_by_role("link", name=re.compile(r"\bJourney$")).first.click()
    expect(page).to_have_url(re.compile("/dataset/journey/"))
    for step in ("Extracted", "Disclosure checked", "Validated", "Approved", "Published"):
        expect(page.get_by_role("heading", name=step, exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("checksums meet")).first).to_be_visible()
    assert_accessible(page)
    keep(page, "journey")


def test_a_harvested_dataset_shows_its_hops(page: Page, site) -> None:
    found = site.action("package_search", fq="organization:metropolis-authority", rows=1)["results"]
    assert found, "the demo's DataPress node was not harvested"
    page.goto(f"/dataset/journey/{found[0]['name']}")
    expect(page.get_by_role("heading", name="From portal to portal")).to_be_visible()
    expect(page.get_by_role("heading", name="Imported from another portal")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("London-shaped sample")
    assert_accessible(page)


@pytest.mark.parametrize(
    ("dataset", "file", "view", "shows"),
    [
        ("libraries", "Libraries (table)", None, "table tbody tr"),
        ("libraries", "Libraries (map)", None, ".leaflet-marker-icon"),
        ("pay-multiple", None, "Pay multiple by year", ".main-svg"),
    ],
)
def test_a_file_can_be_looked_at_before_it_is_taken(page: Page, dataset: str, file, view, shows: str) -> None:
    page.goto(f"/dataset/{dataset}")
    link = page.get_by_role("link", name=file) if file else page.get_by_role("link", name=re.compile("Look inside"))
    link.first.click()
    if view:
        page.get_by_role("link", name=re.compile(view)).first.click()
    expect(page.get_by_role("link", name=re.compile("Download")).first).to_be_visible()
    where = page if view else page.frame_locator("iframe").first  # a chart is part of the page
    expect(where.locator(shows).first).to_be_visible(timeout=30000)
    assert_accessible(page)
    keep(page, f"preview-{view or file}".lower().replace(" ", "-").replace("(", "").replace(")", ""))


def test_a_download_is_the_file_whole(page: Page, site, tmp_path) -> None:
    resource = site.action("package_show", id="spend-over-500")["resources"][0]
    page.goto(SPEND)
    with page.expect_download() as waiting:
        page.locator(f"a[href*='{resource['id']}'][href*='/download/']").first.click()
    target = tmp_path / "spend.csv"
    waiting.value.save_as(target)
    with target.open(newline="", encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    stored = site.action("datastore_search", resource_id=resource["id"], limit=0)["total"]
    assert len(rows) == stored > 500


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/dataset/",
        SPEND,
        "/dataset/journey/spend-over-500",
        "/organization/",
        "/status",
        "/federation",
        "/catalog",
    ],
)
def test_pages_fit_a_narrow_screen_and_need_no_script(browser, site, path: str) -> None:
    context = browser.new_context(base_url=site.url, viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    context.close()
    context = browser.new_context(base_url=site.url, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert wide <= 320, f"{path} is {wide} px wide on a screen of 320 px"


@pytest.mark.parametrize(
    "path",
    [
        "/organization/",
        "/organization/aireborough",
        "/about",
        "/status",
        "/federation",
        "/journey",
        "/catalog",
        "/user/login",
        "/cy/",
    ],
)
def test_other_pages_are_accessible(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer and answer.ok, f"{path}: HTTP {answer and answer.status}"
    assert_accessible(page)


def test_the_site_speaks_welsh(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Cymraeg").click()
    expect(page).to_have_url(re.compile("/cy/"))
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^cy"))
    expect(page.get_by_role("link", name="Setiau data").first).to_be_visible()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page: Page) -> None:
    page.goto("/dataset/")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert "skip" in focused.inner_text().lower()


def test_suggestions_can_be_used_with_the_keyboard(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox").first
    box.press_sequentially("parki", delay=40)
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile(".+"))
    assert_accessible(page)
    box.press("Escape")
    expect(option).to_be_hidden()
