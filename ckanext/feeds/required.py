"""What DCAT-AP requires of things that are described, filled in from what is known of them. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Literal, URIRef

from . import iris, vocabulary
from .ranges import ADMS, DCT_TITLE, VCARD


def complete(graph: Graph, dataset: URIRef, title: str) -> None:
    require_dataset(graph, dataset, title)
    require_agents(graph)
    require_labels(graph)
    require_relationships(graph)
    require_notations(graph)


def require_dataset(graph: Graph, dataset: URIRef, title: str) -> None:
    if (dataset, DCT_TITLE, None) not in graph:
        graph.add((dataset, DCT_TITLE, Literal(title)))
    if (dataset, DCTERMS.description, None) not in graph:
        graph.add((dataset, DCTERMS.description, Literal(title)))


def require_agents(graph: Graph) -> None:
    """An agent has a name: else its mail address, its site, or its IRI stands for it; without any it goes."""
    for agent in set(graph.subjects(RDF.type, FOAF.Agent)):
        if (agent, FOAF.name, None) in graph:
            continue
        known = [str(v) for p in (VCARD.hasEmail, FOAF.mbox, FOAF.homepage) for v in graph.objects(agent, p)]
        known += [str(agent)] if isinstance(agent, URIRef) else []
        if known:
            graph.add((agent, FOAF.name, Literal(_name_from(known[0]))))
        else:
            graph.remove((None, None, agent))


def _name_from(iri: str) -> str:
    parts = urlsplit(iri)
    return parts.path if parts.scheme == "mailto" else parts.netloc or vocabulary.concept_label(iri)


def require_labels(graph: Graph) -> None:
    for concept in set(graph.subjects(RDF.type, SKOS.Concept)):
        if (concept, SKOS.prefLabel, None) not in graph:
            given = graph.value(concept, RDFS.label)
            language = "en" if str(concept).startswith(vocabulary.AUTHORITY) else None
            text = (
                given if isinstance(given, Literal) else Literal(vocabulary.concept_label(str(concept)), lang=language)
            )
            graph.add((concept, SKOS.prefLabel, text))


def require_relationships(graph: Graph) -> None:
    for node in set(graph.subjects(RDF.type, DCAT.Relationship)):
        if (node, DCTERMS.relation, None) not in graph or (node, DCAT.hadRole, None) not in graph:
            for s, p in list(graph.subject_predicates(node)):
                graph.remove((s, p, node))
                for target in graph.objects(node, DCTERMS.relation):
                    graph.add((s, DCTERMS.relation, target))
            graph.remove((node, None, None))


def require_notations(graph: Graph) -> None:
    """An identifier has a notation; one that is an address is also the node's name (ckanext-dcat reads that)."""
    for node in set(graph.subjects(RDF.type, ADMS.Identifier)):
        notation = graph.value(node, SKOS.notation)
        if notation is None and isinstance(node, URIRef):
            graph.add((node, SKOS.notation, Literal(str(node))))
            continue
        address = iris.clean_iri(str(notation)) if notation is not None else None
        for s, p in list(graph.subject_predicates(node)) if address or notation is None else []:
            graph.remove((s, p, node))
            if address:
                graph.add((s, p, URIRef(address)))
                graph.add((URIRef(address), RDF.type, ADMS.Identifier))
                graph.add((URIRef(address), SKOS.notation, Literal(str(notation))))
