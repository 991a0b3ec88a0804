"""The steps of a journey as the actions of a Process Run Crate, with their tools, roles, files and evidence (pure)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import document
from .document import Document

_STATUS = {
    "complete": "http://schema.org/CompletedActionStatus",
    "failed": "http://schema.org/FailedActionStatus",
    "aborted": "http://schema.org/FailedActionStatus",
}
Entity = dict[str, Any]


def actions(doc: Document, files: dict[str, str]) -> list[Entity]:
    """An action a step and what they refer to; `files` maps ids of resources to the crate's data entities."""
    found = [*_systems(doc), *_hops(doc)]
    for step in doc.steps:
        found += _step(doc, step, files)
    return found


def references(entities: list[Entity]) -> Any:
    """References; a single one stands alone, as RO-Crate asks."""
    found = [{"@id": id} for id in dict.fromkeys(entity["@id"] for entity in entities)]
    return found[0] if len(found) == 1 else found


def _systems(doc: Document) -> list[Entity]:
    return [
        {
            "@id": f"#system-{system['id']}",
            "@type": "CreativeWork",
            "name": system["name"],
            "description": "The system that the data comes from.",
            "url": f"{doc.about.site_url}/journey/systems/{system['id']}",
        }
        for system in doc.journey["systems"]
    ]


def _hops(doc: Document) -> list[Entity]:
    return [
        {
            "@id": f"#hop-{number}",
            "@type": "CreativeWork",
            "name": f"{hop['remote_id'] or doc.about.title}, at {hop['portal']}",
            "description": "The dataset as another portal offered it"
            + ("." if hop["observed"] else ", as that portal says."),
            "position": number,
            "identifier": hop["remote_id"],
            "url": document.address(hop["url"]),
        }
        for number, hop in enumerate(doc.hops, 1)
    ]


def _step(doc: Document, step: dict[str, Any], files: dict[str, str]) -> list[Entity]:
    tools, agents = _tools(doc, step), _agents(doc, step)
    objects = [_side(item, files) for item in step["inputs"]]
    results = [_side(item, files) for item in step["outputs"]]
    sources = [each for each in _systems(doc) if step["system"] and each["@id"] == f"#system-{step['system']['id']}"]
    if step["type"] == "harvest-import":
        sources += _hops(doc)[-1:]
    evidence = _evidence(step)
    failed = step["state"] in ("failed", "aborted")
    action = {
        "@id": f"#step-{step['id']}",
        "@type": "CreateAction" if results else "ActivateAction",
        "name": document.label(step["type"]),
        "description": _description(step),
        "identifier": step["type"],
        "startTime": _time(step, "started"),
        "endTime": _time(step, "ended") or _time(step, "started"),
        "actionStatus": _STATUS.get(step["state"]),
        "error": (step["rationale"] or "Not recorded") if failed else None,
        "instrument": references(tools),
        "agent": references(agents),
        "object": references([*objects, *sources]),
        "result": references(results),
        "subjectOf": references(evidence),
        "url": f"{doc.page}#step-{step['id']}",
    }
    contextual = [each for each in (*objects, *results) if each["@id"].startswith("#")]
    return [action, *tools, *agents, *contextual, *evidence]


def _time(step: dict[str, Any], which: str) -> str | None:
    """The form of ISO 8601 that checkers of crates know: whole milliseconds with an offset, or a day where no more is known."""
    moment = document.moment(step[which])
    if not moment or step["day_only"]:
        return moment and moment[:10]
    return datetime.fromisoformat(moment).isoformat(timespec="milliseconds")


def _description(step: dict[str, Any]) -> str | None:
    told = [step["rationale"]]
    rows = {name: value for name, value in step["rows"].items() if isinstance(value, int) and name != "difference"}
    if rows:
        told.append("Rows: " + ", ".join(f"{value} {name}" for name, value in rows.items()))
    told.append(f"{step['capture']}, {step['confidence']}")
    return "\n".join(part for part in told if part)


def _tools(doc: Document, step: dict[str, Any]) -> list[Entity]:
    found: list[Entity] = []
    if step["tool"]:
        title = " ".join(part for part in (step["tool"], step["tool_version"]) if part)
        found.append({
            "@id": f"{doc.page}#tool-{document.slug(title)}",
            "@type": "SoftwareApplication",
            "name": step["tool"],
            "softwareVersion": step["tool_version"],
        })  # fmt: skip
    plan = step["plan"]
    if plan:
        key = "\x1f".join(str(plan[name] or "") for name in ("name", "version", "repository", "commit"))
        url = document.address(plan["repository"])
        found.append({
            "@id": f"{doc.page}#plan-{document.slug(key)}",
            "@type": "SoftwareSourceCode",
            "name": plan["name"],
            "version": plan["version"] or plan["commit"],
            "identifier": plan["commit"],
            "codeRepository": url,
            "url": url,
        })  # fmt: skip
    return found or [_unrecorded(doc)]


def _unrecorded(doc: Document) -> Entity:
    """A run must name what was executed; where nobody recorded it, that is what it names."""
    return {
        "@id": f"{doc.page}#tool-unrecorded",
        "@type": "SoftwareApplication",
        "name": "Not recorded",
        "description": "Nobody recorded what this was done with.",
    }


def _agents(doc: Document, step: dict[str, Any]) -> list[Entity]:
    """Roles, as parts of the organisation: no person is named."""
    role = document.role(step["agent_role"])
    if not role:
        return []
    parent = document.address(doc.about.publisher_url) or doc.about.site_url
    found: Entity = {
        "@id": f"#agent-{document.slug(step['agent_role'])}",
        "@type": "Organization",
        "name": role,
        "description": "A role, not a person.",
        "parentOrganization": {"@id": parent},
        "url": doc.page,
    }
    if step["on_behalf_of"]:
        body = {
            "@id": f"#body-{document.slug(step['on_behalf_of'])}",
            "@type": "Organization",
            "name": step["on_behalf_of"],
        }
        return [found, body]
    return [found]


def _side(item: dict[str, Any], files: dict[str, str]) -> Entity:
    """The crate's own file where it is that one; a file as it was at another time is only described."""
    current = item["kind"] == "file" and not item["invalidated"]
    if current and item["resource_id"] in files:
        return {"@id": files[item["resource_id"]]}
    return {
        "@id": f"#file-{item['artefact']}",
        "@type": "CreativeWork",
        "name": item["name"],
        "sha256": item["sha256"],
        "description": f"{item['rows']} rows" if item["rows"] is not None else None,
        "encodingFormat": item["format"],
    }


def _evidence(step: dict[str, Any]) -> list[Entity]:
    return [
        {
            "@id": f"#evidence-{step['id']}-{number}",
            "@type": "CreativeWork",
            "name": item["kind"],
            "description": item["value"],
            "url": document.address(item["url"]),
            "sha256": item["sha256"],
            "about": {"@id": f"#step-{step['id']}"},
        }
        for number, item in enumerate(step["evidence"], 1)
    ]
