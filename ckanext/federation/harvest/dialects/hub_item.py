"""The identity of an ArcGIS item; pure.

Some feeds list an item of one layer twice, as ``item.html?id=X`` and as ``item.html?id=X&sublayer=0``. Others list a
service of several layers under X beside its layer 0, which are two datasets (seen: "GNA Layer" and its layer 0, "GNA
Substations"). Only the title tells which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_ID = re.compile(r"[0-9a-f]{32}", re.I)
_LAYER_0 = "&sublayer=0"


def canonical(identity: str) -> str:
    """An item's address in one way, ``...item.html?id=x&sublayer=N``; any other identity as it is."""
    if "item.html?" not in identity:
        return identity
    try:
        parts = urlsplit(identity)
    except ValueError:
        return identity
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    item, layer = query.pop("id", ""), query.pop("sublayer", "")
    if not parts.path.endswith("/item.html") or not _ID.fullmatch(item):
        return identity
    chosen = [("id", item.lower()), *([("sublayer", layer)] if layer else []), *sorted(query.items())]
    return urlunsplit(parts._replace(netloc=parts.netloc.lower(), query=urlencode(chosen)))


def repeats(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of (canonical identity, title) of a feed's records: each layer 0 that is its item over again, to the item."""
    titles = {identity: " ".join(title.casefold().split()) for identity, title in named if "item.html?" in identity}
    return {
        identity: item
        for identity, title in titles.items()
        if title and (item := identity.removesuffix(_LAYER_0)) != identity and titles.get(item) == title
    }
