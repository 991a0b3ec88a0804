"""CKAN's own fixtures come with the ckan wheel; here is only what holds for the whole suite."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.loaded import make_app, migrate_db_for, nothing_left_loaded, with_plugins  # noqa: F401  CKAN's, faster

# What a machine is busy with is no property of the code.
settings.register_profile("towpath", deadline=None)
settings.load_profile("towpath")

STRICT = "PORTAL_TEST_STRICT"  # set by CI: nothing that should run may be skipped
RECORDED = (
    Path(__file__).resolve().parents[2] / "shared"
)  # recorded feeds and standards: who has only the project lacks them


def _lacks_recorded(report: pytest.TestReport) -> bool:
    """Skipped because what was recorded is not beside the project, as is the case where the project stands alone."""
    return not RECORDED.exists() and "beside the project" in str(report.longrepr)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if not os.environ.get(STRICT) or exitstatus:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = [each for each in reporter.stats.get("skipped", []) if not _lacks_recorded(each)] if reporter else []
    if skipped:
        print(f"\n{STRICT} is set and {len(skipped)} tests were skipped: they should have run here.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
