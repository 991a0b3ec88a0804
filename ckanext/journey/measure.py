"""Checksum, size and row count of a file, in one pass over its bytes (pure)."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

TABULAR = {"csv", "tsv"}
LONGEST_LINE = 1 << 24
LONGEST_CELL = 1 << 17
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Measured:
    """`rows` counts records below the header, blank lines aside; None if the file is no readable CSV."""

    sha256: str
    bytes: int
    rows: int | None


class _Tally:
    """Passes chunks on while it hashes and counts them."""

    def __init__(self, chunks: Iterable[bytes]):
        self.chunks, self.sha, self.size = iter(chunks), hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.sha.update(chunk)
            self.size += len(chunk)
            yield chunk


def measure(chunks: Iterable[bytes], tabular: bool) -> Measured:
    """Measure a file given as chunks of bytes; `tabular` says whether its rows are to be counted."""
    tally = _Tally(chunks)
    rows = _rows(_lines(tally)) if tabular else None
    for _ in tally:  # what counting left unread still has to be hashed
        pass
    return Measured(tally.sha.hexdigest(), tally.size, rows)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).splitlines(keepends=True) or [b""]
        if rest.endswith(b"\n"):
            whole, rest = [*whole, rest], b""
        yield from whole
        if len(rest) > LONGEST_LINE:
            raise csv.Error("a line without end")
    if rest:
        yield rest


def _rows(lines: Iterator[bytes]) -> int | None:
    # The limit is the process's, and other libraries raise it: a cell longer than this is a quotation mark left open.
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        return _count(lines)
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(before)


def _count(lines: Iterator[bytes]) -> int | None:
    first = next(lines, b"")
    if first.startswith(_UTF16) or b"\0" in first:
        return None
    delimiter = max(",;\t|", key=lambda sign: first.count(sign.encode()))
    # Any encoding that keeps ASCII will do: only quotes, delimiters and line ends are looked at.
    text = (line.decode("latin-1") for line in lines)
    header = first.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    count = sum(1 for record in csv.reader(chain([header], text), delimiter=delimiter) if any(record))
    return max(count - 1, 0)
