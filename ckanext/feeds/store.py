"""The fragments in the database: writing them, finding one, and finding what is not up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from . import config
from .model import FAILED, LIVE, WITHDRAWN, WITHHELD, document, package, public, row, shown
from .render import Rendered, recipe

# How many earlier IRIs of a dataset are told.
_FORMER = 10
_EMPTY = {"ntriples": b"", "sha256": "", "digest": "", "journey": ""}


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
    """Store a fragment and the other forms; True when the dataset's triples changed by it."""
    values = {"uri": rendered.uri, "sha256": rendered.sha256, "ntriples": rendered.ntriples}
    values |= {"digest": rendered.digest, "journey": rendered.journey}
    changed = _upsert(package_id, LIVE, source_modified, "", values)
    _put_documents(package_id, rendered.documents)
    return changed


def _put_documents(package_id: str, documents: dict[str, bytes]) -> None:
    rows = [{"package_id": package_id, "form": form, "data": data} for form, data in sorted(documents.items())]
    statement = insert(document).values(rows)
    changed = {"data": statement.excluded.data}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["package_id", "form"], set_=changed))


def _drop_documents(ids: Any) -> None:
    model.Session.execute(sa.delete(document).where(document.c.package_id.in_(ids)))


def set_failed(package_id: str, source_modified: datetime | None, reason: str) -> None:
    _upsert(package_id, FAILED, source_modified, reason[:2000], {})


def set_withheld(package_id: str, source_modified: datetime) -> None:
    _upsert(package_id, WITHHELD, source_modified, "The public may not see this dataset.", {})


@dataclass(frozen=True)
class Stored:
    """A fragment as it is stored, whatever its state."""

    uri: str
    ntriples: bytes
    source_modified: datetime | None


def stored(package_id: str) -> Stored | None:
    columns = (row.c.uri, row.c.ntriples, row.c.source_modified)
    found = model.Session.execute(sa.select(*columns).where(row.c.package_id == package_id)).first()
    return Stored(found[0], bytes(found[1]), found[2]) if found else None


def withdraw(package_id: str) -> None:
    """Take a dataset out; the row stays as its tombstone, without content."""
    model.Session.execute(
        sa.update(row).where(row.c.package_id == package_id, row.c.state != WITHDRAWN).values(_tombstone())
    )
    _drop_documents([package_id])


def _tombstone() -> dict[str, Any]:
    """What becomes of a row; one that was not in the feed leaves nothing to tell."""
    number = sa.case((row.c.state == LIVE, sa.null()), else_=row.c.change)
    when = sa.case((row.c.state == LIVE, now()), else_=row.c.modified)
    gone = {"state": WITHDRAWN, "reason": "", **_EMPTY}
    return {**gone, "modified": when, "change": number}


def _upsert(package_id: str, state: str, source: datetime | None, reason: str, values: dict[str, Any]) -> bool:
    content = {**_EMPTY, **values}
    columns = (row.c.state, row.c.sha256, row.c.digest, row.c.uri, row.c.formerly)
    kept = sa.select(*columns).where(row.c.package_id == package_id)
    old = model.Session.execute(kept).first()
    was_shown = old is not None and old.state == LIVE
    changed = (old is None or not was_shown or old.digest != content["digest"]) if state == LIVE else was_shown
    content |= {"state": state, "source_modified": source, "recipe": recipe(), "reason": reason}
    if changed or old is None:
        content |= {"modified": now(), "change": None if changed else 0}
    if old is not None and old.uri and old.uri != values.get("uri", old.uri):
        content["formerly"] = [uri for uri in (*old.formerly, old.uri) if uri != values["uri"]][-_FORMER:]
    first = {"package_id": package_id, "uri": "", "formerly": [], "modified": now()}
    statement = insert(row).values({**first, **content})
    model.Session.execute(statement.on_conflict_do_update(index_elements=["package_id"], set_=content))
    if state != LIVE and was_shown:
        _drop_documents([package_id])
    return changed and (old is None or old.sha256 != content["sha256"])


def mark_stale(ids: Any = None) -> int:
    """Have datasets (all without ids) rendered anew; they stay in the feed meanwhile. Returns how many."""
    marked = sa.and_(row.c.state != WITHDRAWN, row.c.recipe != "")
    if ids is not None:
        marked = sa.and_(marked, row.c.package_id.in_(ids))
    # In one order, so that two who mark wait for each other and not both for ever.
    connection, asked = model.Session.connection(), sa.select(row.c.package_id).where(marked).order_by(row.c.package_id)
    found = list(connection.execute(asked.with_for_update()).scalars())
    connection.execute(sa.update(row).where(row.c.package_id.in_(found)).values(recipe=""))
    return len(found)


def mark_members_stale(group_id: str, is_organization: bool) -> int:
    """``mark_stale`` for the datasets of an organisation or group."""
    theirs = sa.select(package.c.id).where(package.c.owner_org == group_id)
    if not is_organization:
        member: sa.Table = model.Member.__table__  # type: ignore[assignment]
        theirs = sa.select(member.c.table_id).where(member.c.group_id == group_id, member.c.table_name == "package")
    return mark_stale(theirs)


def journeys_of(package_ids: list[str]) -> dict[str, str]:
    """Hashes of the journeys that datasets of the feed were rendered with, by their ids; of none that is not in it."""
    query = sa.select(row.c.package_id, row.c.journey).where(row.c.package_id.in_(package_ids), row.c.state == LIVE)
    found = [tuple(each) for each in model.Session.execute(query)] if package_ids else []
    return {package_id: journey for package_id, journey in found if journey is not None}


def mark(package_ids: list[str]) -> list[str]:
    """Have datasets rendered anew. Returns those that another transaction is at: to wait for it could be a deadlock."""
    asked = sa.select(row.c.package_id).where(row.c.package_id.in_(package_ids), row.c.state != WITHDRAWN)
    free = list(model.Session.execute(asked.with_for_update(skip_locked=True)).scalars())
    model.Session.execute(sa.update(row).where(row.c.package_id.in_(free)).values(recipe=""))
    return sorted(set(package_ids) - set(free))


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


def gone() -> list[str]:
    """Ids of what is in the feed and whose dataset left by a way without a hook (a purge)."""
    here = sa.select(package.c.id).where(public())
    asked = sa.select(row.c.package_id).where(row.c.state != WITHDRAWN, row.c.package_id.not_in(here))
    return list(model.Session.execute(asked).scalars())


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
    """A dataset of the feed. ``data`` is the stored form that was asked for (N-Triples without one)."""

    package_id: str
    uri: str
    sha256: str
    modified: datetime
    data: bytes


def get(name_or_id: str, form: str | None = None) -> Shown | None:
    """A dataset of the feed by id or name, in a stored form; None for any other, private ones included."""
    tables, data = row.join(package, package.c.id == row.c.package_id), row.c.ntriples
    if form:
        tables = tables.join(document, sa.and_(document.c.package_id == row.c.package_id, document.c.form == form))
        data = document.c.data
    query = (
        sa.select(row.c.package_id, row.c.uri, row.c.sha256, row.c.modified, data).select_from(tables).where(shown())
    )
    # Two look-ups by index: an OR over both columns is a look at every dataset.
    for column in (package.c.id, package.c.name):
        found = model.Session.execute(query.where(column == name_or_id)).first()
        if found:
            return Shown(found[0], found[1], found[2], found[3], bytes(found[4]))
    return None
