"""The portals that a dataset passed or was met at, in the order from its origin, as signals tell of them; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import nearest

Hop = dict[str, Any]
TOLD = ("portal", "url", "remote_id", "source_type", "remote_modified", "content_hash")
MOST = 20


def around(rows: Sequence[Mapping[str, Any]], sender: Mapping[str, Any]) -> dict[str, list[Hop]]:
    """``hops``: the portals before the sender's; ``met``: those after it.

    ``rows``: the dataset's records, the nearest to the origin first; what their feeds tell of portals before them comes first,
    without those that this portal harvests itself. An observed hop has ``observed`` and ``node``.
    """
    place = next(index for index, row in enumerate(rows) if row is sender)
    seen = {host for row in rows for host in nearest.hosts_of(row)}
    names = {row["node_title"].casefold() for row in rows}
    before: list[Hop] = []
    for hop in (hop for row in rows for hop in row["hops"] or []):
        known = nearest.host(hop.get("url")) in seen or str(hop.get("portal", "")).casefold() in names
        if not known and hop not in before:
            before.append(dict(hop))
    observed = [_observed(row) for row in rows]
    return {"hops": before[:MOST] + observed[:place], "met": observed[place + 1 :]}


def _observed(row: Mapping[str, Any]) -> Hop:
    return {
        "portal": row["node_title"],
        "url": row["upstream_page"] or row["node_url"],
        "remote_id": row["upstream_id"],
        "source_type": row["node_dialect"],
        "remote_modified": row["upstream_modified"],
        "content_hash": row["content_hash"],
        "node": row["node_name"],
        "observed": True,
    }


def page(node: Mapping[str, Any], dataset: Mapping[str, Any]) -> str:
    """The dataset's page at a node (its ``url`` and ``feed_url``): what it states as its page may be another portal's, where it
    came from; then the last of its identifiers that is an address at the node, or where such a portal has its datasets."""
    own = {nearest.host(node["url"]), nearest.host(node["feed_url"])} - {""}
    identifiers = [str(one) for one in reversed(dataset.get("alternate_identifier") or [])]
    stated = str(dataset.get("url") or "")
    there = next((one for one in (stated, *identifiers) if nearest.at(own, [nearest.host(one)])), "")
    if not there and node["dialect"] == "towpath" and dataset.get("identifier"):
        return f"{node['url'].rstrip('/')}/dataset/{dataset['identifier']}"
    return there or stated
