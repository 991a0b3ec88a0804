"""Makes a dataset's triples fit DCAT-AP 3.0.1 and strict parsers. Pure: a graph in, a graph out.

ckanext-dcat writes what a dataset says; odd data then gives triples that no shape accepts or no parser reads. The
tables are in ``ranges.py``; what needs more than a row is a function here or in ``distributions.py``, ``places.py`` and ``required.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from . import distributions, iris, places, required
from .ranges import DATES, DCT_IDENTIFIER, LEXICAL, LITERALS, RANGES, RENAMED, SINGLE, VCARD, Range

_DATE_FORMS = {
    XSD.date: r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?",
    XSD.dateTime: r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
    XSD.gYear: r"\d{4}(Z|[+-]\d\d:\d\d)?",
    XSD.gYearMonth: r"\d{4}-\d\d(Z|[+-]\d\d:\d\d)?",
}
_EMAIL = re.compile(r"^mailto:[^@\s%]+@[^@\s%]+\.[^@\s%]+$")


@dataclass(frozen=True)
class About:
    """What the rules may fall back on: the dataset's own texts, and the pages that show it and its resources."""

    title: str
    page: str
    licence_url: str = ""
    licence_title: str = ""
    resource_pages: dict[str, str] = field(default_factory=dict)


def correct(raw: Iterable[tuple[Node, Node, Node]], dataset: URIRef, about: About) -> Graph:
    """The dataset's graph, corrected. ``dataset`` is its (clean) IRI."""
    graph = clean_terms(raw)
    rename(graph)
    places.correct_locations(graph)
    distributions.correct_all(graph, dataset, about.licence_url, about.licence_title)
    for row in RANGES:
        apply_range(graph, row)
    correct_literals(graph, dataset)
    correct_dates(graph)
    correct_mail(graph)
    distributions.require_access(graph, about.resource_pages, about.page)
    required.complete(graph, dataset, about.title)
    keep_single(graph)
    drop_orphans(graph)
    return graph


def clean_terms(raw: Iterable[tuple[Node, Node, Node]]) -> Graph:
    """Legal IRIs and texts; a thing whose name is no IRI becomes a blank node."""
    graph, renamed = Graph(), {}
    for s, p, o in raw:
        predicate, value = iris.clean_predicate(p), iris.clean_object(o)
        subject = s if isinstance(s, BNode) else iris.clean_object(s)
        if isinstance(subject, Literal):
            subject = renamed.setdefault(str(s), BNode())
        if isinstance(value, Literal) and isinstance(o, URIRef) and str(o) in renamed:
            value = renamed[str(o)]
        if predicate == RDF.type and isinstance(value, URIRef):
            value = iris.clean_predicate(value)  # RDF/XML writes a class as an element, too
        if predicate is not None and value is not None and subject is not None:
            graph.add((subject, predicate, value))
    return graph


def rename(graph: Graph) -> None:
    for old, new in RENAMED.items():
        for s, _, o in list(graph.triples((None, old, None))):
            graph.remove((s, old, o))
            graph.add((s, new, o))
    for s in list(graph.subjects(RDF.type, DCAT.Attribution)):
        graph.remove((s, RDF.type, DCAT.Attribution))
    graph.remove((None, RDF.type, RDFS.Resource))  # everything is one; the ranges say where it must be said
    # ckanext-dcat says this of every licence, Open Government Licence included.
    graph.remove((None, DCTERMS.type, URIRef("http://purl.org/adms/licencetype/UnknownIPR")))


def apply_range(graph: Graph, row: Range) -> None:
    for s, _, o in list(graph.triples((None, row.predicate, None))):
        node = o
        if isinstance(o, Literal):
            graph.remove((s, row.predicate, o))
            node = _node_for(graph, o, row)
            if node is None:
                continue
            graph.add((s, row.predicate, node))
        if row.cls is not None:
            graph.add((node, RDF.type, row.cls))


def _node_for(graph: Graph, literal: Literal, row: Range) -> Node | None:
    known = row.find(str(literal)) if row.find else None
    if known:
        return URIRef(known)
    if not row.keep:
        return None
    node = BNode()
    graph.add((node, row.label, Literal(str(literal), lang=literal.language)))
    return node


def correct_literals(graph: Graph, dataset: URIRef) -> None:
    texts = [(None, p) for p in LITERALS] + [(dataset, DCT_IDENTIFIER)]
    for subject, predicate in texts:
        for s, _, o in list(graph.triples((subject, predicate, None))):
            if isinstance(o, URIRef):
                graph.remove((s, predicate, o))
                graph.add((s, predicate, Literal(str(o))))
    for predicate, (datatype, form) in LEXICAL.items():
        for s, _, o in list(graph.triples((None, predicate, None))):
            graph.remove((s, predicate, o))
            if isinstance(o, Literal) and re.fullmatch(form, str(o)):
                graph.add((s, predicate, Literal(str(o), datatype=datatype, normalize=False)))


def correct_dates(graph: Graph) -> None:
    """A date keeps its type only in that type's form; year 1 is what dateutil makes of a text without a year."""
    for predicate in DATES:
        for s, _, o in list(graph.triples((None, predicate, None))):
            form = _DATE_FORMS.get(o.datatype) if isinstance(o, Literal) and o.datatype else None
            if form and str(o).startswith("0001-"):
                graph.remove((s, predicate, o))
            elif form and not re.fullmatch(form, str(o)):
                graph.remove((s, predicate, o))
                graph.add((s, predicate, Literal(str(o))))


def correct_mail(graph: Graph) -> None:
    for predicate in (VCARD.hasEmail, FOAF.mbox):
        for s, _, o in list(graph.triples((None, predicate, None))):
            graph.remove((s, predicate, o))
            address = iris.clean_iri("mailto:" + re.sub(r"^\s*mailto:(\s|%20)*", "", str(o)).strip())
            if address and _EMAIL.match(address):
                graph.add((s, predicate, URIRef(address)))


def keep_single(graph: Graph) -> None:
    for cls, predicates in SINGLE.items():
        for subject in set(graph.subjects(RDF.type, cls)):
            for predicate in predicates:
                values = list(graph.objects(subject, predicate))
                if len(values) > 1:
                    keep = min(values, key=lambda v: (isinstance(v, BNode), v.n3()))
                    for value in values:
                        if value != keep:
                            graph.remove((subject, predicate, value))


def drop_orphans(graph: Graph) -> None:
    """Blank nodes that nothing points to any more, and what only they pointed to."""
    while True:
        orphans = {s for s in graph.subjects() if isinstance(s, BNode) and (None, None, s) not in graph}
        if not orphans:
            return
        for node in orphans:
            graph.remove((node, None, None))
