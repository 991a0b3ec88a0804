"""This project: harvests by the federation plugin's own actions."""

import sys
from typing import Any

import wire


def node(name: str, url: str, dialect: str, organisation: str) -> str:
    """Registers a node; returns its id."""
    from catalogue import context
    from ckan.plugins import toolkit

    made = {"name": name, "title": name, "url": url, "dialect": dialect, "organization": organisation}
    return toolkit.get_action("federation_node_create")(context(), made)["id"]


def harvest(name: str) -> dict[str, Any]:
    """One run, from the call to its end; {"seconds", "outcomes": {outcome: number}}."""
    from catalogue import context
    from ckan.plugins import toolkit

    seconds, run = wire.timed(lambda: toolkit.get_action("federation_run")(context(), {"node": name}))
    return {"seconds": seconds, "outcomes": run.get("counts") or run}


if __name__ == "__main__":
    import catalogue

    wire.serve(sys.argv[1], {**catalogue.COMMANDS, "node": node, "harvest": harvest})
