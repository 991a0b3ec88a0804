"""This project: harvests by the federation plugin's own actions."""

import sys
from typing import Any

import wire


def node(name: str, url: str, dialect: str, organisation: str) -> str:
    """Registers a node; returns its id."""
    from catalogue import context
    from ckan.plugins import toolkit

    made = {"name": name, "title": name, "feed_url": url, "dialect": dialect, "organization": organisation}
    made |= {"organization_policy": "node", "contacts": "all"}  # what the other side does
    return toolkit.get_action("federation_node_create")(context(), made)["id"]


def harvest(name: str) -> dict[str, Any]:
    """One run, from the call to its end; {"seconds", "status", "counts" (planned), "results" (done), "error"}."""
    from catalogue import context
    from ckan.plugins import toolkit

    seconds, run = wire.timed(lambda: toolkit.get_action("federation_run")(context(), {"id": name}))
    return {"seconds": seconds, **{key: run[key] for key in ("status", "counts", "results", "error", "held")}}


if __name__ == "__main__":
    import catalogue
    import lineage

    wire.serve(sys.argv[1], {**catalogue.COMMANDS, **lineage.COMMANDS, "node": node, "harvest": harvest})
