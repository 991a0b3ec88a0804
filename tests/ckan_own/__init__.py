"""CKAN's own search and package tests, from the installed wheel, on given services and without our plugins.

`python -m tests.ckan_own` with CKAN_SQLALCHEMY_URL, CKAN_SOLR_URL and CKAN_REDIS_URL; database and index are emptied.
A failure is excused only if it says that a file is missing which belongs to CKAN's tests and is not in the wheel.
"""

import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

MODULES = ("ckan.tests.lib.search", "ckan.tests.logic.action.test_get", "ckan.tests.controllers.test_package")
SETTINGS = Path(__file__).with_name("ckan.ini")
ADDRESSES = {"CKAN_SQLALCHEMY_URL": "sqlalchemy.url", "CKAN_SOLR_URL": "solr_url", "CKAN_REDIS_URL": "ckan.redis.url"}
OPTIONAL = {
    "CKAN_DATASTORE_WRITE_URL": "ckan.datastore.write_url",
    "CKAN_DATASTORE_READ_URL": "ckan.datastore.read_url",
}
MISSING_FILE = re.compile(r"FileNotFoundError: \[Errno 2\] No such file or directory: '([^']+)'")


@dataclass(frozen=True)
class Failure:
    """One test that did not pass. `excused`: the reason lies in the wheel, not in this platform."""

    test: str
    reason: str
    excused: bool


def wheel() -> tuple[Path, frozenset[str]]:
    """The folder that holds the installed `ckan` package, and the files that its wheel brought (relative paths)."""
    spec = importlib.util.find_spec("ckan")
    assert spec and spec.origin
    files = importlib.metadata.files("ckan") or []
    return Path(spec.origin).parents[1], frozenset(str(file) for file in files)


def classify(test: str, text: str, root: Path, shipped: frozenset[str]) -> Failure:
    """Why a test failed, from its own traceback. `root`, `shipped`: see wheel().

    The last line that a traceback marks with E names the error; only a missing file below CKAN's tests that the wheel
    really lacks excuses the test.
    """
    said = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
    reason = next((line for line in said if line), text.strip().splitlines()[0] if text.strip() else "no message")
    found = MISSING_FILE.search(reason)
    if not found:
        return Failure(test, reason, excused=False)
    path = Path(found.group(1))
    inside = path.is_relative_to(root / "ckan" / "tests")
    if inside and not path.exists() and str(path.relative_to(root)) not in shipped:
        return Failure(test, f"file the wheel lacks: {path.relative_to(root)}", excused=True)
    return Failure(test, reason, excused=False)


def failures(report: Path) -> Iterator[Failure]:
    """The failed tests of a JUnit report, classified."""
    root, shipped = wheel()
    for case in ElementTree.parse(report).iter("testcase"):
        for kind in ("failure", "error"):
            for found in case.findall(kind):
                yield classify(
                    f"{case.get('classname')}::{case.get('name')}",
                    found.text or found.get("message", ""),
                    root,
                    shipped,
                )


def write_settings(folder: Path, env: Mapping[str, str]) -> Path:
    """An ini in `folder` with the addresses of the services; KeyError when one of the three is not given."""
    values = {key: env[name] for name, key in ADDRESSES.items()}
    values |= {key: env[name] for name, key in OPTIONAL.items() if env.get(name)}
    values["ckan.files.storage.default.path"] = str(folder / "files")
    lines = [f"{key} = {value.replace('%', '%%')}" for key, value in values.items()]
    target = folder / "ckan.ini"
    target.write_text("\n".join(["[app:main]", f"use = config:{SETTINGS}", *lines, ""]))
    return target


def pytest_command(ini: Path, report: Path, extra: tuple[str, ...]) -> list[str]:
    rootdir = str(ini.parent)
    return [
        *(sys.executable, "-m", "pytest", "-q", "--tb=short", "--disable-warnings", "-p", "no:cacheprovider"),
        *("-c", os.devnull, f"--rootdir={rootdir}", f"--ckan-ini={ini}", f"--junitxml={report}"),
        *extra,
        *("--pyargs", *MODULES),
    ]


def summarise(report: Path, code: int) -> int:
    """Prints each failure with its reason and returns the exit code: 0 when all is well or excused."""
    if code not in (0, 1) or not report.exists():
        print(f"CKAN's own tests did not run to their end (pytest said {code}).")
        return 1
    found = list(failures(report))
    total = sum(int(suite.get("tests", 0)) for suite in ElementTree.parse(report).iter("testsuite"))
    print(f"\nCKAN's own tests on this platform: {total - len(found)} of {total} pass")
    for one in sorted(found, key=lambda each: (each.excused, each.test)):
        print(f"  {'excused' if one.excused else 'FAILED '}  {one.test}\n           {one.reason}")
    unexplained = [one for one in found if not one.excused]
    if total == 0 or (code == 1 and not found):
        print("  FAILED   the report names no test; nothing was shown to work")
        return 1
    return 1 if unexplained else 0


def run(env: Mapping[str, str], extra: tuple[str, ...] = ()) -> int:
    """Runs the tests in a process of their own. `env`: CKAN_ addresses among others; returns an exit code."""
    with tempfile.TemporaryDirectory(prefix="ckan-own-") as name:
        folder = Path(name)
        ini, report = write_settings(folder, env), folder / "report.xml"
        clean = {key: value for key, value in env.items() if not key.startswith(("CKAN_", "PYTEST_"))}
        ckan = Path(sys.executable).with_name("ckan")
        if subprocess.run([ckan, "-c", ini, "db", "init"], cwd=folder, env=clean, check=False).returncode:
            print("CKAN's own tests cannot run: the database could not be set up (the reason is above).")
            return 1
        done = subprocess.run(pytest_command(ini, report, extra), cwd=folder, env=clean, check=False)
        return summarise(report, done.returncode)
