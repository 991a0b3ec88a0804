"""The `portal` command as its user types it: real processes, killed for real."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

PROJECT = Path(__file__).resolve().parents[4]
SERVICES = {"postgres", "valkey", "solr", "web", "worker", "lanes", "scheduler"}


class Command:
    """./portal with a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        dropped = ("CKAN_", "PORTAL_PORT", "PORTAL_HOST", "PORTAL_URL")
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
        self.env["PORTAL_HOME"] = str(home)

    def __call__(self, *words: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [PROJECT / "portal", *words], env={**self.env, **more}, capture_output=True, text=True, timeout=400
        )

    def ok(self, *words: str) -> str:
        done = self(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def status(self) -> dict:
        return json.loads(self("status", "--json").stdout)

    def processes(self) -> list[psutil.Process]:
        found = []
        for each in psutil.process_iter():
            try:
                if each.environ().get("TOWPATH_HOME") == str(self.home):
                    found.append(each)
            except (psutil.Error, OSError):
                continue
        return found

    def api(self, action: str, **data) -> dict:
        headers = {"Authorization": self.ok("token").strip()}
        answer = requests.post(f"{self.status()['url']}/api/action/{action}", json=data, headers=headers, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["result"]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Outside pytest's own folders, which another session of pytest may clear away."""
    folder = Path(tempfile.mkdtemp(prefix="towpath-up-"))
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def portal(home):
    command = Command(home)
    first = command.ok("up", "--detach", "--no-demo")
    assert "password:" in first
    yield command
    assert command("down").returncode == 0


@pytest.fixture(scope="module")
def dataset(portal) -> str:
    organisation = portal.api("organization_create", name="kept", title="Kept")
    fields = {
        "name": "kept-through-it-all",
        "title": "Kept",
        "notes": "Stays.",
        "license_id": "uk-ogl",
        "owner_org": organisation["id"],
    }
    return portal.api("package_create", **fields)["name"]


def wait_for_page(portal: Command, path: str, seconds: float = 60) -> requests.Response:
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = requests.get(portal.status()["url"] + path, timeout=30)
            if answer.ok or time.monotonic() > deadline:
                return answer
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.3)


def test_status_names_the_address_and_each_service(portal) -> None:
    found = portal.status()
    assert set(found["services"]) == SERVICES
    assert {each["state"] for each in found["services"].values()} == {"running"}
    assert all(psutil.pid_exists(each["pid"]) for each in found["services"].values())
    assert str(found["services"]["web"]["port"]) in found["url"]
    assert requests.get(found["url"], timeout=30).ok


def test_nothing_listens_beyond_loopback(portal) -> None:
    for process in portal.processes():
        try:
            listening = [c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
        except psutil.NoSuchProcess:  # a short-lived child
            continue
        assert not [ip for ip in listening if ip not in ("127.0.0.1", "::1", "::ffff:127.0.0.1")], process


def test_no_service_runs_as_root(portal) -> None:
    for name, each in portal.status()["services"].items():
        assert psutil.Process(each["pid"]).uids().real != 0, name


def test_up_on_a_running_portal_says_so(portal) -> None:
    assert "runs already" in portal.ok("up", "--detach")


def test_logs_are_shown_by_service(portal) -> None:
    shown = portal.ok("logs", "postgres", "-n", "2")
    assert shown.startswith("==> postgres <==\n")
    assert 2 <= len(shown.strip().splitlines()) <= 3
    assert "==> web <==" in portal.ok("logs")
    done = portal("logs", "nonsense")
    assert done.returncode == 1
    assert "no log of nonsense" in done.stderr


def test_ckan_has_this_portals_settings(portal, dataset) -> None:
    assert dataset in portal.ok("ckan", "dataset", "list")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_killed_service_comes_back_with_nothing_lost(portal, dataset, name) -> None:
    before = portal.status()["services"][name]["pid"]
    os.kill(before, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        now = portal.status()["services"][name]
        if now["state"] == "running" and now["pid"] != before:
            break
        time.sleep(0.2)
    else:
        pytest.fail(f"{name} did not come back")
    assert wait_for_page(portal, f"/dataset/{dataset}").status_code == 200
    found = wait_for_page(portal, f"/api/action/package_search?q=name:{dataset}").json()
    assert found["result"]["count"] == 1
    assert f"{name} (pid {before}) died" in (portal.home / "logs" / "events.log").read_text()


def test_a_killed_supervisor_is_recovered_from(portal, dataset) -> None:
    os.kill(int((portal.home / "run" / "supervisor.pid").read_text()), signal.SIGKILL)
    again = portal.ok("up", "--detach", "--no-demo")
    assert "ended" in again
    assert "password:" not in again
    assert requests.get(f"{portal.status()['url']}/dataset/{dataset}", timeout=30).ok


def test_a_port_that_is_taken_is_named(portal, tmp_path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = Command(tmp_path / "second")("up", "--detach", "--no-demo", PORTAL_PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_of_ones_own_that_is_not_there_is_said(home, tmp_path) -> None:
    second = Command(tmp_path / "own")
    second.home.mkdir()
    (second.home / "settings.ini").write_text("solr_url = http://127.0.0.1:9/solr/ckan\n")
    done = second("up", "--detach", "--no-demo")
    assert done.returncode == 1
    assert "Your solr does not answer" in done.stderr
    assert second.processes() == []


def test_down_leaves_nothing_running_and_up_is_quick(portal, dataset) -> None:
    portal.ok("down")
    assert portal.processes() == []
    assert portal.status()["running"] is False
    portal.ok("up", "--detach", "--no-demo")
    assert requests.get(f"{portal.status()['url']}/dataset/{dataset}", timeout=30).ok


@pytest.mark.parametrize("seconds", [1.5, 6, 9])
def test_a_first_start_killed_half_way_is_taken_up_again(tmp_path, seconds) -> None:
    second = Command(tmp_path / "cut")
    process = subprocess.Popen(
        [PROJECT / "portal", "up", "--no-demo"],
        env=second.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    for each in second.processes():
        each.kill()
    process.communicate()
    try:
        second.ok("up", "--detach", "--no-demo")
        assert requests.get(second.status()["url"], timeout=30).ok
    finally:
        second("down")


def test_reset_removes_the_data_and_keeps_the_operators_settings(tmp_path) -> None:
    second = Command(tmp_path / "gone")
    second.home.mkdir()
    (second.home / "settings.ini").write_text("ckan.site_title = Mine\n")
    (second.home / "state.json").write_text("{}")
    second.ok("reset", "--yes")
    assert [each.name for each in second.home.iterdir()] == ["settings.ini"]


def test_reset_refuses_a_folder_that_is_no_portals(tmp_path) -> None:
    (tmp_path / "letters.txt").write_text("dear all")
    done = Command(tmp_path)("reset", "--yes")
    assert done.returncode == 1
    assert (tmp_path / "letters.txt").exists()
