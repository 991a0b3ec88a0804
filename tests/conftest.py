"""CKAN's own fixtures come with the ckan wheel; here is only what holds for the whole suite."""

import os

import pytest
from hypothesis import settings

# What a machine is busy with is no property of the code.
settings.register_profile("towpath", deadline=None)
settings.load_profile("towpath")

STRICT = "PORTAL_TEST_STRICT"  # set by CI: nothing that should run may be skipped


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if not os.environ.get(STRICT) or exitstatus:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped:
        print(f"\n{STRICT} is set and {len(skipped)} tests were skipped: they should have run here.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
