"""Answers: a document with its validators, compressed when asked for, or "not modified" without making it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from flask import Response, request

from . import stream
from .formats import Format, accepts_gzip


def etag(form: Format, content: str, compressed: bool) -> str:
    """Strong: it names the very bytes, so form and compression are in it."""
    digest = sha256(f"{stream.VERSION}\n{form.media_type}\n{content}".encode()).hexdigest()[:40]
    return f"{digest}-gz" if compressed else digest


def answer(
    form: Format,
    content: str,
    modified: datetime | None,
    batches: Callable[[], Iterator[bytes]],
    close: Callable[[], None] = lambda: None,
) -> Response:
    """The response for a document: ``content`` identifies its triples, ``batches`` starts reading them.

    ``close`` is called when the answer is sent, or is not needed.
    """
    compressed = accepts_gzip(request.headers.get("Accept-Encoding"))
    response = Response(content_type=form.media_type)
    response.vary.update(["Accept", "Accept-Encoding"])
    response.set_etag(etag(form, content, compressed))
    if modified:
        response.last_modified = modified.replace(tzinfo=UTC, microsecond=0)
    response.make_conditional(request.environ)
    if response.status_code == 304 or request.method == "HEAD":
        close()
        if compressed and response.status_code != 304:
            response.headers["Content-Encoding"] = "gzip"
        return response
    chunks = stream.write(form, batches())
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
        chunks = stream.gzip(chunks)
    response.response = _closing(chunks, close)
    response.call_on_close(close)
    response.headers.pop("Content-Length", None)
    return response


def _closing(chunks: Iterator[bytes], close: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from chunks
    finally:
        close()
