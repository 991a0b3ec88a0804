"""What a council's own fields say in DCAT-AP. Pure.

The fields are council_schemas'; without them (a stock schema) nothing is added. How a dataset is handled inside the
council (``sensitivity``) is not for a public feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rdflib import DCTERMS, PROV, RDF, RDFS, BNode, Literal, URIRef
from rdflib.term import Node

STATISTICAL_GEOGRAPHY = "http://statistics.data.gov.uk/id/statistical-geography/"
LOCAL_SERVICE = "http://id.esd.org.uk/service/"
TRANSPARENCY_CODE = "https://www.gov.uk/government/publications/local-government-transparency-code-2015"


def triples(dataset: URIRef, fields: Mapping[str, Any]) -> Iterator[tuple[Node, Node, Node]]:
    """Area (GSS), local service (LGSL), Transparency Code and legacy system, as far as the dataset names them."""
    area = _word(fields, "gss_area")
    if re.fullmatch(r"[A-Z]\d{8}", area):
        place = URIRef(STATISTICAL_GEOGRAPHY + area)
        yield dataset, DCTERMS.spatial, place
        yield place, RDF.type, DCTERMS.Location
    service = _word(fields, "lgsl_service")
    if service.isdigit():
        yield dataset, DCTERMS.subject, URIRef(LOCAL_SERVICE + service)
    if _word(fields, "transparency_set"):
        yield dataset, DCTERMS.conformsTo, URIRef(TRANSPARENCY_CODE)
    system = _word(fields, "legacy_source")
    if system:
        source = BNode()
        yield dataset, PROV.wasDerivedFrom, source
        yield source, RDF.type, PROV.Entity
        yield source, RDFS.label, Literal(system)


def _word(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""
