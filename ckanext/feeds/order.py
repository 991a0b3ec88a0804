"""What a feed says of series: which one a dataset is in, who comes before and after it, who is first and last. Pure.

The terms are DCAT 3's, and ckanext-dcat's mapping of ckanext-dataset-series: ``dcat:inSeries``, ``prev``, ``next`` on a
dataset, ``first`` and ``last`` on a series. ckanext-dcat only names the series; the shapes ask that it is described.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import DCTERMS, RDF, Literal, URIRef
from rdflib.term import Node

from . import iris
from .ranges import DATASET_SERIES, DCT_TITLE, FIRST, IN_SERIES, LAST, NEXT, PREV

Triple = tuple[Node, Node, Node]
#: Subject, predicate, object, all IRIs.
Link = tuple[str, str, str]


@dataclass(frozen=True)
class Place:
    """A dataset's place in a public series: the series' IRI and texts, and the IRIs of its neighbours, if it has them."""

    uri: str
    title: str
    description: str
    previous: str = ""
    next: str = ""


@dataclass(frozen=True)
class Order:
    """What is known of a dataset's series, or of a series' members. Empty for most datasets."""

    places: tuple[Place, ...] = ()
    first: str = ""
    last: str = ""


NOTHING = Order()


def triples(dataset: URIRef, order: Order) -> Iterator[Triple]:
    for predicate, iri in ((FIRST, order.first), (LAST, order.last)):
        if iri:
            yield dataset, predicate, URIRef(iri)
    for place in order.places:
        series = URIRef(place.uri)
        yield dataset, IN_SERIES, series
        yield series, RDF.type, DATASET_SERIES
        yield series, DCT_TITLE, Literal(iris.clean_text(place.title))
        yield series, DCTERMS.description, Literal(iris.clean_text(place.description or place.title))
        for predicate, iri in ((PREV, place.previous), (NEXT, place.next)):
            if iri:
                yield dataset, predicate, URIRef(iri)


def told_by_others(uri: str, order: Order) -> set[Link]:
    """What the triples of neighbours and series have to say of a dataset."""
    found = set()
    for place in order.places:
        told = ((place.previous, NEXT), (place.next, PREV))
        found |= {(who, str(term), uri) for who, term in told if who}
        ends = ((place.previous, FIRST), (place.next, LAST))
        found |= {(place.uri, str(term), uri) for neighbour, term in ends if not neighbour}
    return found


def links(uri: str, ntriples: bytes) -> set[Link]:
    """What a fragment says of its dataset's place: the series, the neighbours; of a series: the ends."""
    terms = "|".join(re.escape(str(term)) for term in (IN_SERIES, PREV, NEXT, FIRST, LAST))
    found = re.findall(rf"^<{re.escape(uri)}> <({terms})> <([^>]+)> \.$", ntriples.decode(), re.MULTILINE)
    return {(uri, term, iri) for term, iri in found}


def is_series(uri: str, ntriples: bytes) -> bool:
    """Whether a fragment is about a series: its types come first."""
    return ntriples.startswith(f"<{uri}> <{RDF.type}> <{DATASET_SERIES}>".encode())
