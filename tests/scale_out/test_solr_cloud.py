"""A node of a two-node SolrCloud is killed while the portal searches and writes: nothing is lost."""

import threading
import time
from dataclasses import dataclass, field

import pytest
import requests

from .balancer import Balancer
from .portal import Portal
from .solr_cloud import Cloud

pytestmark = pytest.mark.launcher

SILENCE = 8.0  # seconds for which the search may fail: what one request to the dead node takes, and a retry
FAILOVER = 60.0  # seconds within which the other node leads
MENDED = 150.0  # seconds within which the index has all: what it refused is offered again after a minute


@dataclass
class Work:
    """One thread that writes and one that searches, until stopped; what happened, with the time of each."""

    portal: Portal
    prefix: str
    written: list[tuple[float, str, int]] = field(default_factory=list)
    searched: list[tuple[float, bool]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Work":
        self.threads = [threading.Thread(target=each) for each in (self._write, self._search)]
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_arguments: object) -> None:
        self.ended.set()
        for each in self.threads:
            each.join(150)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": str(self.portal.session.headers["Authorization"])}

    def _write(self) -> None:
        url, number = f"{self.portal.url}/api/3/action/package_create", 0
        while not self.ended.is_set():
            number += 1
            name = f"{self.prefix}{number:04}"
            answer = requests.post(url, json=self.portal.dataset(name), headers=self._headers(), timeout=120)
            self.written.append((time.monotonic(), name, answer.status_code))

    def _search(self) -> None:
        url = f"{self.portal.url}/api/3/action/package_search"
        while not self.ended.is_set():
            answer = requests.get(url, params={"q": "scaling", "rows": 0}, timeout=120)
            self.searched.append((time.monotonic(), answer.ok and answer.json()["result"]["count"] > 0))
            time.sleep(0.1)

    def acknowledged(self, since: float = 0.0) -> set[str]:
        return {name for at, name, status in list(self.written) if status == 200 and at > since}

    def silence(self, since: float) -> float:
        """Seconds from `since` to the first search that found something."""
        return next(at for at, found in self.searched if found and at > since) - since


def kill_while_working(cloud: Cloud, portal: Portal, prefix: str, victim: str) -> Work:
    """Kills the node with -9 in the midst of writing and searching; both go on until the other node has led for a while."""
    with Work(portal, prefix) as work:
        cloud.wait(lambda: len(work.acknowledged()) >= 5 and len(work.searched) >= 5, 60)
        cloud.wait(cloud.whole, 60)  # a replica that is behind may not lead, whoever dies
        cloud.nodes[victim].kill()
        killed = time.monotonic()
        failover = cloud.wait(lambda: cloud.leader() not in ("", victim), FAILOVER)
        led = time.monotonic()
        cloud.wait(lambda: len(work.acknowledged(led)) >= 5, FAILOVER)
    statuses = [status for _at, _name, status in work.written]
    print(
        f"\n{prefix} {len(statuses)} writes, {len(statuses) - statuses.count(200)} not acknowledged; another leader after "
        f"{failover:.1f} s; search silent for {work.silence(killed):.1f} s"
    )
    assert work.silence(killed) < SILENCE
    return work


def nothing_is_lost(portal: Portal, work: Work) -> None:
    """Each acknowledged dataset is stored; each stored one is found, those that no node took at first too."""
    stored = portal.stored(work.prefix)
    assert work.acknowledged() <= stored
    late = len(stored - portal.found(work.prefix))
    began = time.monotonic()
    while portal.found(work.prefix) != stored and time.monotonic() - began < MENDED:
        portal.run("ckan", "portal", "reindex")
        time.sleep(1)
    print(
        f"{late} of {len(stored)} datasets were not in the index; all are after {time.monotonic() - began:.1f} s more"
    )
    assert portal.found(work.prefix) == stored


def test_what_is_written_is_on_both_nodes(cloud: Cloud, portal: Portal) -> None:
    portal.call("package_create", **portal.dataset("both-one"))
    assert portal.found("both-") == {"both-one"}
    for port in cloud.ports:
        assert cloud.documents(port) >= 1


def test_the_leader_killed_with_solr_url_at_the_other_node(cloud: Cloud, portal: Portal, balancer: Balancer) -> None:
    cloud.mend()
    leader = cloud.leader()
    balancer.ports[:] = [port for port in cloud.ports if port != cloud.port_of(leader)]
    work = kill_while_working(cloud, portal, "other-", leader)
    nothing_is_lost(portal, work)
    assert cloud.leader() != leader
    cloud.mend()


def test_the_node_that_solr_url_leads_to_killed_behind_a_balancer(
    cloud: Cloud, portal: Portal, balancer: Balancer
) -> None:
    cloud.mend()
    leader = cloud.leader()
    balancer.ports[:] = sorted(cloud.ports, key=lambda port: port != cloud.port_of(leader))
    work = kill_while_working(cloud, portal, "first-", leader)
    nothing_is_lost(portal, work)
    cloud.mend()
    counts = {cloud.documents(port) for port in cloud.ports}
    assert len(counts) == 1
    assert counts.pop() >= len(portal.stored("other-")) + len(portal.stored("first-"))
