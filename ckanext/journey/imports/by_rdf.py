"""PROV-O in any form of RDF to what it says, as pyoxigraph reads it: nothing is fetched (pure)."""

from __future__ import annotations

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from ..vocab import N_
from .told import END, PROV, ROLE, START, TYPE, Attributes, ReadError, Told

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_FORMATS = {
    "prov-ttl": RdfFormat.TURTLE, "prov-trig": RdfFormat.TRIG, "prov-nquads": RdfFormat.N_QUADS,
    "prov-rdfxml": RdfFormat.RDF_XML, "prov-jsonld": RdfFormat.JSON_LD,
}  # fmt: skip
_BASE = "http://file.invalid/"  # of names that are relative: only their end is read
_CLASSES = {
    "Entity": "entity", "Plan": "entity", "Collection": "entity", "EmptyCollection": "entity", "Bundle": "entity",
    "Activity": "activity", "Agent": "agent", "Person": "agent", "Organization": "agent", "SoftwareAgent": "agent",
}  # fmt: skip
# Property: relation, who says it, of whom, and the type that it adds.
_PLAIN: dict[str, tuple[str, str, str, str | None]] = {
    "used": ("used", "activity", "entity", None),
    "wasGeneratedBy": ("wasGeneratedBy", "entity", "activity", None),
    "generated": ("wasGeneratedBy", "activity", "entity", None),
    "wasInvalidatedBy": ("wasInvalidatedBy", "entity", "activity", None),
    "invalidated": ("wasInvalidatedBy", "activity", "entity", None),
    "wasAssociatedWith": ("wasAssociatedWith", "activity", "agent", None),
    "wasAttributedTo": ("wasAttributedTo", "entity", "agent", None),
    "actedOnBehalfOf": ("actedOnBehalfOf", "delegate", "responsible", None),
    "wasDerivedFrom": ("wasDerivedFrom", "generatedEntity", "usedEntity", None),
    "wasRevisionOf": ("wasDerivedFrom", "generatedEntity", "usedEntity", "Revision"),
    "wasQuotedFrom": ("wasDerivedFrom", "generatedEntity", "usedEntity", "Quotation"),
    "hadPrimarySource": ("wasDerivedFrom", "generatedEntity", "usedEntity", "PrimarySource"),
    "wasInformedBy": ("wasInformedBy", "informed", "informant", None),
    "wasStartedBy": ("wasStartedBy", "activity", "trigger", None),
    "wasEndedBy": ("wasEndedBy", "activity", "trigger", None),
    "wasInfluencedBy": ("wasInfluencedBy", "influencee", "influencer", None),
    "influenced": ("wasInfluencedBy", "influencer", "influencee", None),
    "hadMember": ("hadMember", "collection", "entity", None),
    "specializationOf": ("specializationOf", "specificEntity", "generalEntity", None),
    "alternateOf": ("alternateOf", "alternate1", "alternate2", None),
}
# Qualified property: the plain one, and the property of its node that names the other side.
_QUALIFIED = {
    "qualifiedUsage": ("used", "entity"), "qualifiedGeneration": ("wasGeneratedBy", "activity"),
    "qualifiedInvalidation": ("wasInvalidatedBy", "activity"), "qualifiedAssociation": ("wasAssociatedWith", "agent"),
    "qualifiedAttribution": ("wasAttributedTo", "agent"), "qualifiedDelegation": ("actedOnBehalfOf", "agent"),
    "qualifiedDerivation": ("wasDerivedFrom", "entity"), "qualifiedRevision": ("wasRevisionOf", "entity"),
    "qualifiedQuotation": ("wasQuotedFrom", "entity"), "qualifiedPrimarySource": ("hadPrimarySource", "entity"),
    "qualifiedCommunication": ("wasInformedBy", "activity"), "qualifiedStart": ("wasStartedBy", "entity"),
    "qualifiedEnd": ("wasEndedBy", "entity"), "qualifiedInfluence": ("wasInfluencedBy", "influencer"),
}  # fmt: skip
_KIND_OF = {
    "activity": "activity", "informed": "activity", "informant": "activity", "agent": "agent", "delegate": "agent",
    "responsible": "agent", "influencee": "", "influencer": "",
}  # fmt: skip
_TIMES = {"startedAtTime": START, "endedAtTime": END}
Node = dict[str, list[str]]
MOST_QUADS = 200_000
TOO_MANY_QUADS = N_("It makes more than {most} RDF statements")


def read(text: str, form: str) -> Told:
    """What the text says. Raises SyntaxError with line and column."""
    nodes: dict[str, Node] = {}
    bundles: dict[str, str] = {}
    for count, quad in enumerate(parse(text.encode(), format=_FORMATS[form], base_iri=_BASE)):
        if count > MOST_QUADS:
            raise ReadError(TOO_MANY_QUADS, most=f"{MOST_QUADS:,}")
        subject = _text(quad.subject)
        values = nodes.setdefault(subject, {}).setdefault(quad.predicate.value, [])
        if (value := _text(quad.object)) not in values:
            values.append(value)
        _place(bundles, subject, quad)
    told = Told(form)
    qualifying = {node for each in nodes.values() for name in _QUALIFIED for node in each.get(PROV + name, ())}
    for subject, node in nodes.items():
        if subject not in qualifying:
            _thing(told, nodes, subject, node, bundles.get(subject))
    return told


def _place(bundles: dict[str, str], subject: str, quad: Quad) -> None:
    if not isinstance(quad.graph_name, DefaultGraph):
        bundles.setdefault(subject, _text(quad.graph_name))


def _text(term: object) -> str:
    if isinstance(term, NamedNode):
        return term.value
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    return term.value if isinstance(term, Literal) else str(term)


def _thing(told: Told, nodes: dict[str, Node], subject: str, node: Node, bundle: str | None) -> None:
    thing = told.thing(subject, "", bundle)
    for name, values in node.items():
        short = name.removeprefix(PROV) if name.startswith(PROV) else ""
        for value in values:
            if name == _RDF_TYPE:
                thing.add(TYPE, value)
                thing.kind = thing.kind or _CLASSES.get(value.removeprefix(PROV), "")
            elif short in _PLAIN:
                _relate(told, _PLAIN[short], subject, value)
            elif short in _QUALIFIED:
                _qualified(told, nodes, short, subject, value)
            elif short in ("generatedAtTime", "invalidatedAtTime"):
                told.relate(
                    "wasGeneratedBy" if short[0] == "g" else "wasInvalidatedBy", {"entity": subject, "time": value}
                )
            else:
                thing.add(_TIMES.get(short) or (f"{PROV}location" if short == "atLocation" else name), value)


def _relate(
    told: Told, form: tuple[str, str, str, str | None], subject: str, value: str,
    more: dict[str, str] | None = None, attributes: Attributes | None = None,
) -> None:  # fmt: skip
    kind, who, whom, type_ = form
    found = dict(attributes or {})
    if type_:
        found[TYPE] = [PROV + type_, *found.get(TYPE, [])]
    for argument, name in ((who, subject), (whom, value)):
        told.thing(name, _KIND_OF.get(argument, "entity"))
    told.relate(kind, {who: subject, whom: value, **(more or {})}, found)


def _qualified(told: Told, nodes: dict[str, Node], short: str, subject: str, value: str) -> None:
    """A relation with a node of its own: its time, plan, role, activity."""
    plain, other = _QUALIFIED[short]
    node = nodes.get(value, {})
    targets = node.get(PROV + other, []) or node.get(f"{PROV}influencer", [])
    more: dict[str, str] = {}
    for name, argument in (("atTime", "time"), ("hadPlan", "plan"), ("hadActivity", "activity")):
        if found := node.get(PROV + name):
            more["starter" if plain in ("wasStartedBy", "wasEndedBy") and argument == "activity" else argument] = found[
                0
            ]
    known = {PROV + name for name in (other, "influencer", "atTime", "hadPlan", "hadActivity", "hadRole")}
    attributes = {name: values for name, values in node.items() if name not in known | {_RDF_TYPE}}
    if roles := node.get(f"{PROV}hadRole"):
        attributes[ROLE] = roles
    for target in targets or ([""] if "time" in more else []):
        if target:
            _relate(told, _PLAIN[plain], subject, target, more, attributes)
        else:
            told.relate(_PLAIN[plain][0], {_PLAIN[plain][1]: subject, **more}, attributes)
