"""What the feed of changes says besides datasets: which left, which have moved, where to go on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from rdflib import DCAT, DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef

from . import iris
from .catalogue import HYDRA
from .fragment import to_ntriples

AS = Namespace("https://www.w3.org/ns/activitystreams#")


class Change(Protocol):
    """A dataset that changed (``changes.Change``); without ``data`` it left at ``modified`` (UTC)."""

    @property
    def package_id(self) -> str: ...
    @property
    def uri(self) -> str: ...
    @property
    def formerly(self) -> tuple[str, ...]: ...
    @property
    def modified(self) -> datetime: ...
    @property
    def data(self) -> bytes | None: ...


def triples(changes: Iterable[Change]) -> bytes:
    """``as:Tombstone`` (Activity Streams 2.0) for each dataset that left, and for each earlier IRI of one that is there."""
    graph = Graph()
    for change in changes:
        if change.data is None:
            _tombstone(graph, change.uri, change)
            continue
        for uri in change.formerly:
            _tombstone(graph, uri, change)
            graph.add((URIRef(uri), DCTERMS.isReplacedBy, URIRef(change.uri)))
    return to_ntriples(graph, URIRef("urn:x:none"), "changes")


def _tombstone(graph: Graph, uri: str, change: Change) -> None:
    gone = URIRef(uri)
    when = change.modified.replace(microsecond=0).isoformat() + "Z"
    graph.add((gone, RDF.type, AS.Tombstone))
    graph.add((gone, AS.formerType, DCAT.Dataset))
    graph.add((gone, AS.deleted, Literal(when, datatype=XSD.dateTime, normalize=False)))
    graph.add((gone, DCTERMS.identifier, Literal(change.package_id)))


def following(address: str, after: str) -> bytes:
    """This page and the next one (``hydra:next``, which ckanext-dcat's parser follows)."""
    graph, this = Graph(), URIRef(iris.clean_iri(address) or "urn:x:page")
    graph.add((this, RDF.type, HYDRA.PagedCollection))
    graph.add((this, HYDRA.next, Literal(after)))
    return to_ntriples(graph, this, "page")
