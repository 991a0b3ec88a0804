"""DCAT as RDF (Turtle, RDF/XML, JSON-LD, N-Triples), read by pyoxigraph and framed to nested objects; pure.

The frame of a dataset is what ``dcat`` reads: each property a value or a list, distributions, agents and
contacts nested. Blank nodes get no names, so that an unchanged feed frames to the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pyoxigraph as ox

from ..record import FeedError, Hints, Page, Record
from . import dcat
from .decode import Document
from .terms import iri

_DCAT, _RDF = "http://www.w3.org/ns/dcat#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_HYDRA = "http://www.w3.org/ns/hydra/core#"
_TYPE = ox.NamedNode(_RDF + "type")
_ROOTS = {_DCAT + "Dataset", _DCAT + "DatasetSeries"}
_DEEPEST = 4
_MOST_VALUES = 1_000
# Links to other datasets and back to the catalogue are references, never part of the dataset.
_REFERENCES = re.compile(
    r"(isPartOf|hasPart|relation|isReferencedBy|isVersionOf|source|inSeries|record|inCatalog)$", re.I
)
_LABELLED = re.compile(r'(<[\w:.-]+\s(?:[^<>]*\s)?rdf:resource="[^"<>]*"[^<>/]*)>[^<>]*</[\w:.-]+>')
_LABELLED_BYTES = re.compile(_LABELLED.pattern.encode())
_PREFERRED = ("en", "en-gb", "en-us", "", "cy")
_PART = 200
_BROKEN = "The feed is no valid RDF, or is cut short ({})."


def accepts(document: Document) -> bool:
    """XML or text that is RDF by its looks or by its stated type, or JSON-LD whose terms are not nested."""
    if document.kind == "json":
        return bool(re.search(r'"@(context|graph|id|type)"', document.text[:5_000])) and "dcat" in document.text
    stated = document.hints.content_type.split(";")[0]
    if document.kind == "xml":
        return bool(re.search(r"<([\w-]+:)?RDF\b", document.text[:20_000]))
    looks = r"^\s*(@prefix|@base|prefix\s|base\s|<[^>\s]+>\s|_:|\[)"
    return "turtle" in stated or "n-triples" in stated or bool(re.search(looks, document.text[:20_000], re.I | re.M))


class MemoryGraph(dict[Any, dict[str, list[Any]]]):
    """A graph by subject."""

    def subjects(self, predicate: str, objects: set[str]) -> Iterator[Any]:
        """The nodes that have one of these addresses under a predicate."""
        return (node for node, terms in self.items() if objects & {_name(one) for one in terms.get(predicate, [])})

    def having(self, predicate: str) -> Iterator[Any]:
        """All values of a predicate."""
        return (one for terms in self.values() for one in terms.get(predicate, []))


def page(document: Document) -> Page:
    """The graph's datasets, framed, in the order of their identity; hydra paging leads on.

    :raises FeedError: the document is no RDF, or is cut short, or declares XML entities.
    """
    graph = _graph(document)
    items = [_frame(root, graph, 0, frozenset()) for root in graph.subjects(_RDF + "type", _ROOTS)]
    return Page(items, next_url=_next(graph), repeats=dcat.repeats(items))


def pages(graph: Any) -> Iterator[Page]:
    """The datasets of a graph that is too large for one page (``subjects``, ``having``, and ``get`` as a dict)."""
    framed = (_frame(root, graph, 0, frozenset()) for root in graph.subjects(_RDF + "type", _ROOTS))
    while items := list(islice(framed, _PART)):
        yield Page(items, repeats=dcat.repeats(items))
    yield Page([], next_url=_next(graph))


def identity(item: Any) -> str:
    """dct:identifier, else the dataset's address."""
    return dcat.identity(item)


def read(item: Any) -> Record:
    """The record of a framed dataset."""
    return dcat.read(item)


def _graph(document: Document) -> MemoryGraph:
    try:
        return _collected(quads(document))
    except (SyntaxError, ValueError) as error:
        reason = str(error)[:300]
    # GeoNetwork writes a label inside elements that already have rdf:resource; the address is what counts.
    mended = _LABELLED.sub(r"\1/>", document.text)
    if document.kind == "xml" and mended != document.text:
        try:
            return _collected(quads(replace(document, text=mended)))
        except (SyntaxError, ValueError) as error:
            reason = str(error)[:300]
    raise FeedError(_BROKEN.format(reason))


def _collected(found: Iterator[Any]) -> MemoryGraph:
    graph = MemoryGraph()
    for quad in found:
        graph.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return graph


def quads(document: Document) -> Any:
    """The quads of a document. :raises FeedError: XML that is cut short or declares entities."""
    text = document.text
    if document.kind == "xml":
        _no_entities(text[:50_000])
        _closed(text[:50_000], text[-2_000:])
        # The text is decoded already, so what the declaration says of the encoding is no longer true.
        text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    elif document.kind == "json":
        text = json.dumps(_without_remote_contexts(document.value))
    return _parsed(text, document.kind, document.hints)


def file_quads(file: Any, kind: str, hints: Hints) -> Iterator[Any]:
    """The quads of a file of UTF-8, as they come. :raises FeedError: XML that declares entities."""
    head = file.read(50_000)
    if kind != "xml":
        yield from _parsed(_Joined(head, file), kind, hints)
        return
    _no_entities(head.decode("utf-8", "ignore"))
    joined = _Joined(re.sub(rb"^<\?xml[^>]*\?>", b"", head), file)
    yield from _parsed(_Mended(joined), kind, hints)
    # The parser takes the end of the file for the end of what is open.
    _closed(head.decode("utf-8", "ignore"), joined.tail.decode("utf-8", "ignore"))


def whole_or_refused(found: Iterator[Any]) -> Iterator[Any]:
    """The quads; a feed that breaks off is refused, since nothing in a graph tells what of it is whole."""
    try:
        yield from found
    except (SyntaxError, ValueError) as error:
        raise FeedError(_BROKEN.format(str(error)[:300])) from None


class _Joined:
    """The start of a file, and the rest of it; ``tail``: the last bytes read."""

    def __init__(self, start: bytes, file: Any):
        self._start, self._file, self.tail = start, file, b""

    def read(self, size: int = -1) -> bytes:
        piece = self._start or self._file.read(size)
        if self._start:
            piece, self._start = (piece, b"") if size < 0 else (piece[:size], piece[size:])
            piece += self._file.read() if size < 0 else b""
        self.tail = (self.tail + piece)[-2_000:]
        return piece


class _Mended:
    """RDF/XML line by line, without the labels that GeoNetwork writes (``_LABELLED``)."""

    def __init__(self, file: Any):
        self._file, self._ready, self._left = file, b"", b""

    def read(self, size: int = -1) -> bytes:
        while not self._ready:
            piece = self._file.read(65_536)
            lines, line_end, rest = (self._left + piece).rpartition(b"\n") if piece else (self._left, b"", b"")
            self._ready, self._left = _LABELLED_BYTES.sub(rb"\1/>", lines) + line_end, rest
            if not piece:
                break
        answer, self._ready = (self._ready, b"") if size < 0 else (self._ready[:size], self._ready[size:])
        return answer


def _closed(head: str, tail: str) -> None:
    root = re.search(r"<([a-zA-Z_][\w.:-]*)[\s/>]", head)
    if root and not re.search(rf"</{re.escape(root[1])}\s*>\s*(<!--[\s\S]*-->\s*)?$", tail):
        raise FeedError("The feed is cut short.")


def _no_entities(text: str) -> None:
    if re.search(r"<!ENTITY", text):
        raise FeedError("The feed declares XML entities, which are not read.")


def _parsed(source: Any, kind: str, hints: Hints) -> Iterator[Any]:
    formats = {"xml": ox.RdfFormat.RDF_XML, "json": ox.RdfFormat.JSON_LD}
    base = hints.url if re.match(r"https?://", hints.url) else None
    return ox.parse(input=source, format=formats.get(kind, ox.RdfFormat.TURTLE), base_iri=base, lenient=True)


def _without_remote_contexts(value: Any) -> Any:
    """Contexts are never fetched; a remote one is left out, which loses only its own terms."""
    if not isinstance(value, dict) or "@context" not in value:
        return value
    stated = value["@context"]
    local = [one for one in (stated if isinstance(stated, list) else [stated]) if isinstance(one, dict)]
    return {**value, "@context": local}


def _frame(node: Any, graph: Any, depth: int, above: frozenset[Any]) -> dict[str, Any]:
    framed: dict[str, Any] = {"@id": iri(node.value)} if isinstance(node, ox.NamedNode) else {}
    within = above | {node}
    for predicate, objects in graph.get(node, {}).items():
        if predicate == _RDF + "type":
            continue
        texts = [one for one in objects if isinstance(one, ox.Literal)]
        found, others = _literals(texts)
        for tongue, further in others.items():
            framed.setdefault("@other", {}).setdefault(tongue, {})[predicate] = further
        for one in objects[:_MOST_VALUES]:
            if isinstance(one, ox.Literal):
                continue
            nests = one in graph and one not in within and depth < _DEEPEST and not _REFERENCES.search(predicate)
            nested = _frame(one, graph, depth + 1, within) if nests else {"@id": _name(one)}
            if nested and nested != {"@id": ""}:
                found.append(nested)
        if found:
            ordered = sorted(found, key=lambda value: json.dumps(value, sort_keys=True, default=str))
            framed[predicate] = ordered if len(ordered) > 1 else ordered[0]
    return framed


def _literals(literals: list[Any]) -> tuple[list[Any], dict[str, list[str]]]:
    """Of texts in several languages those of the one that the portal's readers know best, and the others by language."""
    by_language: dict[str, list[str]] = {}
    for one in literals:
        by_language.setdefault((one.language or "").lower(), []).append(one.value)
    if not by_language:
        return [], {}
    chosen = next((tongue for tongue in _PREFERRED if tongue in by_language), sorted(by_language)[0])
    kept = list(by_language[chosen])
    if chosen and "" in by_language and chosen not in _PREFERRED[:3]:
        kept += by_language.pop("")
    others = {
        tongue or "und": sorted(texts)
        for tongue, texts in sorted(by_language.items())
        if tongue != chosen and not set(texts) <= set(kept)
    }
    return list(dict.fromkeys(kept)), others


def _name(node: Any) -> str:
    return iri(node.value) if isinstance(node, ox.NamedNode) else ""


def _next(graph: Any) -> str:
    for name in ("next", "nextPage"):
        for one in graph.having(_HYDRA + name):
            return str(getattr(one, "value", ""))
    return ""
