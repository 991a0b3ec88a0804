"""An RDF graph on disk, by subject, for feeds that are too large to hold in memory.

SQLite rather than a triple store: what is asked is always "everything of one subject", and it does so in a few
megabytes of memory.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from .dialects.terms import iri

_BATCH = 20_000
Terms = dict[str, list[Any]]


class DiskGraph:
    """Answers as a dict of node to its terms does. Use as a context: the file goes with it."""

    def __init__(self, quads: Iterable[Any]):
        self._folder = tempfile.TemporaryDirectory(prefix="federation-")
        self._db = sqlite3.connect(Path(self._folder.name) / "graph", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000", "temp_store=FILE"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("CREATE TABLE triple (s TEXT, p TEXT, o TEXT)")
        rows = ((_text(q.subject), q.predicate.value, _text(q.object)) for q in quads)
        while batch := list(islice(rows, _BATCH)):
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO triple VALUES (?, ?, ?)", batch)
            self._db.execute("COMMIT")
        self._db.execute("CREATE INDEX by_subject ON triple (s)")
        self._terms = lru_cache(1_000)(self._read)

    def __enter__(self) -> DiskGraph:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._db.close()
        self._folder.cleanup()

    def get(self, node: Any, default: Any = None) -> Terms:
        """The terms of a node."""
        return self._terms(_text(node)) or default

    def __contains__(self, node: object) -> bool:
        return not isinstance(node, ox.Literal) and bool(self._terms(_text(node)))

    def subjects(self, predicate: str, objects: Iterable[str]) -> Iterator[Any]:
        """The nodes that have one of these addresses under a predicate, in the order in which they came."""
        wanted = ["n" + one for one in objects]
        asked = (
            "SELECT s, MIN(rowid) AS first FROM triple"
            " WHERE p = ? AND o IN (SELECT value FROM json_each(?)) GROUP BY s ORDER BY first"
        )
        for subject, _first in self._db.execute(asked, [predicate, json.dumps(wanted)]):
            yield _term(subject)

    def having(self, predicate: str) -> Iterator[Any]:
        """All values of a predicate."""
        for (value,) in self._db.execute("SELECT o FROM triple WHERE p = ?", [predicate]):
            yield _term(value)

    def _read(self, subject: str) -> Terms:
        terms: Terms = {}
        for predicate, value in self._db.execute("SELECT p, o FROM triple WHERE s = ? ORDER BY rowid", [subject]):
            terms.setdefault(predicate, []).append(_term(value))
        return terms


def _text(term: Any) -> str:
    if isinstance(term, ox.NamedNode):
        # The parser is lenient, the constructor of a node is not.
        return "n" + iri(term.value)
    if isinstance(term, ox.BlankNode):
        return "b" + term.value
    if isinstance(term, ox.Literal):
        return f"l{term.language or ''}\0{term.value}"
    return "l\0" + str(term)


def _term(text: str) -> Any:
    kind, rest = text[0], text[1:]
    if kind == "n":
        return ox.NamedNode(rest)
    if kind == "b":
        return ox.BlankNode(rest)
    language, _, value = rest.partition("\0")
    return ox.Literal(value, language=language) if language else ox.Literal(value)
