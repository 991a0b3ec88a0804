"""axe-core over a page as it stands: no violation of WCAG 2.2 AA or of axe's best practices."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def assert_accessible(page: Page) -> None:
    """Frames are left to their own pages' tests: what they show is the file, not the site."""
    results = Axe().run(page, options={"iframes": False})
    found = [
        f"{each['id']} ({each['impact']}): {each['help']}\n    "
        + "\n    ".join(node["html"][:160] for node in each["nodes"][:3])
        for each in results.response["violations"]
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)
