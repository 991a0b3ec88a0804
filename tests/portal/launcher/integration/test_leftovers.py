"""What a killed supervisor left is found by its record, and nothing else is."""

import os
import subprocess
import sys

import psutil
import pytest

from ckanext.portal.launcher import supervise
from ckanext.portal.launcher.home import Home


@pytest.fixture
def home(tmp_path) -> Home:
    made = Home(tmp_path / "portal")
    made.create()
    return made


@pytest.fixture
def sleeper():
    """A process that does not carry the mark, as Valkey and PostgreSQL overwrite it."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()


def record(home: Home, pid: int | None, started: float | None) -> None:
    home.write("run/services.json", {"services": [{"name": "valkey", "pid": pid, "started": started}]})


def test_a_recorded_service_is_ended(home, sleeper) -> None:
    record(home, sleeper.pid, int(sleeper.create_time()))
    assert supervise.leftovers(home) == [sleeper]
    assert supervise.clear_leftovers(home) == 1
    assert not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE


def test_another_process_with_a_recorded_number_is_left_alone(home, sleeper) -> None:
    record(home, sleeper.pid, sleeper.create_time() - 3600)
    assert supervise.leftovers(home) == []


def test_a_stopped_service_names_no_process_least_of_all_this_one(home) -> None:
    record(home, None, int(psutil.Process().create_time()))
    assert supervise.leftovers(home) == []
    record(home, os.getpid(), int(psutil.Process().create_time()))
    assert supervise.leftovers(home) == []
