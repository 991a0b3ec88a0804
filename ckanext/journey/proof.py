"""Makes checkpoints, serves them, and checks the ledger against its own, a mirrored portal's, or a file of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from . import chain, checkpoints, ledger, model, signing
from .checkpoints import Checkpoint, CheckpointError

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('journey:checkpoints', 0))")
_SERVED = 100_000


def portal() -> str:
    return str(tk.config["ckan.site_url"]).rstrip("/")


def make(conn: sa.Connection, anchor: str | None = None) -> list[Checkpoint]:
    """Sign how far each stream has come, where it moved since its last checkpoint; a chain that is broken is not signed.

    :raises chain.BrokenError: naming the first finding, before anything is signed
    """
    key = signing.private_key()
    assert key is not None
    conn.execute(_LOCK)
    made = []
    for stream in ledger.streams(conn):
        last = _last(conn, stream)
        head = conn.execute(sa.select(model.head).where(model.head.c.stream == stream)).first()
        if head is None or (last and last.sequence >= head.sequence and not anchor):
            continue
        finding = verify(conn, stream)[1]
        if finding:
            raise chain.BrokenError(finding)
        if last and last.sequence >= head.sequence:
            continue
        made.append(_write(conn, key, stream, head, last, anchor))
    return made


def _write(
    conn: sa.Connection, key: Any, stream: str, head: Any, last: Checkpoint | None, anchor: str | None
) -> Checkpoint:
    now = datetime.now(UTC)
    statement = {"portal": portal(), "stream": stream, "sequence": head.sequence, "head": head.hash, "anchor": anchor}
    statement |= {"made": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    done = checkpoints.sign(key, statement | {"previous": last.digest if last else checkpoints.GENESIS})
    values = {"stream": stream, "sequence": done.sequence, "head": done.head, "made": now, "anchor": anchor}
    values |= {"body": done.body, "signature": done.signature, "public_key": checkpoints.public_text(key)}
    conn.execute(sa.insert(model.checkpoint), values)
    return done


def _last(conn: sa.Connection, stream: str) -> Checkpoint | None:
    columns = model.checkpoint.c
    query = sa.select(columns.body, columns.signature).where(columns.stream == stream)
    row = conn.execute(query.order_by(columns.sequence.desc()).limit(1)).first()
    return checkpoints.read(row.body, row.signature) if row else None


def own(conn: sa.Connection, stream: str | None = None) -> list[tuple[Checkpoint, str]]:
    """The portal's checkpoints with the public key of each, oldest first. Raises CheckpointError."""
    columns = model.checkpoint.c
    query = sa.select(columns.body, columns.signature, columns.public_key)
    query = query.order_by(columns.stream, columns.sequence).limit(_SERVED)
    rows = conn.execute(query if stream is None else query.where(columns.stream == stream))
    return [(checkpoints.read(row.body, row.signature), row.public_key) for row in rows]


def document(conn: sa.Connection) -> dict[str, Any]:
    """What `/journey/checkpoints.json` serves: the public key, this portal's checkpoints, and those it mirrors."""
    key = signing.private_key(make=False)
    table = model.mirror.c
    query = sa.select(model.mirror).order_by(table.portal, table.stream, table.sequence).limit(_SERVED)
    mirrored = [
        {"portal": row.portal, "statement": row.body, "signature": row.signature, "public_key": row.public_key}
        | {"fetched": row.fetched.astimezone(UTC).isoformat()}
        for row in conn.execute(query)
    ]
    return {
        "portal": portal(),
        "algorithm": "Ed25519",
        "public_key": checkpoints.public_text(key) if key else None,
        "checkpoints": [
            {"statement": each.body, "signature": each.signature, "public_key": public} for each, public in own(conn)
        ],
        "mirrored": mirrored,
    }


def of_document(found: Any, about: str) -> list[Checkpoint]:
    """The checkpoints of the portal `about` in a served document, its own or mirrored; each with a good signature.

    Raises CheckpointError.
    """
    if not isinstance(found, dict):
        raise CheckpointError("not a document of checkpoints: no JSON object")
    items = [*(found.get("checkpoints") or []), *(found.get("mirrored") or [])]
    kept = []
    for item in items:
        if not isinstance(item, dict):
            raise CheckpointError("not a document of checkpoints: an entry is no object")
        each = checkpoints.read(item.get("statement"), item.get("signature"))
        if each.portal == about:
            checkpoints.verify_signature(each, str(item.get("public_key")))
            kept.append(each)
    return kept


def verify(conn: sa.Connection, stream: str, against: Iterable[Checkpoint] = ()) -> tuple[int, chain.Finding | None]:
    """How many events a stream has, and the first thing wrong: in its chain, or against checkpoints."""
    count, finding = ledger.verify(conn, stream)
    return count, finding or _against_own(conn, stream) or _against(conn, stream, against)


def _against_own(conn: sa.Connection, stream: str) -> chain.Finding | None:
    known: list[Checkpoint] = []
    try:
        for each, public_key in own(conn, stream):
            checkpoints.verify_signature(each, public_key)
            known.append(each)
    except CheckpointError as error:
        return chain.Finding(stream, known[-1].sequence + 1 if known else 1, "changed", str(error))
    odd = checkpoints.broken_row(known)
    if odd:
        return chain.Finding(
            stream, odd.sequence, "dropped", f"the checkpoint before that of {odd.made[:10]} is not the one it names"
        )
    return _against(conn, stream, known)


def _against(conn: sa.Connection, stream: str, known: Iterable[Checkpoint]) -> chain.Finding | None:
    mine = [each for each in known if each.stream == stream]
    columns = model.event.c
    query = sa.select(columns.sequence, columns.hash).where(
        columns.stream == stream, columns.sequence.in_([each.sequence for each in mine])
    )
    hashes = {row.sequence: row.hash for row in conn.execute(query)} if mine else {}
    return checkpoints.disagreement(stream, mine, hashes)
