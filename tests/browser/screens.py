"""Pictures of the pages that the tests look at; kept for README and docs where PORTAL_SCREENSHOTS names a folder."""

import os
from pathlib import Path

from playwright.sync_api import Page


def keep(page: Page, name: str) -> None:
    """The first screen of the page as a PNG of 1280 by 900."""
    folder = os.environ.get("PORTAL_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")
