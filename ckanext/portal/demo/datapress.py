"""A sample node in the shape of a DataPress v3 export: its feed and its files (pure).

Of all datasets: the description stands in ``<dp-prose>``, times have no zone in ``timestamp``. Of some: see ``DEFECTS``.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from . import samples
from .samples import Served

Seed = Mapping[str, Any]
DEFECTS = {
    "no-licence": "the licence is null",
    "unknown-licence": "the licence has a title and no address",
    "html-title": "the title holds HTML",
    "numeric-title": "the title is a number",
    "no-title": "the title is null",
    "same-title": "two datasets share a title",
    "named-contact": "the contact is an officer, by name",
    "null-description": "the description is null",
    "null-tags": "tags are null",
    "repeated": "the same record comes twice",
}


def routes(node: Seed, base: str) -> dict[str, Served]:
    """Everything the node serves, by path below ``base`` (no slash at the end)."""
    found: dict[str, Served] = {}
    records = []
    for dataset in node["datasets"]:
        files = [(file, _file(dataset, file, node["box"])) for file in dataset["files"]]
        for file, served in files:
            found[f"/download/{dataset['slug']}/{resource_id(dataset, file)}/{file['name']}"] = served
        record = _record(node, dataset, files, base)
        title = str(dataset["title"] or dataset["slug"])
        links = {one["url"]: one["title"] for one in record["resources"]}
        found[f"/dataset/{_slug(dataset)}"] = samples.page(title, [f"{len(files)} files."], links)
        found[f"/api/v3/dataset/{dataset['id']}"] = _json(record)
        records += [record, record] if "repeated" in dataset.get("defects", []) else [record]
    found["/api/v3/datasets/export.json"] = _json(records)
    return found


def resource_id(dataset: Seed, file: Seed) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"datapress/{dataset['id']}/{file['name']}"))


def _file(dataset: Seed, file: Seed, box: list[float]) -> Served:
    table = samples.table(f"{dataset['id']}/{file['name']}", file["rows"], file["columns"], box)
    return samples.geojson(table) if file.get("map") else samples.csv(table)


def _slug(dataset: Seed) -> str:
    return f"{dataset['slug']}-{dataset['id']}"


def _iso(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00.000Z" if day else None


def _record(node: Seed, dataset: Seed, files: list[tuple[Seed, Served]], base: str) -> dict[str, Any]:
    webpage = f"{base}/dataset/{_slug(dataset)}"
    text = dataset["description"]
    return {
        "webpage": webpage,
        "id": dataset["id"],
        "description": text if text is None or "<dp-prose>" in text else f"<dp-prose>{text}</dp-prose>",
        "title": dataset["title"],
        "createdAt": _iso(dataset["created"]),
        "updatedAt": _iso(dataset["updated"]),
        "nextReviewDate": _iso(dataset.get("review")),
        "sharing": "public",
        "masthead": dict(node["mastheads"][dataset["masthead"]]),
        "team": _team(dataset["team"]),
        "topics": [{"id": topic, "title": topic.replace("-", " ").capitalize()} for topic in dataset["topics"]],
        "tags": dataset["tags"],
        "licence": node["licences"][dataset["licence"]] if dataset["licence"] else None,
        "contact": "Alex Example, alex.example@metropolis.example"
        if "named-contact" in dataset.get("defects", [])
        else None,
        "resources": [_resource(dataset, file, served, webpage, base) for file, served in files],
        "links": dataset.get("links", []),
        "custom": dataset.get("custom", {}),
    }


def _team(title: str) -> dict[str, str]:
    return {"id": hashlib.md5(title.encode(), usedforsecurity=False).hexdigest()[:5], "title": title}


def _resource(dataset: Seed, file: Seed, served: Served, webpage: str, base: str) -> dict[str, Any]:
    one = resource_id(dataset, file)
    return {
        "dataset": dataset["id"],
        "webpage": webpage,
        "id": one,
        "title": file["name"],
        "url": f"{base}/download/{dataset['slug']}/{one}/{file['name']}",
        "description": "",
        "timeframeFrom": file["from"].isoformat() if "from" in file else None,
        "timeframeTo": file["to"].isoformat() if "to" in file else None,
        "size": len(served.body),
        "hash": hashlib.md5(served.body, usedforsecurity=False).hexdigest(),
        "timestamp": f"{dataset['updated'].isoformat()}T08:15:00",
        "filename": file["name"],
    }


def _json(value: Any) -> Served:
    return Served(json.dumps(value, ensure_ascii=False, indent=1).encode(), "application/json; charset=utf-8")
