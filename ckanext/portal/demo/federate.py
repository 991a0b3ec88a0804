"""The demo's part in federation: two sample nodes harvested, the real ones registered and paused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from . import describe
from .loader import DemoError, Say, act, has
from .seeds import Seed, Seeds


def sample_nodes(seeds: Seeds, say: Say, base: str | None, harvest: bool) -> None:
    """Register the two sample nodes at ``base`` and run each."""
    if not has("federation_node_create"):
        say("Sample nodes: left out, the plugin federation is not on")
        return
    if not base:
        say("Sample nodes: left out, no --nodes URL given (python -m ckanext.portal.demo.nodes serves them)")
        return
    for seed in seeds.council["nodes"]:
        _node(seed, base.rstrip("/"))
        say(f"{seed['name']}: {_harvested(seed, base) if harvest else 'registered'}")


def _node(seed: Seed, base: str) -> None:
    told = {**describe.node(seed, base), "state": "active"}
    present = next((one for one in act("federation_node_list", {}) if one["name"] == seed["name"]), None)
    if present is None:
        act("federation_node_create", told, seed["name"])
    elif present.get("feed_url") != told["feed_url"]:
        act("federation_node_update", {**told, "id": seed["name"]}, seed["name"])


def _harvested(seed: Seed, base: str) -> str:
    run: dict[str, Any] = act("federation_run", {"id": seed["name"]}, seed["name"])
    if run.get("status") == "failed":
        host = urlsplit(base).netloc
        raise DemoError(
            f"{seed['name']}: {str(run.get('error') or 'the harvest failed').rstrip('.')}. Is the sample nodes' server up at {base}, "
            f"and is {host} in ckanext.federation.allowed_hosts?"
        )
    counts = run.get("results") or run.get("counts") or {}
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number) or str(run.get("status"))


def known_nodes(say: Say) -> None:
    """The real nodes' addresses, paused: nobody's server is asked before a steward says so."""
    if not has("federation_node_register_known"):
        say("Known nodes: left out, the plugin federation is not on")
        return
    say(f"Known nodes: {len(act('federation_node_register_known', {}))} registered, paused")
