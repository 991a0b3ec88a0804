"""Blocks of CSV cut into records with arrays, so that only what is wrong goes through the slower reader (pure)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from .rules import LINE

QUOTE, NEWLINE, RETURN = 34, 10, 13
# Signs of no width, which polars does not take for spaces.
SPACES = " \t\r\n\u00a0\u202f\u200b\ufeff"
UNSEEN = ("\u200b".encode(), "\ufeff".encode())


@dataclass
class Records:
    """The whole records of a block: first and last byte (exclusive), line of the block (from 0), and number of cells."""

    starts: np.ndarray
    ends: np.ndarray
    lines: np.ndarray
    widths: np.ndarray


def cut(block: bytes, delimiter: str, last: bool) -> tuple[Records, int] | None:
    """The records of a block, and where the first begins that goes on in the next one (its length, if none does).

    None where quotation marks do not stand as RFC 4180 has them: then only the slower reader knows what is meant.
    """
    signs = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(signs == QUOTE)
    if len(quotes) and not _formal(signs, quotes, ord(delimiter)):
        return None
    newlines = np.flatnonzero(signs == NEWLINE)
    delimiters = np.flatnonzero(signs == ord(delimiter))
    if len(quotes):
        newlines_out = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
    else:
        newlines_out = newlines
    ends = newlines_out + 1
    if last and (not len(ends) or ends[-1] != len(block)):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1])) if len(ends) else ends
    widths = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts) + 1
    lines = np.searchsorted(newlines, starts)
    return Records(starts, ends, lines, widths), int(ends[-1]) if len(ends) else 0


def _formal(signs: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Each quotation mark opens or closes a cell, or stands doubled within one."""
    padded = np.concatenate(([NEWLINE], signs, [NEWLINE]))
    before, after = padded[quotes], padded[quotes + 2]
    opening, closing = slice(0, None, 2), slice(1, None, 2)
    opens = np.isin(before[opening], (delimiter, NEWLINE, QUOTE))
    closes = np.isin(after[closing], (delimiter, NEWLINE, RETURN, QUOTE))
    return bool(opens.all() and closes.all())


def frame(
    block: bytes, found: Records, width: int, delimiter: str, first_line: int
) -> tuple[pl.DataFrame | None, list[tuple[int, list[str]]]]:
    """The records of the right width as a frame of `c0`, `c1` ... and the line, and the others as (line, cells).

    The frame is None where polars finds another number of records than the signs tell.
    """
    good = found.widths == width
    good &= found.ends - found.starts > width  # a line of delimiters alone is blank
    odd = [
        (first_line + int(found.lines[place]), _cells(block[found.starts[place] : found.ends[place]], delimiter))
        for place in np.flatnonzero(~good)
    ]
    kept = block if good.all() else b"".join(_kept(block, found, good))
    names = [f"c{place}" for place in range(width)]
    lines = pl.Series(LINE, found.lines[good] + first_line, dtype=pl.Int64)
    if not len(lines):
        return pl.DataFrame({LINE: lines, **{name: pl.Series(name, [], dtype=pl.String) for name in names}}), odd
    read = pl.read_csv(
        io.BytesIO(kept), has_header=False, separator=delimiter, quote_char='"', infer_schema=False, new_columns=names,
        encoding="utf8-lossy",
    )  # fmt: skip
    if any(sign in kept for sign in UNSEEN):
        read = read.with_columns(pl.all().str.strip_chars(SPACES))
    return (read.with_columns(lines) if read.height == len(lines) else None), odd


def _kept(block: bytes, found: Records, good: np.ndarray) -> Iterator[bytes]:
    """Runs of good records."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield block[found.starts[begin] : found.ends[end - 1]]


def _cells(record: bytes, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(record.decode("utf-8", "replace"), newline=""), delimiter=delimiter), [])
