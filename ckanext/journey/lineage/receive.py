"""Takes OpenLineage events: checks them and keeps them as they came; `project` shows what is known of their runs."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model as ckan_model

from .. import bodies, config, ledger
from . import document, tokens
from .document import Document, DocumentError


class TooLargeError(ValueError):
    """More bytes than are taken."""


@dataclass
class Receipt:
    """What became of a request: how many events were taken (known ones too), and the others by their place."""

    taken: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def plain(body: bytes, encoding: str) -> bytes:
    """The body without its compression. Raises TooLargeError, DocumentError."""
    limit = config.lineage_bytes()
    if len(body) > limit:
        raise TooLargeError(f"at most {limit:,} bytes are taken")
    if encoding not in ("gzip", "x-gzip"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise DocumentError(f"not gzip: {error}") from error
    if len(found) > limit:
        raise TooLargeError(f"at most {limit:,} bytes are taken, unpacked")
    if not unpacker.eof:
        raise DocumentError("the gzip stream breaks off")
    return found


def single(token: Any, body: bytes, here: Collection[str]) -> Receipt:
    """One event; `here` are the addresses of this portal. Raises DocumentError where it is none, or speaks of a namespace that the token does not."""
    told = document.single(document.decode(body))
    _permit(token, told)
    places = _keep(token, [told], here)
    return Receipt(1, warnings=[*told.warnings, *places.strange()])


def batch(token: Any, body: bytes, here: Collection[str]) -> Receipt:
    """A list of events; those that are none are told by their place, the others are kept. Raises DocumentError."""
    receipt, kept = Receipt(), []
    for place, (data, text) in enumerate(document.batch(document.decode(body))):
        try:
            told = document.check(data, text)
            _permit(token, told)
            kept.append(told)
        except DocumentError as error:
            receipt.failed.append({"index": place, "error": str(error)})
    _keep(token, kept, here)
    receipt.taken = len(kept)
    return receipt


def _permit(token: Any, told: Document) -> None:
    place = told.data["dataset"] if told.kind == "dataset" else told.data["job"]
    if not tokens.allows(token.namespaces, place["namespace"]):
        raise DocumentError(f"this token does not speak for the namespace {place['namespace'][:200]!r}")


def _keep(token: Any, documents: list[Document], here: Collection[str]) -> _Places:
    """What is committed here stays. It is folded by whoever reads next, or by the schedule."""
    conn = ckan_model.Session.connection()
    places = _Places(conn, token.stream, documents, here)
    drafts = [
        ledger.Draft(
            bodies.LineageReceived(each.kind, each.text, token.id, token.visibility, places.links(each), each.warnings),
            token.stream, role="tool", key=f"openlineage:{each.digest}",
        )
        for each in documents
    ]  # fmt: skip
    if drafts:
        ledger.append_all(conn, drafts, config.lock_seconds())
        tokens.used(conn, token)
        ckan_model.Session.commit()
    return places


def _sides(told: Document) -> Iterable[dict[str, Any]]:
    if told.kind == "dataset":
        yield told.data["dataset"]
        return
    for side in ("inputs", "outputs"):
        yield from told.data.get(side) or []


class _Places:
    """Which of the organisation's own datasets reports speak of: by an alias, or by their address on this portal."""

    def __init__(self, conn: sa.Connection, stream: str, documents: list[Document], addresses: Collection[str]) -> None:
        names = {(item["namespace"], item["name"]) for each in documents for item in _sides(each)}
        self._own = {place for place in names if place[0].rstrip("/") in addresses}
        ours = {name: _split(name) for _, name in self._own}
        rows = _find(conn, stream, [name for _, name in names], ours) if names else []
        aliases = {
            (row.namespace, row.name): (row.package_id, row.resource_id) for row in rows if row.namespace is not None
        }
        packages = {key: row.package_id for row in rows if row.namespace is None for key in (row.name, row.package_id)}
        resources = {(row.package_id, row.resource_id) for row in rows}
        self._found = {place: link for place, link in aliases.items() if place in names}
        for place in self._own - self._found.keys():
            name, resource = ours[place[1]]
            if name in packages:
                package = packages[name]
                self._found[place] = (package, resource if (package, resource) in resources else None)

    def links(self, told: Document) -> tuple[bodies.DatasetLink, ...]:
        places = dict.fromkeys((item["namespace"], item["name"]) for item in _sides(told))
        found = ((place, self._found.get(place)) for place in places)
        return tuple(bodies.DatasetLink(*place, *link) for place, link in found if link and any(link))

    def strange(self) -> list[str]:
        """Names that look like a dataset of this portal and are none of the organisation's."""
        wrong = sorted(name for place, name in self._own if (place, name) not in self._found)
        return [f"this token's organisation has no {name[:200]!r} here" for name in wrong]


# Aliases, and (without a namespace) datasets with those of their resources that are named.
_FIND = sa.text("""
SELECT a.namespace, a.name, a.package_id, a.resource_id FROM journey_alias a
WHERE a.stream = :stream AND a.name = ANY(:names)
UNION ALL
SELECT NULL, p.name, p.id, r.id FROM package p
LEFT JOIN resource r ON r.package_id = p.id AND r.state = 'active' AND r.id = ANY(:resources)
WHERE (p.name = ANY(:packages) OR p.id = ANY(:packages)) AND coalesce(p.owner_org, :unowned) = :stream
""")


def _find(conn: sa.Connection, stream: str, names: list[str], ours: dict[str, tuple[str, str | None]]) -> list[Any]:
    packages = [name for name, _ in ours.values() if name]
    resources = [resource for _, resource in ours.values() if resource]
    asked = {"stream": stream, "names": names, "unowned": ledger.UNOWNED}
    return list(conn.execute(_FIND, asked | {"packages": packages, "resources": resources}))


def _split(name: str) -> tuple[str, str | None]:
    """A dataset's name or id, and a resource's id: ``dataset/<name>``, ``dataset/<name>/resource/<id>`` or a bare name or id."""
    parts = [part for part in name.strip("/").split("/") if part]
    if parts[:1] == ["dataset"]:
        parts = parts[1:]
    return parts[0] if parts else "", parts[2] if len(parts) > 2 and parts[1] == "resource" else None
