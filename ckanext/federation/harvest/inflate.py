"""Decompresses a stream into a file within a cap, whatever its headers say; pure."""

from __future__ import annotations

import tempfile
import zlib
from typing import IO

GZIP = b"\x1f\x8b"
_AUTO, _RAW = 47, -15
IN_MEMORY = 1024 * 1024
_PIECE = 1024 * 1024


class TooLarge(Exception):
    """Decompressed, the stream is larger than allowed."""


class Broken(Exception):
    """The compressed stream is cut short or damaged."""


def spool() -> IO[bytes]:
    """A file without a name, so that it is gone when its process is; its first bytes stay in memory."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY, prefix="federation-")  # type: ignore[return-value]


class Inflater:
    """Takes chunks as they come. Gzip is known by its first bytes: a header that says gzip of plain text is not
    believed, and a file that is gzip without saying so is decompressed."""

    def __init__(self, encoding: str, limit: int):
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._machine: zlib._Decompress | None = None
        self._started = False
        self._sink = spool()
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """:raises TooLarge: over the cap; :raises Broken: damaged."""
        if not self._started:
            self._start(chunk)
        if self._machine is None:
            self._keep(chunk)
            return
        try:
            while chunk:
                self._keep(self._machine.decompress(chunk, _PIECE))
                chunk = self._machine.unconsumed_tail
                if self._machine.eof:
                    chunk = self._next_member()
        except zlib.error:
            raise Broken("The compressed answer is damaged.") from None

    def finish(self) -> IO[bytes]:
        """The whole body, at its start. :raises Broken: the compressed stream did not end."""
        if self._machine is not None and not self._machine.eof:
            raise Broken("The compressed answer was cut short.")
        self._sink.seek(0)
        if self._machine is not None and self._sink.read(2) == GZIP:
            self._sink.seek(0)
            inner = Inflater("", self._limit)
            while piece := self._sink.read(_PIECE):
                inner.feed(piece)
            return inner.finish()
        self._sink.seek(0)
        return self._sink

    def so_far(self) -> IO[bytes]:
        """What has come until now, at its start."""
        self._sink.seek(0)
        return self._sink

    def _start(self, chunk: bytes) -> None:
        self._started = True
        if chunk.startswith(GZIP):
            self._machine = zlib.decompressobj(_AUTO)
        elif self._encoding == "deflate":
            # "deflate" is sent with and without zlib's header, and by some servers not at all.
            for wbits in (_AUTO, _RAW):
                if _fits(wbits, chunk):
                    self._machine = zlib.decompressobj(wbits)
                    return

    def _next_member(self) -> bytes:
        rest = self._machine.unused_data if self._machine else b""
        if rest.startswith(GZIP):
            self._machine = zlib.decompressobj(_AUTO)
            return rest
        return b""

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise TooLarge(f"Decompressed, the feed is larger than {self._limit:,} bytes.")
        self._sink.write(part)


def _fits(wbits: int, chunk: bytes) -> bool:
    """Whether a stream may begin so. Plain text that begins with a brace passes for raw deflate, but not for long."""
    trial = zlib.decompressobj(wbits)
    try:
        trial.decompress(chunk, _PIECE)
    except zlib.error:
        return False
    return not (trial.eof and trial.unused_data)
