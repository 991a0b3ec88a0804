"""One consistent reading of the feed: its digest, then its content, from the same state of the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from .model import package, row, shown

_BATCH_BYTES = 256 * 1024
_BATCH_ROWS = 64


@dataclass(frozen=True)
class Selection:
    """Which datasets of the feed: all, the ones with these ids in this order, or a page of all (newest first)."""

    ids: Sequence[str] | None = None
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True)
class Digest:
    """What identifies a selection's content: a hash over its fragments, their number, the last change."""

    sha256: str
    count: int
    modified: datetime | None


class Snapshot:
    """One consistent reading of the feed: what ``digest`` saw is what ``batches`` gives. Close it."""

    def __init__(self, selection: Selection):
        self.selection = selection
        engine = model.meta.engine
        assert engine is not None
        self._connection = engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def close(self) -> None:
        self._connection.close()

    def total(self) -> int:
        """Datasets in the whole feed."""
        query = sa.select(sa.func.count()).select_from(self._joined()).where(shown())
        return self._connection.execute(query).scalar_one()

    def changed(self) -> datetime | None:
        """When the feed as a whole last changed, withdrawals included."""
        return self._connection.execute(sa.select(sa.func.max(row.c.modified))).scalar_one()

    def digest(self) -> Digest:
        rows = self._select(row.c.package_id, row.c.sha256).subquery()
        hashes = sa.func.string_agg(rows.c.package_id + rows.c.sha256, sa.text("','"))
        found = self._connection.execute(sa.select(sa.func.md5(hashes), sa.func.count()).select_from(rows)).one()
        return Digest(found[0] or "", found[1], self.changed())

    def rows(self) -> Iterator[tuple[str, str, bytes]]:
        """Id, hash and triples of each dataset."""
        for found in self._read(row.c.package_id, row.c.sha256, row.c.ntriples):
            yield found[0], found[1], bytes(found[2])

    def batches(self) -> Iterator[tuple[list[str], bytes]]:
        """Dataset URIs and joined fragments, a few at a time."""
        uris, parts, size = [], [], 0
        for uri, data in self._read(row.c.uri, row.c.ntriples):
            uris.append(uri)
            parts.append(bytes(data))
            size += len(data)
            if size >= _BATCH_BYTES or len(uris) >= _BATCH_ROWS:
                yield uris, b"".join(parts)
                uris, parts, size = [], [], 0
        if uris:
            yield uris, b"".join(parts)

    def _read(self, *columns: Any) -> Iterator[Any]:
        """Rows through a server-side cursor, so that memory does not grow with the catalogue."""
        options = {"stream_results": True, "max_row_buffer": _BATCH_ROWS}
        yield from self._connection.execute(self._select(*columns), execution_options=options)

    @staticmethod
    def _joined() -> sa.Join:
        return row.join(package, package.c.id == row.c.package_id)

    def _select(self, *columns: Any) -> sa.Select[Any]:
        query, chosen = sa.select(*columns).select_from(self._joined()).where(shown()), self.selection
        if chosen.ids is not None:
            ids = sa.cast(list(chosen.ids), sa.ARRAY(sa.UnicodeText))
            return query.where(row.c.package_id == sa.any_(ids)).order_by(sa.func.array_position(ids, row.c.package_id))
        if chosen.limit is not None:
            query = query.order_by(package.c.metadata_modified.desc(), package.c.id)
            return query.limit(chosen.limit).offset(chosen.offset)
        return query.order_by(row.c.package_id)
