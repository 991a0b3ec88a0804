"""A dataset's graph as N-Triples bytes that can be joined with any other dataset's. Pure.

Blank nodes are named after their content and the dataset, so that a name means one node in the whole catalogue, the
same graph always gives the same bytes, and two nodes that say the same are one.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pyoxigraph as ox
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.term import Node

Triple = tuple[Node, Node, Node]


def to_ntriples(graph: Graph, first: URIRef, salt: str) -> bytes:
    """N-Triples of a graph: ``first``'s own triples lead, types before other properties, the rest by subject.

    ``salt`` makes blank node labels unique (the dataset's id). Raises ValueError for a term no parser would read.
    """
    names = blank_names(graph, salt)
    texts: dict[Node, str] = {}

    def text(term: Node) -> str:
        found = texts.get(term)
        if found is None:
            found = texts[term] = names[term] if isinstance(term, BNode) else term.n3()
        return found

    def key(triple: Triple) -> tuple[bool, bool, str, bool, str, str]:
        s, p, o = triple
        return (s != first, isinstance(s, BNode), text(s), p != RDF.type, str(p), text(o))

    ordered = sorted(graph, key=key)
    triples = dict.fromkeys(ox.Triple(_term(s, names), _term(p, names), _term(o, names)) for s, p, o in ordered)
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def blank_names(graph: Graph, salt: str) -> dict[BNode, str]:
    """A label for each blank node: a hash of the salt and of everything the node says (its own blank nodes too)."""
    names: dict[BNode, str] = {}
    for node in {term for triple in graph for term in triple if isinstance(term, BNode)}:
        _name(graph, node, salt, names, ())
    return names


def _name(graph: Graph, node: BNode, salt: str, names: dict[BNode, str], above: tuple[BNode, ...]) -> str:
    if node in names:
        return names[node]
    if node in above:  # a circle: its place in it is all there is to say
        return f"circle{above.index(node)}"
    said = []
    for predicate, value in graph.predicate_objects(node):
        text = _name(graph, value, salt, names, (*above, node)) if isinstance(value, BNode) else value.n3()
        said.append(f"{predicate} {text}")
    name = "b" + hashlib.sha256("\n".join([salt, *sorted(said)]).encode()).hexdigest()[:24]
    if not above:
        names[node] = name
    return name


def _term(term: Node, names: dict[BNode, str]) -> Any:
    if isinstance(term, BNode):
        return ox.BlankNode(names[term])
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)
    return ox.NamedNode(str(term))
