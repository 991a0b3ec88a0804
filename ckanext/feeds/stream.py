"""Writers of a feed: bodies in, bytes of one document out, in constant memory. Pure.

A batch is some whole fragments (see ``fragment.py``), a body is a batch in one RDF form. A subject may be described in several batches; every RDF form
allows that. ``VERSION`` goes into the entity tag: raise it when the bytes for the same triples change.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
import zstandard

from .formats import JSON_LD, N3, N_TRIPLES, RDF_XML, TURTLE, Format
from .ranges import PREFIXES

VERSION = f"3-{ox.__version__}"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_PROBE = b"<urn:x:s> <http://purl.org/dc/terms/title> <urn:x:o> .\n"


@dataclass(frozen=True)
class Syntax:
    """How bodies are joined to one document: between ``head`` and ``tail``, with ``separator`` between any two."""

    head: bytes
    tail: bytes
    separator: bytes
    body: Callable[[bytes], bytes]


def body(form: Format, ntriples: bytes) -> bytes:
    """The triples in the given form, as a part of a document; empty when there are none."""
    return SYNTAXES[form.media_type].body(ntriples) if ntriples else b""


def join(form: Format, bodies: Iterable[bytes]) -> Iterator[bytes]:
    """The document of all bodies, as chunks."""
    syntax, separator = SYNTAXES[form.media_type], b""
    if syntax.head:
        yield syntax.head
    for part in filter(None, bodies):
        yield separator + part
        separator = syntax.separator
    if syntax.tail:
        yield syntax.tail


def write(form: Format, batches: Iterable[bytes]) -> Iterator[bytes]:
    """The document of all batches of N-Triples in the given form, as chunks."""
    return join(form, (body(form, batch) for batch in batches))


def _turtle(batch: bytes) -> bytes:
    """Without the prefix lines that the serialiser writes: the document's head has them."""
    return _serialise(batch, ox.RdfFormat.TURTLE)[_TURTLE_HEAD:]


def _rdf_xml(batch: bytes) -> bytes:
    return _serialise(batch, ox.RdfFormat.RDF_XML)[_XML_HEAD:_XML_TAIL]


def _json_ld(batch: bytes) -> bytes:
    """Nodes with prefixed names (JSON-LD 1.1), one node a line."""
    return ",\n".join(json.dumps(node, ensure_ascii=False) for node in _nodes(batch)).encode()


def _nodes(batch: bytes) -> Iterator[dict[str, Any]]:
    """One node for each run of triples with one subject; a single value stands without a list."""
    name, node = "", {}
    for triple in ox.parse(batch, format=ox.RdfFormat.N_TRIPLES):
        subject = _identifier(triple.subject)
        if subject != name:
            if node:
                yield _node(name, node)
            name, node = subject, {}
        predicate = triple.predicate.value
        if predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
            node.setdefault("@type", []).append(_compact(triple.object.value))
        else:
            node.setdefault(_compact(predicate), []).append(_value(triple.object))
    if node:
        yield _node(name, node)


def _node(name: str, properties: dict[str, list[Any]]) -> dict[str, Any]:
    return {"@id": name} | {key: v[0] if len(v) == 1 else v for key, v in properties.items()}


def _identifier(term: Any) -> str:
    return term.value if isinstance(term, ox.NamedNode) else f"_:{term.value}"


def _value(term: Any) -> Any:
    if not isinstance(term, ox.Literal):
        return {"@id": _identifier(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _XSD_STRING:
        return term.value
    return {"@value": term.value, "@type": _compact(term.datatype.value)}


def _compact(iri: str) -> str:
    """``dct:title`` for a name in one of our vocabularies. Only plain local names, so that it always expands back."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = _BY_NAMESPACE.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix and iri[cut:] else iri


def _serialise(batch: bytes, form: ox.RdfFormat) -> bytes:
    triples = ox.parse(batch, format=ox.RdfFormat.N_TRIPLES)
    return ox.serialize(triples, format=form, prefixes=PREFIXES) or b""


def compress(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The chunks as one gzip member or zstd frame (the same bytes for the same input), the first one at once."""
    if not coding:
        yield from chunks
        return
    packer: Any = zlib.compressobj(4, zlib.DEFLATED, 31)
    flush = zlib.Z_SYNC_FLUSH
    if coding == "zstd":
        packer, flush = zstandard.ZstdCompressor(level=3).compressobj(), zstandard.COMPRESSOBJ_FLUSH_BLOCK
    started = False
    for chunk in chunks:
        data = packer.compress(chunk)
        if not started:
            data += packer.flush(flush)
            started = True
        if data:
            yield data
    yield packer.flush()


_BY_NAMESPACE = {iri: name for name, iri in PREFIXES.items()}
# How much of each serialised batch is the serialiser's own head and tail. The order of the prefixes in it varies,
# its length does not.
_TURTLE_HEAD = _serialise(_PROBE, ox.RdfFormat.TURTLE).index(b"<urn:x:s>")
_XML_HEAD = _serialise(_PROBE, ox.RdfFormat.RDF_XML).index(b"\t<rdf:Description")
_XML_TAIL = -len(b"</rdf:RDF>")
_names = sorted(PREFIXES.items())
_TURTLE = Syntax("".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _names).encode() + b"\n", b"", b"", _turtle)
_XML_NAMES = "".join(f'\n\txmlns:{name}="{iri}"' for name, iri in _names)
SYNTAXES: dict[str, Syntax] = {
    N_TRIPLES.media_type: Syntax(b"", b"", b"", lambda batch: batch),
    TURTLE.media_type: _TURTLE,
    N3.media_type: _TURTLE,
    RDF_XML.media_type: Syntax(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{_XML_NAMES}>\n'.encode(), b"</rdf:RDF>\n", b"", _rdf_xml
    ),
    JSON_LD.media_type: Syntax(
        b'{"@context": ' + json.dumps(PREFIXES, sort_keys=True).encode() + b',\n"@graph": [\n',
        b"\n]}\n",
        b",\n",
        _json_ld,
    ),
}
