"""What the loader says to the actions: organisations, datasets, files, steps as dicts (pure).

Identifiers are UUIDs made from names, so that a second run finds what the first made, also when it was killed.
"""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from . import build
from .makers.ground import EAST, NORTH, SOUTH, WEST
from .osgb import lon_lat
from .seeds import Seed, Seeds

AUTHORITY = "http://publications.europa.eu/resource/authority"
CHECKSUM = "http://spdx.org/rdf/terms#checksumAlgorithm"
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.aireborough.example/")
MEDIA_TYPES = {"CSV": "text/csv", "GeoJSON": "application/geo+json"}
# Evidence is for everyone unless its seed says otherwise.
PUBLIC = "public"


def dataset_id(name: str) -> str:
    return str(uuid.uuid5(SPACE, f"dataset/{name}"))


def resource_id(dataset: str, file: str) -> str:
    return str(uuid.uuid5(SPACE, f"dataset/{dataset}/{file}"))


def organisation(seed: Seed) -> dict[str, Any]:
    """For ``organization_create``."""
    same = {key: seed[key] for key in ("name", "title", "description", "sector", "email", "url")}
    return {"id": str(uuid.uuid5(SPACE, f"organisation/{seed['name']}")), "gss_code": seed["gss_code"], **same}


def system(seed: Seed) -> dict[str, Any]:
    """For ``journey_system_create``."""
    told = {
        "organization": seed["organisation"],
        "name": seed["title"],
        "kind": seed["kind"],
        "vendor": seed["vendor"],
        "product": seed["product"],
        "version": str(seed["version"]),
        "custodian_role": seed["custodian"],
        "retirement_date": str(seed["retires"]),
    }
    return {key: value for key, value in told.items() if value}


def package(seeds: Seeds, dataset: Seed, built: build.Built) -> dict[str, Any]:
    """For ``package_create``: every field of the council's dataset type that has something to say, without files."""
    told = {
        "id": dataset_id(dataset["name"]),
        "name": dataset["name"],
        "title": dataset["title"],
        "notes": dataset["notes"].strip(),
        "type": "dataset",
        "owner_org": dataset["organisation"],
        "private": False,
        "license_id": dataset.get("license_id", "uk-ogl"),
        "tags": [{"name": tag} for tag in dataset["tags"]],
        "contact": [dataset["contact"]],
        "theme": [f"{AUTHORITY}/data-theme/{code}" for code in dataset["themes"]],
        "language": [f"{AUTHORITY}/language/ENG"],
        "frequency": f"{AUTHORITY}/frequency/{dataset['frequency']}",
        "access_rights": f"{AUTHORITY}/access-right/PUBLIC",
        "issued": dataset["issued"].isoformat(),
        "modified": dataset["modified"].isoformat(),
        "identifier": f"aireborough/{dataset['name']}",
        "temporal_coverage": [{edge: dataset["temporal"][edge].isoformat() for edge in ("start", "end")}],
        "temporal_resolution": dataset.get("temporal_resolution", ""),
        "spatial_coverage": [area(seeds.council["gss_area"])],
        "provenance": provenance(seeds, dataset, built),
        "legacy_source": seeds.system(dataset["system"])["title"],
        "transparency_set": dataset.get("transparency_set", ""),
        "lgsl_service": dataset.get("lgsl", ""),
        "gss_area": seeds.council["gss_area"],
        "sensitivity": dataset["sensitivity"],
        "in_series": [record_id(dataset["series"])] if dataset.get("series") else "",
    }
    return {key: value for key, value in told.items() if value != ""}


def record_id(name: str) -> str:
    return str(uuid.uuid5(SPACE, f"record/{name}"))


def series(seeds: Seeds, seed: Seed) -> dict[str, Any]:
    """For ``package_create``: a series, whose datasets name it."""
    return _record(seeds, seed, "dataset_series") | {
        "frequency": f"{AUTHORITY}/frequency/{seed['frequency']}",
        "series_order_field": seed["order"],
    }


def project(seeds: Seeds, seed: Seed) -> dict[str, Any]:
    """For ``package_create``: an analytics project and the datasets that it used."""
    texts = ("problem", "agency", "other_data", "model", "action", "outcome")
    return _record(seeds, seed, "analytics-project") | {
        **{name: seed[name].strip() for name in texts},
        "use_area": seed["use_area"],
        "datasets": [dataset_id(name) for name in seed["datasets"]],
        "temporal_coverage": [{edge: seed["period"][edge].isoformat() for edge in ("start", "end")}],
    }


def _record(seeds: Seeds, seed: Seed, kind: str) -> dict[str, Any]:
    return {
        "id": record_id(seed["name"]),
        "name": seed["name"],
        "title": seed["title"],
        "notes": seed["notes"].strip(),
        "type": kind,
        "owner_org": seed["organisation"],
        "private": False,
        "license_id": "uk-ogl",
        "tags": [{"name": tag} for tag in seed["tags"]],
        "contact": [seed["contact"]],
        "theme": [f"{AUTHORITY}/data-theme/{code}" for code in seed["themes"]],
        "gss_area": seeds.council["gss_area"],
    }


def area(gss: str) -> dict[str, str]:
    """The fictional council's area as a box, with the identifier of the real area that it lies in."""
    west, south = lon_lat(WEST, SOUTH)
    east, north = lon_lat(EAST, NORTH)
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    ring = ", ".join(f"[{x:.4f}, {y:.4f}]" for x, y in corners)
    return {
        "uri": f"http://statistics.data.gov.uk/id/statistical-geography/{gss}",
        "text": "Aireborough (fictional)",
        "bbox": f'{{"type": "Polygon", "coordinates": [[{ring}]]}}',
    }


def provenance(seeds: Seeds, dataset: Seed, built: build.Built) -> str:
    """One sentence or two for those who read metadata and no journey."""
    changes = [step.type.replace("-", " ") for step in built.steps if step.seed.get("do")]
    rows = sum(file.artefact.rows for file in built.files)
    source = seeds.system(dataset["system"])["title"]
    return f"From {source}; steps on the way: {', '.join(dict.fromkeys(changes))}. {rows:,} rows published. Demonstration data."


def resource(dataset: Seed, file: build.File) -> dict[str, Any]:
    """For ``resource_create``; the upload is added by the loader.

    A CSV file's checksum is left to ckanext-xloader, which writes an MD5 when it loads the file and would
    take a checksum that is there already for a file that is loaded already.
    """
    kind = "GeoJSON" if file.seed.get("as") == "geojson" else "CSV"
    told = {
        "id": resource_id(dataset["name"], file.name),
        "name": file.seed["name"],
        "description": file.seed.get("description")
        or f"{file.artefact.rows:,} {'places' if kind == 'GeoJSON' else 'rows'}.",
        "format": kind,
        "mimetype": MEDIA_TYPES[kind],
        "size": file.artefact.size,
        "url": file.name,
        "url_type": "upload",
        "issued": dataset["issued"].isoformat(),
        "modified": dataset["modified"].isoformat(),
        "status": "http://purl.org/adms/status/Completed",
        "hash_algorithm": f"{CHECKSUM}_{'md5' if kind == 'CSV' else 'sha256'}",
    }
    return told if kind == "CSV" else {**told, "hash": file.artefact.sha256}


def checksums(file: build.File) -> set[str]:
    """What a resource's ``hash`` may be when it holds this file."""
    return {file.artefact.sha256, hashlib.md5(file.body, usedforsecurity=False).hexdigest()}


def chart(file: build.File) -> dict[str, Any] | None:
    """Settings of ckanext-charts' view, if the file has one."""
    seed = file.seed.get("chart")
    if not seed:
        return None
    shown = {key: value for key, value in seed.items() if key != "title"}
    return {"title": seed["title"], "engine": "plotly", "limit": 10000, "chart_title": seed["title"], **shown}


def steps(seeds: Seeds, dataset: Seed, built: build.Built) -> list[dict[str, Any]]:
    """For ``journey_step_create``, in the order of the way."""
    source = seeds.system(dataset["system"])["title"]
    return [_step(seeds, dataset["name"], source, index, step) for index, step in enumerate(built.steps, 1)]


def _step(seeds: Seeds, dataset: str, source: str, index: int, step: build.Step) -> dict[str, Any]:
    # An hour a step, so that those of one day follow each other.
    start = seeds.moment(step.day, 6 + index, step.minutes % 15)
    told: dict[str, Any] = {
        "dataset": dataset_id(dataset),
        "key": f"demo/{index}-{step.type}",
        "type": step.type,
        "started_at": f"{start.isoformat()}Z",
        "ended_at": f"{(start + timedelta(minutes=step.minutes)).isoformat()}Z",
        "system": source if step.type in ("identify", "extract") else None,
        "agent_role": step.seed.get("role"),
        "tool": step.seed.get("tool"),
        "tool_version": step.seed.get("version"),
        "rationale": step.seed.get("why"),
        "inputs": [_artefact(one) for one in step.inputs],
        "outputs": [_artefact(one) for one in step.outputs],
        "evidence": [{"visibility": PUBLIC, **one} for one in step.evidence],
    }
    if step.seed.get("do") and not step.seed.get("derive"):
        told |= {"rows_in": step.rows_in, "rows_out": step.rows_out, "rows_rejected": step.rows_rejected,
                 "rows_merged": step.rows_merged}  # fmt: skip
    return {key: value for key, value in told.items() if value not in (None, [])}


def _artefact(one: build.Artefact) -> dict[str, Any]:
    return {"name": one.name, "sha256": one.sha256, "bytes": one.size, "rows": one.rows}


def node(seed: Seed, base: str) -> Mapping[str, Any]:
    """A sample node's address and name, for ``federation_node_create``."""
    return {
        "name": seed["name"],
        "title": seed["title"],
        "url": f"{base}{seed['home']}",
        "feed_url": f"{base}{seed['path']}",
    }
