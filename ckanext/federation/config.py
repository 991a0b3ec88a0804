"""Typed access to the plugin's settings."""

from __future__ import annotations

from ckan.plugins import toolkit

from .harvest import guard
from .harvest.fetch import Fetcher, Limits
from .harvest.manners import Manners

VERSION = "0.1"
AGENT = "Towpath-federation"
MOST_LANES = 16
MOST_WORKERS = 8


def allowed_hosts() -> frozenset[str]:
    """``host:port`` pairs that may be private."""
    return frozenset(str(one).strip().lower() for one in toolkit.config.get("ckanext.federation.allowed_hosts") or [])


def robots_exempt() -> frozenset[str]:
    """Hosts (``host`` or ``host:port``) whose robots.txt does not count."""
    return frozenset(str(one).strip().lower() for one in toolkit.config.get("ckanext.federation.robots_exempt") or [])


def fetcher() -> Fetcher:
    """The fetcher that the settings describe."""
    site = toolkit.config.get("ckan.site_url") or "CKAN"
    limits = Limits(
        bytes=toolkit.config.get("ckanext.federation.max_bytes"),
        decoded=toolkit.config.get("ckanext.federation.max_decoded_bytes"),
        seconds=toolkit.config.get("ckanext.federation.max_seconds"),
        connect_seconds=max(1, toolkit.config.get("ckanext.federation.connect_seconds")),
        silence_seconds=max(1, toolkit.config.get("ckanext.federation.silence_seconds")),
    )
    return Fetcher(
        user_agent=f"{AGENT}/{VERSION} (+{site})",
        allowed_hosts=allowed_hosts(),
        limits=limits,
        proxy=toolkit.config.get("ckanext.federation.proxy") or "",
        manners=Manners(AGENT, float(toolkit.config.get("ckanext.federation.pause_seconds")), robots_exempt()),
    )


def _share(name: str) -> float:
    return min(1.0, max(0.0, float(toolkit.config.get(f"ckanext.federation.{name}"))))


def guard_limits() -> guard.Limits:
    """What a plan may do without a steward."""
    return guard.Limits(_share("withdrawn_share"), _share("shrunk_share"), _share("relicensed_share"))


def queue() -> str:
    """The job queue of the harvests, as ``ckan jobs worker`` takes its name."""
    return str(toolkit.config.get("ckanext.federation.queue") or "default")


def lanes() -> int:
    """Harvests at a time: 1 to ``MOST_LANES``."""
    return min(MOST_LANES, max(1, toolkit.config.get("ckanext.federation.lanes")))


def workers() -> int:
    """Processes that do the steps of one large run: 1 to ``MOST_WORKERS``; 1: its own alone."""
    return min(MOST_WORKERS, max(1, toolkit.config.get("ckanext.federation.workers")))


def max_pages() -> int:
    """Most pages of a feed."""
    return toolkit.config.get("ckanext.federation.max_pages")


def max_records() -> int:
    """Most records of a feed."""
    return toolkit.config.get("ckanext.federation.max_records")


def keep_runs() -> int:
    """Runs of a node whose outcomes are kept."""
    return max(1, toolkit.config.get("ckanext.federation.keep_runs"))


def load_files() -> bool:
    """Are files of harvested datasets loaded into the DataStore?"""
    return toolkit.config.get("ckanext.federation.load_files")
