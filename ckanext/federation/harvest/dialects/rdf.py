"""DCAT as RDF (Turtle, RDF/XML, JSON-LD, N-Triples), read by pyoxigraph and framed to nested objects; pure.

The frame of a dataset is what ``dcat`` reads: each property a value or a list, distributions, agents and
contacts nested. Blank nodes get no names, so that an unchanged feed frames to the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from ..record import FeedError, Page, Record
from . import dcat
from .decode import Document

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
_PREFERRED = ("en", "en-gb", "en-us", "", "cy")
Graph = dict[Any, dict[str, list[Any]]]


def accepts(document: Document) -> bool:
    """XML or text that is RDF by its looks or by its stated type, or JSON-LD whose terms are not nested."""
    if document.kind == "json":
        return bool(re.search(r'"@(context|graph|id|type)"', document.text[:5_000])) and "dcat" in document.text
    stated = document.hints.content_type.split(";")[0]
    if document.kind == "xml":
        return bool(re.search(r"<([\w-]+:)?RDF\b", document.text[:20_000]))
    looks = r"^\s*(@prefix|@base|prefix\s|base\s|<[^>\s]+>\s|_:|\[)"
    return "turtle" in stated or "n-triples" in stated or bool(re.search(looks, document.text[:20_000], re.I | re.M))


def page(document: Document) -> Page:
    """The graph's datasets, framed, in the order of their identity; hydra paging leads on.

    :raises FeedError: the document is no RDF, or is cut short, or declares XML entities.
    """
    graph = _graph(document)
    roots = [node for node, terms in graph.items() if _ROOTS & {_name(kind) for kind in terms.get(_RDF + "type", [])}]
    items = [_frame(root, graph, 0, frozenset()) for root in roots]
    return Page(items, next_url=_next(graph), repeats=dcat.repeats(items))


def identity(item: Any) -> str:
    """dct:identifier, else the dataset's address."""
    return dcat.identity(item)


def read(item: Any) -> Record:
    """The record of a framed dataset."""
    return dcat.read(item)


def _graph(document: Document) -> Graph:
    try:
        return _collected(_quads(document, document.text))
    except (SyntaxError, ValueError) as error:
        reason = str(error)[:300]
    # GeoNetwork writes a label inside elements that already have rdf:resource; the address is what counts.
    mended = _LABELLED.sub(r"\1/>", document.text)
    if document.kind == "xml" and mended != document.text:
        try:
            return _collected(_quads(document, mended))
        except (SyntaxError, ValueError) as error:
            reason = str(error)[:300]
    raise FeedError(f"The feed is no valid RDF, or is cut short ({reason}).")


def _collected(quads: Iterator[Any]) -> Graph:
    graph: Graph = {}
    for quad in quads:
        graph.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return graph


def _quads(document: Document, text: str) -> Any:
    base = document.hints.url or None
    if document.kind == "xml":
        if re.search(r"<!ENTITY", text[:50_000]):
            raise FeedError("The feed declares XML entities, which are not read.")
        root = re.search(r"<([a-zA-Z_][\w.:-]*)[\s/>]", text)
        if root and not re.search(rf"</{re.escape(root[1])}\s*>\s*(<!--[\s\S]*-->\s*)?$", text[-2_000:]):
            raise FeedError("The feed is cut short.")
        # The text is decoded already, so what the declaration says of the encoding is no longer true.
        text = re.sub(r"^<\?xml[^>]*\?>", "", text)
        syntax = ox.RdfFormat.RDF_XML
    elif document.kind == "json":
        syntax = ox.RdfFormat.JSON_LD
        text = json.dumps(_without_remote_contexts(document.value))
    else:
        syntax = ox.RdfFormat.TURTLE
    return ox.parse(
        input=text, format=syntax, base_iri=base if base and re.match(r"https?://", base) else None, lenient=True
    )


def _without_remote_contexts(value: Any) -> Any:
    """Contexts are never fetched; a remote one is left out, which loses only its own terms."""
    if not isinstance(value, dict) or "@context" not in value:
        return value
    stated = value["@context"]
    local = [one for one in (stated if isinstance(stated, list) else [stated]) if isinstance(one, dict)]
    return {**value, "@context": local}


def _frame(node: Any, graph: Graph, depth: int, above: frozenset[Any]) -> dict[str, Any]:
    framed: dict[str, Any] = {"@id": node.value} if isinstance(node, ox.NamedNode) else {}
    within = above | {node}
    for predicate, objects in graph.get(node, {}).items():
        if predicate == _RDF + "type":
            continue
        texts = [one for one in objects if isinstance(one, ox.Literal)]
        found = _literals(texts)
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


def _literals(literals: list[Any]) -> list[Any]:
    """Of texts in several languages those of the one that the portal's readers know best."""
    by_language: dict[str, list[str]] = {}
    for one in literals:
        by_language.setdefault((one.language or "").lower(), []).append(one.value)
    if not by_language:
        return []
    chosen = next((tongue for tongue in _PREFERRED if tongue in by_language), sorted(by_language)[0])
    kept = list(by_language[chosen])
    if chosen and "" in by_language and chosen not in _PREFERRED[:3]:
        kept += by_language[""]
    return list(dict.fromkeys(kept))


def _name(node: Any) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""


def _next(graph: Graph) -> str:
    for terms in graph.values():
        for name in ("next", "nextPage"):
            for one in terms.get(_HYDRA + name, []):
                return str(getattr(one, "value", ""))
    return ""
