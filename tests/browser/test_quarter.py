"""A steward's whole quarter, by two persons: from last quarter's template to a published file, and a correction of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from .axe import assert_accessible
from .conftest import Site, sign_in
from .screens import keep

PASSWORD = "three-quiet-herons"
LAST = "spending-over-500-q1-2026-27"
NOW = "spending-over-500-q2-2026-27"
FILE = "July to September 2026"
HEADER = "Payment Date,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category,Transaction number\n"
BROKEN = HEADER + (
    "2026-07-03,Revenues,Acme Ltd,Printing,701.50,0,Stationery,T1001\n"
    "31/31/2026,Revenues,Acme Ltd,Envelopes,702.50,0,Stationery,T1002\n"
    "2026-07-05,Revenues,Acme Ltd,Paper,,0,Stationery,T1003\n"
    "2026-07-06,Revenues,Mr John Trader,Clearing a house,900.00,0,Removals,T1004\n"
    "2026-07-07,Revenues,Beta Ltd,Refund for jane@example.org.uk,910.00,0,Refunds,T1005\n"
    "2026-07-08,Revenues,Beta Ltd,Refund AB123456C,920.00,0,Refunds,T1006\n"
    "2026-07-09,Revenues,Gamma plc,Postage,1200.00,0,Post,T1007\n"
)
MENDS = {"31/31/2026": "2026-07-04", "Paper,,": "Paper,703.50,"}
CORRECTED = ("1200.00", "1210.00")


@dataclass(frozen=True)
class Person:
    """Somebody at a browser of their own."""

    name: str
    page: Page


@pytest.fixture
def people(site: Site, browser: Browser) -> Iterator[tuple[Person, Person]]:
    """Two editors of the council."""
    found = [_person(site, browser, *each) for each in (("una-lock", "Una Lock"), ("sam-weir", "Sam Weir"))]
    yield found[0], found[1]
    for each in found:
        each.page.context.close()


def _person(site: Site, browser: Browser, name: str, fullname: str) -> Person:
    email = f"{name}@aireborough.example"
    site.administer("user_create", name=name, fullname=fullname, email=email, password=PASSWORD)
    site.administer("organization_member_create", id="aireborough", username=name, role="editor")
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    return Person(name, sign_in(context.new_page(), name, PASSWORD))


@pytest.fixture
def last_quarter(site: Site) -> None:
    """What was published a quarter ago, with the steps that were told of it."""
    site.administer(
        "package_create", name=LAST, title="Spending over £500, Q1 2026/27", owner_org="aireborough",
        notes="Every payment over £500 of the quarter.", license_id="uk-ogl",
        transparency_set="expenditure-over-500", legacy_source="Northgate Revenues",
    )  # fmt: skip
    extract = {"system": "Northgate Revenues", "tool": "Northgate report RV77", "tool_version": "2"}
    clean = {"tool": "Excel", "tool_version": "365"}
    for kind, told in (("extract", extract), ("clean", clean), ("disclosure-check", {})):
        site.administer("journey_step_create", dataset=LAST, type=kind, agent_role="Data steward", **told)


def until(page: Page, address: str, text: str, there: bool = False, seconds: float = 300) -> None:
    """Load a page until it no longer says that something is under way, or (`there`) until it says that it is done."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        page.goto(address)
        if bool(page.get_by_text(re.compile(text)).count()) == there:
            return
        time.sleep(1)
    pytest.fail(f"{address} {'does not say' if there else 'still says'}: {text}")


def checked(page: Page) -> None:
    """The page of a file's check, once the check or the copy that was asked for is done."""
    until(page, page.url, "waits for its check|is being checked|is being made")


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=name).first.click()


def upload(page: Page, text: str) -> None:
    """The form of a file, as it stands in the browser."""
    file = {"name": "northgate-2026-27-q2.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files("input[type=file]", file)
    page.get_by_label("Name", exact=False).first.fill(FILE)
    with page.expect_navigation():
        page.locator("button[name=save]").last.click()


def move(page: Page, name: str) -> None:
    """Make a move on the page of the release; its form opens like any other part that is folded."""
    folded: Locator = page.locator("details.journey-move", has=page.get_by_text(name, exact=True).first)
    if folded.get_attribute("open") is None:
        folded.locator("summary").click()
    press(page, name)
    expect(page.get_by_text("The release has moved on.")).to_be_visible()


def test_a_quarter_from_its_template_to_a_correction(site: Site, people, last_quarter) -> None:
    steward, second = people
    page = steward.page
    _begin(page)
    check = _broken_file_is_held(page, site)
    _mended(page, check, second.page)
    _asked_for_approval(page)
    _approved(second.page, site)
    _corrected(page, second.page, site)
    _journey_tells_it(page, site)


def _begin(page: Page) -> None:
    page.goto(f"/dataset/{LAST}")
    follow(page, "Release")
    page.get_by_label("Name of the template").fill("Northgate revenues to spend over £500")
    press(page, "Keep the template")
    page.goto("/dashboard/datasets")
    follow(page, "Releases")
    assert_accessible(page)
    press(page, "Begin the next release")
    expect(page.get_by_role("heading", level=1, name="Release of Spending over £500, Q2 2026/27")).to_be_visible()
    assert_accessible(page)
    keep(page, "release-begun")


def _broken_file_is_held(page: Page, site: Site) -> str:
    """Gives the address of the file's check."""
    follow(page, "Add the file of this release")
    assert_accessible(page)
    upload(page, BROKEN)
    expect(page.get_by_text(f"{FILE} is held back until its check has passed", exact=False)).to_be_visible()
    assert_accessible(page)
    follow(page, re.compile("See what was found"))
    checked(page)
    for found in ('"31/31/2026" is no date.', '"Amount" is empty', "A person's email address", "A National Insurance"):
        expect(page.get_by_text(found, exact=False).first).to_be_visible()
    assert_accessible(page)
    keep(page, "quarter-check")
    assert requests.get(page.url.removesuffix("/check"), timeout=30).status_code == 404
    return page.url


def _mended(page: Page, check: str, second: Page) -> None:
    """Redacted but for a trader's name, mended, and the name agreed to by the second person."""
    page.get_by_label("Mr John Trader", exact=False).uncheck()
    press(page, "Make a redacted copy")
    checked(page)
    press(page, "Use this copy in the file's place")
    checked(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the file as it is now").click()
    text = waiting.value.path().read_text("utf-8-sig")
    assert "jane@" not in text and "AB123456C" not in text and "Mr John Trader" in text
    for wrong, right in MENDS.items():
        text = text.replace(wrong, right)
    follow(page, "Upload a mended file")
    upload(page, text)
    page.goto(check)
    checked(page)
    expect(page.get_by_text("is no date")).to_have_count(0)
    _agree(page, second, check)


def _asked_for_approval(page: Page) -> None:
    follow(page, re.compile("Back to the release"))
    page.get_by_role("link", name=re.compile("Record the steps of the template")).click()
    press(page, "Record the chosen steps")
    expect(page.get_by_role("definition").filter(has_text="Reviewed").first).to_be_visible()
    move(page, "Move it to: Privacy review")
    move(page, "Move it to: Being checked")
    page.get_by_role("link", name="Ask a second person for approval").click()
    move(page, "Ask for approval")
    assert_accessible(page)
    expect(page.get_by_text("It waits for somebody who did not work on it", exact=False)).to_be_visible()
    expect(page.get_by_text("You worked on this release", exact=False).first).to_be_attached()
    expect(page.get_by_role("button", name="Approve and publish now")).to_have_count(0)
    token = page.locator("input[name=_csrf_token]").first.input_value()
    forced = page.request.post(
        f"/dataset/workflow/{NOW}/move", form={"move": "approve", "_csrf_token": token}, headers={"Referer": page.url}
    )
    assert forced.status == 403 and "somebody else must decide" in forced.text()


def _approved(second: Page, site: Site) -> None:
    assert requests.get(f"{site.url}/dataset/{NOW}", timeout=30).status_code == 404
    second.goto("/journey/board")
    follow(second, "Spending over £500, Q2 2026/27")
    follow(second, "Release")
    assert_accessible(second)
    keep(second, "release-to-approve")
    move(second, "Approve and publish now")
    assert "Mr John Trader" in _public(site)


def _public(site: Site) -> str:
    """The file as everybody gets it; empty while there is none."""
    found = site.action("package_show", id=NOW)["resources"]
    if not found:
        return ""
    answer = requests.get(found[0]["url"], timeout=30)
    assert answer.status_code in (200, 404)
    return answer.text if answer.ok else ""


def _corrected(page: Page, second: Page, site: Site) -> None:
    """A first correction is held and seen by nobody else; the right one is agreed to, published, and explained."""
    before = _public(site)
    assert "jane@" not in before and CORRECTED[0] in before
    file = site.action("package_show", id=NOW)["resources"][0]["id"]
    # A release is kept by a job; CKAN itself keeps only the file that took its place.
    until(page, f"/dataset/{NOW}/resource/{file}/changes", "Releases that are kept", there=True)
    page.goto(f"/dataset/workflow/{NOW}")
    assert_accessible(page)
    follow(page, f"Replace {FILE}")
    upload(page, before.replace("Postage", "Postage for jane@example.org.uk"))
    follow(page, re.compile("See what was found"))
    checked(page)
    check = page.url
    expect(page.get_by_text("A person's email address", exact=False).first).to_be_visible()
    assert not _public(site)

    follow(page, "Upload a mended file")
    upload(page, before.replace(*CORRECTED))
    page.goto(check)
    checked(page)
    _agree(page, second, check)
    assert _public(site) == before.replace(*CORRECTED)

    follow(page, re.compile("Back to the release"))
    follow(page, "say what was corrected")
    assert_accessible(page)
    page.get_by_label("What was done, and why").fill("The postage of July was given without its last bill.")
    press(page, "Record the step")


def _agree(page: Page, second: Page, check: str) -> None:
    page.get_by_label("Why it may be published").fill("He trades under his own name; the name is on his van.")
    press(page, "Propose to a second person")
    expect(page.get_by_role("button", name="Approve: it may be published")).to_have_count(0)
    second.goto(check)
    assert_accessible(second)
    press(second, "Approve: it may be published")
    page.goto(check)
    expect(page.get_by_text("published by a decision")).to_be_visible()


def _journey_tells_it(page: Page, site: Site) -> None:
    """Everybody reads each step with its evidence, and what changed from one release to the next."""
    redacted = page.get_by_role("heading", name=re.compile("^Anonymised"))
    page.goto(f"/dataset/journey/{NOW}")
    expect(redacted.first).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"/dataset/journey/{NOW}")
    expect(redacted).to_have_count(0)  # the redacted copy never was public: it was mended before it was released
    told = ("Extracted", "Cleaned", "Disclosure checked", "File received", "Validated", "Approved")
    for step in (*told, "Published", "Updated"):
        expect(page.get_by_role("heading", name=re.compile(f"^{step}|^Files received")).first).to_be_visible()
    expect(page.get_by_text("approved by a second person").first).to_be_visible()
    expect(page.get_by_text("The postage of July was given without its last bill.")).to_be_visible()
    assert "jane@" not in page.content() and "John Trader" not in page.content()
    assert_accessible(page)
    keep(page, "quarter-journey")
    changes = page.get_by_role("link", name=f"What changed in {FILE}").get_attribute("href", timeout=5_000)
    assert changes
    until(page, changes, "It is being worked out|Only one release")
    expect(page.get_by_text(f"Amount: {CORRECTED[0]} → {CORRECTED[1]}")).to_be_visible()
    assert_accessible(page)
