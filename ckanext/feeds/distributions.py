"""Distributions: where the data is, in which format, under which licence, with which checksum. Pure."""

from __future__ import annotations

import re

from rdflib import DCAT, DCTERMS, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from . import iris, vocabulary
from .ranges import DCT_FORMAT, DCT_TITLE, SPDX

_ALGORITHMS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_SPDX_ALGORITHM = "http://spdx.org/rdf/terms#checksumAlgorithm_"


def correct_all(graph: Graph, dataset: URIRef, licence_url: str, licence_title: str) -> None:
    licence = _licence(graph, licence_url, licence_title)
    if licence is not None:
        graph.add((dataset, DCTERMS.license, licence))
    for distribution in set(graph.objects(dataset, DCAT.distribution)):
        if licence is not None and (distribution, DCTERMS.license, None) not in graph:
            graph.add((distribution, DCTERMS.license, licence))
        _correct_format(graph, distribution)
        _correct_checksum(graph, distribution)
    _correct_services(graph)


def _licence(graph: Graph, url: str, title: str) -> Node | None:
    """The dataset's licence: its address, else a node with its title (ckanext-dcat's parser matches either)."""
    address = iris.clean_iri(url) if url else None
    if not address and not title:
        return None
    node = URIRef(address) if address else BNode()
    graph.add((node, RDF.type, DCTERMS.LicenseDocument))
    if title:
        graph.add((node, DCT_TITLE, Literal(iris.clean_text(title))))
    return node


def _correct_format(graph: Graph, distribution: Node) -> None:
    for value in list(graph.objects(distribution, DCT_FORMAT)):
        text = str(value)
        if text.startswith(vocabulary.AUTHORITY + "file-type/"):
            text = text.rsplit("/", 1)[1].replace("_", "-")
        elif isinstance(value, URIRef):
            continue
        graph.remove((distribution, DCT_FORMAT, value))
        graph.add((distribution, DCT_FORMAT, _format_node(graph, text, value)))


def _format_node(graph: Graph, label: str, given: Node) -> Node:
    """EU's URI for the file type, described the way ckanext-dcat's parser reads a format back (dct:IMT)."""
    known = vocabulary.file_type(label)
    node = URIRef(known[0]) if known else (given if isinstance(given, URIRef) else BNode())
    if known:
        label = label.strip().lstrip(".").upper()
    # The empty value keeps that parser from storing the word "None" as the media type.
    triples = ((RDF.type, DCTERMS.IMT), (RDFS.label, Literal(label)), (RDF.value, Literal(known[1] if known else "")))
    for predicate, value in triples:
        graph.add((node, predicate, value))
    return node


def _correct_checksum(graph: Graph, distribution: Node) -> None:
    """A checksum needs an algorithm: from its own words, a prefix (``sha256:...``) or its length; else it goes."""
    for node in list(graph.objects(distribution, SPDX.checksum)):
        value = str(graph.value(node, SPDX.checksumValue) or "").strip()
        named, _, rest = value.rpartition(":")
        given = graph.value(node, SPDX.algorithm)
        name = re.sub(r"[^a-z0-9]", "", (named or str(given or "")).lower().removeprefix(_SPDX_ALGORITHM.lower()))
        if name not in _ALGORITHMS.values():
            name = _ALGORITHMS.get(len(rest), "")
        graph.remove((node, None, None))
        if not re.fullmatch(r"([0-9a-fA-F]{2})+", rest) or not (name or isinstance(given, URIRef)):
            graph.remove((distribution, SPDX.checksum, node))
            continue
        algorithm = given if isinstance(given, URIRef) else URIRef(_SPDX_ALGORITHM + name)
        graph.add((node, RDF.type, SPDX.Checksum))
        graph.add((node, SPDX.algorithm, algorithm))
        graph.add((node, SPDX.checksumValue, Literal(rest, datatype=XSD.hexBinary, normalize=False)))


def _correct_services(graph: Graph) -> None:
    """A data service has an endpoint and a title; one without an endpoint says nothing and goes."""
    for service in set(graph.subjects(RDF.type, DCAT.DataService)):
        for predicate in (DCAT.landingPage, DCAT.servesDataset):
            for value in list(graph.objects(service, predicate)):
                if predicate == DCAT.servesDataset and (value, RDF.type, DCAT.Dataset) not in graph:
                    graph.remove((service, predicate, value))
        endpoints = [o for o in graph.objects(service, DCAT.endpointURL) if isinstance(o, URIRef)]
        if not endpoints:
            graph.remove((None, DCAT.accessService, service))
            graph.remove((service, None, None))
        elif (service, DCT_TITLE, None) not in graph:
            graph.add((service, DCT_TITLE, Literal(str(min(endpoints)))))


def require_access(graph: Graph, pages: dict[str, str], dataset_page: str) -> None:
    """Every distribution has an access URL: else its download URL, else the page of the resource."""
    for distribution in set(graph.subjects(RDF.type, DCAT.Distribution)):
        if (distribution, DCAT.accessURL, None) in graph:
            continue
        downloads = sorted(o for o in graph.objects(distribution, DCAT.downloadURL) if isinstance(o, URIRef))
        page = iris.clean_iri(pages.get(str(distribution), dataset_page))
        is_sample = (None, DCAT.distribution, distribution) not in graph and isinstance(distribution, URIRef)
        target = downloads[0] if downloads else distribution if is_sample else URIRef(page) if page else None
        if target is not None:
            graph.add((distribution, DCAT.accessURL, target))
