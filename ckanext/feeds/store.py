"""The fragments in the database: writing them, finding one, and finding what is not up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from . import config
from .model import FAILED, LIVE, WITHDRAWN, WITHHELD, package, public, row, shown
from .render import Rendered, recipe


def now() -> datetime:
    return datetime.utcnow()


def is_public(entity: Any) -> bool:
    """Whether a dataset may be in a feed as far as its row says."""
    return entity.state == "active" and not entity.private and entity.type not in config.excluded_types()


def lock(package_id: str) -> None:
    """One writer of a dataset's fragment at a time, until the transaction ends."""
    key = sa.func.hashtextextended(package_id, 5)
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    model.Session.execute(sa.select(row.c.package_id).where(row.c.package_id == package_id).with_for_update())


def put(package_id: str, source_modified: datetime, rendered: Rendered) -> bool:
    """Store a fragment; True when the feed's answer for the dataset changed by it."""
    values = {"uri": rendered.uri, "sha256": rendered.sha256, "ntriples": rendered.ntriples}
    return _upsert(package_id, LIVE, source_modified, "", values)


def set_failed(package_id: str, source_modified: datetime | None, reason: str) -> None:
    _upsert(package_id, FAILED, source_modified, reason[:2000], {})


def set_withheld(package_id: str, source_modified: datetime) -> None:
    _upsert(package_id, WITHHELD, source_modified, "The public may not see this dataset.", {})


def withdraw(package_id: str) -> None:
    """Take a dataset out; the row stays as its tombstone, without content."""
    model.Session.execute(
        sa.update(row)
        .where(row.c.package_id == package_id, row.c.state != WITHDRAWN)
        .values(state=WITHDRAWN, ntriples=b"", sha256="", modified=now(), reason="")
    )


def _upsert(package_id: str, state: str, source: datetime | None, reason: str, values: dict[str, Any]) -> bool:
    content = {"ntriples": b"", "sha256": "", **values}
    old = model.Session.execute(sa.select(row.c.state, row.c.sha256).where(row.c.package_id == package_id)).first()
    was_shown = old is not None and old.state == LIVE
    changed = (old is None or not was_shown or old.sha256 != content["sha256"]) if state == LIVE else was_shown
    content |= {"state": state, "source_modified": source, "recipe": recipe(), "reason": reason}
    if changed or old is None:
        content["modified"] = now()
    statement = insert(row).values({"package_id": package_id, "uri": "", "modified": now(), **content})
    model.Session.execute(statement.on_conflict_do_update(index_elements=["package_id"], set_=content))
    return changed


def mark_stale(organization_id: str) -> int:
    """Have an organisation's datasets rendered anew; they stay in the feed meanwhile. Returns how many."""
    theirs = sa.select(package.c.id).where(package.c.owner_org == organization_id)
    marked = sa.and_(row.c.package_id.in_(theirs), row.c.state != WITHDRAWN)
    found = model.Session.execute(sa.update(row).where(marked).values(recipe=""))
    return found.rowcount  # type: ignore[attr-defined]


def _is_pending() -> sa.ColumnElement[bool]:
    return sa.or_(
        row.c.package_id.is_(None),
        row.c.state == WITHDRAWN,
        row.c.recipe != recipe(),
        row.c.source_modified.is_distinct_from(package.c.metadata_modified),
    )


def _with_fragments(*columns: Any) -> sa.Select[Any]:
    joined = package.outerjoin(row, row.c.package_id == package.c.id)
    return sa.select(*columns).select_from(joined).where(public())


def pending(limit: int | None = None, package_id: str | None = None) -> list[str]:
    """Ids of datasets that should be in the feed and whose fragment is missing or not up to date; missing ones first."""
    query = _with_fragments(package.c.id).where(_is_pending())
    if package_id:
        query = query.where(package.c.id == package_id)
    query = query.order_by((row.c.state == LIVE).is_(True), package.c.id).limit(limit)
    return list(model.Session.execute(query).scalars())


def missing() -> int:
    """How many public datasets a reader of the feed would not see although nothing is wrong with them."""
    gone = sa.or_(row.c.package_id.is_(None), row.c.state == WITHDRAWN)
    return model.Session.execute(_with_fragments(sa.func.count()).where(gone)).scalar_one()


def public_ids() -> list[str]:
    return list(model.Session.execute(sa.select(package.c.id).where(public()).order_by(package.c.id)).scalars())


def withdraw_gone() -> int:
    """Turn fragments whose dataset left by a way without a hook (a purge) into tombstones. Returns how many."""
    here = sa.select(package.c.id).where(public())
    gone = sa.and_(row.c.state != WITHDRAWN, row.c.package_id.not_in(here))
    values = {"state": WITHDRAWN, "ntriples": b"", "sha256": "", "modified": now(), "reason": ""}
    return model.Session.execute(sa.update(row).where(gone).values(values)).rowcount  # type: ignore[attr-defined]


def uri_is_taken(package_id: str, uri: str) -> bool:
    """Whether another dataset of the feed has this URI already."""
    others = sa.and_(row.c.uri == uri, row.c.package_id != package_id)
    query = sa.select(row.c.package_id).join(package, package.c.id == row.c.package_id)
    return model.Session.execute(query.where(others, shown()).limit(1)).first() is not None


def states() -> dict[str, int]:
    rows = model.Session.execute(sa.select(row.c.state, sa.func.count()).group_by(row.c.state))
    return dict(rows.tuples().all())


def failures(limit: int) -> list[dict[str, Any]]:
    query = sa.select(row.c.package_id, row.c.reason, row.c.modified).where(row.c.state == FAILED)
    rows = model.Session.execute(query.order_by(row.c.modified.desc()).limit(limit))
    return [{"package_id": r.package_id, "reason": r.reason, "modified": r.modified.isoformat()} for r in rows]


@dataclass(frozen=True)
class Shown:
    """A dataset of the feed."""

    package_id: str
    uri: str
    sha256: str
    modified: datetime
    ntriples: bytes


def get(name_or_id: str) -> Shown | None:
    """A dataset of the feed by id or name; None for any other, private ones included."""
    columns = (row.c.package_id, row.c.uri, row.c.sha256, row.c.modified, row.c.ntriples)
    query = sa.select(*columns).join(package, package.c.id == row.c.package_id).where(shown())
    named = sa.or_(package.c.id == name_or_id, package.c.name == name_or_id)
    found = model.Session.execute(query.where(named)).first()
    return Shown(found[0], found[1], found[2], found[3], bytes(found[4])) if found else None
