"""What a council's people do: the calendar, the board, areas of use, a file that is mended until it is public."""

from __future__ import annotations

import re
import time

import pytest
import requests
from playwright.sync_api import Page, expect

from .axe import assert_accessible
from .screens import keep

SPEND = "spend-over-500"
HEADER = "Payment Date,Department,Beneficiary,Purpose,Amount,Irrecoverable VAT,Merchant category\n"
BROKEN = f"{HEADER}2026-07-03,Finance,Acme Ltd,Paper,lots,0,Stationery\n"
MENDED = BROKEN.replace("lots", "701.50")


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "path",
    [
        "/calendar",
        "/organization/calendar/aireborough",
        "/journey/board",
        f"/dataset/journey/{SPEND}/graph",
        "/use-area",
        "/use-area/open-data",
    ],
)
def test_public_pages(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)
    if width > 320:
        keep(page, path.strip("/").replace("/", "-"))


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "path",
    [f"/dataset/workflow/{SPEND}", "/journey/templates", "/journey/officers/aireborough", "/dataset_series/new", "/analytics-project/new", "/federation/bristol-sample", "/organization/spreadsheet/aireborough", "/spreadsheet"],
)  # fmt: skip
def test_pages_of_stewards(signed_in: Page, path: str, width: int) -> None:
    signed_in.set_viewport_size({"width": width, "height": 900})
    signed_in.goto(path)
    expect(signed_in.get_by_role("heading", level=1)).to_be_visible()
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(signed_in)


def test_the_score_says_what_would_raise_it(page: Page) -> None:
    page.goto(f"/dataset/journey/{SPEND}")
    page.get_by_text("What is counted, and what would raise it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Unbroken chain")).to_be_visible()
    assert_accessible(page)


def checked(page: Page, address: str, seconds: float = 120) -> None:
    """Until the worker has checked the file."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        page.goto(address)
        if not page.get_by_text(re.compile("waits for its check|is being checked")).count():
            return
        time.sleep(1)
    pytest.fail("the job worker has not checked the file")


def upload(page: Page, address: str, text: str) -> None:
    """The form is filled in and sent with the keyboard; the file is chosen in the browser's own window."""
    page.goto(address)
    page.set_input_files(
        "input[type=file]", {"name": "2026-27-Q2.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_label("Name", exact=False).first.fill("2026-27 Q2")
    page.locator("button[name=save]").last.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def checks_of(journey: dict) -> list[dict]:
    return [step for step in journey["steps"] if step["tool"] == "Towpath file check" and step["capture"] == "auto"]


def test_a_broken_file_is_held_read_mended_and_public(signed_in: Page, site) -> None:
    upload(signed_in, f"/dataset/{SPEND}/resource/new", BROKEN)
    signed_in.goto(f"/dataset/{SPEND}")
    signed_in.get_by_role("link", name=re.compile("2026-27 Q2")).last.focus()
    signed_in.keyboard.press("Enter")
    expect(signed_in).to_have_url(re.compile("/resource/[0-9a-f-]{36}$"))
    file = signed_in.url
    assert requests.get(file, timeout=30).status_code == 404
    checked(signed_in, f"{file}/check")
    expect(signed_in.get_by_text('"lots" is not a number.')).to_be_visible()
    assert_accessible(signed_in)
    keep(signed_in, "check")
    signed_in.set_viewport_size({"width": 320, "height": 900})
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= 320
    assert_accessible(signed_in)
    signed_in.set_viewport_size({"width": 1280, "height": 900})

    signed_in.goto(f"{file}/edit")
    remove = signed_in.get_by_role("button", name=re.compile("Remove|Clear"))
    if remove.count() and remove.first.is_visible():
        remove.first.click()
    upload(signed_in, f"{file}/edit", MENDED)
    checked(signed_in, f"{file}/check")
    expect(signed_in.get_by_text("lots")).to_have_count(0)
    assert requests.get(file, timeout=30).status_code == 200
    assert len(checks_of(site.administer("journey_show", id=SPEND))) == 2
    assert len(checks_of(site.action("journey_show", id=SPEND))) == 1, "the broken file never was public"
