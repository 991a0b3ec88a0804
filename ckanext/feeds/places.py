"""Locations: geometries as DCAT-AP's shapes and ckanext-dcat's parser both accept them. Pure.

The shapes want a locn:Geometry node at ``locn:geometry``; ckanext-dcat's parser stops at one (it reads a literal there).
So the geometry goes to GeoSPARQL's own property, and its box (or its point) to ``dcat:bbox`` (``dcat:centroid``),
which the shapes know; that parser reads those too, unless a schema of ckanext-scheming is in use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from geomet import wkt
from rdflib import DCAT, DCTERMS, RDF, SKOS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from .ranges import GSP, LOCN

GEOJSON = URIRef("https://www.iana.org/assignments/media-types/application/vnd.geo+json")


def correct_locations(graph: Graph) -> None:
    for location in set(graph.subjects(RDF.type, DCTERMS.Location)):
        for geometry in list(graph.objects(location, LOCN.geometry)):
            graph.remove((location, LOCN.geometry, geometry))
            if isinstance(geometry, Literal):
                _move_geometry(graph, location, geometry)
        for predicate in (DCAT.bbox, DCAT.centroid):
            _keep_wkt(graph, location, predicate)
        if isinstance(location, URIRef):
            _separate(graph, location)


def _keep_wkt(graph: Graph, location: Node, predicate: URIRef) -> None:
    values = list(graph.objects(location, predicate))
    well_known = [v for v in values if isinstance(v, Literal) and v.datatype == GSP.wktLiteral]
    for value in values:
        if not isinstance(value, Literal) or (well_known and value != min(well_known)):
            graph.remove((location, predicate, value))


def _move_geometry(graph: Graph, location: Node, geometry: Literal) -> None:
    node = BNode()
    graph.add((location, GSP.hasGeometry, node))
    graph.add((node, RDF.type, GSP.Geometry))
    if geometry.datatype == GEOJSON:
        graph.add((node, GSP.asGeoJSON, Literal(str(geometry), datatype=GSP.geoJSONLiteral)))
        return
    graph.add((node, GSP.asWKT, geometry))
    found = extent(str(geometry))
    if found:
        predicate = DCAT.centroid if found.startswith("POINT") else DCAT.bbox
        if (location, predicate, None) not in graph:
            graph.add((location, predicate, Literal(found, datatype=GSP.wktLiteral)))


def _separate(graph: Graph, location: URIRef) -> None:
    """A named place is shared by many datasets, so what one dataset says of its shape goes to a node of its own."""
    own = [(p, o) for p in (DCAT.bbox, DCAT.centroid, GSP.hasGeometry) for o in graph.objects(location, p)]
    if not own:
        return
    node = BNode()
    for subject in list(graph.subjects(DCTERMS.spatial, location)):
        graph.add((subject, DCTERMS.spatial, node))
    graph.add((node, RDF.type, DCTERMS.Location))
    for label in graph.objects(location, SKOS.prefLabel):
        graph.add((node, SKOS.prefLabel, label))
    for predicate, value in own:
        graph.remove((location, predicate, value))
        graph.add((node, predicate, value))


def extent(text: str) -> str | None:
    """The box around a WKT geometry, as WKT; the point itself for a point; None when it cannot be read."""
    try:
        points = list(_points(json.loads(json.dumps(wkt.loads(text)))))
    except Exception:  # geomet raises what its tokenizer happens to meet
        return None
    if not points:
        return None
    (west, south), (east, north) = (tuple(f(p[i] for p in points) for i in (0, 1)) for f in (min, max))
    if west == east and south == north:
        return f"POINT ({west:.4f} {south:.4f})"
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON (({', '.join(f'{x:.4f} {y:.4f}' for x, y in ring)}))"


def _points(shape: object) -> Iterator[tuple[float, float]]:
    if isinstance(shape, dict):
        yield from _points(shape.get("coordinates") or shape.get("geometries") or [])
    elif isinstance(shape, list) and len(shape) >= 2 and all(isinstance(n, int | float) for n in shape[:2]):
        yield float(shape[0]), float(shape[1])
    elif isinstance(shape, list):
        for part in shape:
            yield from _points(part)
