"""One run of the command: both sides, made when first asked for, shared by the benchmarks, and gone at the end."""

import configparser
import http.server
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ckanext.portal.launcher.home import CONFIG

from . import package, sides
from .process import Driver, SideError, Site
from .records import Record, records
from .services import Services
from .sides import STOCK_HARVEST, STOCK_PLUGINS, Side

# A larger catalogue is copied in the database from these.
MADE_BY_ACTION = 200


@dataclass(frozen=True)
class Pair:
    """The two drivers, or the two sites."""

    ours: Driver | Site
    theirs: Driver | Site


class Session:
    """What a benchmark is given. `log` gets a line of progress."""

    def __init__(self, services: Services, log: Callable[[str], None] | None = None) -> None:
        self.services = services
        self.log = log or (lambda text: print(f"  {text}", file=sys.stderr, flush=True))
        self._made: list[Side] = []
        self._catalogue: tuple[int, int] | None = None

    def _make(self, side: Side, ini: Path) -> Side:
        began = time.monotonic()
        self._made.append(side)
        side.create(ini)
        self.log(f"{side.name}: database, index and tables in {time.monotonic() - began:.1f} s")
        return side

    @cached_property
    def ours(self) -> Side:
        side = sides.ours(self.services)
        side.settings["ckanext.federation.allowed_hosts"] = f"127.0.0.1:{self.feed.port}"
        return self._make(side, side.ini())

    @cached_property
    def theirs(self) -> Side:
        side = sides.stock(self.services)
        # The tables of ckanext-harvest are made once; a site without it does not load it.
        return self._make(side, side.ini("harvest", ckan__plugins=f"{STOCK_PLUGINS} {STOCK_HARVEST}"))

    @cached_property
    def feed(self) -> "Feed":
        return Feed()

    @cached_property
    def our_driver(self) -> Driver:
        return self.ours.driver(self.ours.ini())

    @cached_property
    def their_driver(self) -> Driver:
        return self.theirs.driver(self.theirs.ini("harvest", ckan__plugins=f"{STOCK_PLUGINS} {STOCK_HARVEST}"))

    def renew(self) -> None:
        """The next that is asked of either driver is asked of a new process."""
        for name in ("our_driver", "their_driver"):
            driver = self.__dict__.pop(name, None)
            if driver:
                driver.close()

    @cached_property
    def our_site(self) -> Site:
        return self.ours.site(self.ours.ini(extra_public_paths=str(self.ours.public)))

    @cached_property
    def our_web(self) -> Site:
        """Ours behind gunicorn as the project runs it: its workers and threads, kept connections."""
        return self.ours.site(self.ours.ini("web"), CONFIG / "gunicorn.conf.py")

    def our_site_without(self, plugin: str) -> Site:
        """Ours without one of its plugins."""
        ini = configparser.ConfigParser(interpolation=None)
        ini.read(CONFIG / "portal.ini")
        rest = [name for name in ini["app:main"]["ckan.plugins"].split() if name != plugin]
        return self.ours.site(self.ours.ini(f"without-{plugin}", ckan__plugins=" ".join(rest)))

    @cached_property
    def their_site(self) -> Site:
        return self.theirs.site(self.theirs.ini())

    def our_catalogue(self, size: int, resources: int = 3) -> list[Record]:
        """A few datasets on our side alone, for what stock CKAN has nothing of."""
        found = records(size, "reported", resources)
        owner = self.our_driver.ask("organisation", name="aireborough", fields=package.ORGANISATION)
        self.our_driver.ask("load", datasets=[package.ours(each, owner) for each in found])
        return found

    def catalogue(self, size: int, resources: int = 3) -> list[Record]:
        """The same datasets on both sides, made by package_create; loaded once a session.

        Raises SideError where a side does not find each of them afterwards.
        """
        found = records(size, "catalogue", resources)
        if self._catalogue is None:
            self.log(f"loading {size} datasets of {resources} resources on both sides ...")
            for driver, shape in ((self.our_driver, package.ours), (self.their_driver, package.stock)):
                owner = driver.ask("organisation", name="aireborough", fields=package.ORGANISATION)
                driver.ask("load", datasets=[shape(each, owner) for each in found[:MADE_BY_ACTION]])
            if size > MADE_BY_ACTION:
                self._multiply(size)
            self._catalogue = (size, resources)
        if self._catalogue != (size, resources):
            raise SideError(
                f"the catalogue holds {self._catalogue}, this benchmark wants {(size, resources)}: run it by itself"
            )
        for driver in (self.our_driver, self.their_driver):
            there = driver.ask("count", query='title:"catalogue"')
            if there != size:
                raise SideError(f"{driver.log.stem} finds {there} of {size} datasets")
        return found

    def _multiply(self, size: int) -> None:
        """The rest of a large catalogue by copies in the database; then each side's own commands tell search and feeds."""

        def prepare(side: Side, driver: Driver | Site, *commands: tuple[str, ...]) -> None:
            assert isinstance(driver, Driver)
            driver.ask("multiply", prefix="catalogue", made=MADE_BY_ACTION, size=size)
            for command in commands:
                began = time.monotonic()
                side.ckan(side.ini(), *command)
                self.log(f"{side.name}: {' '.join(command)} in {time.monotonic() - began:.0f} s")

        index = ("search-index", "rebuild")
        drivers = self.our_driver, self.their_driver
        with ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(prepare, self.ours, drivers[0], index, ("feeds", "render")),
                pool.submit(prepare, self.theirs, drivers[1], index),
            ]
            for job in jobs:
                job.result()

    def total(self) -> int:
        """Public datasets of each side. Raises SideError unless both have as many."""
        ours, theirs = (
            driver.ask("count", query="dataset_type:dataset") for driver in (self.our_driver, self.their_driver)
        )
        if ours != theirs:
            raise SideError(f"ours finds {ours} datasets, stock {theirs}: not the same data")
        return ours

    def close(self) -> None:
        for side in self._made:
            side.close()
            side.drop()
        if "feed" in self.__dict__:
            self.feed.close()


class Feed:
    """Serves documents by path on 127.0.0.1, as any static server would."""

    def __init__(self) -> None:
        documents: dict[str, tuple[str, bytes]] = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = documents.get(self.path, ("text/plain", b""))
                self.send_response(200 if self.path in documents else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._documents = documents
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, path: str, kind: str, body: bytes) -> str:
        """Serves `body` at `path`; returns its address."""
        self._documents[path] = (kind, body)
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
