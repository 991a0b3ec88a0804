"""What a selection of the feed holds, all read from one state of the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from . import documents, source, stream
from .formats import Format
from .forms import Entry
from .model import SERIES, document, package, row, shown

_BATCH_ROWS = 64


@dataclass(frozen=True)
class Selection:
    """Which datasets of the feed: all, or the ones with these ids in this order."""

    ids: Sequence[str] | None = None


def page_ids(connection: sa.Connection, size: int, offset: int, after: str) -> list[str]:
    """Ids of a page of the feed: after an id, which nothing moves, or else after so many. Sorted by id, which no change moves."""
    query = sa.select(row.c.package_id).select_from(row).join(package, package.c.id == row.c.package_id).where(shown())
    query = query.where(row.c.package_id > after) if after else query.offset(offset)
    return list(connection.execute(query.order_by(row.c.package_id).limit(size)).scalars())


class Snapshot:
    """A selection as one connection sees it (``current.snapshot``)."""

    def __init__(self, connection: sa.Connection, selection: Selection = Selection()):
        self._connection, self.selection = connection, selection

    def digest(self) -> str:
        """A hash over the selection's datasets and their content."""
        rows = self._select(row.c.package_id, row.c.sha256).subquery()
        hashes = sa.func.string_agg(rows.c.package_id + rows.c.sha256, sa.text("','"))
        return self._connection.execute(sa.select(sa.func.md5(hashes)).select_from(rows)).scalar_one() or ""

    def rows(self) -> Iterator[tuple[str, str, bytes]]:
        """Id, hash and triples of each dataset."""
        for found in self._read(self._select(row.c.package_id, row.c.sha256, row.c.ntriples)):
            yield found[0], found[1], bytes(found[2])

    def bodies(self, form: Format) -> Iterator[tuple[list[tuple[str, bool]], bytes]]:
        """URIs of some datasets, with whether each is a series, and their bodies in a form, joined."""
        separator, name = stream.SYNTAXES[form.media_type].separator, documents.stored_form(form)
        about = (row.c.uri, package.c.type)
        query = self._with_document(name, *about) if name else self._select(*about, row.c.ntriples)
        for rows in self._batches(query):
            parts = [documents.unpack(data) if name else bytes(data) for _uri, _type, data in rows]
            yield [(uri, type_ == SERIES) for uri, type_, _data in rows], separator.join(parts)

    def entries(self) -> Iterator[Entry]:
        """What the public sees of each dataset."""
        columns = (row.c.package_id, row.c.uri, row.c.modified)
        for package_id, uri, modified, data in self._read(self._with_document(documents.SOURCE, *columns)):
            yield Entry(package_id, uri, modified, source.from_bytes(documents.unpack(data)))

    def pages(self, first: int = 0, most: int | None = None) -> Iterator[tuple[str, str, datetime]]:
        """Name, type and time of the last change of some datasets, in the order of their ids."""
        query = self._select(package.c.name, package.c.type, package.c.metadata_modified).offset(first).limit(most)
        yield from self._read(query)

    def _batches(self, query: sa.Select[Any]) -> Iterator[Sequence[sa.Row[Any]]]:
        yield from self._execute(query).partitions(_BATCH_ROWS)

    def _read(self, query: sa.Select[Any]) -> Iterator[Any]:
        yield from self._execute(query)

    def _execute(self, query: sa.Select[Any]) -> sa.CursorResult[Any]:
        """Through a server-side cursor, so that memory does not grow with the catalogue."""
        return self._connection.execute(
            query, execution_options={"stream_results": True, "max_row_buffer": _BATCH_ROWS}
        )

    def _with_document(self, name: str, *columns: Any) -> sa.Select[Any]:
        there = sa.and_(document.c.package_id == row.c.package_id, document.c.form == name)
        return self._select(*columns, document.c.data).join(document, there)

    def _select(self, *columns: Any) -> sa.Select[Any]:
        joined = sa.select(*columns).select_from(row).join(package, package.c.id == row.c.package_id)
        query, chosen = joined.where(shown()), self.selection
        if chosen.ids is not None:
            ids = sa.cast(list(chosen.ids), sa.ARRAY(sa.UnicodeText))
            return query.where(row.c.package_id == sa.any_(ids)).order_by(sa.func.array_position(ids, row.c.package_id))
        return query.order_by(row.c.package_id)
