"""Entities of PROV as files, plans and evidence of a step (pure)."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote

from .. import events as ev
from .. import vocab
from ..exports.document import address, clean
from .told import LOCATION, Thing, Told, tail

FEW, NAME, MANY, ADDRESS = 200, 500, 4000, 2000  # as long as the same texts may be where people tell them
_HEX = re.compile(r"(?:sha-?256[:=])?([0-9a-f]{64})", re.IGNORECASE)
_IN_NAME = re.compile(r"sha-?256[:=/;]+([0-9a-f]{64})(?![0-9a-f])", re.IGNORECASE)
_NI = re.compile(r"ni://[^/]*/sha-256;([A-Za-z0-9_-]{43})")
_SUMS = ("sha256", "sha-256", "sha_256", "checksum", "checksumvalue", "hash", "digest", "hexdigest", "contenthash")
_SIZES = ("bytes", "bytesize", "size", "filesize", "contentsize", "contentlength")
_ROWS = ("rows", "rowcount", "nrows", "recordcount")
_NAMES = ("basename", "filename")
_BIGGEST = 2**63 - 1


def ours(thing: Thing) -> list[str]:
    """The terms of a portal like this one that are its types."""
    return [tail(each) for each in thing.types if "/journey#" in each]


def is_plan(thing: Thing) -> bool:
    return any(tail(each) == "Plan" for each in thing.types)


def is_dataset(thing: Thing) -> bool:
    """The dataset itself, in an export of a portal like this one."""
    return "Dataset" in map(tail, thing.types) and "Collection" in map(tail, thing.types)


def evidence_kind(thing: Thing) -> str | None:
    return next((each for each in ours(thing) if each in (*vocab.EVIDENCE_KINDS, "reuse")), None)


def file(told: Told, thing: Thing) -> ev.File:
    """The file that an entity is; its name says which, where several have one label."""
    return ev.File(_name(told, thing), sha256(told, thing), _count(thing, _SIZES), _count(thing, _ROWS))


def _name(told: Told, thing: Thing) -> str:
    name = thing.local(*_NAMES) or thing.label
    if not name and (place := thing.first(LOCATION)):
        name = unquote(tail(place.partition("?")[0]))
    name = clean(name or tail(thing.id) or thing.id)
    is_shared = thing.label is not None and told.labels[thing.label] > 1
    if is_shared and not sha256(told, thing) and (local := tail(thing.id)) != name:
        name = f"{name} ({local})"
    return name[:NAME]


def sha256(told: Told, thing: Thing) -> str | None:
    """A checksum that an attribute tells, in whatever namespace, or the entity's own name."""
    names = [name for name in thing.attributes if tail(name).casefold() in _SUMS]
    for value in thing.all(*names):
        node = told.things.get(value)
        if node is not None and not node.kind:  # a checksum of SPDX is a thing of its own
            node.all(*node.attributes)
        text = value if node is None else node.local("checksumvalue") or ""
        if found := _HEX.fullmatch(text.strip()):
            return found[1].lower()
        thing.seen.difference_update(names)  # a sum of another kind, which is told of
    if found := _IN_NAME.search(thing.id):
        return found[1].lower()
    return _named_information(thing.id)


def _named_information(iri: str) -> str | None:
    found = _NI.search(iri)
    if not found:
        return None
    try:
        return base64.urlsafe_b64decode(found[1] + "=").hex()
    except binascii.Error:
        return None


def _count(thing: Thing, names: tuple[str, ...]) -> int | None:
    text = (thing.local(*names) or "").strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) <= _BIGGEST else None


def plan(thing: Thing) -> ev.Plan:
    """The script or procedure; where it stands is its address, or its own name if that is one."""
    place = thing.first(LOCATION) or thing.local("repository", "coderepository", "url") or ""
    own = thing.id if re.match(r"https?://(?!file\.invalid)", thing.id) and not ours_name(thing.id) else ""
    found = address(place) or clean(place) or address(own) or ""
    version = thing.local("version", "hasversion", "softwareversion")
    commit = thing.local("commit", "revision")
    return ev.Plan(clean(thing.name)[:FEW], _short(version), found[:ADDRESS] or None, _short(commit))


def ours_name(iri: str) -> bool:
    return "/dataset/journey/" in iri


def evidence(thing: Thing, kind: str) -> ev.Evidence:
    url = thing.first(LOCATION) or thing.local("url")
    value = clean(thing.label or "")[:MANY]
    sums = thing.local("sha256") or ""
    found = _HEX.fullmatch(sums)
    return ev.Evidence(
        kind,
        value if value and value != kind else None,
        (url or "")[:ADDRESS] or None,
        found[1].lower() if found else None,
    )


def _short(text: str | None) -> str | None:
    return clean(text)[:FEW] if text else None
