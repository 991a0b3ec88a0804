"""Is a dataset of one node's feed the one that another node has? pure.

Keys (``identity.py``) decide, and only those that name one dataset: a key found on several datasets, a shared service or
a page of all, identifies nothing. An identifier is enough. A page, or a single file, counts only where the titles are
alike or other files are shared too; a title alone never does.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import identity

MOST_KEYS = 300
LONGEST_KEY = 400  # bytes; an index takes no more than some 2,700
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Other:
    """A record that may be the same. ``package_id``: the portal's dataset that it is."""

    node_id: str
    package_id: str
    title: str
    keys: frozenset[str]


def stored_keys(upstream_id: str, dataset: Mapping[str, Any]) -> list[str]:
    """The keys by which other nodes' records are looked up: no title, and none too long for an index."""
    found = [key for key in identity.keys(upstream_id, dataset) if not key.startswith(f"{identity.TITLE}:")]
    return [_short(key) for key in found[:MOST_KEYS]]


def _short(key: str) -> str:
    encoded = key.encode(errors="replace")
    if len(encoded) <= LONGEST_KEY:
        return key
    return f"{key.partition(':')[0]}:sha256/{hashlib.sha256(encoded).hexdigest()}"


def find(
    node_id: str, keys: Iterable[str], title: str, others: Sequence[Other], repeated: Collection[str] = ()
) -> identity.Match | None:
    """Which of the portal's datasets (``Match.other``: its id) the node's new dataset is, or None.

    ``others``: all records that share a key, of whatever node; ``repeated``: keys that several datasets of the feed have.
    """
    packages: dict[str, set[str]] = defaultdict(set)
    for other in others:
        for key in other.keys:
            packages[key].add(other.package_id)
    telling = {key for key in keys if key not in repeated and len(packages[key]) == 1}
    # Two records of one node are two datasets: what this node has already is not met again.
    own = {other.package_id for other in others if other.node_id == node_id}
    candidates: dict[str, set[str]] = defaultdict(set)
    for other in others:
        if other.package_id not in own:
            candidates[other.package_id] |= {key for key in other.keys if len(packages[key]) == 1}
    mine = {key for key in keys if key not in repeated and len(packages[key]) < 2}
    if not telling or not candidates:
        return None
    found = identity.match(mine, candidates)
    if found is None or not _borne_out(found, title, mine, others):
        return None
    return found


def _borne_out(found: identity.Match, title: str, mine: set[str], others: Sequence[Other]) -> bool:
    if found.kind == identity.ID:
        return True
    met = [other for other in others if other.package_id == found.other]
    shared = {key for other in met for key in other.keys & mine}
    files = sum(key.startswith(f"{identity.FILE}:") for key in shared)
    if files >= (1 if found.kind == identity.PAGE else 2):
        return True
    return any(alike(title, other.title) for other in met)


def alike(one: str, other: str) -> bool:
    """Do two titles share at least half of their words, or is one within the other?"""
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs:
        return False
    return mine <= theirs or theirs <= mine or len(mine & theirs) >= ALIKE * len(mine | theirs)


def _words(title: str) -> set[str]:
    return set(re.findall(r"\w+", title.casefold()))
