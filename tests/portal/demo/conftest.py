"""The demo's files, made once for all tests, and the sample nodes' server on a free port."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckanext.portal.demo import build, nodes, seeds

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def demo_seeds() -> seeds.Seeds:
    return seeds.read()


@pytest.fixture(scope="session")
def demo_built(demo_seeds) -> dict[str, build.Built]:
    return build.build_all(demo_seeds)


@pytest.fixture(scope="session")
def node_server() -> Iterator[nodes.NodeServer]:
    server = nodes.NodeServer("127.0.0.1", 0, PROJECT / "seeds" / "nodes")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)
