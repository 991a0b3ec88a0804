"""OpenLineage 2-0-2: RunEvents, a START and an end for each step, as `POST /api/v1/lineage/batch` takes them (pure).

What OpenLineage has no facet for stands in those that this portal reads, too: `towpath_checksum` on a dataset,
`towpath_step` on a job (see `lineage.shape`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import document
from .document import Document

_SPEC = "https://openlineage.io/spec"
EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_ENDS = {"complete": "COMPLETE", "failed": "FAIL", "aborted": "ABORT"}
_FACETS = {
    "processing_engine": "1-1-1/ProcessingEngineRunFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "documentation": "1-1-0/DocumentationJobFacet",
    "sourceCodeLocation": "1-1-0/SourceCodeLocationJobFacet",
    "ownership": "1-0-1/OwnershipJobFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "inputStatistics": "1-0-0/InputStatisticsInputDatasetFacet",
    "dataSource": "1-0-1/DatasourceDatasetFacet",
    "version": "1-0-1/DatasetVersionDatasetFacet",
}


def render(doc: Document) -> bytes:
    told = ",\n".join(json.dumps(event, ensure_ascii=False) for event in events(doc))
    return f"[{told}]\n".encode()


def lines(doc: Document) -> bytes:
    """One event a line."""
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events(doc))


def events(doc: Document) -> Iterator[dict[str, Any]]:
    """In the order of the way. A step without any time has that of its recording."""
    for step in doc.steps:
        begun = document.moment(step["started"]) or document.when(step) or document.moment(step["recorded"])
        ended = document.when(step) or begun
        common = {
            "run": {"runId": step["id"], "facets": _run(doc, step) | _cut(doc, step)},
            "job": {"namespace": doc.about.site_url, "name": _job(doc, step), "facets": _job_facets(doc, step)},
            "producer": f"{doc.about.site_url}/journey",
            "schemaURL": EVENT,
        }
        inputs = [_side(doc, item, "input") for item in step["inputs"]] + _sources(doc, step)
        outputs = [_side(doc, item, "output") for item in step["outputs"]]
        end = _ENDS.get(step["state"])
        yield {"eventType": "START", "eventTime": begun, **common, "inputs": inputs, "outputs": [] if end else outputs}
        if end:
            named = [{"namespace": each["namespace"], "name": each["name"]} for each in inputs]
            yield {"eventType": end, "eventTime": ended, **common, "inputs": named, "outputs": outputs}


def _facet(doc: Document, name: str, /, **values: Any) -> dict[str, Any]:
    """A facet without what is unknown; one of our own is described on the page about journeys."""
    schema = _FACETS.get(name)
    url = f"{_SPEC}/facets/{schema}.json" if schema else f"{doc.terms}{name}"
    known = {key: value for key, value in values.items() if value is not None}
    return {"_producer": f"{doc.about.site_url}/journey", "_schemaURL": url, **known}


def _job(doc: Document, step: dict[str, Any]) -> str:
    plan = step["plan"]
    return plan["name"] if plan else f"dataset/{doc.about.name}/{step['type']}"


def _run(doc: Document, step: dict[str, Any]) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if step["tool"]:
        version = step["tool_version"] or "unknown"
        facets["processing_engine"] = _facet(doc, "processing_engine", version=version, name=step["tool"])
    rows = {name: value for name, value in step["rows"].items() if value is not None}
    told = {"capture": step["capture"], "confidence": step["confidence"], "dayOnly": bool(step["day_only"])}
    evidence = [{name: value for name, value in item.items() if value} for item in step["evidence"]]
    facets["towpath_evidence"] = _facet(doc, "towpath_evidence", rows=rows, evidence=evidence, **told)
    return facets


def _cut(doc: Document, step: dict[str, Any]) -> dict[str, Any]:
    """What is missing from the export, told with its first run."""
    if not doc.notice or step is not doc.steps[0]:
        return {}
    return {"towpath_export": _facet(doc, "towpath_export", notice=doc.notice, cut=doc.cut)}


def _job_facets(doc: Document, step: dict[str, Any]) -> dict[str, Any]:
    facets = {
        "towpath_step": _facet(doc, "towpath_step", type=step["type"]),
        "jobType": _facet(doc, "jobType", processingType="BATCH", integration="TOWPATH", jobType="STEP"),
    }
    if step["rationale"]:
        facets["documentation"] = _facet(doc, "documentation", description=step["rationale"])
    role = document.role(step["agent_role"])
    if role:
        facets["ownership"] = _facet(doc, "ownership", owners=[{"name": f"role:{role}", "type": "ROLE"}])
    plan = step["plan"]
    url = document.address(plan["repository"]) if plan else None
    if plan and url:
        values = {"type": "git", "url": url, "repoUrl": url, "tag": plan["version"], "version": plan["commit"]}
        facets["sourceCodeLocation"] = _facet(doc, "sourceCodeLocation", **values)
    return facets


def _side(doc: Document, item: dict[str, Any], direction: str) -> dict[str, Any]:
    """A file. One of a resource is named as this portal's own ingest knows it."""
    facets: dict[str, Any] = {}
    name = f"dataset/{doc.about.name}/{item['name']}"
    if item["resource_id"] and item["package_id"] == doc.about.id:
        name = f"dataset/{doc.about.name}/resource/{item['resource_id']}"
    if item["sha256"]:
        facets["towpath_checksum"] = _facet(doc, "towpath_checksum", sha256=item["sha256"])
        facets["version"] = _facet(doc, "version", datasetVersion=f"sha256:{item['sha256']}")
    facets["dataSource"] = _facet(doc, "dataSource", name=item["name"], uri=doc.page)
    found: dict[str, Any] = {"namespace": doc.about.site_url, "name": name, "facets": facets}
    if item["rows"] is not None or item["bytes"] is not None:
        statistics = f"{direction}Statistics"
        found[f"{direction}Facets"] = {statistics: _facet(doc, statistics, rowCount=item["rows"], size=item["bytes"])}
    return found


def _sources(doc: Document, step: dict[str, Any]) -> list[dict[str, Any]]:
    """The legacy system of an extract; the last portal of an import."""
    found: list[tuple[str, str, str | None]] = []
    if step["system"]:
        url = f"{doc.about.site_url}/journey/systems/{step['system']['id']}"
        found.append((f"{doc.about.site_url}/journey/systems", step["system"]["name"], url))
    if step["type"] == "harvest-import":
        for hop in doc.hops[-1:]:
            url = document.address(hop["url"])
            found.append((url or hop["portal"], hop["remote_id"] or hop["portal"], url))
    return [
        {
            "namespace": space,
            "name": name,
            "facets": {"dataSource": _facet(doc, "dataSource", name=name, uri=url)},
        }
        for space, name, url in found
    ]
