"""`test` and `bench`: throw-away servers, then pytest or the benchmarks on them."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import account, database, services, spec, supervise, up
from .home import PROJECT, Home
from .services import Portal
from .steps import Steps


@contextlib.contextmanager
def servers(steps: Steps, keep: Path | None = None) -> Iterator[Portal]:
    """PostgreSQL, Valkey and Solr in a folder that goes when the work is done (or in `keep`, which stays)."""
    folder = keep or Path(tempfile.mkdtemp(prefix="towpath-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # mkdtemp's 700 would keep out the services' account
    home = Home(folder)
    for variable in ("CKAN_SQLALCHEMY_URL", "CKAN_REDIS_URL", "CKAN_SOLR_URL"):
        os.environ.pop(variable, None)  # tests never touch servers of the operator's
    try:
        portal = up.prepare(home, steps, "127.0.0.1", None, demo=False, only=spec.SERVERS)
        database.initialise(home)
        account.give(home.path)
        supervise.start(home, services.build(portal))
        up.start_wave(portal, steps, list(spec.SERVERS))
        yield portal
    finally:
        supervise.stop(home)
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def environment(portal: Portal) -> dict[str, str]:
    """What config/test.ini leaves open, as CKAN's own environment variables."""
    key, port = portal.home.secrets(), portal.ports["postgres"]
    at = f"127.0.0.1:{port}"
    return {
        **os.environ,
        "CKAN_SQLALCHEMY_URL": f"postgresql://ckan:{key['postgres_ckan']}@{at}/ckan_test",
        "CKAN_DATASTORE_WRITE_URL": f"postgresql://ckan:{key['postgres_ckan']}@{at}/datastore_test",
        "CKAN_DATASTORE_READ_URL": f"postgresql://datastore_ro:{key['datastore_ro']}@{at}/datastore_test",
        "CKAN_REDIS_URL": f"redis://127.0.0.1:{portal.ports['valkey']}/1",
        "CKAN_SOLR_URL": f"http://127.0.0.1:{portal.ports['solr']}/solr/ckan",
        "CKAN_STORAGE_PATH": str(portal.home.path / "test-storage"),
        # For tests that make further portals, each with databases and a core of its own.
        "CKAN_TEST_PG_ADMIN_URL": database.admin_url(portal.home, port).rpartition("/")[0],
        "CKAN_TEST_SOLR_HOME": str(portal.home.path / "solr"),
    }


def prepare_databases(portal: Portal, env: dict[str, str], steps: Steps) -> None:
    with steps.step("test databases"):
        database.make_databases(portal.home, portal.ports["postgres"], ("ckan_test", "datastore_test"))
        answers = up.ask_ckan(portal, "migrate", "permissions", ini=PROJECT / "config" / "test.ini", env=env)
        database.run_script(portal.home, portal.ports["postgres"], answers["permissions"]["sql"])


def run(words: list[str]) -> int:
    """All tests, or those that `words` (pytest's own arguments) name; `--ckan`: CKAN's own."""
    steps = Steps()
    with servers(steps) as portal:
        env = environment(portal)
        prepare_databases(portal, env, steps)
        if "--ckan" in words:
            command = [sys.executable, "-m", "tests.ckan_own", *(word for word in words if word != "--ckan")]
        else:
            command = [sys.executable, "-m", "pytest", *words]
        return subprocess.run(command, cwd=PROJECT, env=env).returncode


def bench(words: list[str]) -> int:
    """The benchmarks, on servers kept in var/bench so that the stock side is installed once."""
    steps = Steps()
    folder = PROJECT / "var" / "bench"
    with contextlib.redirect_stdout(sys.stderr), servers(steps, keep=folder) as portal:
        env = {
            **os.environ,
            "BENCH_PG_ADMIN_URL": database.admin_url(portal.home, portal.ports["postgres"]).rpartition("/")[0],
            "BENCH_SOLR_URL": f"http://127.0.0.1:{portal.ports['solr']}/solr",
            "BENCH_SOLR_HOME": str(portal.home.path / "solr"),
            "BENCH_REDIS_URL": f"redis://127.0.0.1:{portal.ports['valkey']}",
            "BENCH_HOME": str(folder),
        }
        return subprocess.run([sys.executable, "-m", "tests.benchmarks", *words], cwd=PROJECT, env=env).returncode
