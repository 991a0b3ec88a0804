"""A dataset's public journey in PROV-O and DCAT-AP. Pure.

``prov:wasGeneratedBy`` names one activity, the step that published the dataset, and ``prov:wasInformedBy`` leads from each
step to the one before it: ckanext-dcat's parser reads one activity only, and would else take any. The portals on the way
are entities, each ``prov:wasDerivedFrom`` the one before; the last of them is what the dataset was derived from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rdflib import DCTERMS, FOAF, PROV, RDF, RDFS, XSD, BNode, Literal, Namespace, URIRef
from rdflib.term import Node

from . import iris

Triples = Iterator[tuple[Node, Node, Node]]

SPDX = Namespace("http://spdx.org/rdf/terms#")
_AFTERWARDS = ("reuse", "archive", "withdraw")
_MOST_STEPS, _MOST_FILES = 50, 10
_SHA256 = re.compile(r"[0-9a-f]{64}")


def triples(dataset: URIRef, fields: Mapping[str, Any], journey: Mapping[str, Any] | None, page: str) -> Triples:
    """What a journey (``source.Source.journey``) says; ``page`` is its address, of which each step has a fragment."""
    if not journey:
        return
    steps = [step for step in journey.get("steps") or [] if step.get("type") not in _AFTERWARDS][-_MOST_STEPS:]
    hops = sorted(journey.get("hops") or [], key=lambda hop: hop.get("position") or 0)
    if not fields.get("provenance"):
        yield from _statement(dataset, journey, steps, hops)
    yield from _steps(dataset, steps, page, bool(fields.get("provenance_activity")))
    yield from _hops(dataset, hops)


def _statement(dataset: URIRef, journey: Mapping[str, Any], steps: list[Any], hops: list[Any]) -> Triples:
    """The journey in words. The dataset's own statement, if it has one, stays the only one."""
    told = []
    if systems := ", ".join(str(system["name"]) for system in journey.get("systems") or [] if system.get("name")):
        told.append(f"From {systems}.")
    if steps:
        told.append("Steps: " + ", ".join(_in_words(step) for step in steps) + ".")
    if portals := ", ".join(str(hop["portal"]) for hop in hops if hop.get("portal")):
        told.append(f"Harvested through {portals}.")
    if told:
        statement = BNode()
        yield dataset, DCTERMS.provenance, statement
        yield statement, RDF.type, DCTERMS.ProvenanceStatement
        yield statement, RDFS.label, Literal(iris.clean_text(" ".join(told)))


def _in_words(step: Mapping[str, Any]) -> str:
    when = str(step.get("ended") or step.get("started") or "")[:10]
    return _name(step) + (f" ({when})" if when else "")


def _name(step: Mapping[str, Any]) -> str:
    return str(step.get("type") or "step").replace("-", " ")


def _steps(dataset: URIRef, steps: list[Any], page: str, has_its_own: bool) -> Triples:
    before = None
    for step in steps:
        activity = URIRef(iris.clean_iri(f"{page}#step-{step.get('id')}") or "urn:x:step")
        yield from _activity(activity, step)
        if before is not None:
            yield activity, PROV.wasInformedBy, before
        before = activity
    if before is not None:
        link = (before, PROV.generated, dataset) if has_its_own else (dataset, PROV.wasGeneratedBy, before)
        yield link


def _activity(activity: URIRef, step: Mapping[str, Any]) -> Triples:
    yield activity, RDF.type, PROV.Activity
    yield activity, RDFS.label, Literal(_name(step).capitalize())
    for name, predicate in (("started", PROV.startedAtTime), ("ended", PROV.endedAtTime)):
        if when := step.get(name):
            yield activity, predicate, _time(str(when))
    if role := iris.clean_text(str(step.get("agent_role") or "")):
        agent = BNode()
        yield activity, PROV.wasAssociatedWith, agent
        yield agent, RDF.type, FOAF.Agent
        yield agent, RDF.type, PROV.Agent
        yield agent, FOAF.name, Literal(role)
    if tool := iris.clean_text(f"{step.get('tool') or ''} {step.get('tool_version') or ''}".strip()):
        software = BNode()
        yield activity, PROV.wasAssociatedWith, software
        yield software, RDF.type, PROV.SoftwareAgent
        yield software, RDF.type, FOAF.Agent
        yield software, FOAF.name, Literal(tool)
    for side, predicate in (("inputs", PROV.used), ("outputs", PROV.generated)):
        for file in (step.get(side) or [])[:_MOST_FILES]:
            yield from _file(activity, predicate, file)


def _time(when: str) -> Literal:
    """A day stays a day: nobody said more."""
    return Literal(when, datatype=XSD.dateTime if "T" in when else XSD.date, normalize=False)


def _file(activity: URIRef, predicate: URIRef, file: Mapping[str, Any]) -> Triples:
    name = iris.clean_text(str(file.get("name") or ""))
    entity = BNode()
    if name or file.get("sha256"):
        yield activity, predicate, entity
        yield entity, RDF.type, PROV.Entity
    if name:
        yield entity, RDFS.label, Literal(name)
    yield from _checksum(entity, str(file.get("sha256") or ""))


def _checksum(entity: BNode, sha256: str) -> Triples:
    if _SHA256.fullmatch(sha256):
        checksum = BNode()
        yield entity, SPDX.checksum, checksum
        yield checksum, RDF.type, SPDX.Checksum
        yield checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256
        yield checksum, SPDX.checksumValue, Literal(sha256, datatype=XSD.hexBinary)


def _hops(dataset: URIRef, hops: list[Any]) -> Triples:
    derived: Node = dataset
    for hop in reversed(hops):
        entity, portal = BNode(), iris.clean_text(str(hop.get("portal") or ""))
        yield derived, PROV.wasDerivedFrom, entity
        yield entity, RDF.type, PROV.Entity
        if remote := iris.clean_text(str(hop.get("remote_id") or "")):
            yield entity, DCTERMS.identifier, Literal(remote)
        if address := iris.clean_iri(str(hop.get("url") or "")):
            yield entity, RDFS.seeAlso, URIRef(address)
        if portal:
            agent = BNode()
            yield entity, PROV.wasAttributedTo, agent
            yield agent, RDF.type, FOAF.Agent
            yield agent, RDF.type, PROV.Agent
            yield agent, FOAF.name, Literal(portal)
        if when := str(hop.get("remote_modified") or ""):
            yield entity, DCTERMS.modified, Literal(when)
        yield from _checksum(entity, str(hop.get("content_hash") or ""))
        derived = entity
