"""Three portals: a council's, its county's that harvests it, and a region's that harvests the county's."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.benchmarks.session import Feed

from .portals import Portal, ports, services

OWNER = "aireborough"


@dataclass(frozen=True)
class Chain:
    """``council`` is harvested by ``county``, which is harvested by ``region``. ``feed``: a static site that all may read."""

    council: Portal
    county: Portal
    region: Portal
    feed: Feed

    @property
    def portals(self) -> tuple[Portal, Portal, Portal]:
        return self.council, self.county, self.region

    def publish(self, title: str, **more: Any) -> str:
        """Make a dataset in the council's portal; its id."""
        about = {"title": title, "notes": f"{title}.", "license_id": "uk-ogl", "owner_org": OWNER, **more}
        about.setdefault("name", title.lower().replace(" ", "-"))
        about.setdefault(
            "resources", [{"url": f"https://files.example/{about['name']}.csv", "name": "All", "format": "CSV"}]
        )
        return self.council.call("package_create", **about)["id"]

    def flow(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Harvest along the chain; both runs."""
        return self.county.harvest(self.council), self.region.harvest(self.county)


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The portals, served, the latter two each with the portal before it as a node."""
    at = services(tmp_path_factory.mktemp("chain"))
    if at is None:
        pytest.skip("needs the servers that ./portal test starts")
    feed, chosen = Feed(), ports(3)
    hosts = [f"127.0.0.1:{port}" for port in (*chosen, feed.port)]
    about = (("council", "Aireborough"), ("county", "Ridings"), ("region", "Northern Data"))
    made = [Portal(*about[n], 12 + n, at, chosen[n], hosts) for n in range(3)]
    try:
        made[0].create()
        for other in made[1:]:
            other.copy(made[0])
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(Portal.start, made))
        made[0].call("organization_create", name=OWNER, title="Aireborough Borough Council")
        made[1].register(made[0])
        made[2].register(made[1])
        yield Chain(*made, feed)
    finally:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(Portal.drop, made))
        feed.close()
