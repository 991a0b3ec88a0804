"""The catalogue's own triples: what it is, who publishes it, which datasets it has, which page this is. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from . import iris, vocabulary
from .fragment import to_ntriples
from .ranges import DCT_TITLE, RESOURCE

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")


@dataclass(frozen=True)
class Catalogue:
    """What a site says of itself; ``modified`` is when its feed last changed (UTC)."""

    uri: str
    title: str
    description: str
    homepage: str
    languages: tuple[str, ...]
    publisher_uri: str
    publisher_name: str
    modified: datetime | None = None
    #: Whom to ask when neither a dataset nor its organisation names anybody.
    email: str = ""
    #: Types of datasets that have pages at an address of their own (``/dataset_series/...``).
    page_types: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """Address of the home page without a closing slash."""
        return self.homepage.rstrip("/")

    @property
    def language(self) -> str:
        """Language of the site as a tag (``en-GB``)."""
        return self.languages[0].replace("_", "-") if self.languages else "en"


@dataclass(frozen=True)
class Page:
    """One page of a paged catalogue: ``number`` from 1, of ``count`` datasets, ``size`` a page."""

    number: int
    size: int
    count: int
    address: str
    query: tuple[tuple[str, str], ...] = ()
    #: Id of the page's last dataset: the next page begins after it, whatever left or came meanwhile.
    after: str = ""

    @property
    def last(self) -> int:
        return max(1, math.ceil(self.count / self.size))

    def url(self, number: int) -> str:
        asked = [*self.query, ("page", str(number))]
        if self.after and number == self.number + 1:
            asked.append(("after", self.after))
        return f"{self.address}?{urlencode(asked)}"


def head(site: Catalogue) -> bytes:
    """The catalogue node and its publisher, as N-Triples."""
    graph, uri, publisher = Graph(), URIRef(iris.clean_iri(site.uri) or "urn:x:catalogue"), BNode()
    if address := iris.clean_iri(site.publisher_uri):
        publisher = URIRef(address)
    graph.add((uri, RDF.type, DCAT.Catalog))
    graph.add((uri, DCT_TITLE, Literal(iris.clean_text(site.title) or "CKAN")))
    graph.add((uri, DCTERMS.description, Literal(iris.clean_text(site.description) or iris.clean_text(site.title))))
    graph.add((uri, DCTERMS.publisher, publisher))
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal(iris.clean_text(site.publisher_name) or site.title)))
    if homepage := iris.clean_iri(site.homepage):
        graph.add((uri, FOAF.homepage, URIRef(homepage)))
        graph.add((URIRef(homepage), RDF.type, FOAF.Document))
    for language in filter(None, map(vocabulary.language_uri, site.languages)):
        graph.add((uri, DCTERMS.language, URIRef(language)))
        graph.add((URIRef(language), RDF.type, DCTERMS.LinguisticSystem))
    if site.modified:
        stamp = site.modified.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
        graph.add((uri, DCTERMS.modified, Literal(stamp, datatype=XSD.dateTime, normalize=False)))
    return to_ntriples(graph, uri, "catalogue")


def links(catalogue_uri: str, members: Iterable[tuple[str, bool]]) -> bytes:
    """What is in the catalogue, for one batch of URIs (clean already: they were rendered) and whether each is a series.

    A series is no ``dcat:Dataset`` in the profile's shapes, so ``dcat:dataset`` cannot point at it; ``dcat:resource`` can.
    """
    catalogue = iris.clean_iri(catalogue_uri) or "urn:x:catalogue"
    terms = {False: DCAT.dataset, True: RESOURCE}
    return "".join(f"<{catalogue}> <{terms[series]}> <{uri}> .\n" for uri, series in members).encode()


def paging(page: Page) -> bytes:
    """hydra:PagedCollection as ckanext-dcat writes it (its parser reads ``hydra:next``), the older names too."""
    if not page.count:
        return b""
    graph, this = Graph(), URIRef(iris.clean_iri(page.url(page.number)) or "urn:x:page")
    graph.add((this, RDF.type, HYDRA.PagedCollection))
    graph.add((this, HYDRA.totalItems, Literal(page.count)))
    graph.add((this, HYDRA.itemsPerPage, Literal(page.size)))
    targets = {"first": 1, "last": page.last}
    if page.number > 1:
        targets["previous"] = min(page.number - 1, page.last)
    if page.number < page.last:
        targets["next"] = page.number + 1
    for name, number in targets.items():
        for term in (name, f"{name}Page"):
            graph.add((this, HYDRA[term], Literal(page.url(number))))
    return to_ntriples(graph, this, "page")
