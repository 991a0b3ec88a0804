"""One feed harvested by both sides: ours by federation, theirs by ckanext-harvest with ckanext-dcat's harvesters."""

from collections.abc import Callable
from dataclasses import dataclass

from . import package
from .process import SideError
from .records import Record, data_json, dcat_ap, records
from .session import Session

FILES = 3  # resources of a dataset


@dataclass(frozen=True)
class FeedKind:
    """`dialect`: federation's name; `harvester`, `config`: ckanext-dcat's; `path`: below the node's address."""

    key: str
    what: str
    render: Callable[[list[Record], int], bytes]
    content_type: str
    path: str
    dialect: str
    harvester: str
    config: str = ""


FEEDS = (
    FeedKind(
        *("ap", "DCAT-AP JSON-LD", dcat_ap, "application/ld+json", "/api/feed/dcat-ap/2.1.1.json"),
        *("arcgis-hub", "dcat_rdf", '{"rdf_format": "json-ld"}'),
    ),
    FeedKind(*("us", "DCAT-US data.json", data_json, "application/json", "/data.json", "dcat-us", "dcat_json")),
)


class Harvest:
    """`size` datasets of one kind of feed; each node (`prepare`) has its own address and identifiers."""

    def __init__(self, session: Session, feed: FeedKind, size: int) -> None:
        self.session, self.feed, self.size = session, feed, size
        self._sources: dict[str, str] = {}

    def _batch(self, node: str) -> str:
        return f"{self.feed.key}-{node}"

    def prepare(self, node: str) -> None:
        """Serves the node's feed and registers it on both sides (not measured)."""
        session, feed, batch = self.session, self.feed, self._batch(node)
        url = self.publish(node)
        owner = session.our_driver.ask("organisation", name="aireborough", fields=package.ORGANISATION)
        session.our_driver.ask("node", name=batch, url=url, dialect=feed.dialect, organisation=owner)
        owner = session.their_driver.ask("organisation", name="aireborough", fields=package.ORGANISATION)
        self._sources[node] = session.their_driver.ask(
            "source", name=batch, url=url, kind=feed.harvester, owner=owner, config=feed.config
        )

    def publish(self, node: str, day: int = 1) -> str:
        """Serves the node's feed, of that day, and returns its address. Its datasets are the same on every day."""
        feed, batch = self.feed, self._batch(node)
        return self.session.feed.put(
            f"/{batch}{feed.path}", feed.content_type, feed.render(records(self.size, batch, FILES), day)
        )

    def _check(self, side: str, there: list[int], said: str) -> None:
        """Both sides must have made as much of the feed."""
        if there != [self.size, self.size * FILES]:
            raise SideError(f"{side}: {there} datasets and resources of {self.size} after {self.feed.what}: {said}")

    def ours(self, node: str, first: bool = True) -> float:
        """Seconds of one run. Raises SideError unless the outcome is what it must be."""
        driver, batch = self.session.our_driver, self._batch(node)
        answer = driver.ask("harvest", name=batch)
        self._check("ours", driver.ask("active", prefix=batch), str(answer))
        self.session.log(
            f"ours   {batch}: {self.size / answer['seconds']:.1f} datasets/s {answer['status']} {answer['results']}"
        )
        written = {key: number for key, number in answer["results"].items() if number}
        expected = {"created": self.size} if first else {}
        if answer["status"] not in ("done", "unchanged") or written != expected:
            raise SideError(f"ours: {answer}, expected {expected}")
        return answer["seconds"]

    def theirs(self, node: str, first: bool = True) -> float:
        """Seconds of one job. Raises SideError unless all datasets are there and none failed."""
        driver, batch = self.session.their_driver, self._batch(node)
        answer = driver.ask("harvest", source_id=self._sources[node])
        self._check("theirs", driver.ask("active", prefix=batch), str(answer))
        self.session.log(f"theirs {batch}: {self.size / answer['seconds']:.1f} datasets/s {answer['stats']}")
        if answer["status"] != "Finished" or answer["stats"].get("errored"):
            raise SideError(f"theirs: {answer}")
        return answer["seconds"]
