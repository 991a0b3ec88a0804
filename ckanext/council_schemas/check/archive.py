"""What a workbook unpacks to, before its reader unpacks it (pure)."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from .reading import Stopped
from .sniff import Source
from .types import Limits

ROWS = 1_048_576  # of a sheet
MOST_CELLS = 60_000_000  # places of a sheet, empty ones too: the reader takes about 30 bytes for each
_WIDE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,7})[0-9]""")
_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,7}([0-9]{1,9})["']""")
MOST_DEFLATED = 1032  # times that deflate makes a text smaller, at most


def refuse_bomb(source: Source, limits: Limits) -> None:
    """Raises Stopped for a workbook (a ZIP archive) that unpacks to too much: by what it says, then by unpacking it."""
    if source.format not in ("xlsx", "ods"):
        return
    with source.path.open("rb") as handle, zipfile.ZipFile(handle) as archive:
        size = sum(each.file_size for each in archive.infolist())
        if size <= limits.decompressed and source.bytes * MOST_DEFLATED > limits.decompressed:
            size = sum(_unpacked(handle, each, limits.decompressed) for each in archive.infolist())
    if size > limits.decompressed:
        raise Stopped(f"The workbook unpacks to more than the {limits.decompressed:,} bytes that are read.")
    if source.format == "xlsx":
        _refuse_sparse(source)


def _refuse_sparse(source: Source) -> None:
    """Raises Stopped for a sheet whose cells lie so far apart that its reader, which keeps a place for each, would die."""
    with zipfile.ZipFile(source.path) as archive:
        for entry in archive.infolist():
            try:
                wide = max(_numbers(archive, entry, _WIDE, _column), default=26)
                # A sheet has at most ROWS rows: only a wide one needs its rows looked at.
                tall = max(_numbers(archive, entry, _ROW, int), default=1) if wide * ROWS > MOST_CELLS else 1
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
                return  # the workbook's reader says that it is damaged, or protected
            if wide * tall > MOST_CELLS:
                raise Stopped(
                    f"The cells of a sheet lie {wide:,} columns and {tall:,} rows apart: too far. "
                    "Delete what stands alone far to the right or below, and save it again."
                )


def _numbers(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, pattern: re.Pattern[bytes], read: Callable[[bytes], int]
) -> Iterator[int]:
    rest = b""
    with archive.open(entry) as handle:
        while piece := handle.read(1 << 20):
            text = rest + piece
            yield from map(read, set(pattern.findall(text)))
            rest = text[-40:]  # a reference may be cut in two


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _unpacked(handle: BinaryIO, entry: zipfile.ZipInfo, limit: int) -> int:
    """Bytes that an entry really unpacks to, as far as the limit: what it says of itself may be a lie."""
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return entry.file_size
    handle.seek(entry.header_offset + 26)  # where the local header has the lengths of the name and of what is extra
    name, extra = (int.from_bytes(handle.read(2), "little") for _ in range(2))
    handle.seek(entry.header_offset + 30 + name + extra)
    size, reader, left, rest = 0, zlib.decompressobj(-15), entry.compress_size, b""
    while size <= limit and (left or rest) and not reader.eof:
        piece = rest or handle.read(min(left, 1 << 16))
        left -= 0 if rest else len(piece)
        if not piece:
            break
        try:
            size += len(reader.decompress(piece, 1 << 20))
        except zlib.error:
            break  # the workbook's reader says that it is damaged
        rest = reader.unconsumed_tail
    return size
