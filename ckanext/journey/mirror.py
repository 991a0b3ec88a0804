"""Keeps copies of other portals' checkpoints. The only network code of this room.

Addresses are resolved and looked at before they are asked, and the connection is made to that very address, so that no
name leads inside the house; redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import sqlalchemy as sa
from requests.adapters import HTTPAdapter
from sqlalchemy.dialects.postgresql import insert

from . import checkpoints, config, model, proof
from .checkpoints import CheckpointError

PATH = "/journey/checkpoints.json"
LIMIT = 64 * 1024 * 1024
SECONDS = 30


class MirrorError(RuntimeError):
    """The other portal could not be asked, or what it says now is not what it said before; the message says which."""


def fetch(url: str) -> Any:
    """The document of checkpoints at a portal's address, or at the document's own. Raises MirrorError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise MirrorError(f"{url} is no http or https address")
    address = url if parts.path.endswith(".json") else url.rstrip("/") + PATH
    port = parts.port or (443 if parts.scheme == "https" else 80)
    target = _checked(parts.hostname, port)
    session = requests.Session()
    session.trust_env = False
    session.mount(f"{parts.scheme}://", _Pinned(parts.hostname, target))
    verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    with session:
        try:
            with session.get(address, timeout=SECONDS, stream=True, allow_redirects=False, verify=verify) as answer:
                if answer.status_code != 200:
                    raise MirrorError(f"{address} answered {answer.status_code}")
                return json.loads(_body(answer, address))
        except (requests.RequestException, OSError) as error:
            raise MirrorError(f"{address} could not be fetched: {type(error).__name__}") from error
        except ValueError as error:
            raise MirrorError(f"{address} is no JSON: {error}") from error


def _body(answer: Any, address: str) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(65536):
        body += chunk
        if len(body) > LIMIT:
            raise MirrorError(f"{address} is larger than {LIMIT:,} bytes")
    return bytes(body)


def _checked(host: str, port: int) -> str:
    """An address of the host that may be asked."""
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise MirrorError(f"the name {host} does not resolve") from error
    allowed = f"{host}:{port}" in config.mirror_private_hosts()
    for each in found:
        if allowed or ipaddress.ip_address(each.partition("%")[0]).is_global:
            return each
    raise MirrorError(
        f"{host} is a private address: name {host}:{port} in ckanext.journey.mirror_private_hosts to allow it"
    )


class _Pinned(HTTPAdapter):
    """Connects to the address that was looked at, and checks the certificate for the name that was asked for."""

    def __init__(self, host: str, address: str):
        self._host, self._address = host, f"[{address}]" if ":" in address else address
        super().__init__(max_retries=0)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        about, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        about["host"] = self._address.strip("[]")
        if about["scheme"] == "https":
            pool |= {"assert_hostname": self._host, "server_hostname": self._host}
        return about, pool

    def add_headers(self, request: Any, **kwargs: Any) -> None:
        request.headers["Host"] = urlsplit(request.url).netloc


def keep(conn: sa.Connection, found: Any) -> dict[str, Any]:
    """Keep a portal's own checkpoints; gives `portal`, `new`, `known` (counts). Nothing is kept of one that lies.

    :raises MirrorError: the portal contradicts or has lost what it said before, or signs with another key
    """
    about = found.get("portal") if isinstance(found, dict) else None
    if not isinstance(about, str) or not about:
        raise MirrorError("not a document of checkpoints: it does not say of which portal")
    try:
        told = proof.of_document({"checkpoints": found.get("checkpoints")}, about)
    except CheckpointError as error:
        raise MirrorError(f"{about}: {error}") from error
    keys = {
        checkpoints.read(i["statement"], i["signature"]).digest: i["public_key"] for i in found["checkpoints"] or []
    }
    before = {(row.stream, row.sequence): row for row in conn.execute(_of(about))}
    _same_story(about, before, told, keys)
    now = datetime.now(UTC)
    fresh = [
        {"portal": about, "stream": each.stream, "sequence": each.sequence, "head": each.head, "body": each.body}
        | {"signature": each.signature, "public_key": keys[each.digest], "fetched": now}
        for each in told
        if (each.stream, each.sequence) not in before
    ]
    if fresh:
        conn.execute(insert(model.mirror).on_conflict_do_nothing(), fresh)
    return {"portal": about, "new": len(fresh), "known": len(before)}


def _of(about: str) -> Any:
    return sa.select(model.mirror).where(model.mirror.c.portal == about)


def _same_story(about: str, before: dict[Any, Any], told: list[Any], keys: dict[str, str]) -> None:
    now = {(each.stream, each.sequence): each for each in told}
    for place, row in sorted(before.items()):
        each = now.get(place)
        if each is None:
            raise MirrorError(f"{about} no longer has the checkpoint at event {place[1]} of stream {place[0]}")
        if each.head != row.head:
            raise MirrorError(
                f"{about} now tells another story: stream {place[0]} at event {place[1]} has another hash"
            )
    known = {row.public_key for row in before.values()}
    strange = sorted({keys[each.digest] for each in told} - known) if known else []
    if strange:
        raise MirrorError(
            f"{about} signs with another key than before ({', '.join(strange)}): ask its operator, and if it was changed "
            "on purpose, forget the portal with --forget and mirror it again"
        )


def forget(conn: sa.Connection, about: str) -> int:
    """Drop what was kept of a portal; gives how many checkpoints that were."""
    return conn.execute(sa.delete(model.mirror).where(model.mirror.c.portal == about)).rowcount
