"""Portals that harvest each other: each a CKAN behind gunicorn as the project runs it, with all that is its own.

Its own are a database, a DataStore, a Solr core, a Valkey database, a storage folder, an address and a ledger; they share
the servers of the test run.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import redis
import requests
from psycopg2 import sql

from ckanext.portal.launcher.home import CONFIG
from ckanext.portal.launcher.ports import free_port
from tests.benchmarks import services as servers
from tests.benchmarks.process import Site, clean_environment, tail
from tests.benchmarks.services import Services
from tests.benchmarks.sides import Side

NEEDED = ("CKAN_TEST_PG_ADMIN_URL", "CKAN_TEST_SOLR_HOME", "CKAN_SOLR_URL", "CKAN_REDIS_URL")
PYTHON = Path(sys.executable)


def services(home: Path) -> Services | None:
    """The servers of the test run; None where it was not ``./portal test`` that started them."""
    if any(not os.environ.get(name) for name in NEEDED):
        return None
    pg, solr_home, solr, valkey = (os.environ[name] for name in NEEDED)
    return Services(pg, solr.rpartition("/")[0], Path(solr_home), valkey.rpartition("/")[0], home)


class Refused(Exception):
    """An action's answer that is no result: ``status`` and ``told``."""

    def __init__(self, status: int, told: Any) -> None:
        super().__init__(f"{status}: {told}")
        self.status, self.told = status, told


class Portal:
    """``title`` is what other portals call it; ``number`` its Valkey database; ``hosts`` the portals that it may harvest."""

    def __init__(self, name: str, title: str, number: int, at: Services, port: int, hosts: list[str]) -> None:
        self.name, self.title, self.port, self.host = name, title, port, f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        settings = {
            "ckan.site_url": self.url,
            "ckan.site_title": title,
            "ckanext.federation.allowed_hosts": " ".join(hosts),
            "ckanext.federation.pause_seconds": "0",
            "ckanext.federation.robots_exempt": "127.0.0.1",
            "ckanext.xloader.formats": "none",
        }
        self.side = Side(f"chain_{name}", PYTHON, "ours.py", number, at, CONFIG / "portal.ini", settings)
        self.side.folder.mkdir(parents=True, exist_ok=True)
        self.ini = self.side.ini()
        self.session = requests.Session()
        self.site: Site | None = None

    def create(self) -> None:
        """Empty databases and a core, the tables of CKAN and of every plugin, and a sysadmin with a token."""
        self.side.create(self.ini)
        command = [PYTHON, "-P", "-m", "ckanext.portal.launcher.inside", self.ini, "sysadmin", "token"]
        done = subprocess.run(
            command, input="for-tests-only\n", capture_output=True, text=True, env=clean_environment(), cwd="/"
        )
        assert done.returncode == 0, done.stderr
        self.sign_in(json.loads(done.stdout.splitlines()[-1])["token"])

    def copy(self, other: "Portal") -> None:
        """The same of ``other``, which nobody uses yet, instead of half a minute of migrations."""
        at = self.side.services
        for mine, theirs in ((self.side.database, other.side.database), (self.side.store, other.side.store)):
            servers.drop_database(at, mine)
            make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
            servers.execute(at, make.format(*(sql.Identifier(one) for one in (mine, servers.ROLE, theirs))))
        servers.make_core(at, self.side.database)
        redis.Redis.from_url(f"{at.redis}/{self.side.number}").flushdb()
        self.sign_in(other.session.headers["Authorization"])

    def sign_in(self, token: Any) -> None:
        self.session.headers["Authorization"] = token

    def start(self) -> None:
        """Serve it, with the project's gunicorn settings."""
        log = self.side.folder / "web.log"
        self.site = Site(PYTHON, self.ini, self.port, log, CONFIG / "gunicorn.conf.py")

    def stop(self) -> None:
        self.session.close()  # a kept connection would be waited for
        if self.site:
            self.site.close()
            self.site = None

    def drop(self) -> None:
        self.stop()
        self.side.drop()

    def last_words(self) -> str:
        return tail(self.side.folder / "web.log")

    def call(self, action: str, **data: Any) -> Any:
        """An action's result, as the sysadmin; the public's with ``token=None``. Raises Refused."""
        session = requests if data.pop("token", "") is None else self.session
        answer = session.post(f"{self.url}/api/3/action/{action}", json=data, timeout=300)
        if not answer.ok:
            with contextlib.suppress(ValueError):
                raise Refused(answer.status_code, answer.json().get("error"))
            raise Refused(answer.status_code, f"{answer.text[:500]}\n{self.last_words()}")
        return answer.json()["result"]

    def get(self, path: str, **headers: str) -> requests.Response:
        """A page or a feed, as the public."""
        return requests.get(self.url + path, headers=headers, timeout=60)

    def render(self) -> None:
        """Read the feed until it is whole: nobody works off the jobs of these portals, which would render what was made together."""
        until = time.monotonic() + 300
        while self.get("/feeds/changes.json?limit=1").status_code == 503:
            assert time.monotonic() < until

    def find(self, title: str) -> dict[str, Any]:
        """The one dataset of this title, as the public sees it."""
        (found,) = self.all(title)
        return self.call("package_show", id=found["id"], token=None)

    def all(self, title: str) -> list[dict[str, Any]]:
        return self.call("package_search", fq=f'title_string:"{title}"', rows=100, token=None)["results"]

    def register(self, other: "Portal", **more: Any) -> dict[str, Any]:
        """Register ``other`` as discovery finds it."""
        found = self.call("federation_discover", url=other.url)
        about = {"name": other.name, "title": other.title, "url": other.url}
        return self.call(
            "federation_node_create", **about, feed_url=found["feed_url"], dialect=found["dialect"], **more
        )

    def harvest(self, other: "Portal", **more: Any) -> dict[str, Any]:
        """One run, which must go through."""
        run = self.call("federation_run", id=other.name, **more)
        assert run["status"] in ("done", "unchanged"), (run["status"], run["error"], run["held"], self.last_words())
        return run

    def command(self, *words: str) -> subprocess.Popen[str]:
        """``ckan WORDS`` in a process group of its own."""
        return subprocess.Popen(
            [PYTHON.with_name("ckan"), "-c", self.ini, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environment(),
            cwd=self.side.folder,
            start_new_session=True,
        )

    def ckan(self, *words: str) -> str:
        return self.side.ckan(self.ini, *words)


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9 of the command and of what it started: no goodbye."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def ports(count: int) -> list[int]:
    taken: set[int] = set()
    for _ in range(count):
        taken.add(free_port(taken))
    return sorted(taken)
