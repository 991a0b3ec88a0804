"""Answers: a document with its validators, compressed when asked for, or "not modified" without making it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from werkzeug.http import http_date
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper, wrap_file

from . import cache, formats, stream

SUFFIX = {"": "", "gzip": ".gz", "zstd": ".zst"}
#: A catalogue is compressed as it is written; one dataset is stored compressed already (``documents.py``).
CATALOGUE_CODINGS = ("zstd", "gzip")
DATASET_CODINGS = ("gzip",)
#: A request with one of these asks for more than the plain document.
CONDITIONS = (
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_IF_RANGE",
    "HTTP_RANGE",
)


def etag(media_type: str, content: str, coding: str) -> str:
    """Strong: it names the very bytes, so form and compression are in it."""
    digest = sha256(f"{stream.VERSION}\n{media_type}\n{content}".encode()).hexdigest()[:40]
    return digest + SUFFIX[coding].replace(".", "-")


def document(
    environ: Any,
    media_type: str,
    content: str,
    modified: datetime | None,
    make: Callable[[bool], bytes],
    compress: bool = True,
) -> Response:
    """A document small enough to be made at once: ``make(compressed)`` gives its bytes, ``content`` identifies them."""
    coding = formats.coding(environ.get("HTTP_ACCEPT_ENCODING"), DATASET_CODINGS if compress else ())
    response = _described(media_type, content, modified, coding)
    response.make_conditional(environ)
    if response.status_code != 304:
        response.set_data(make(bool(coding)))
        _coded(response, coding)
        response.make_conditional(environ, accept_ranges=True, complete_length=response.content_length)
    return response


def plain(
    environ: Any, media_type: str, content: str, modified: datetime, make: Callable[[bool], bytes]
) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body that ``document`` gives for a GET without ``CONDITIONS``, in a fifth of its time."""
    coding = formats.coding(environ.get("HTTP_ACCEPT_ENCODING"), DATASET_CODINGS)
    body = make(bool(coding))
    headers = [
        ("Content-Type", media_type),
        ("Vary", "Accept, Accept-Encoding"),
        ("ETag", f'"{etag(media_type, content, coding)}"'),
        ("Last-Modified", http_date(modified)),
        ("Date", http_date()),
        ("Content-Length", str(len(body))),
        ("Accept-Ranges", "bytes"),
    ]
    return ([*headers, ("Content-Encoding", coding)] if coding else headers), body


def ready(
    environ: Any, kind: str, media_type: str, content: str, modified: datetime | None, compress: bool = True
) -> Response | None:
    """The answer to who asks for a catalogue that is there as a file, has it already, or asks for the head only; else None."""
    coding = formats.coding(environ.get("HTTP_ACCEPT_ENCODING"), CATALOGUE_CODINGS if compress else ())
    response = _described(media_type, content, modified, coding)
    response.make_conditional(environ)
    if response.status_code == 304:
        return response
    _coded(response, coding)
    file = cache.find(kind + SUFFIX[coding], response.get_etag()[0] or "")
    if file is None:
        return response if environ["REQUEST_METHOD"] == "HEAD" else None
    size = os.fstat(file.fileno()).st_size
    response.content_length = size
    # The server's own wrapper sends files without copying, but cannot start in the middle.
    response.response = FileWrapper(file) if "HTTP_RANGE" in environ else wrap_file(environ, file)
    response.direct_passthrough = True
    return response.make_conditional(environ, accept_ranges=True, complete_length=size)


def streamed(
    environ: Any,
    kind: str,
    media_type: str,
    content: str,
    modified: datetime | None,
    chunks: Callable[[], Iterator[bytes]],
    close: Callable[[], None] = lambda: None,
    compress: bool = True,
) -> Response:
    """The answer while it is made. With a ``kind`` it is kept as the file that serves the next reader.

    ``close`` is called when the answer is sent, or is not needed.
    """
    coding = formats.coding(environ.get("HTTP_ACCEPT_ENCODING"), CATALOGUE_CODINGS if compress else ())
    response = _described(media_type, content, modified, coding)
    response.make_conditional(environ)
    if response.status_code == 304 or environ["REQUEST_METHOD"] == "HEAD":
        close()
        if response.status_code != 304:
            _coded(response, coding)
        return response
    _coded(response, coding)
    coded = stream.compress(chunks(), coding)
    if kind:
        coded = cache.keep(kind + SUFFIX[coding], response.get_etag()[0] or "", coded)
    response.response = _closing(coded, close)
    response.call_on_close(close)
    response.headers.pop("Content-Length", None)
    return response


def _described(media_type: str, content: str, modified: datetime | None, coding: str) -> Response:
    response = Response(content_type=media_type)
    response.vary.update(["Accept", "Accept-Encoding"])
    response.set_etag(etag(media_type, content, coding))
    if modified:
        response.last_modified = modified.replace(tzinfo=UTC, microsecond=0)
    return response


def _coded(response: Response, coding: str) -> None:
    if coding:
        response.headers["Content-Encoding"] = coding


def _closing(chunks: Iterator[bytes], close: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from chunks
    finally:
        close()
