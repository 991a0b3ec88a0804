"""Decompresses a stream within a cap, whatever its headers say; pure."""

from __future__ import annotations

import zlib

GZIP = b"\x1f\x8b"
_AUTO, _RAW = 47, -15


class TooLarge(Exception):
    """Decompressed, the stream is larger than allowed."""


class Broken(Exception):
    """The compressed stream is cut short or damaged."""


class Inflater:
    """Takes chunks as they come. Gzip is known by its first bytes: a header that says gzip of plain text is not
    believed, and a file that is gzip without saying so is decompressed."""

    def __init__(self, encoding: str, limit: int):
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._machine: zlib._Decompress | None = None
        self._started = False
        self._parts: list[bytes] = []
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
                self._keep(self._machine.decompress(chunk, 1024 * 1024))
                chunk = self._machine.unconsumed_tail
                if self._machine.eof:
                    chunk = self._next_member()
        except zlib.error:
            raise Broken("The compressed answer is damaged.") from None

    def finish(self) -> bytes:
        """The whole body. :raises Broken: the compressed stream did not end."""
        if self._machine is not None and not self._machine.eof:
            raise Broken("The compressed answer was cut short.")
        body = b"".join(self._parts)
        if self._machine is not None and body.startswith(GZIP):
            inner = Inflater("", self._limit)
            inner.feed(body)
            return inner.finish()
        return body

    def _start(self, chunk: bytes) -> None:
        self._started = True
        if chunk.startswith(GZIP):
            self._machine = zlib.decompressobj(_AUTO)
        elif self._encoding == "deflate":
            # "deflate" is sent with and without zlib's header, and by some servers not at all.
            for wbits in (_AUTO, _RAW):
                try:
                    zlib.decompressobj(wbits).decompress(chunk, 64)
                except zlib.error:
                    continue
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
        self._parts.append(part)
