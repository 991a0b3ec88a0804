"""The servers that both sides use, named by BENCH_ variables; each side has databases and a core of its own on them."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import requests
from psycopg2 import sql

from ckanext.portal.launcher import account, solr

NEEDED = ("BENCH_PG_ADMIN_URL", "BENCH_SOLR_URL", "BENCH_SOLR_HOME", "BENCH_REDIS_URL", "BENCH_HOME")
ROLE, READER = "bench", "bench_ro"


class ServiceError(Exception):
    """What is missing or does not answer, as a sentence."""


@dataclass(frozen=True)
class Services:
    """`pg`: a superuser's address without a database; `solr`: ends in /solr; `redis`: without a database's number."""

    pg: str
    solr: str
    solr_home: Path
    redis: str
    home: Path

    def database(self, name: str, role: str = ROLE) -> str:
        place = urlsplit(self.pg)
        return f"postgresql://{role}:{role}@{place.hostname}:{place.port or 5432}/{name}"


def from_environment(env: Mapping[str, str]) -> Services:
    missing = [name for name in NEEDED if not env.get(name)]
    if missing:
        raise ServiceError(f"{', '.join(missing)} not set; ./portal bench starts throw-away services and sets them")
    home = Path(env["BENCH_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    clean = {name: env[name].rstrip("/") for name in NEEDED}
    return Services(
        clean["BENCH_PG_ADMIN_URL"],
        clean["BENCH_SOLR_URL"],
        Path(clean["BENCH_SOLR_HOME"]),
        clean["BENCH_REDIS_URL"],
        home,
    )


def execute(services: Services, *statements: sql.Composable, database: str = "postgres") -> None:
    """Statements of the superuser, each committed by itself."""
    connection = psycopg2.connect(f"{services.pg}/{database}")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def _role(name: str) -> sql.Composable:
    text = "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD {password}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    return sql.SQL(text).format(role=sql.Identifier(name), password=sql.Literal(name))


def drop_database(services: Services, name: str) -> None:
    execute(services, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def make_database(services: Services, name: str) -> None:
    """An empty database of role `bench`; one of that name that was there is gone."""
    drop_database(services, name)
    make = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
    execute(services, _role(ROLE), _role(READER), make.format(sql.Identifier(name), sql.Identifier(ROLE)))


def _cores(services: Services, **parameters: str) -> None:
    answer = requests.get(f"{services.solr}/admin/cores", params=parameters, timeout=60)
    if not answer.ok:
        raise ServiceError(f"Solr: {parameters.get('action')} answered {answer.status_code}: {answer.text[:300]}")


def drop_core(services: Services, name: str) -> None:
    status = requests.get(f"{services.solr}/admin/cores", params={"action": "STATUS", "core": name}, timeout=60)
    if status.json().get("status", {}).get(name):
        _cores(services, action="UNLOAD", core=name, deleteInstanceDir="true")
    shutil.rmtree(services.solr_home / name, ignore_errors=True)


def make_core(services: Services, name: str) -> str:
    """An empty core with the project's configuration and CKAN's schema; returns its solr_url."""
    drop_core(services, name)
    solr.write_core(services.solr_home, name)
    (services.solr_home / name / "core.properties").unlink()  # CREATE writes its own and refuses one that is there
    account.give(services.solr_home / name)
    _cores(services, action="CREATE", name=name, instanceDir=name)
    return f"{services.solr}/{name}"
