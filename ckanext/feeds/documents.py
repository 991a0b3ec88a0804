"""The forms of one dataset that are stored: made once on write, as gzip members that any number of answers join. Pure.

A gzip file may consist of several members (RFC 1952, 2.2), so who accepts gzip gets the stored bytes themselves.
"""

from __future__ import annotations

import hashlib
import zlib

from . import source, stream
from .formats import JSON_LD, N3, RDF_XML, TURTLE, Format
from .source import Source

#: The dictionaries that the triples, and all forms that are not stored, are made of (``source.py``).
SOURCE = "source"
# N-Triples are the fragment itself.
_STORED = {
    TURTLE.media_type: TURTLE.ext,
    N3.media_type: TURTLE.ext,
    RDF_XML.media_type: "rdf",
    JSON_LD.media_type: "jsonld",
}
_LEVEL = 6


def stored_form(form: Format) -> str | None:
    """Under which name a form is stored; None for N-Triples, which are the fragment."""
    return _STORED.get(form.media_type)


def make(ntriples: bytes, made_of: Source) -> dict[str, bytes]:
    """Everything that is stored of one dataset, by name of the form."""
    made = {form.ext: pack(stream.body(form, ntriples)) for form in (TURTLE, RDF_XML, JSON_LD)}
    return made | {SOURCE: pack(source.to_bytes(made_of))}


def pack(data: bytes) -> bytes:
    """One gzip member, without time and name: the same bytes for the same data."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def unpack(member: bytes) -> bytes:
    return zlib.decompress(member, 31)


def coded(body: bytes, compressed: bool) -> bytes:
    """A document that was made at once, as it is sent."""
    return pack(body) if compressed else body


def fingerprint(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def whole(form: Format, stored: bytes, compressed: bool) -> bytes:
    """The document of one dataset, from its stored form (N-Triples: the fragment), compressed with gzip or not."""
    name, syntax = stored_form(form), stream.SYNTAXES[form.media_type]
    if not compressed:
        return syntax.head + (unpack(stored) if name else stored) + syntax.tail
    parts = [_packed(syntax.head), stored if name else pack(stored), _packed(syntax.tail)]
    return b"".join(parts)


_members: dict[bytes, bytes] = {}


def _packed(data: bytes) -> bytes:
    """The head or tail of a form as a member of its own; there are a handful of them."""
    if not data:
        return b""
    if data not in _members:
        _members[data] = pack(data)
    return _members[data]
