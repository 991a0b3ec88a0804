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
    pages = [[host(row["dataset"].get("url"))] for row in records]
    publishers = [[host(address) for address in _publisher(row["dataset"])] for row in records]
    files = [[host(file.get("url")) for file in row["dataset"].get("resources") or []] for row in records]

    def rank(row: Row) -> tuple[Any, ...]:
        own = hosts_of(row)
        counts = (-sum(at(own, hosts) for hosts in told) for told in (pages, publishers, files))
        return (len(row["hops"] or ()), *counts, row["first_harvested"], row["node_name"], row["upstream_id"])

    return sorted(records, key=rank)


def hosts_of(row: Row) -> set[str]:
    """The hosts of a record's node."""
    return {host(row["node_url"]), host(row["node_feed_url"])} - {""}


def at(own: set[str], hosts: Iterable[str]) -> bool:
    """Is one of the hosts, or a part of one, among a node's own?"""
    return any(found == one or found.endswith(f".{one}") for found in hosts for one in own)


def _publisher(dataset: Row) -> list[str]:
    return [str(value) for one in dataset.get("publisher") or [] for value in (one.get("url"), one.get("uri")) if value]


def host(address: Any) -> str:
    """The host of an address with its port, without ``www.``; "" where it has none."""
    try:
        return urlsplit(str(address or "")).netloc.rpartition("@")[2].lower().removeprefix("www.")
    except ValueError:
        return ""
