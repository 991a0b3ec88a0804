"""The two portals that are compared, on the same servers, each with databases and a core of its own."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import redis
from psycopg2 import sql

from ckanext.portal.launcher.home import CONFIG
from ckanext.portal.launcher.ports import free_port

from . import services as servers
from .process import Driver, SideError, Site, clean_environment, tail
from .services import Services
from .stock import install

# A portal without harvesting; `harvesting` adds what harvesting needs.
STOCK_PLUGINS = "activity dcat structured_data image_view text_view"
STOCK_HARVEST = "harvest dcat_rdf_harvester dcat_json_harvester"
SECRET = "for-benchmarks-only-0123456789-0123456789"  # a secret of throw-away databases


@dataclass
class Side:
    """One portal. `number`: its Valkey database. `base`: the settings that it starts from."""

    name: str
    python: Path
    script: str
    number: int
    services: Services
    base: Path
    settings: dict[str, str] = field(default_factory=dict)
    open: list[Driver | Site] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.services.home / self.name

    @property
    def public(self) -> Path:
        """Files that the site serves as they are."""
        folder = self.folder / "public"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def database(self) -> str:
        return f"bench_{self.name}"

    @property
    def store(self) -> str:
        return f"bench_{self.name}_ds"

    def addresses(self) -> dict[str, str]:
        at = self.services
        return {
            "sqlalchemy.url": at.database(self.database),
            "ckan.datastore.write_url": at.database(self.store),
            "ckan.datastore.read_url": at.database(self.store, servers.READER),
            "solr_url": f"{at.solr}/{self.database}",
            "ckan.redis.url": f"{at.redis}/{self.number}",
            "ckan.storage_path": str(self.folder / "storage"),
            "ckan.site_id": self.database,
            "ckan.site_url": "http://127.0.0.1",
            "SECRET_KEY": SECRET,
            "WTF_CSRF_SECRET_KEY": SECRET,
            "api_token.jwt.encode.secret": f"string:{SECRET}",
            "api_token.jwt.decode.secret": f"string:{SECRET}",
        }

    def ini(self, purpose: str = "portal", **extra: str) -> Path:
        """Writes NAME-PURPOSE.ini: the base, the addresses, and `extra` (its keys with __ for a dot)."""
        values = {
            **self.addresses(),
            **self.settings,
            **{key.replace("__", "."): value for key, value in extra.items()},
        }
        target = self.folder / f"{self.name}-{purpose}.ini"
        lines = [f"{key} = {value.replace('%', '%%')}" for key, value in values.items()]
        target.write_text("\n".join(["[app:main]", f"use = config:{self.base}", *lines, ""]))
        return target

    def ckan(self, ini: Path, *words: str) -> str:
        """The ckan command of this side. Raises SideError with what it said."""
        command = [self.python.with_name("ckan"), "-c", ini, *words]
        done = subprocess.run(
            command, capture_output=True, text=True, env=clean_environment(), cwd=self.folder, check=False
        )
        if done.returncode:
            raise SideError(f"{self.name}: ckan {' '.join(words)} failed:\n{(done.stderr or done.stdout)[-2000:]}")
        return done.stdout

    def create(self, ini: Path) -> None:
        """Empty servers, CKAN's tables and those of each plugin."""
        for name in (self.database, self.store):
            servers.make_database(self.services, name)
        servers.make_core(self.services, self.database)
        redis.Redis.from_url(f"{self.services.redis}/{self.number}").flushdb()
        self.ckan(ini, "db", "upgrade")
        rights = "GRANT USAGE ON SCHEMA public TO {r}; "
        rights += "ALTER DEFAULT PRIVILEGES FOR ROLE {o} IN SCHEMA public GRANT SELECT ON TABLES TO {r}"
        statement = sql.SQL(rights).format(r=sql.Identifier(servers.READER), o=sql.Identifier(servers.ROLE))
        servers.execute(self.services, statement, database=self.store)

    def driver(self, ini: Path) -> Driver:
        made = Driver(self.python, self.script, ini, self.folder / f"{ini.stem}-driver.log")
        self.open.append(made)
        return made

    def site(self, ini: Path, settings: Path | None = None) -> Site:
        made = Site(self.python, ini, free_port(set()), self.folder / f"{ini.stem}-site.log", settings)
        self.open.append(made)
        return made

    def close(self) -> None:
        while self.open:
            self.open.pop().close()

    def drop(self) -> None:
        for name in (self.database, self.store):
            servers.drop_database(self.services, name)
        servers.drop_core(self.services, self.database)
        redis.Redis.from_url(f"{self.services.redis}/{self.number}").flushdb()

    def last_words(self) -> str:
        return "\n".join(tail(log) for log in self.folder.glob("*.log"))


def ours(services: Services, number: int = 10) -> Side:
    """This project as config/portal.ini has it, but no file goes into the DataStore: stock CKAN puts none there."""
    settings = {"ckanext.xloader.formats": "none"}
    side = Side("ours", Path(sys.executable), "ours.py", number, services, CONFIG / "portal.ini", settings)
    side.folder.mkdir(parents=True, exist_ok=True)
    return side


def stock(services: Services, number: int = 11) -> Side:
    """Stock CKAN as `ckan generate config` makes it, with ckanext-dcat; installed if need be."""
    python = install.python()
    folder = services.home / "stock"
    folder.mkdir(parents=True, exist_ok=True)
    base = folder / "generated.ini"
    base.unlink(missing_ok=True)
    made = subprocess.run(
        [python.with_name("ckan"), "generate", "config", base],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    if made.returncode:
        raise SideError(f"stock: ckan generate config failed:\n{made.stderr}")
    return Side("stock", python, "stock.py", number, services, base, {"ckan.plugins": STOCK_PLUGINS})
