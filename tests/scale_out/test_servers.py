"""The portal starts no server that its settings name, and uses those: Debian's PostgreSQL among them."""

import subprocess
import sys

import pytest

from ckanext.portal.launcher.home import PROJECT

from . import debian_postgres
from .portal import Portal

pytestmark = pytest.mark.launcher


def test_no_server_of_ours_runs(portal: Portal, debian: debian_postgres.Cluster | None) -> None:
    own = set() if debian else {"postgres"}
    assert set(portal.status()["services"]) == {"web", "worker", "lanes", "scheduler"} | own
    for server in ("valkey", "solr"):
        assert not any((portal.home / server).iterdir())


def test_it_is_debians_postgresql(portal: Portal, cluster: debian_postgres.Cluster) -> None:
    assert cluster.sql("SHOW server_version").split(".")[0] == cluster.bin.parent.name
    assert not (portal.home / "postgres" / "data").exists()


def test_what_is_published_is_in_that_database_and_found(portal: Portal, cluster: debian_postgres.Cluster) -> None:
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
