"""A portal with its demo, started by the command itself, and a browser that looks at it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ckanext.portal.launcher.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
# Chromium's own calls home would only fail on a closed network, many at a time.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


expect.set_options(timeout=30_000)  # a page takes long where the machine is busy


@dataclass(frozen=True)
class Site:
    """A running portal: its address, the sysadmin's name, password and token, and the port at which it harvests a test's nodes."""

    url: str
    user: str
    password: str
    token: str = ""
    node_port: str = ""

    def action(self, name: str, /, **data) -> dict:
        """What everybody may ask."""
        return self._asked(name, {}, data)

    def administer(self, name: str, /, **data) -> dict:
        """As the sysadmin."""
        return self._asked(name, {"Authorization": self.token}, data)

    def _asked(self, name: str, headers: dict[str, str], data: dict) -> dict:
        answer = requests.post(f"{self.url}/api/action/{name}", json=data, headers=headers, timeout=180)
        assert answer.ok, f"{name}: {answer.text[:500]}"
        return answer.json()["result"]


def wait_for_tables(site: Site, seconds: float = 1200) -> None:
    """Until the job worker has loaded every CSV of the demo into the DataStore."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = site.action("package_search", q="organization:aireborough*", rows=100)["results"]
        files = [each for dataset in found for each in dataset["resources"] if each["format"].upper() == "CSV"]
        if files and all(each.get("datastore_active") for each in files):
            return
        time.sleep(1)
    pytest.fail("the job worker has not loaded the demo's files into the DataStore")


def let_harvest(home: Path) -> str:
    """Let the portal of this folder harvest this machine at a port, beside its own demo node's; that port."""
    demo = free_port(set())
    port = free_port({demo})
    home.mkdir()
    (home / "state.json").write_text(json.dumps({"ports": {"demo-node": demo}}))
    hosts = f"127.0.0.1:{demo} 127.0.0.1:{port}"
    (home / "settings.ini").write_text(
        f"ckanext.federation.allowed_hosts = {hosts}\nckanext.federation.pause_seconds = 0\n"
    )
    return str(port)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A portal of its own; PORTAL_TEST_SITE may name one that runs: address, sysadmin, password, token, port of nodes."""
    if there := os.environ.get("PORTAL_TEST_SITE"):
        yield Site(*there.split())
        return
    folder = Path(tempfile.mkdtemp(prefix="towpath-browser-"))
    env = {key: value for key, value in os.environ.items() if not key.startswith(("CKAN_", "PORTAL_"))}
    env |= {"PORTAL_HOME": str(folder / "home")}
    command = PROJECT / "portal"
    node_port = let_harvest(folder / "home")
    done = subprocess.run([command, "up", "--detach"], env=env, capture_output=True, text=True, timeout=900)
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        url = re.search(r"ready after \d+ s: (\S+)", done.stdout)
        user, password = (re.search(rf"{word}:\s+(\S+)", done.stdout) for word in ("sysadmin", "password"))
        assert url and user and password, done.stdout
        token = subprocess.run([command, "token"], env=env, capture_output=True, text=True, timeout=120)
        assert token.returncode == 0, token.stdout + token.stderr
        found = Site(url[1], user[1], password[1], token.stdout.split()[-1], node_port)
        wait_for_tables(found)
        yield found
    finally:
        subprocess.run([command, "down"], env=env, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no chromium on this machine (apt install chromium)")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def signed_in(page: Page, site: Site) -> Page:
    return sign_in(page, site.user, site.password)


def sign_in(page: Page, user: str, password: str) -> Page:
    page.goto("/user/login")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/dashboard"))
    return page
