"""Records that the portal's form refused: listed with their raw text, and tried again when a steward asks."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model

from ..model import now, record_table, run_table
from . import dialects, store
from .compare import CREATE, REFUSE, Step
from .control import NotPossible
from .convert import Policy, convert
from .record import sha256


def listed(node_id: str, limit: int, offset: int = 0) -> list[store.Row]:
    """Quarantined records of a node with their raw text and reason, the latest first."""
    names = ("upstream_id", "reason", "notes", "raw", "run_id", "first_harvested", "harvested")
    query = sa.select(*(record_table.c[name] for name in names)).where(*_of(node_id))
    query = query.order_by(record_table.c.harvested.desc(), record_table.c.upstream_id).limit(limit).offset(offset)
    return [dict(row) for row in model.Session.execute(query).mappings()]


def prepare(node: store.Row, upstream_ids: list[str], policy: Policy, user: str) -> str:
    """Make a run that tries quarantined records again (all when none is named), ready to be applied; its id. Commits.
    The caller holds the node's lane.

    :raises NotPossible: none of them is quarantined, or nothing is known of the dialect they were read with.
    """
    query = sa.select(record_table.c.upstream_id, record_table.c.raw).where(*_of(node["id"]))
    if upstream_ids:
        query = query.where(record_table.c.upstream_id.in_(upstream_ids))
    rows = list(model.Session.execute(query.order_by(record_table.c.upstream_id)))
    if not rows:
        raise NotPossible("There is no such record in quarantine.")
    dialect = _dialect(node["id"])
    run_id = store.add_run(
        node["id"], "applying", user_id=user, url=node["feed_url"], dialect=dialect.__name__.rsplit(".", 1)[-1],
        policy_digest=policy.digest(), planned=now(), counts={"retried": len(rows)},
        notes=[f"{len(rows)} quarantined records were tried again, as they came in the feed."],
    )  # fmt: skip
    store.add_steps(run_id, [_step(dialect, upstream_id, raw, policy) for upstream_id, raw in rows])
    model.Session.commit()
    return run_id


def _step(dialect: Any, upstream_id: str, raw: str, policy: Policy) -> Step:
    try:
        converted = convert(dialect.read(json.loads(raw)), policy)
    except Exception as error:  # whatever a record holds, it is that record's failure alone
        return Step(REFUSE, upstream_id, reason=f"It cannot be understood ({type(error).__name__}: {error}).", raw=raw)
    if converted.refused:
        return Step(REFUSE, upstream_id, reason=converted.refused, raw=raw, notes=converted.notes)
    return Step(
        CREATE, upstream_id, converted.dataset["title"], notes=converted.notes, dataset=converted.dataset,
        publisher=converted.publisher, raw=raw, signature=sha256(policy.digest() + raw),
        content_hash=converted.content_hash,
    )  # fmt: skip


def _dialect(node_id: str) -> Any:
    """The dialect of the node's latest run that read its feed."""
    query = sa.select(run_table.c.dialect).where(run_table.c.node_id == node_id, run_table.c.dialect != "")
    name = model.Session.execute(query.order_by(run_table.c.started.desc()).limit(1)).scalar()
    for module in dialects.MODULES.values():
        if module.__name__.rsplit(".", 1)[-1] == name:
            return module
    raise NotPossible("It is not known how the feed was read; harvest the node instead.")


def _of(node_id: str) -> tuple[Any, ...]:
    return record_table.c.node_id == node_id, record_table.c.state == "quarantined"
