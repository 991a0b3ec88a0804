"""Blocks of CSV cut into records with arrays, so that only what is wrong goes through the slower reader (pure)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from polars.exceptions import ComputeError

from .rules import LINE

QUOTE, NEWLINE, RETURN = 34, 10, 13
# Signs of no width, which polars does not take for spaces.
SPACES = " \t\r\n\u00a0\u202f\u200b\ufeff"
# By byte: what may be a space, or a part of one, at the edge of a cell.
_SPACE = np.array([(byte <= 32 and byte not in (NEWLINE, RETURN)) or byte >= 128 for byte in range(256)])


@dataclass
class Records:
    """The whole records of a block: first and last byte (exclusive), line of the block (from 0), and number of cells.

    ``feeds``: how many lines they take. ``loose``: a cell may have spaces around it, or be empty between quotation marks.
    """

    starts: np.ndarray
    ends: np.ndarray
    lines: np.ndarray
    widths: np.ndarray
    feeds: int
    loose: bool


def count_lines(block: bytes) -> int:
    """Line feeds; several times as fast as ``bytes.count``."""
    return int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == NEWLINE))


def cut(block: bytes, delimiter: str, last: bool) -> tuple[Records, int] | None:
    """The records of a block, and where the first begins that goes on in the next one (its length, if none does).

    None where quotation marks do not stand as RFC 4180 has them: then only the slower reader knows what is meant.
    """
    signs = np.frombuffer(block, dtype=np.uint8)
    wanted = (signs == ord(delimiter)) | (signs == NEWLINE)
    if b'"' not in block:
        places = np.flatnonzero(wanted)
        return _records(block, places, signs[places] == NEWLINE, None, _spaced(signs, places, delimiter), last)
    wanted |= signs == QUOTE
    places = np.flatnonzero(wanted)
    kinds = signs[places]
    feeds, quotes = kinds == NEWLINE, kinds == QUOTE
    if not _formal(signs, places[quotes], ord(delimiter)):
        return None
    inside = np.bitwise_xor.accumulate(quotes)
    edges = quotes | ~inside
    loose = (
        bool((quotes[1:] & quotes[:-1] & (np.diff(places) == 1)).any())
        or bool((inside & (feeds | (kinds == ord("\t")))).any())
        or _spaced(signs, places[edges], delimiter)
    )
    outside = ~(quotes | inside)
    return _records(block, places[outside], feeds[outside], np.cumsum(feeds)[outside], loose, last)


def _formal(signs: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Each quotation mark opens or closes a cell, or stands doubled within one."""
    opens, closes = quotes[::2], quotes[1::2]
    before = signs[np.maximum(opens - 1, 0)]
    after = signs[np.minimum(closes + 1, len(signs) - 1)]
    if opens[0] == 0:
        before[0] = NEWLINE
    if len(closes) and closes[-1] == len(signs) - 1:
        after[-1] = NEWLINE
    opening = (before == delimiter) | (before == NEWLINE) | (before == QUOTE)
    closing = (after == delimiter) | (after == NEWLINE) | (after == RETURN) | (after == QUOTE)
    return bool(opening.all() and closing.all())


def _spaced(signs: np.ndarray, edges: np.ndarray, delimiter: str) -> bool:
    """Whether a byte beside one of the signs between cells may be a space."""
    space = _SPACE.copy()
    space[ord(delimiter)] = False
    returns = np.flatnonzero(signs == RETURN)
    if len(returns):
        if returns[-1] + 1 == len(signs) or (signs[returns + 1] != NEWLINE).any():
            return True
        if space[signs[np.maximum(returns - 1, 0)]].any():
            return True
    before, after = signs[np.maximum(edges - 1, 0)], signs[np.minimum(edges + 1, len(signs) - 1)]
    first = bool(len(signs)) and bool(space[signs[0]])
    return first or bool(space[before].any()) or bool(space[after].any())


def _records(
    block: bytes, places: np.ndarray, feeds: np.ndarray, lines: np.ndarray | None, loose: bool, last: bool
) -> tuple[Records, int]:
    """Records from the signs between cells: where they stand, which are line feeds, and how many feeds there are by then."""
    at = np.flatnonzero(feeds)
    ends = places[at] + 1
    widths = np.diff(at, prepend=-1)
    upto = np.arange(1, len(at) + 1) if lines is None else lines[at]
    if last and (not len(ends) or ends[-1] != len(block)):
        ends = np.append(ends, len(block))
        widths = np.append(widths, len(places) - (at[-1] + 1 if len(at) else 0) + 1)
        upto = np.append(upto, upto[-1] if len(upto) else 0)
    if not len(ends):
        return Records(ends, ends, ends, ends, 0, loose), 0
    starts = np.concatenate(([0], ends[:-1]))
    first = np.concatenate(([0], upto[:-1]))
    return Records(starts, ends, first, widths, int(upto[-1]), loose), int(ends[-1])


def frame(
    block: bytes, found: Records, names: Sequence[str], delimiter: str, first_line: int
) -> tuple[pl.DataFrame | None, list[tuple[int, list[str]]]]:
    """The records of the right width as a frame of the line and clean texts, and the others as (line, cells).

    The frame is None where polars reads something else than the signs tell.
    """
    width = len(names)
    good = found.widths == width
    good &= found.ends - found.starts > width  # a line of delimiters alone is blank
    odd = [
        (first_line + int(found.lines[place]), _cells(block[found.starts[place] : found.ends[place]], delimiter))
        for place in np.flatnonzero(~good)
    ]
    kept = block if good.all() else b"".join(_kept(block, found, good))
    lines = pl.Series(LINE, found.lines[good] + first_line, dtype=pl.Int64)
    if not len(lines):
        return pl.DataFrame({LINE: lines, **{name: pl.Series(name, [], dtype=pl.String) for name in names}}), odd
    read = _read(kept, names, delimiter)
    if read is None or read.height != len(lines):
        return None, odd
    read.insert_column(0, lines)
    return clean(read, names) if found.loose else read, odd


def _read(block: bytes, names: Sequence[str], delimiter: str) -> pl.DataFrame | None:
    given = {"has_header": False, "separator": delimiter, "infer_schema": False, "new_columns": list(names)}
    quote = '"' if b'"' in block else None
    for encoding in ("utf8", "utf8-lossy"):  # the first is faster, the other takes what is no UTF-8
        try:
            return pl.read_csv(io.BytesIO(block), quote_char=quote, encoding=encoding, **given)
        except ComputeError:
            continue
    return None


def clean(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Cells without the spaces around them, which are of any width to a reader; null where nothing is left."""
    texts = pl.col(names)
    frame = frame.with_columns(texts.str.strip_chars(SPACES).str.strip_chars())
    return frame.with_columns(pl.when(texts != "").then(texts).name.keep())


def _kept(block: bytes, found: Records, good: np.ndarray) -> Iterator[bytes]:
    """Runs of good records."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield block[found.starts[begin] : found.ends[end - 1]]


def _cells(record: bytes, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(record.decode("utf-8", "replace"), newline=""), delimiter=delimiter), [])
