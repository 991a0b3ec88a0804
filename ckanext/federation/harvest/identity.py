"""By what a dataset is known again, at another node or after its node changed its platform; pure.

A dataset has *keys*: its upstream id where that is unique in the world, its page, its files, other ids that it states,
and (weak) its title. Keys are plain strings, ``KIND:VALUE``, made to be stored and looked up as they are:

* ``id:``    a UUID, an ArcGIS item (with its layer), a Socrata view (with its host), a DOI, or another web address;
* ``page:``  the dataset's page, without scheme, ``www.``, query order and trailing slash; never a site's front page;
* ``file:``  a file's or a service's address, in the same form;
* ``title:`` title in plain words. It counts within one node only, and only where it is unique on both sides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_ITEM = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?:_(\d+))?(?![0-9a-f])", re.I)
_VIEW = re.compile(r"(?:/api/views/|/d/|/)([a-z0-9]{4}-[a-z0-9]{4})(?=$|[/?.])", re.I)
_DOI = re.compile(r"(?:doi\.org/|doi:)(10\.\d{4,9}/\S+)", re.I)
# Query parameters that say how to send a file, and not which.
_HOW = {"accesstype", "bom", "delimiter", "download", "format", "outsr", "timezone", "use_labels", "where", "token"}
_HOW |= {"x-amz-signature", "x-amz-date", "x-amz-credential", "x-amz-expires", "signature", "expires", "awsaccesskeyid"}
ID, PAGE, FILE, TITLE = "id", "page", "file", "title"
ENOUGH_FILES = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """``other``: the dataset that it is; ``kind``: by what (id, page, file, title); ``evidence``: the shared keys."""

    other: str
    kind: str
    evidence: tuple[str, ...]


def keys(upstream_id: str, dataset: Mapping[str, Any], others: Iterable[str] = ()) -> list[str]:
    """The keys of a converted dataset, the strongest first, each once. ``others``: further ids that it states."""
    found = [f"{ID}:{one}" for stated in (upstream_id, *others) if (one := world_id(stated))]
    page = str(dataset.get("url") or "")
    found += [f"{ID}:{one}" for one in _platform_ids(page)]
    # What one portal calls the dataset's identifier is another's page of it.
    found += [f"{PAGE}:{one}" for one in (address(str(upstream_id)),) if one]
    found += [f"{ID}:{one}" for stated in dataset.get("alternate_identifier") or [] if (one := world_id(str(stated)))]
    found += [f"{PAGE}:{one}" for one in (address(page),) if one]
    found += [f"{FILE}:{one}" for url in _files(dataset) if (one := address(url)) and one != address(page)]
    title = " ".join(re.findall(r"\w+", str(dataset.get("title") or "").casefold()))
    return list(dict.fromkeys([*found, *([f"{TITLE}:{title[:300]}"] if title else [])]))


def world_id(stated: str) -> str:
    """An id that means the same dataset wherever it is met, in one form; "" for one that only its node understands."""
    text = unquote(str(stated or "")).strip()
    found = _DOI.search(text)
    if found:
        return f"doi:{found[1].rstrip('.').lower()}"
    for one in _platform_ids(text):
        return one
    if found := _UUID.search(text):
        return found[0].lower()
    if re.fullmatch(_ITEM, text):
        return _item(text)
    return address(text) if re.match(r"https?://", text) else ""


def is_uuid(text: str) -> bool:
    """Is it one, and nothing more?"""
    return bool(_UUID.fullmatch(text))


def address(url: str) -> str:
    """A web address in one form; "" for a site's front page or what is no address."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower().removeprefix("www."), parts.port
    except ValueError:
        return ""
    query = sorted((key, value) for key, value in parse_qsl(parts.query) if key.lower() not in _HOW)
    path = re.sub(r"/{2,}", "/", unquote(parts.path)).rstrip("/")
    if parts.scheme not in ("http", "https", "ftp") or not host or (not path and not query):
        return ""
    # Two ports of one machine are two sites.
    site = host if port in (None, 80, 443) else f"{host}:{port}"
    return site + path + (f"?{urlencode(query)}" if query else "")


def match(mine: Iterable[str], others: Mapping[str, Iterable[str]]) -> Match | None:
    """Which of ``others`` (their keys by what they are known as) the dataset with the keys ``mine`` is.

    One id or the page is enough. Of files at least half of the smaller set must be shared, and another dataset must not
    share as many. Two candidates that fit equally well are none. Titles do not count; see ``moved``.
    """
    own = set(mine)
    shared = {name: own & set(theirs) for name, theirs in others.items()}
    for kind in (ID, PAGE):
        fitting = {name: _of(kind, keys_) for name, keys_ in shared.items() if _of(kind, keys_)}
        if len(fitting) == 1:
            name, evidence = fitting.popitem()
            return Match(name, kind, tuple(sorted(evidence)))
        if fitting:
            return None
    shares = {name: _share(own, set(theirs)) for name, theirs in others.items()}
    best = max(shares.values(), default=0.0)
    fitting_files = [name for name, share in shares.items() if share == best]
    if best < ENOUGH_FILES or len(fitting_files) != 1:
        return None
    return Match(fitting_files[0], FILE, tuple(sorted(_of(FILE, shared[fitting_files[0]]))))


def moved(gone: Mapping[str, Iterable[str]], new: Mapping[str, Iterable[str]]) -> dict[str, Match]:
    """Of one node's feed: which of the ``new`` datasets are ones that would be ``gone``, under another id.

    Both are keys by upstream id. By id, page and files first; what is left by titles that are unique on both sides. Each of
    ``gone`` is taken once. This keeps a dataset's identity when its node changes its platform.
    """
    left = {name: set(theirs) for name, theirs in gone.items()}
    pairs: dict[str, Match] = {}
    for name, theirs in new.items():
        near = _near(set(theirs), left)
        found = match(theirs, near)
        if found:
            pairs[name] = found
            del left[found.other]
    rest = {name: set(theirs) for name, theirs in new.items() if name not in pairs}
    theirs_by_title, ours_by_title = _by_title(left), _by_title(rest)
    for title, name in ours_by_title.items():
        if title in theirs_by_title:
            pairs[name] = Match(theirs_by_title[title], TITLE, (title,))
    return pairs


def _near(own: set[str], others: dict[str, set[str]]) -> dict[str, set[str]]:
    return {name: theirs for name, theirs in others.items() if own & theirs}


def _by_title(keyed: Mapping[str, set[str]]) -> dict[str, str]:
    named = defaultdict(list)
    for name, theirs in keyed.items():
        for title in _of(TITLE, theirs):
            named[title].append(name)
    return {title: names[0] for title, names in named.items() if len(names) == 1}


def _of(kind: str, found: Iterable[str]) -> set[str]:
    return {one for one in found if one.startswith(f"{kind}:")}


def _share(mine: set[str], theirs: set[str]) -> float:
    own, other = _of(FILE, mine), _of(FILE, theirs)
    return len(own & other) / min(len(own), len(other)) if own and other else 0.0


def _files(dataset: Mapping[str, Any]) -> Iterator[str]:
    for resource in dataset.get("resources") or []:
        for name in ("download_url", "access_url", "url"):
            if resource.get(name):
                yield str(resource[name])
    # Opendatasoft names the map service that it copies a dataset from as a reference.
    yield from (
        str(one) for one in dataset.get("documentation") or [] if re.search(r"/rest/services/.+Server\b", str(one))
    )


def _platform_ids(text: str) -> Iterator[str]:
    """Ids of ArcGIS items and Socrata views in an address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    if not parts.netloc:
        return
    query = {key.lower(): value for key, value in parse_qsl(parts.query)}
    if "item.html" in parts.path or re.search(r"/(datasets|maps|apps|documents)/", parts.path):
        found = _ITEM.search(query.get("id", "")) or _ITEM.search(parts.path)
        if found:
            yield _item(found[0], query.get("sublayer", ""))
    found = _VIEW.search(parts.path)
    # "/open-data" and "/data-2020" are no views: their ids have digits, and neither l, o, 0 nor 1.
    if found and (
        re.search(r"/api/views/|/d/", parts.path) or (set("23456789") & set(found[1]) and _is_view(found[1]))
    ):
        yield f"socrata:{(parts.hostname or '').lower()}/{found[1].lower()}"


def _is_view(text: str) -> bool:
    return not set("lo01") & set(text.lower())


def _item(text: str, layer: str = "") -> str:
    found = _ITEM.search(text)
    assert found
    layer = layer or found[2] or ""
    return f"arcgis:{found[1].lower()}" + (f":{layer}" if layer else "")


def ambiguous(keyed: Mapping[str, Iterable[str]]) -> set[str]:
    """Keys that several datasets of one node have (a page of all, a file shared): they tell nothing."""
    times = Counter(key for theirs in keyed.values() for key in set(theirs))
    return {key for key, number in times.items() if number > 1}
