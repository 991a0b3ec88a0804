"""Signed statements of how far a stream had come, and what a chain must look like to agree with them (pure).

A statement is canonical JSON: `v`, `portal` (its address), `stream`, `sequence`, `head` (the hash of that event),
`made` (UTC), `previous` (SHA-256 of the statement before it in the stream) and perhaps `anchor`, where the operator said
it was written down elsewhere. It is signed with Ed25519 (RFC 8032); keys and signatures are base64 of the raw bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .chain import Finding

FIELDS = frozenset({"v", "portal", "stream", "sequence", "head", "made", "previous"})
GENESIS = "0" * 64


class CheckpointError(ValueError):
    """It is no checkpoint, or nobody who holds the key signed it; the message says which."""


@dataclass(frozen=True)
class Checkpoint:
    """A statement with its signature; `body` is the signed text."""

    portal: str
    stream: str
    sequence: int
    head: str
    made: str
    previous: str
    body: str
    signature: str
    anchor: str | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()


def public_text(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def key_id(public_key: str) -> str:
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()


def sign(key: Ed25519PrivateKey, statement: dict[str, Any]) -> Checkpoint:
    """The signed checkpoint of a statement's fields (all of FIELDS but `v`, and perhaps `anchor`)."""
    document = {"v": 1} | {name: value for name, value in statement.items() if value is not None}
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return read(body, base64.b64encode(key.sign(body.encode())).decode())


def read(body: Any, signature: Any) -> Checkpoint:
    """The checkpoint that a text is; its signature is looked at by `verify_signature`."""
    try:
        document = json.loads(body)
        version, rest = document.pop("v"), {n: v for n, v in document.items() if n in FIELDS | {"anchor"}}
        whole = set(rest) >= FIELDS - {"v"} and isinstance(rest["sequence"], int) and isinstance(signature, str)
        texts = all(isinstance(value, str) for name, value in rest.items() if name != "sequence")
        if version != 1 or not whole or not texts or rest["sequence"] < 1 or set(document) - set(rest):
            raise CheckpointError("fields are missing, unknown or of the wrong kind")
        return Checkpoint(**rest, body=body, signature=signature)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise CheckpointError(f"not a checkpoint: {error}") from error


def verify_signature(checkpoint: Checkpoint, public_key: str) -> None:
    """Raises CheckpointError if the holder of the key did not sign these very bytes."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(checkpoint.signature, validate=True), checkpoint.body.encode())
    except (InvalidSignature, ValueError) as error:
        raise CheckpointError(f"the checkpoint at event {checkpoint.sequence} is not signed with this key") from error


def disagreement(stream: str, checkpoints: Iterable[Checkpoint], hashes: dict[int, str]) -> Finding | None:
    """The first checkpoint of a stream that its chain does not agree with. `hashes`: of the events at these sequences.

    Where a whole chain was rewritten, the first event changed lies after the last checkpoint that still agrees.
    """
    agreed = 0
    for each in sorted((c for c in checkpoints if c.stream == stream), key=lambda c: (c.sequence, c.made)):
        found = hashes.get(each.sequence)
        if found == each.head:
            agreed = each.sequence
            continue
        told = f"the checkpoint of {each.made[:10]} at event {each.sequence}"
        if found is None:
            return Finding(stream, agreed + 1, "dropped", f"{told} knows of events that are gone")
        span = (
            f"event {agreed + 1}" if each.sequence == agreed + 1 else f"one of events {agreed + 1} to {each.sequence}"
        )
        return Finding(stream, agreed + 1, "changed", f"{told} has another hash: {span} was rewritten")
    return None


def broken_row(checkpoints: Iterable[Checkpoint]) -> Checkpoint | None:
    """The first checkpoint of one stream whose predecessor is not the one it names: one was taken out or put in."""
    previous = GENESIS
    for each in sorted(checkpoints, key=lambda c: c.sequence):
        if each.previous != previous:
            return each
        previous = each.digest
    return None
