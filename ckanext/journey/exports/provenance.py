"""A journey in the terms of PROV: entities, activities, agents and what relates them; both PROV-JSON and PROV-O are made from it (pure).

Names are `prefix:local`. Agents are roles, tools and the organisation, never people. What a step followed is a plan.
"""

from __future__ import annotations

from typing import Any

from . import document
from .document import Document
from .prov_files import Files
from .prov_statements import ADDRESS, FLAG, INTEGER, NAME, TIME, Attribute, Statements, text

# Evidence that a step brought forth; the rest (a law, a licence) was there before and used.
_BROUGHT = {"checksum", "row-reconciliation", "schema-difference", "validation-report", "disclosure-test", "approval"}


def statements(doc: Document) -> Statements:
    """All that the journey says."""
    site = doc.about.site_url
    out = Statements(
        {
            "dataset": f"{site}/dataset/",
            "here": f"{doc.page}#",
            "system": f"{site}/journey/systems/",
            "organisation": f"{site}/organization/",
            "tp": doc.terms,
            "prov": "http://www.w3.org/ns/prov#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "dct": "http://purl.org/dc/terms/",
            "dcat": "http://www.w3.org/ns/dcat#",
            "spdx": "http://spdx.org/rdf/terms#",
        }
    )
    dataset = _dataset(out, doc)
    _systems(out, doc, dataset)
    _hops(out, doc, dataset)
    files = Files(out, doc.about.id)
    for step in doc.steps:
        _step(out, doc, dataset, step, files)
    files.members(dataset)
    return out


def _dataset(out: Statements, doc: Document) -> str:
    about, name = doc.about, f"dataset:{doc.about.id}"
    ended = next((step for step in reversed(doc.steps) if step["type"] == "withdraw"), None)
    ended = ended if doc.journey["stage"] == "withdrawn" else None
    out.add(
        "entity",
        name,
        ("prov:type", "dcat:Dataset", NAME),
        ("prov:type", "prov:Collection", NAME),
        text("prov:label", about.title),
        text("dct:identifier", about.name),
        text("rdfs:comment", doc.notice),
    )
    if about.publisher:
        publisher = _publisher(out, doc)
        out.relate("wasAttributedTo", entity=name, agent=publisher)
    first = next((step for step in doc.steps if step["type"] == "publish"), None)
    if first:
        out.relate("wasGeneratedBy", entity=name, activity=_name(first), time=document.when(first))
    if ended:
        out.relate("wasInvalidatedBy", entity=name, activity=_name(ended), time=document.when(ended))
    return name


def _publisher(out: Statements, doc: Document) -> str:
    about = doc.about
    site = f"{about.site_url}/organization/"
    local = (about.publisher_url or "").removeprefix(site)
    name = f"organisation:{local}" if local != about.publisher_url and local.isascii() and local else "here:publisher"
    kinds: Attribute = ("prov:type", "prov:Organization", NAME)
    return out.add("agent", name, kinds, text("prov:label", about.publisher))


def _systems(out: Statements, doc: Document, dataset: str) -> None:
    for system in doc.journey["systems"]:
        name = f"system:{system['id']}"
        out.add("entity", name, ("prov:type", "tp:LegacySystem", NAME), text("prov:label", system["name"]))
        primary: Attribute = ("prov:type", "prov:PrimarySource", NAME)
        out.relate("wasDerivedFrom", primary, generatedEntity=dataset, usedEntity=name)


def _hops(out: Statements, doc: Document, dataset: str) -> None:
    """Each portal's copy comes from that of the portal before; this dataset from the last."""
    before = None
    for number, hop in enumerate(doc.hops, 1):
        url = document.address(hop["url"])
        name = out.add(
            "entity",
            f"here:hop-{number}",
            ("prov:type", "tp:PortalCopy", NAME),
            text("prov:label", f"{hop['remote_id'] or doc.about.title}, at {hop['portal']}"),
            text("dct:identifier", hop["remote_id"]),
            ("tp:position", number, INTEGER),
            text("tp:portal", hop["portal"]),
            ("prov:location", url, ADDRESS) if url else None,
            text("tp:sourceType", hop["source_type"]),
            text("dct:modified", hop["remote_modified"]),
            text("tp:contentHash", hop["content_hash"]),
            ("tp:observed", bool(hop["observed"]), FLAG),
            ("tp:harvested", hop["harvested"], TIME),
        )
        if before:
            out.relate("wasDerivedFrom", generatedEntity=name, usedEntity=before)
        before = name
    if before:
        out.relate("wasDerivedFrom", generatedEntity=dataset, usedEntity=before)
        for step in doc.steps:
            if step["type"] == "harvest-import":
                out.relate("used", activity=_name(step), entity=before)


def _name(step: dict[str, Any]) -> str:
    return f"here:step-{step['id']}"


def _step(out: Statements, doc: Document, dataset: str, step: dict[str, Any], files: Files) -> None:
    name, rows = _name(step), step["rows"]
    counts = (("rowsIn", "in"), ("rowsOut", "out"), ("rowsRejected", "rejected"), ("rowsMerged", "merged"))
    out.add(
        "activity",
        name,
        ("prov:type", f"tp:{step['type']}", NAME),
        text("prov:label", document.label(step["type"])),
        ("startTime", document.moment(step["started"]), TIME),
        ("endTime", document.moment(step["ended"]), TIME),
        ("tp:dayOnly", True, FLAG) if step["day_only"] else None,
        text("rdfs:comment", step["rationale"]),
        text("tp:capture", step["capture"]),
        text("tp:confidence", step["confidence"]),
        text("tp:state", step["state"]),
        *(("tp:" + term, rows[count], INTEGER) for term, count in (*counts, ("rowsSplit", "split"))),
    )
    _agents(out, doc, step)
    if step["system"]:
        out.relate("used", activity=name, entity=f"system:{step['system']['id']}")
    files.step(name, step)
    _evidence(out, step)
    if step["type"] not in ("publish", "withdraw"):
        out.relate("wasInfluencedBy", influencee=dataset, influencer=name)


def _agents(out: Statements, doc: Document, step: dict[str, Any]) -> None:
    """Who, in which role, with what, and by which plan: each is an association."""
    activity, plan = _name(step), _plan(out, step)
    role = document.role(step["agent_role"])
    agent = None
    if role:
        kind = "prov:SoftwareAgent" if step["agent_role"] in ("system", "tool") else "tp:Role"
        agent = out.add(
            "agent",
            f"here:agent-{document.slug(step['agent_role'])}",
            ("prov:type", kind, NAME),
            text("prov:label", role),
        )
        out.relate("wasAssociatedWith", text("prov:role", role), activity=activity, agent=agent, plan=plan)
    if step["tool"]:
        title = " ".join(part for part in (step["tool"], step["tool_version"]) if part)
        tool = out.add(
            "agent",
            f"here:tool-{document.slug(title)}",
            ("prov:type", "prov:SoftwareAgent", NAME),
            text("prov:label", title),
            text("tp:version", step["tool_version"]),
        )
        given = None if agent else plan
        out.relate("wasAssociatedWith", text("prov:role", "Tool"), activity=activity, agent=tool, plan=given)
    elif plan and not agent:
        unknown = out.add("agent", "here:agent-unknown", text("prov:label", "Role not recorded"))
        out.relate("wasAssociatedWith", activity=activity, agent=unknown, plan=plan)
    if agent and step["on_behalf_of"]:
        body = f"here:body-{document.slug(step['on_behalf_of'])}"
        label = text("prov:label", step["on_behalf_of"])
        out.add("agent", body, ("prov:type", "prov:Organization", NAME), label)
        out.relate("actedOnBehalfOf", delegate=agent, responsible=body, activity=activity)


def _plan(out: Statements, step: dict[str, Any]) -> str | None:
    plan = step["plan"]
    if not plan:
        return None
    key = "\x1f".join(str(plan[name] or "") for name in ("name", "version", "repository", "commit"))
    url = document.address(plan["repository"])
    return out.add(
        "entity",
        f"here:plan-{document.slug(key)}",
        ("prov:type", "prov:Plan", NAME),
        text("prov:label", plan["name"]),
        text("tp:version", plan["version"]),
        ("prov:location", url, ADDRESS) if url else text("tp:repository", plan["repository"]),
        text("tp:commit", plan["commit"]),
    )


def _evidence(out: Statements, step: dict[str, Any]) -> None:
    for number, item in enumerate(step["evidence"], 1):
        url = document.address(item["url"])
        name = out.add(
            "entity",
            f"here:evidence-{step['id']}-{number}",
            ("prov:type", f"tp:{item['kind']}", NAME),
            text("prov:label", item["value"] or item["kind"]),
            ("prov:location", url, ADDRESS) if url else text("tp:url", item["url"]),
            text("tp:sha256", item["sha256"]),
        )
        if item["kind"] in _BROUGHT:
            out.relate("wasGeneratedBy", entity=name, activity=_name(step), time=document.when(step))
        else:
            out.relate("used", activity=_name(step), entity=name)
