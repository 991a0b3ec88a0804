"""Compares what the database holds with what the search index holds. Pure: two sorted streams in, differences out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Need(Enum):
    """What must be done with a dataset so that search tells the truth about it."""

    ADD = "add"
    REFRESH = "refresh"
    REMOVE = "remove"


@dataclass(frozen=True)
class Row:
    """One dataset as one side knows it.

    `modified` is milliseconds since 1970 (UTC), which is as fine as the index keeps; `written` is when the
    index wrote it, in the same unit, and 0 on the database's side.
    """

    id: str
    modified: int
    state: str
    private: bool
    written: int = 0

    def says_the_same(self, other: Row) -> bool:
        return (self.modified, self.state, self.private) == (other.modified, other.state, other.private)


def differences(database: Iterable[Row], index: Iterable[Row], settled: int) -> Iterator[tuple[str, Need]]:
    """Yields (dataset id, need). Both streams must be sorted by id, by code point.

    CKAN writes the index before it commits the row, so what the index wrote after `settled` (milliseconds)
    may belong to a transaction still under way: it is left for the next comparison.
    """
    ours, theirs = iter(database), iter(index)
    row, document = next(ours, None), next(theirs, None)
    while row or document:
        if document is None or (row and row.id < document.id):
            assert row is not None
            yield row.id, Need.ADD
            row = next(ours, None)
        elif row is None or document.id < row.id:
            if document.written < settled:
                yield document.id, Need.REMOVE
            document = _after(document.id, theirs)
        else:
            if document.written < settled and not row.says_the_same(document):
                yield row.id, Need.REFRESH
            row, document = next(ours, None), _after(document.id, theirs)


def _after(seen: str, index: Iterator[Row]) -> Row | None:
    """The next document of another dataset: one dataset may have left two documents in an index restored from a copy."""
    return next((each for each in index if each.id != seen), None)
