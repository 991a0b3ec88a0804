"""Which platform a site is and which feeds it offers, found by asking in order; nothing is guessed.

What was asked, what came and what it shows is all in the answer. Of each feed only the start is read.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from . import addresses, dialects, fetch, probes
from .reading import Reading
from .record import FeedError

START = 1024 * 1024
SECONDS = 30.0
Progress = Callable[[str], None]


def discover(site: str, fetcher: fetch.Fetcher, progress: Progress = lambda _line: None) -> dict[str, Any]:
    """What a site is and offers: ``platform`` and its ``platform_name`` ("" when nothing tells), ``evidence``,
    ``feed_url`` and ``dialect`` of the feed to register ("" when there is none), ``offers`` (each with its address, dialect,
    records seen and whether there are more), and ``tried``: every address asked, and what came of it.

    :raises FetchError: the address is not one to fetch, or its host cannot be reached.
    """
    site = site.strip() if "://" in site else f"https://{site.strip()}"
    trouble = addresses.problem(site)
    if trouble:
        raise fetch.FetchError(trouble)
    scout = replace(fetcher, limits=replace(fetcher.limits, bytes=START, seconds=SECONDS, tries=1), start_only=True)
    offers: list[dict[str, Any]] = []
    tried: list[dict[str, Any]] = []
    for probe, url in probes.addresses(site):
        if probe.reads == ("ckan",) and any(one["platform"] for one in offers):
            continue  # DataPress and CKAN answer as other platforms' APIs do, too
        progress(f"Asking {fetch.shown(url)}")
        offer, why = _ask(scout, probe, url)
        tried.append({"url": url, "found": bool(offer), "why": why})
        if offer and not _doubled(offer, offers):
            offers.append(offer)
        if not offer and _unreachable(why, tried):
            raise fetch.FetchError(why)
    return _answer(site, offers, tried)


def _ask(scout: fetch.Fetcher, probe: probes.Probe, url: str) -> tuple[dict[str, Any] | None, str]:
    try:
        answer = scout.get(url)
        reading = Reading(dialects.AUTO, answer)
    except (fetch.FetchError, FeedError) as error:
        return None, str(error)
    module = next(name for name, one in dialects.MODULES.items() if one is reading.module)
    if probe.reads and module not in probe.reads:
        return None, f"It is {dialects.LABELS.get(module, module)}, which is not what {probe.what} looks like."
    items, total, more = _seen(reading)
    name, evidence = probes.platform(probe, module, items[0] if items else None)
    known = name if name in dialects.NAMES else ""
    feed = urlsplit(url)._replace(path="", query="").geturl() + probe.feed if probe.feed else answer.url
    offer = {
        "feed_url": feed,
        "dialect": known or probes.DIALECTS[module],
        "what": probe.what,
        "platform": name,
        "evidence": evidence,
        "records": total if total is not None else len(items),
        "more": bool(total is None and more),
    }
    return offer, evidence or f"It is {dialects.LABELS.get(module, module)}."


def _seen(reading: Reading) -> tuple[list[Any], int | None, bool]:
    """The items of a feed's start, how many the node says it has, and whether there are more."""
    items: list[Any] = []
    total: int | None = None
    following = ""
    with suppress(FeedError):
        for page in reading.pages():
            items += page.items
            total = page.total if page.total is not None else total
            following = page.next_url or following
        return items, total, bool(following or reading.cut)
    return items, total, True


def _doubled(offer: dict[str, Any], offers: list[dict[str, Any]]) -> bool:
    return any(one["feed_url"] == offer["feed_url"] for one in offers)


def _unreachable(why: str, tried: list[dict[str, Any]]) -> bool:
    """Does the first answer say that no further one will come?"""
    marks = ("could not be reached", "does not resolve", "private address", "certificate", "did not answer in time")
    return len(tried) == 1 and any(mark in why for mark in marks)


def _answer(site: str, offers: list[dict[str, Any]], tried: list[dict[str, Any]]) -> dict[str, Any]:
    shown = next((one for one in offers if one["platform"]), None)
    name = shown["platform"] if shown else ""
    own = [one for one in offers if one["platform"] in (name, "")] if name else offers
    chosen = probes.best(own, name)
    return {
        "address": site,
        "platform": name,
        "platform_name": probes.NAMES.get(name, ""),
        "evidence": [
            f"{one['feed_url']}: {one['evidence']}" for one in offers if one["platform"] == name and one["evidence"]
        ],
        "feed_url": chosen["feed_url"] if chosen else "",
        "dialect": (name if name in dialects.NAMES else chosen["dialect"]) if chosen else "",
        "offers": offers,
        "tried": tried,
    }
