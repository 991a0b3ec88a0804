"""PROV-O (W3C Recommendation of 30 April 2013), as Turtle and as JSON-LD (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from . import provenance
from .document import Document
from .prov_statements import ADDRESS, NAME, STRING, Attribute, Statements

PROV = "http://www.w3.org/ns/prov#"
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TERMS = {
    "prov:type": _RDF_TYPE,
    "prov:label": "http://www.w3.org/2000/01/rdf-schema#label",
    "prov:location": f"{PROV}atLocation",
    "startTime": f"{PROV}startedAtTime",
    "endTime": f"{PROV}endedAtTime",
}
_CLASSES = {"entity": "Entity", "activity": "Activity", "agent": "Agent"}
# The plain property of each relation: who says it, of whom; and the time that belongs to its subject.
_PLAIN = {
    "wasGeneratedBy": ("entity", "activity", "generatedAtTime"),
    "wasInvalidatedBy": ("entity", "activity", "invalidatedAtTime"),
    "used": ("activity", "entity", None),
    "wasAssociatedWith": ("activity", "agent", None),
    "wasAttributedTo": ("entity", "agent", None),
    "actedOnBehalfOf": ("delegate", "responsible", None),
    "wasDerivedFrom": ("generatedEntity", "usedEntity", None),
    "wasInfluencedBy": ("influencee", "influencer", None),
    "hadMember": ("collection", "entity", None),
    "alternateOf": ("alternate1", "alternate2", None),
}
_DERIVATIONS = {"prov:Revision": "wasRevisionOf", "prov:PrimarySource": "hadPrimarySource"}
_PREFIXES = ("dataset", "system", "organisation")


def turtle(doc: Document) -> bytes:
    return _serialise(doc, RdfFormat.TURTLE)


def json_ld(doc: Document) -> bytes:
    return _serialise(doc, RdfFormat.JSON_LD)


def _serialise(doc: Document, form: Any) -> bytes:
    told = provenance.statements(doc)
    triples = list(dict.fromkeys(_triples(told)))
    places = {subject: place for place, subject in enumerate(dict.fromkeys(each.subject for each in triples))}
    triples.sort(key=lambda triple: places[triple.subject])  # all that is said of a thing in one place
    prefixes = {name: space for name, space in told.prefixes.items() if name not in _PREFIXES}
    found = serialize(triples, format=form, prefixes=prefixes)
    assert found is not None
    return found


def _triples(told: Statements) -> Iterator[Triple]:
    def node(name: str) -> NamedNode:
        prefix, _colon, local = name.partition(":")
        return NamedNode(told.prefixes[prefix] + local)

    for name, (kind, attributes) in told.things.items():
        yield Triple(node(name), NamedNode(_RDF_TYPE), NamedNode(PROV + _CLASSES[kind]))
        yield from _attributes(node, name, attributes)
    for number, (kind, arguments, attributes) in enumerate(told.relations, 1):
        subject, target, time = _PLAIN[kind]
        verbs = [kind]
        if kind == "wasDerivedFrom":
            verbs += [_DERIVATIONS[value] for _term, value, _kind in attributes if value in _DERIVATIONS]
        if target in arguments:
            for verb in verbs:
                yield Triple(node(arguments[subject]), NamedNode(PROV + verb), node(arguments[target]))
        if time and "time" in arguments:
            yield Triple(node(arguments[subject]), NamedNode(PROV + time), _literal(arguments["time"], "dateTime"))
        if kind == "wasAssociatedWith":
            yield from _association(node, number, arguments, attributes)
        elif kind == "actedOnBehalfOf":
            yield from _delegation(node, number, arguments)


def _attributes(node: Any, name: str, attributes: list[Attribute]) -> Iterator[Triple]:
    for term, value, kind in attributes:
        verb = NamedNode(_TERMS[term]) if term in _TERMS else node(term)
        if kind == NAME:
            yield Triple(node(name), verb, node(value))
        elif kind == ADDRESS:
            yield Triple(node(name), verb, NamedNode(value))
        elif term == "tp:sha256":
            yield from _checksum(node, name, value)
        else:
            yield Triple(node(name), verb, _literal(value, kind))


def _literal(value: Any, kind: str) -> Literal:
    if kind == STRING:
        return Literal(str(value))
    text = str(value).lower() if kind == "boolean" else str(value)
    return Literal(text, datatype=NamedNode(_XSD + kind))


def _checksum(node: Any, name: str, value: str) -> Iterator[Triple]:
    spdx, checksum = "http://spdx.org/rdf/terms#", node(f"{name}-checksum")
    yield Triple(node(name), NamedNode(f"{spdx}checksum"), checksum)
    yield Triple(checksum, NamedNode(_RDF_TYPE), NamedNode(f"{spdx}Checksum"))
    yield Triple(checksum, NamedNode(f"{spdx}algorithm"), NamedNode(f"{spdx}checksumAlgorithm_sha256"))
    yield Triple(checksum, NamedNode(f"{spdx}checksumValue"), _literal(value, "hexBinary"))


def _association(node: Any, number: int, arguments: dict[str, str], attributes: list[Attribute]) -> Iterator[Triple]:
    here = node(f"here:association-{number}")
    yield Triple(node(arguments["activity"]), NamedNode(f"{PROV}qualifiedAssociation"), here)
    yield Triple(here, NamedNode(_RDF_TYPE), NamedNode(f"{PROV}Association"))
    yield Triple(here, NamedNode(f"{PROV}agent"), node(arguments["agent"]))
    if "plan" in arguments:
        yield Triple(here, NamedNode(f"{PROV}hadPlan"), node(arguments["plan"]))
    for term, value, _kind in attributes:
        if term == "prov:role":
            role = node("here:role-" + arguments["agent"].partition("agent-")[2] if value != "Tool" else "tp:Tool")
            yield Triple(here, NamedNode(f"{PROV}hadRole"), role)
            yield Triple(role, NamedNode(_RDF_TYPE), NamedNode(f"{PROV}Role"))
            yield Triple(role, NamedNode(_TERMS["prov:label"]), Literal(str(value)))


def _delegation(node: Any, number: int, arguments: dict[str, str]) -> Iterator[Triple]:
    here = node(f"here:delegation-{number}")
    yield Triple(node(arguments["delegate"]), NamedNode(f"{PROV}qualifiedDelegation"), here)
    yield Triple(here, NamedNode(_RDF_TYPE), NamedNode(f"{PROV}Delegation"))
    yield Triple(here, NamedNode(f"{PROV}agent"), node(arguments["responsible"]))
    yield Triple(here, NamedNode(f"{PROV}hadActivity"), node(arguments["activity"]))
