"""Of several nodes' records of one dataset: which is nearest its origin, so that its values are the dataset's; pure.

Counted in this order, until it is decided: fewer portals that the record passed before its node, as its feed tells; more
records, of all of them, that give an address at the node as the dataset's page; as their publisher's address; as their
files'; met first. What is counted does not depend on the order of harvests, except the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Row = Mapping[str, Any]


def order(records: Sequence[Row]) -> list[Any]:
    """The records, the nearest to the origin first.

    Of each: ``dataset``, ``hops``, ``first_harvested``, ``upstream_id``, ``node_name`` and the node's ``node_url`` and
    ``node_feed_url``.
    """
    pages = [[_host(row["dataset"].get("url"))] for row in records]
    publishers = [[_host(address) for address in _publisher(row["dataset"])] for row in records]
    files = [[_host(file.get("url")) for file in row["dataset"].get("resources") or []] for row in records]

    def rank(row: Row) -> tuple[Any, ...]:
        own = {_host(row["node_url"]), _host(row["node_feed_url"])} - {""}
        counts = (-sum(_at(own, hosts) for hosts in told) for told in (pages, publishers, files))
        return (len(row["hops"] or ()), *counts, row["first_harvested"], row["node_name"], row["upstream_id"])

    return sorted(records, key=rank)


def _at(own: set[str], hosts: Iterable[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for host in hosts for one in own)


def _publisher(dataset: Row) -> list[str]:
    return [str(value) for one in dataset.get("publisher") or [] for value in (one.get("url"), one.get("uri")) if value]


def _host(address: Any) -> str:
    try:
        return urlsplit(str(address or "")).netloc.rpartition("@")[2].lower().removeprefix("www.")
    except ValueError:
        return ""
