"""The rendered datasets: one row each, kept after a dataset left as a tombstone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column

from . import config

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
    #: When the feed's answer for this dataset last changed.
    modified: Mapped[datetime] = mapped_column(sa.DateTime)
    #: The dataset's metadata_modified it was rendered from, and the settings it was rendered with (empty: render anew).
    source_modified: Mapped[datetime | None] = mapped_column(sa.DateTime)
    recipe: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")


sa.Index("ix_feeds_fragment_state", Fragment.state)
sa.Index("ix_feeds_fragment_uri", Fragment.uri)

row: sa.Table = Fragment.__table__  # type: ignore[assignment]
package: sa.Table = model.Package.__table__  # type: ignore[assignment]


def public() -> sa.ColumnElement[bool]:
    """Datasets that may be in a feed."""
    excluded = package.c.type.in_(config.excluded_types())
    return sa.and_(package.c.state == "active", package.c.private.is_(False), sa.not_(excluded))


def shown() -> sa.ColumnElement[bool]:
    """Fragments (joined with their dataset) of the feed. The dataset's own row has the last word."""
    return sa.and_(row.c.state == LIVE, public())
