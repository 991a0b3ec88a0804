"""The rendered datasets: one row each, kept after a dataset left as a tombstone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

from . import config

#: ckanext-dcat renders datasets of this type as dcat:DatasetSeries.
SERIES = "dataset_series"
#: In the feed.
LIVE = "live"
#: Not in the feed: rendering failed, ``reason`` says why.
FAILED = "failed"
#: Not in the feed: the public may not see it.
WITHHELD = "withheld"
#: Was in the feed: deleted, made private, or purged.
WITHDRAWN = "withdrawn"


class Fragment(toolkit.BaseModel):
    """A dataset's triples. Times are UTC without zone, as in CKAN's own tables."""

    __tablename__ = "feeds_fragment"

    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    state: Mapped[str] = mapped_column(sa.UnicodeText)
    #: The dataset's IRI in the feed; empty unless it was in it.
    uri: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    sha256: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    ntriples: Mapped[bytes] = mapped_column(sa.LargeBinary, default=b"")
    #: Hash of everything that any form says of the dataset, and of its public journey alone.
    digest: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    journey: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    #: When the feed's answer for this dataset last changed.
    modified: Mapped[datetime] = mapped_column(sa.DateTime)
    #: The dataset's metadata_modified it was rendered from, and the settings it was rendered with (empty: render anew).
    source_modified: Mapped[datetime | None] = mapped_column(sa.DateTime)
    recipe: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    #: Number of the last change of the feed's answer: empty until a reader gives it one, 0 for a dataset never in the feed.
    change: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When it got that number: after its commit, and never before the time of a smaller number.
    numbered: Mapped[datetime | None] = mapped_column(sa.DateTime)
    #: IRIs under which the dataset stood in the feed before, oldest first.
    formerly: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.UnicodeText), default=list)


class History(toolkit.BaseModel):
    """One row: which history the numbers of changes belong to, and up to where its tombstones were dropped."""

    __tablename__ = "feeds_history"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(sa.UnicodeText)
    floor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    floor_time: Mapped[datetime | None] = mapped_column(sa.DateTime)


class Document(toolkit.BaseModel):
    """One form of a live dataset, ready to be joined with others: a gzip member. ``form`` is named in ``documents.py``."""

    __tablename__ = "feeds_document"

    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    form: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)


sa.Index("ix_feeds_fragment_state", Fragment.state)
sa.Index("ix_feeds_fragment_uri", Fragment.uri)
sa.Index("ix_feeds_fragment_change", Fragment.change)
sa.Index("ix_feeds_fragment_unnumbered", Fragment.package_id, postgresql_where=Fragment.change.is_(None))
numbers = sa.Sequence("feeds_change_seq")

row: sa.Table = Fragment.__table__  # type: ignore[assignment]
history: sa.Table = History.__table__  # type: ignore[assignment]
document: sa.Table = Document.__table__  # type: ignore[assignment]
package: sa.Table = model.Package.__table__  # type: ignore[assignment]


def public() -> sa.ColumnElement[bool]:
    """Datasets that may be in a feed."""
    excluded = package.c.type.in_(config.excluded_types())
    return sa.and_(package.c.state == "active", package.c.private.is_(False), sa.not_(excluded))


def shown() -> sa.ColumnElement[bool]:
    """Fragments (joined with their dataset) of the feed. The dataset's own row has the last word."""
    return sa.and_(row.c.state == LIVE, public())
